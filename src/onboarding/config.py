"""Everything a host may set, checked when it is given, frozen afterwards."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Required, TypedDict
from urllib.parse import urlsplit

from onboarding import providers
from onboarding.accounts.resources import Resource
from onboarding.accounts.rules import SessionPolicy
from onboarding.attention.model import AttentionPolicy
from onboarding.clock import Clock
from onboarding.cookies import OURS
from onboarding.deadlines import Deadlines
from onboarding.errors import ConfigError
from onboarding.feedback.model import Prompt
from onboarding.guests.model import GuestPolicy
from onboarding.journey.model import Funnel
from onboarding.locales import check as check_texts
from onboarding.names import unknown
from onboarding.profiling.model import Feature
from onboarding.sinks.base import Sink
from onboarding.stores.base import Store
from onboarding.urls import is_loopback

if TYPE_CHECKING:
    import httpx2

    from onboarding.profiling.widgets.base import Widget
    from onboarding.providers.base import Provider
    from onboarding.social.model import HttpPolicy


class Settings(TypedDict, total=False):
    """The keyword arguments of ``Onboarding``, beside ``profile``.

    Attributes:
        url: The public address of our pages, such as
            ``https://shop.example/welcome``. It decides redirect URIs, the mount
            path, the allowed origin, and whether this is production: ``https``
            makes cookies Secure; ``http`` is for loopback addresses only.
        secret_key: At least 32 random bytes; or several, newest first.
        database: ``sqlite:///shop.db``, ``postgresql://…``, ``memory:``, or a store.
            ``?synchronous=normal`` behind a SQLite file makes commits faster, and a
            power cut may then lose the last ones.
        providers: Ways to sign in, in the order of their buttons.
        features: What opens once its questions are answered.
        widgets: Looks of questions of your own, tried before ours.
        prompts: Opinions to ask for, in the order of their importance.
        funnels: Paths to measure.
        resources: What of the host's hangs on an account.
        sinks: Where events go after their commit.
        sessions: How long sessions last.
        guests: How long guests are kept.
        attention: How often a person may be interrupted.
        deadlines: How long a request waits for the database, and closing for all.
        http: Time-outs and limits of calls to providers.
        transport: Leads calls to providers elsewhere than to the network, for tests.
        name: What the site is called on our pages.
        home: The path of the site's front page.
        help_url: Where help is; the first link of every footer.
        texts: The host's own sentences in other languages, by language.
        templates: A folder of templates that is searched before ours.
        skip: Paths whose requests we never look at, such as static files.
        prefix: What the names of our tables begin with.
        cookie_prefix: What the names of our cookies begin with; for a second
            ``Onboarding`` on one origin, lower-case letters and digits.
        clock: The present instant; tests pass one that stands still.
    """

    url: Required[str]
    secret_key: Required[str | bytes | Sequence[str | bytes]]
    database: Required[str | Store]
    providers: "Sequence[Provider]"
    features: Sequence[Feature]
    widgets: "Sequence[Widget]"
    prompts: Sequence[Prompt]
    funnels: Sequence[Funnel]
    resources: Sequence[Resource]
    sinks: Sequence[Sink]
    sessions: SessionPolicy
    guests: GuestPolicy
    attention: AttentionPolicy
    deadlines: Deadlines
    http: "HttpPolicy"
    transport: "httpx2.AsyncBaseTransport | None"
    name: str
    home: str
    help_url: str | None
    texts: Mapping[str, Mapping[str, str]]
    templates: str | Path | None
    skip: Sequence[str]
    prefix: str
    cookie_prefix: str
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The public address of our pages, taken apart once.

    Attributes:
        url: Without a trailing slash.
        origin: Scheme, host and port as browsers send them in ``Origin``.
        path: The mount path, such as ``/welcome``.
        is_secure: Whether cookies are Secure and carry the ``__Host-`` prefix.
    """

    url: str
    origin: str
    path: str
    is_secure: bool

    @classmethod
    def parse(cls, url: str) -> "Site":
        """Take the address apart.

        Raises:
            ConfigError: When it is not a full address, has no path, or is plain
                ``http`` on a host that is not this machine.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigError(
                f"url={url!r} is not a full address; write the public address of our "
                'pages, such as url="https://shop.example/welcome"'
            )
        if parts.query or parts.fragment or parts.username is not None:
            raise ConfigError(
                f"url={url!r}: write it without a user, a query or a fragment"
            )
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ConfigError(
                f"url={url!r} is plain http, where cookies and codes can be read on "
                "the way; use https (http is for localhost, 127.0.0.1 and [::1])"
            )
        path = parts.path.rstrip("/")
        if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", path):
            raise ConfigError(
                f"url={url!r} needs a plain path of its own for our pages, such as "
                f'"{parts.scheme}://{parts.netloc}/welcome"'
            )
        origin = f"{parts.scheme}://{_host(parts.scheme, parts.netloc.lower())}"
        return cls(
            url=origin + path,
            origin=origin,
            path=path,
            is_secure=parts.scheme == "https",
        )


def _host(scheme: str, netloc: str) -> str:
    """Drop the port that the scheme implies, as browsers do (RFC 6454 §6.2)."""
    return netloc.removesuffix(":443" if scheme == "https" else ":80")


REQUIRED: Mapping[str, str] = {
    "url": '"https://shop.example/welcome"',
    "secret_key": "32 random bytes or more, from outside the code",
    "database": '"sqlite:///shop.db"',
}
"""What must be given, with an example of each."""

LISTS: Mapping[str, tuple[Callable[[], type], str]] = {
    "providers": (lambda: providers.Provider, "Google(client_id=…, client_secret=…)"),
    "features": (lambda: Feature, 'Feature("shelf", needs=["genre"])'),
    "prompts": (lambda: Prompt, 'Prompt.nps("first-order", after=OrderPlaced)'),
    "funnels": (lambda: Funnel, 'Funnel(name="path", steps=(CartFilled, OrderPlaced))'),
    "resources": (lambda: Resource, 'Resource.table("orders", owner="account_id")'),
}
"""What each list holds, with an example of one.

