"""The contract of a provider: data, and one pure mapping.

A provider says where to go, what to ask for and how to read the answers. It performs
no I/O, waits for nothing and keeps nothing of a sign-in, so one object serves
everybody at once. ``onboarding.testing.contracts.provider.ProviderContract``
checks one that you write.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, Self
from urllib.parse import urlsplit

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.errors import ConfigError
from onboarding.names import by_name
from onboarding.providers.replies import Replies
from onboarding.providers.secret import Secret
from onboarding.shapes import UNSET, check_fields
from onboarding.urls import url_problem
from onboarding.visible import is_blank

if TYPE_CHECKING:
    from pydantic import SecretStr

ClientAuth = Literal["basic", "post", "none"]
"""How the client shows who it is at the token endpoint (RFC 6749 §2.3.1).

``basic`` is the header, id and secret form-encoded as the RFC says; ``post`` is the
body; ``none`` is a public client, which has no secret.
"""

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?\Z")
"""A provider's name: it stands in addresses and in cookies."""

VISIBLE = re.compile(r"[!-~](?:[ -~]*[!-~])?\Z")
"""Printable ASCII without a space at either end (RFC 6749 appendix A.1, A.2)."""

SCOPE = re.compile(r"[!#-\[\]-~]+\Z")
"""One scope (RFC 6749 §3.3)."""

PROTOCOL_PARAMS = frozenset(
    (
        *("client_id", "redirect_uri", "response_type", "response_mode", "scope"),
        *("state", "nonce", "code_challenge", "code_challenge_method"),
        *("request", "request_uri"),
    )
)
"""Parameters of the authorization request that nobody else may set."""


