"""Codes and access tokens: given out, redeemed once, forgotten in time."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from onboarding.clock import Clock
from onboarding.testing.identity_provider.model import (
    AuthorizationRequest,
    Client,
    Parameters,
    Pkce,
    TokenRefused,
)
from onboarding.testing.signing import base64url

Who = TypeVar("Who")

CODE_LIFE = timedelta(seconds=60)
"""RFC 6749 §4.1.2 recommends ten minutes at most; strict providers give one."""

TOKEN_LIFE = timedelta(hours=1)

VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}\Z")
"""The grammar of a code verifier (RFC 7636 §4.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant(Generic[Who]):
    """A person's consent to one request."""

    request: AuthorizationRequest
    person: Who
    at: datetime


class Grants(Generic[Who]):
    """Every code and access token that the provider gave out, in memory.

    Args:
        clock: The present instant.
        pkce: What the provider makes of PKCE.
        wants_redirect_uri: Whether the way back must be said again with the code
            (RFC 6749 §4.1.3); where it need not, another one is refused all the same.
    """

    def __init__(
        self, clock: Clock, *, pkce: Pkce = "required", wants_redirect_uri: bool = True
    ) -> None:
        self._clock = clock
        self._pkce = pkce
        self._wants_redirect_uri = wants_redirect_uri
        self._codes: dict[str, Grant[Who]] = {}
        self._redeemed: dict[str, str] = {}
        self._tokens: dict[str, tuple[Grant[Who], datetime]] = {}

    def issue_code(self, request: AuthorizationRequest, person: Who) -> str:
        """Return a code for the request, good once and for a minute."""
        code = secrets.token_urlsafe(32)
        self._codes[code] = Grant(request=request, person=person, at=self._clock())
        return code

    def redeem(self, client: Client, parameters: Parameters) -> tuple[str, Grant[Who]]:
        """Take the code away and return an access token and what it stands for.

        A code that comes a second time was stolen from somebody: the access token
        that the first one fetched dies with it (RFC 6749 §4.1.2).

        Raises:
            TokenRefused: When the grant type is another one, or code, client,
                redirect URI or verifier do not match the authorization request. The
                code is gone all the same, unless another client presented it.
        """
        _check_grant_type(parameters.get("grant_type"))
        code = parameters.get("code") or ""
        grant = self._codes.get(code)
        if grant is None:
            self._tokens.pop(self._redeemed.get(code, ""), None)
            raise TokenRefused("invalid_grant", "the code is unknown or was used")
        if grant.request.client.client_id != client.client_id:
            raise TokenRefused("invalid_grant", "the code is for another client")
        del self._codes[code]
        self._check(grant, parameters)
        token = secrets.token_urlsafe(32)
        self._redeemed[code] = token
        self._tokens[token] = (grant, self._clock() + TOKEN_LIFE)
        return token, grant

    def _check(self, grant: Grant[Who], parameters: Parameters) -> None:
        if self._clock() >= grant.at + CODE_LIFE:
            raise TokenRefused("invalid_grant", "the code has expired")
        told = parameters.get("redirect_uri")
        may_be_missing = told is None and not self._wants_redirect_uri
        if told != grant.request.redirect_uri and not may_be_missing:
            raise TokenRefused("invalid_grant", "redirect_uri is another one")
        self._check_pkce(grant.request, parameters.get("code_verifier"))

    def _check_pkce(self, request: AuthorizationRequest, verifier: str | None) -> None:
        if self._pkce == "refused" and verifier is not None:
            # In LinkedIn's words, where the app was not registered for PKCE.
            raise TokenRefused(
                "invalid_client", "code_verifier means nothing here", status=401
            )
        challenge = request.code_challenge
        if challenge is None:
            # Else whoever cuts the challenge out of a request takes PKCE away, and
            # nobody sees it (RFC 9700 §4.8.2).
            if verifier is not None:
                raise TokenRefused("invalid_grant", "there was no code_challenge")
            return
        if not VERIFIER.match(verifier or ""):
            raise TokenRefused("invalid_grant", "code_verifier is missing or malformed")
        if not hmac.compare_digest(_s256(verifier or ""), challenge):
            raise TokenRefused("invalid_grant", "code_verifier does not match")

    def find(self, access_token: str) -> Grant[Who] | None:
        """Return what a live access token stands for, or None."""
        grant, dies = self._tokens.get(access_token, (None, self._clock()))
        return grant if self._clock() < dies else None


def _check_grant_type(grant_type: str | None) -> None:
    if grant_type is None:
        raise TokenRefused("invalid_request", "grant_type is missing")
    if grant_type != "authorization_code":
        raise TokenRefused("unsupported_grant_type", "only codes are taken")


def _s256(verifier: str) -> str:
    return base64url(hashlib.sha256(verifier.encode("ascii")).digest())
