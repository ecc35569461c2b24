"""The provider's nouns: who may ask, what was asked, and how it says no."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl

TokenEndpointAuth = Literal["client_secret_basic", "client_secret_post"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """An app that is registered at the provider.

    Attributes:
        client_id: Its public name.
        client_secret: Its secret; every client here has one.
        redirect_uris: Where it may be sent back to, compared letter by letter.
        auth: The one way in which it may show its secret (RFC 6749 §2.3.1).
    """

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uris: tuple[str, ...]
    auth: TokenEndpointAuth = "client_secret_basic"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A sound request to sign somebody in (OpenID Connect Core §3.1.2.1)."""

    client: Client
    redirect_uri: str
    scopes: frozenset[str]
    state: str | None
    nonce: str | None
    code_challenge: str
    prompts: frozenset[str]
    login_hint: str | None


class AuthorizationRefused(Exception):
    """The request names no client, or a way back that the client never registered.

    The browser stays here and sees an error page: sending it on would make the
    provider an open redirector (RFC 6749 §4.1.2.1, §10.15).
    """


class SentBack(Exception):
    """The request is refused, and the client is told so at its redirect URI."""

    def __init__(
        self, error: str, description: str, *, redirect_uri: str, state: str | None
    ) -> None:
        super().__init__(error, description)
        self.error = error
        self.description = description
        self.redirect_uri = redirect_uri
        self.state = state


class TokenRefused(Exception):
    """The token endpoint says no (RFC 6749 §5.2)."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(error, description)
        self.error = error
        self.description = description
        self.status = status


class Parameters:
    """The form-encoded names and values of one query or body.

    A name with an empty value counts as not sent (RFC 6749 §3.1).
    """

    def __init__(self, encoded: str) -> None:
        self._pairs = parse_qsl(encoded)

    def get(self, name: str) -> str | None:
        """Return the first value of the name, or None."""
        return next((value for n, value in self._pairs if n == name), None)

    def repeated(self) -> str | None:
        """Return a name that was sent more than once, which §3.1 and §3.2 forbid."""
        names = [name for name, _ in self._pairs]
        return next((name for name in names if names.count(name) > 1), None)