LISTED = {
    "scopes": '("openid", "email")',
    "reads": '(Read("user", "https://…"),)',
    "params": '{"prompt": "select_account"}',
    "endpoints": "Endpoints(authorization=…, token=…)",
}
"""What to write in a provider's settings, where something else stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Where a provider answers; all https, or http on this very machine.

    Attributes:
        authorization: Where the browser goes.
        token: Where a code is exchanged.
        jwks: The keys that sign ID tokens; OpenID Connect only.
        userinfo: What is known of the person; OpenID Connect only.
        promises_iss: Whether every answer names its issuer (RFC 9207 §3); then one
            that does not is refused.
    """

    authorization: str
    token: str
    jwks: str | None = None
    userinfo: str | None = None
    promises_iss: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """One GET with the access token; its JSON is what the mapping reads.

    Args:
        name: What the mapping finds the reply under.
        url: The whole address.
        optional: Whether "not found" (404) counts as an answer, which is None.
    """

    name: str
    url: str
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Provider(ABC):
    """Somebody who vouches for people.

    Frozen; without slots, so that ``super()`` works in your subclass.

    Attributes:
        client_id: Which application we are there.
        client_secret: Shown at the token endpoint; None for a public client.
        name: What it is called in addresses; ``[a-z0-9-]``, at most 32 characters.
        title: What people call it.
        issuer: The issuer identifier: with the subject, the key of an identity. It
            never changes, or everybody becomes a stranger.
        scopes: What is asked for.
        endpoints: Where it answers.
        reads: What is read of a person once a code is exchanged, in order.
        client_auth: How the secret is shown.
        email_trust: How far its word about an address goes, at most.
        params: Further parameters of the authorization request.

    Raises:
        ConfigError: When it cannot work; the message says what to write.
    """

    openid: ClassVar[bool] = False
    """Whether it answers with an ID token."""

    client_id: str
    client_secret: "SecretStr | Secret | str | None" = field(default=None, repr=False)
    name: str
    title: str
    issuer: str
    scopes: tuple[str, ...] = ()
    endpoints: Endpoints | None = None
    reads: tuple[Read, ...] = ()
    client_auth: ClientAuth = "basic"
    email_trust: EmailTrust = EmailTrust.STATED
    params: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __new__(cls, *args: object, **kwargs: object) -> Self:
        """Refuse a class without its mapping.

        Raises:
            ConfigError: With the line to write.
        """
        del args, kwargs
        if cls.__abstractmethods__:
            raise ConfigError(
                f"{cls.__name__} does not say who somebody is; subclass it, and write "
                "def identity(self, replies: Replies) -> Identity: …"
            )
        return super().__new__(cls)

    def __post_init__(self) -> None:
        """Check everything that can be known before anybody signs in."""
        self._check_shapes()
        if self.client_secret is not None:
            object.__setattr__(self, "client_secret", Secret.of(self.client_secret))
        self._check_name()
        self._check_client()
        self._check_urls()
        self._check_request()

    @abstractmethod
    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is, by what the provider answered.

        Raises:
            BadProviderReply: When the subject is missing or no usable id.
        """

    @property
    def secret(self) -> str | None:
        """The client secret as text, for the token endpoint and nobody else."""
        held = self.client_secret
        return None if held is None else Secret.of(held).get_secret_value()

    @property
    def accepted_issuers(self) -> tuple[str, ...]:
        """What an ID token may name as its issuer; the first is the issuer itself."""
        return (self.issuer,)

    @property
    def initials(self) -> str:
        """Two letters of the title, for where there is no picture."""
        return "".join(c for c in self.title if c.isalnum())[:2]

    def reads_at(self, endpoints: Endpoints) -> tuple[Read, ...]:
        """Return what to read of a person, at these endpoints."""
        del endpoints  # those of OpenID Connect depend on them
        return self.reads

    def _check_shapes(self) -> None:
        for name in ("scopes", "reads"):
            if isinstance(getattr(self, name), list):
                object.__setattr__(self, name, tuple(getattr(self, name)))
        where = type(self).__name__
        check_fields(self, where, examples=LISTED)
        if self.endpoints is not None:
            check_fields(self.endpoints, f"{where}: Endpoints")
        for read in self.reads:
            check_fields(read, f"{where}: Read")
        held = self.client_secret
        if isinstance(held, str | None) or hasattr(held, "get_secret_value"):
            return
        raise self._wrong(
            f"client_secret is a {type(held).__name__}; write the text that you got "
            "with the client_id, or a SecretStr of it"
        )

    def _check_name(self) -> None:
        if not SLUG.match(self.name):
            raise self._wrong(
                f"name={self.name!r} cannot stand in an address: use lower-case "
                'letters, digits and "-", for example name="my-shop-id"'
            )
        if is_blank(self.title):
            raise self._wrong('title is empty: write what people call it, "My Shop ID"')

    def _check_client(self) -> None:
        if not _is_visible(self.client_id):
            hint = "" if self.client_id else UNSET
            raise self._wrong(
                "client_id must be the text you got when you registered this "
                f"application, in ASCII and without spaces around it{hint}"
            )
        if self.client_auth not in {"basic", "post", "none"}:
            raise self._wrong('client_auth must be "basic", "post" or "none"')
        if self.secret is None and self.client_auth != "none":
            raise self._wrong(
                f"client_secret is missing{UNSET}: give it, or write "
                'client_auth="none" for a public client, which has none'
            )
        if self.secret is not None and self.client_auth == "none":
            raise self._wrong(
                'a client_secret is never shown with client_auth="none": write '
                '"basic" or "post"'
            )
        if self.secret is not None and not _is_visible(self.secret):
            raise self._wrong(
                "client_secret holds something outside printable ASCII, or a space "
                "around it, or nothing at all: copy it again (RFC 6749 appendix A.2)"
            )

    def _check_urls(self) -> None:
        known = {"issuer": self.issuer}
        if self.endpoints is not None:
            known |= {
                f"endpoints.{part}": url
                for part in ("authorization", "token", "jwks", "userinfo")
                if (url := getattr(self.endpoints, part)) is not None
            }
        known |= {f"reads {read.name!r}": read.url for read in self.reads}
        for what, url in known.items():
            if problem := url_problem(url):
                raise self._wrong(f"{what}={url!r} {problem}")
        if urlsplit(self.issuer).query:
            raise self._wrong("issuer must have no query (OpenID Connect Core §2)")
        issuer, found, _ = self.issuer.partition("/.well-known")
        if found:
            raise self._wrong(
                "issuer is the address of its discovery document; write what stands "
                f"before /.well-known: issuer={issuer!r}"
            )

    def _check_request(self) -> None:
        if not _are_scopes(self.scopes):
            raise self._wrong('scopes must be a tuple of words: ("openid", "email")')
        by_name(f"reads of {type(self).__name__}", self.reads, "rename one")
        if taken := sorted(PROTOCOL_PARAMS & set(self.params)):
            raise self._wrong(
                f"params must not set {', '.join(taken)}: this library does, and your "
                "value would undo a check"
            )
        if not isinstance(self.email_trust, EmailTrust):
            raise self._wrong("email_trust must be one of EmailTrust, such as VERIFIED")

    def _wrong(self, problem: str) -> ConfigError:
        return ConfigError(f"{type(self).__name__}: {problem}")


def _is_visible(value: object) -> bool:
    # Settings that were never set arrive as None, whatever the types say.
    return isinstance(value, str) and VISIBLE.match(value) is not None


def _are_scopes(value: object) -> bool:
    # A single text would be read letter by letter.
    return isinstance(value, tuple) and all(
        isinstance(scope, str) and SCOPE.match(scope) for scope in value
    )
