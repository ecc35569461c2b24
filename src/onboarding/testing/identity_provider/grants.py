"""Codes and access tokens: given out, redeemed once, forgotten in time."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote_plus

from onboarding.clock import Clock
from onboarding.testing.identity_provider.model import (
    AuthorizationRequest,
    Client,
    Parameters,
    TokenRefused,
)
from onboarding.testing.people import Person

CODE_LIFE = timedelta(seconds=60)
"""RFC 6749 §4.1.2 recommends ten minutes at most; strict providers give one."""

TOKEN_LIFE = timedelta(hours=1)

VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}\Z")
"""The grammar of a code verifier (RFC 7636 §4.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A person's consent to one request."""

    request: AuthorizationRequest
    person: Person
    at: datetime


class Grants:
    """Every code and access token that the provider gave out, in memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._codes: dict[str, Grant] = {}
        self._redeemed: dict[str, str] = {}
        self._tokens: dict[str, tuple[Grant, datetime]] = {}

    def issue_code(self, request: AuthorizationRequest, person: Person) -> str:
        """Return a code for the request, good once and for a minute."""
        code = secrets.token_urlsafe(32)
        self._codes[code] = Grant(request=request, person=person, at=self._clock())
        return code

    def redeem(self, client: Client, parameters: Parameters) -> tuple[str, Grant]:
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

    def _check(self, grant: Grant, parameters: Parameters) -> None:
        if self._clock() >= grant.at + CODE_LIFE:
            raise TokenRefused("invalid_grant", "the code has expired")
        if parameters.get("redirect_uri") != grant.request.redirect_uri:
            raise TokenRefused("invalid_grant", "redirect_uri is another one")
        verifier = parameters.get("code_verifier") or ""
        if not VERIFIER.match(verifier):
            raise TokenRefused("invalid_grant", "code_verifier is missing or malformed")
        if not hmac.compare_digest(_s256(verifier), grant.request.code_challenge):
            raise TokenRefused("invalid_grant", "code_verifier does not match")

    def find(self, access_token: str) -> Grant | None:
        """Return what a live access token stands for, or None."""
        grant, dies = self._tokens.get(access_token, (None, self._clock()))
        return grant if self._clock() < dies else None


def _check_grant_type(grant_type: str | None) -> None:
    if grant_type is None:
        raise TokenRefused("invalid_request", "grant_type is missing")
    if grant_type != "authorization_code":
        raise TokenRefused("unsupported_grant_type", "only codes are taken")


def authenticate(
    authorization: str | None, parameters: Parameters, clients: Mapping[str, Client]
) -> Client:
    """Return the client whose secret was shown, in the way it is registered for.

    Raises:
        TokenRefused: ``invalid_client`` with status 401 for an unknown client, a
            wrong secret, or a right one shown the wrong way; ``invalid_request``
            when the client authenticates in two ways at once (RFC 6749 §2.3).
    """
    in_body = parameters.get("client_id"), parameters.get("client_secret")
    if authorization is not None and in_body[1] is not None:
        raise TokenRefused("invalid_request", "more than one client authentication")
    if authorization is None:
        method, (client_id, secret) = "client_secret_post", in_body
    else:
        method, (client_id, secret) = "client_secret_basic", _basic(authorization)
    client = clients.get(client_id or "")
    known = client.client_secret if client else secrets.token_urlsafe()
    same = hmac.compare_digest(known.encode(), (secret or "").encode())
    if client is None or not same or client.auth != method:
        raise TokenRefused("invalid_client", "client unknown or refused", status=401)
    if in_body[0] not in {None, client.client_id}:
        raise TokenRefused("invalid_request", "client_id is another one")
    return client


def _basic(authorization: str) -> tuple[str | None, str | None]:
    # Id and secret are form-encoded before they are joined (RFC 6749 §2.3.1).
    scheme, _, encoded = authorization.partition(" ")
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None, None
    client_id, colon, secret = pair.partition(":")
    if scheme.lower() != "basic" or not colon:
        return None, None
    return unquote_plus(client_id), unquote_plus(secret)


def _s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
