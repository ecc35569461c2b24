"""The provider's nouns: who may ask, what was asked, and how it says no."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Self
from urllib.parse import parse_qsl

TokenEndpointAuth = Literal[
    "client_secret_basic",
    "client_secret_post",
    "client_secret_query",
    "client_secret_jwt",
    "private_key_jwt",
    "apple",
    "none",
]
"""How a client shows who it is: by names of OpenID Connect Core §9, and by two of ours.

``client_secret_query`` is the address itself, as WeChat and QQ have it although RFC
6749 §2.3.1 forbids it; ``apple`` is a secret that the client signs itself (ES256).
"""

Pkce = Literal["required", "optional", "refused"]
"""What a provider makes of PKCE; refused means that a verifier ends the exchange."""

AnswerMode = Literal["query", "form_post"]
"""How the browser brings the answer back (OAuth 2.0 Form Post Response Mode)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredKey:
    """The public half of the key with which a client signs who it is.

    Attributes:
        pem: The public key in PEM, as it was registered.
        algorithm: The one with which it signs. Apple takes ES256 alone.
        kid: By which name the client must call it; None takes any name, or none.
        team: For Apple alone: the team that signs (``iss``).
    """

    pem: str
    algorithm: Literal["ES256", "RS256", "PS256"] = "ES256"
    kid: str | None = None
    team: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """An app that is registered at the provider.

    Attributes:
        client_id: Its public name.
        client_secret: Its secret; empty where it signs instead, or has none.
        redirect_uris: Where it may be sent back to, compared letter by letter.
        auth: The one way in which it may show who it is (RFC 6749 §2.3.1).
        key: What checks its signature, for ``private_key_jwt`` and ``apple``.

    Raises:
        ValueError: When it lacks what ``auth`` needs.
    """

    client_id: str
    client_secret: str = field(default="", repr=False)
    redirect_uris: tuple[str, ...]
    auth: TokenEndpointAuth = "client_secret_basic"
    key: RegisteredKey | None = None

    def __post_init__(self) -> None:
        """Refuse what could never be authenticated."""
        signs = self.auth in {"private_key_jwt", "apple"}
        if signs and self.key is None:
            raise ValueError(f"auth={self.auth!r} needs key=RegisteredKey(pem=…)")
        if self.auth.startswith("client_secret") and not self.client_secret:
            raise ValueError(f"auth={self.auth!r} needs a client_secret")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A sound request to sign somebody in (OpenID Connect Core §3.1.2.1)."""

    client: Client
    redirect_uri: str
    scopes: frozenset[str]
    state: str | None
    nonce: str | None
    code_challenge: str | None
    prompts: frozenset[str]
    login_hint: str | None


class WayBack(str):
    """Where the browser goes back to the client: an address, and perhaps a form.

    Attributes:
        form: What it posts there, where the provider answers with a form
            (``response_mode=form_post``); None where the address says it all.
    """

    __slots__ = ("form",)

    form: Mapping[str, str] | None

    def __new__(cls, url: str, form: Mapping[str, str] | None = None) -> Self:
        """Make it of the address and the form."""
        made = super().__new__(cls, url)
        made.form = form
        return made


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
    """The names and values of one query, form or JSON body.

    A name with an empty value counts as not sent (RFC 6749 §3.1).
    """

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._pairs = [(name, value) for name, value in pairs if value]

    @classmethod
    def of(cls, encoded: str) -> Self:
        """Read what is form-encoded."""
        return cls(parse_qsl(encoded))

    def get(self, name: str) -> str | None:
        """Return the first value of the name, or None."""
        return next((value for n, value in self._pairs if n == name), None)

    @property
    def names(self) -> frozenset[str]:
        """Every name that was sent."""
        return frozenset(name for name, _ in self._pairs)

    def repeated(self) -> str | None:
        """Return a name that was sent more than once, which §3.1 and §3.2 forbid."""
        counted = Counter(name for name, _ in self._pairs)
        return next((name for name, times in counted.items() if times > 1), None)

    def translated(self, words: Mapping[str, str]) -> Self:
        """Return them under the names of the standard.

        Args:
            words: The provider's name by the standard's, where it has another.
        """
        standard = {theirs: ours for ours, theirs in words.items()}
        # The standard's own name means nothing where another one stands in its place.
        strange = {ours: f"{ours} (here {theirs})" for ours, theirs in words.items()}
        known = strange | standard
        return type(self)((known.get(name, name), v) for name, v in self._pairs)

    def without(self, name: str) -> Self:
        """Return all but one name."""
        return type(self)((n, value) for n, value in self._pairs if n != name)
