"""Requests that a client pushed before it sent the browser (RFC 9126)."""

import secrets
from datetime import datetime, timedelta

from onboarding.clock import Clock
from onboarding.testing.identity_provider.model import (
    AuthorizationRefused,
    Client,
    Parameters,
)

PUSHED_LIFE = timedelta(seconds=60)
"""RFC 9126 §2.2 finds five to 600 seconds usual."""


class PushedRequests:
    """Every pushed request that no browser came with yet, in memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[str, Parameters, datetime]] = {}

    def push(self, client: Client, parameters: Parameters) -> str:
        """Keep a request, and return the ``request_uri`` that stands for it."""
        uri = f"urn:ietf:params:oauth:request_uri:{secrets.token_urlsafe(32)}"
        ends = self._clock() + PUSHED_LIFE
        self._kept[uri] = client.client_id, parameters, ends
        return uri

    def find(self, shown: Parameters) -> Parameters:
        """Return what the client pushed before it sent a browser with this.

        Raises:
            AuthorizationRefused: When nothing was pushed, or by another client, or too
                long ago, or it was used; or when more than its name is shown. There is
                no way back that could be trusted, so the browser stays.
        """
        if strange := shown.names - {"client_id", "request_uri"}:
            raise AuthorizationRefused(f"{min(strange)} must be pushed (RFC 9126)")
        uri = shown.get("request_uri")
        if uri is None:
            raise AuthorizationRefused("the request must be pushed first (RFC 9126)")
        client_id, parameters, ends = self._kept.get(uri, (None, None, self._clock()))
        if parameters is None or self._clock() >= ends:
            raise AuthorizationRefused("this request_uri is unknown, used or too old")
        if client_id != shown.get("client_id"):
            raise AuthorizationRefused("this request_uri is of another client")
        return parameters

    def spend(self, shown: Parameters) -> None:
        """Forget a request that a browser came with: it is good once (§4)."""
        self._kept.pop(shown.get("request_uri") or "", None)