A function tells it: a class that nobody uses need not be loaded.
"""


def _http_policy() -> type[Any]:
    from onboarding.social.model import HttpPolicy

    return HttpPolicy


POLICIES: Mapping[str, Callable[[], type[Any]]] = {
    "sessions": lambda: SessionPolicy,
    "guests": lambda: GuestPolicy,
    "attention": lambda: AttentionPolicy,
    "deadlines": lambda: Deadlines,
    "http": _http_policy,
}


def check_shapes(settings: Mapping[str, object]) -> None:
    """Check what a type checker would find, for those who run none.

    Raises:
        ConfigError: For a setting that is unknown, missing or of another type.
    """
    for name in settings.keys() - Settings.__annotations__.keys():
        known = [*Settings.__annotations__, "profile"]
        raise ConfigError(f"you wrote {unknown('setting', name, known)}")
    for name, example in REQUIRED.items():
        if settings.get(name) is None:
            hint = " (it is None: is the variable set that it comes from?)"
            raise ConfigError(
                f"{name} is missing{hint * (name in settings)}; write {name}={example}"
            )
    for name, (kind, example) in LISTS.items():
        _check_list(name, settings.get(name, ()), kind, example)
    for name in POLICIES.keys() & settings.keys():
        _check_policy(name, settings[name], POLICIES[name]())


def _check_list(
    name: str, given: object, kind_of: Callable[[], type], example: str
) -> None:
    if not isinstance(given, Sequence) or isinstance(given, str | bytes):
        raise ConfigError(f"{name} must be a list; write {name}=[{example}]")
    kind = kind_of() if given else object
    for item in given:
        if not isinstance(item, kind):
            raise ConfigError(
                f"{name} holds {item!r}, which is no {kind.__name__.lower()}; write "
                f"{name}=[{example}]"
            )


def _check_policy(name: str, given: object, policy: type[Any]) -> None:
    if not isinstance(given, policy):
        raise ConfigError(f"{name} must be a policy; write {name}={policy.__name__}(…)")
    usual = policy()
    for field in fields(given):
        value = getattr(given, field.name)
        if not isinstance(getattr(usual, field.name), timedelta):
            continue
        if not isinstance(value, timedelta) or value < timedelta(0):
            raise ConfigError(
                f"{policy.__name__}.{field.name}={value!r} is no duration; write a "
                "timedelta, such as timedelta(days=30)"
            )


def check_plain(settings: Settings) -> None:
    """Check the settings that no feature checks for itself.

    Raises:
        ConfigError: Saying what to write instead.
    """
    check_shapes(settings)
    home = settings.get("home", "/")
    if not home.startswith("/") or home.startswith(("//", "/\\")):
        raise ConfigError(f'home={home!r} must be a path of this site, such as "/"')
    for path in settings.get("skip", ()):
        if not path.startswith("/"):
            raise ConfigError(f'skip holds {path!r}; write paths, such as "/static/"')
    prefix = settings.get("cookie_prefix", OURS)
    if not re.fullmatch(r"[a-z][a-z0-9]{0,31}", str(prefix)):
        raise ConfigError(
            f"cookie_prefix={prefix!r} is no plain word; write lower-case letters and "
            'digits, such as "staff"'
        )
    check_texts(settings.get("texts", {}))
    templates = settings.get("templates")
    if templates is not None and not Path(templates).is_dir():
        raise ConfigError(f"templates={str(templates)!r} is not a folder")
