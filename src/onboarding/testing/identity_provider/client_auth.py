"""Who asks at the token endpoint: each way of showing it, checked as strictly."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from onboarding.clock import Clock
from onboarding.testing.identity_provider.model import (
    Client,
    Parameters,
    TokenEndpointAuth,
    TokenRefused,
)
from onboarding.testing.identity_provider.signed_clients import (
    BadAssertion,
    check_apple_secret,
    check_assertion,
    subject_of,
)

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""RFC 7523 §2.2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCall:
    """A request to the token endpoint, as far as it says who sends it.

    Attributes:
        authorization: The header of that name.
        parameters: What stands where the parameters belong.
        query: What stands in the address, where they do not.
    """

    authorization: str | None
    parameters: Parameters
    query: Parameters = field(default_factory=Parameters)


class ClientAuthentication:
    """Knows clients by what they show, each in the one way it is registered for.

    Args:
        clients: By their id.
        clock: The present instant, for what clients sign.
        audiences: For whom they sign: the token endpoint, and the issuer.
    """

    def __init__(
        self, clients: Mapping[str, Client], clock: Clock, audiences: tuple[str, ...]
    ) -> None:
        self._clients = clients
        self._clock = clock
        self._audiences = audiences
        self._seen: set[str] = set()

    def recognise(self, call: TokenCall, *also: str) -> Client:
        """Return the client whose word it is, which is proven.

        Args:
            call: The request.
            also: For whom a client may have signed here, beside the usual.

        Raises:
            TokenRefused: ``invalid_client`` with status 401 for an unknown client, a
                wrong secret, or a right one shown the wrong way; ``invalid_request``
                when the client authenticates in two ways at once (RFC 6749 §2.3).
        """
        method, client_id, shown = _shown(call)
        client = self._clients.get(client_id or "")
        is_way = client is not None and method == _way(client)
        if client is None or not is_way or not self._proves(client, shown, also):
            raise _unknown("client unknown or refused")
        named = call.parameters.get("client_id") or call.query.get("client_id")
        if named not in {None, client.client_id}:
            raise TokenRefused("invalid_request", "client_id is another one")
        return client

    def _proves(self, client: Client, shown: str, also: tuple[str, ...]) -> bool:
        match client.auth:
            case "none":
                return True
            case "private_key_jwt" | "client_secret_jwt":
                return self._signs(client, shown, also)
            case "apple":
                return self._signs_for_apple(client, shown)
            case _:
                return hmac.compare_digest(
                    client.client_secret.encode(), shown.encode()
                )

    def _signs(self, client: Client, shown: str, also: tuple[str, ...]) -> bool:
        audiences = (*self._audiences, *also)
        try:
            jti = check_assertion(client, shown, audiences, self._clock())
        except BadAssertion as bad:
            raise _unknown(str(bad)) from None
        # Whoever read one on its way may not use it again (RFC 7523 §3, rule 7).
        if jti in self._seen:
            raise _unknown("jti was used already")
        self._seen.add(jti)
        return True

    def _signs_for_apple(self, client: Client, shown: str) -> bool:
        try:
            check_apple_secret(client, shown, self._clock())
        except BadAssertion as bad:
            raise TokenRefused("invalid_client", str(bad)) from None
        return True


def _unknown(why: str) -> TokenRefused:
    return TokenRefused("invalid_client", why, status=401)


def _way(client: Client) -> TokenEndpointAuth:
    match client.auth:
        case "apple":  # it is signed, and stands where any secret in a body stands
            return "client_secret_post"
        case "client_secret_jwt":  # only its key is another one
            return "private_key_jwt"
        case auth:
            return auth


def _shown(call: TokenCall) -> tuple[TokenEndpointAuth, str | None, str]:
    """Return the way in which a client shows who it is, its id, and what it shows.

    Raises:
        TokenRefused: When it does so in two ways (RFC 6749 §2.3).
    """
    body, query = call.parameters, call.query
    client_id = body.get("client_id") or query.get("client_id")
    ways: list[tuple[TokenEndpointAuth, str | None, str]] = []
    if call.authorization is not None:
        name, secret = _basic(call.authorization)
        ways.append(("client_secret_basic", name, secret or ""))
    if secret := body.get("client_secret"):
        ways.append(("client_secret_post", client_id, secret))
    if secret := query.get("client_secret"):
        ways.append(("client_secret_query", client_id, secret))
    if body.get("client_assertion_type") == JWT_BEARER:
        assertion = body.get("client_assertion") or ""
        ways.append(("private_key_jwt", client_id or subject_of(assertion), assertion))
    if len(ways) > 1:
        raise TokenRefused("invalid_request", "more than one client authentication")
    return ways[0] if ways else ("none", client_id, "")


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
