"""The nouns of signing in with a provider."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal, cast

from onboarding.accounts.outcome import Confirming, SignInResult
from onboarding.cookies import CookieSpec
from onboarding.errors import ConfigError
from onboarding.frozen import dataclass, field
from onboarding.shapes import check_fields

ATTEMPT_LIFE = timedelta(minutes=10)
"""How long somebody may take at the provider, or to confirm."""


SMALLEST_LIMIT = 64 * 1024
"""Bytes; the largest key sets in use have a few kB."""

PROXY = re.compile(r"https?://[^/\s]+/?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpPolicy:
    """How providers are called. The environment is never read for it.

    Attributes:
        connect: How long a connection may take to stand.
        read: How long a response may pause.
        total: How long the requests of one step may take together: on the way to the
            provider, and on the way back from it. So long a person waits without a
            word, and no longer.
        outage: How long its button comes last after a provider did not answer, unless
            it answers somebody before; each process knows it for itself.
        limit: The largest response that is read, in bytes.
        proxy: The address of an egress proxy, ``http://…``; None goes straight.

    Raises:
        ConfigError: When a duration or the limit is nothing, or the proxy no address.
    """

    connect: timedelta = timedelta(seconds=3)
    read: timedelta = timedelta(seconds=5)
    total: timedelta = timedelta(seconds=8)
    outage: timedelta = timedelta(minutes=1)
    limit: int = 1024 * 1024
    proxy: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse values with which no request could succeed."""
        check_fields(self, "HttpPolicy")
        times = self.connect, self.read, self.total, self.outage
        if min(times) <= timedelta(0):
            raise ConfigError(
                "HttpPolicy: connect, read, total and outage must be longer than "
                "nothing, for example read=timedelta(seconds=5)"
            )
        if self.limit < SMALLEST_LIMIT:
            raise ConfigError(
                f"HttpPolicy: limit must be at least {SMALLEST_LIMIT} bytes, or no key "
                "set of a provider can be read"
            )
        if self.proxy is not None and not PROXY.match(self.proxy):
            raise ConfigError(
                'HttpPolicy: proxy must be a whole address, "http://proxy.example:3128"'
            )


PromptWish = Literal["none", "login", "consent", "select_account"]
"""What a provider is to ask the person (OpenID Connect Core §3.1.2.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInWishes:
    """What one attempt asks of a provider of OpenID Connect; others know none of it.

    Attributes:
        login_hint: Whom the person is likely to sign in as there: an address.
        prompt: What they are to be asked, though they be signed in there.
        max_age: How long ago they may have signed in there; what the provider says
            about it is checked (OpenID Connect Core §3.1.3.7, number 13).
    """

    login_hint: str | None = field(default=None, repr=False)
    prompt: PromptWish | None = None
    max_age: timedelta | None = None

    def params(self) -> dict[str, str]:
        """Return the parameters of the authorization request."""
        seconds = (
            None if self.max_age is None else str(int(self.max_age.total_seconds()))
        )
        wished = {
            "login_hint": self.login_hint,
            "prompt": self.prompt,
            "max_age": seconds,
        }
        return {name: value for name, value in wished.items() if value}

    @classmethod
    def noted_in(cls, data: Mapping[str, str | None]) -> "SignInWishes":
        """Return what was wished, as the data of an intent holds it as parameters."""
        seconds = data.get("max_age")
        prompt = data.get("prompt")
        return cls(
            login_hint=data.get("login_hint"),
            prompt=cast("PromptWish | None", prompt),
            max_age=None if seconds is None else timedelta(seconds=int(seconds)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """An attempt has begun: send the browser to ``location``, with the cookies.

    Attributes:
        location: The provider's address. It carries the attempt's state.
        cookie: Binds the attempt to this browser.
        dropped: Cookies of older attempts that make room.
    """

    location: str = field(repr=False)
    cookie: CookieSpec
    dropped: tuple[CookieSpec, ...] = ()

    @property
    def cookies(self) -> tuple[CookieSpec, ...]:
        """Every cookie to send."""
        return (self.cookie, *self.dropped)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The provider vouched for somebody.

    Attributes:
        signed_in: Who is in now; None where somebody must say something first.
        waits_at: The page of ours where they do: ``confirm`` where the owner of the
            address must show who they are, ``merge`` where they are to say what comes
            along; empty where they are in.
        next: Where the person wanted to go, a path of this site.
        cookies: To set or clear; the session's own cookie is not among them.
    """

    signed_in: SignInResult | None
    waits_at: str = ""
    next: str
    cookies: tuple[CookieSpec, ...] = ()

    @classmethod
    def waiting(cls, at: str, next: str, cookies: tuple[CookieSpec, ...]) -> "Finished":
        """Return that somebody must say something first, at a page of ours."""
        return cls(signed_in=None, waits_at=at, next=next, cookies=cookies)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadyIn:
    """What came back has signed in before who is here: nothing is left to do.

    Attributes:
        next: Where the person wanted to go, a path of this site.
    """

    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingIdentity:
    """An identity that waits until the owner of its address says yes.

    Attributes:
        id: Of the intent that keeps it: a page says which one it showed.
        provider: The name of the provider.
        title: What people call it.
        name: What the provider calls the person.
        address: The address, for nobody but its owner.
        hint: The address, mostly hidden: ``k***@example.org``; all of it where its
            owner is here.
        next: Where the person wanted to go.
        confirming: Whether who is here now may say yes.
    """

    id: str
    provider: str
    title: str
    confirming: Confirming
    name: str | None = field(repr=False)
    address: str | None = field(repr=False)
    hint: str | None = field(repr=False)
    next: str
