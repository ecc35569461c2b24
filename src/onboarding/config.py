"""Everything a host may set, checked when it is given, frozen afterwards."""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Required, TypedDict

from onboarding import providers
from onboarding.accounts.resources import Resource
from onboarding.accounts.rules import SessionPolicy
from onboarding.attention.model import AttentionPolicy
from onboarding.clock import Clock, check_clock
from onboarding.cookies import OURS
from onboarding.deadlines import Deadlines
from onboarding.errors import ConfigError
from onboarding.feedback.model import Prompt
from onboarding.guests.model import GuestPolicy, ProofPolicy
from onboarding.journey.model import Funnel
from onboarding.locales import check as check_texts
from onboarding.mailers.base import Mailer
from onboarding.names import unknown
from onboarding.profiling.model import Feature
from onboarding.shapes import (
    UNSET,
    check_instance,
    check_methods,
    check_value,
    is_async,
    several,
    shown,
)
from onboarding.sinks.base import Sink
from onboarding.site import Site
from onboarding.stores.base import Store

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
        mailer: What sends mail. With one, people may sign in by mail; without one,
            letters are printed where ``url`` is http, and none are written elsewhere.
        sessions: How long sessions last.
        guests: How long guests are kept.
        proofs: How addresses are proven by mail.
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
    mailer: Mailer
    sessions: SessionPolicy
    guests: GuestPolicy
    proofs: ProofPolicy
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

SIMPLE_SETTINGS: Mapping[str, tuple[Any, str]] = {
    "url": (str, REQUIRED["url"]),
    "name": (str, '"Lamplight Books"'),
    "home": (str, '"/"'),
    "help_url": (str | None, '"https://shop.example/help"'),
    "templates": (str | Path | None, 'Path(__file__).with_name("templates")'),
    "prefix": (str, '"onboarding_"'),
    "skip": (Sequence[str], '["/static/"]'),
    "texts": (
        Mapping[str, Mapping[str, str]],
        '{"nl": {"frame.help": "Hulp"}}',
    ),
}
"""What each plain setting holds, with an example of it."""

HELP = re.compile(r"(/(?![/\\])|https?://|mailto:|tel:)\S+\Z|/\Z")
"""Where a link may lead that stands on every page."""


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
            hint = UNSET if name in settings else ""
            raise ConfigError(f"{name} is missing{hint}; write {name}={example}")
    for name in SIMPLE_SETTINGS.keys() & settings.keys():
        check_value(
            name,
            settings[name],
            SIMPLE_SETTINGS[name][0],
            example=SIMPLE_SETTINGS[name][1],
        )
    for name, (kind, example) in LISTS.items():
        _check_list(name, settings.get(name, ()), kind, example)
    for name in ("widgets", "sinks"):
        several(name, settings.get(name, ()), "[…]")
    for name in POLICIES.keys() & settings.keys():
        _check_policy(name, settings[name], POLICIES[name]())


def _check_list(
    name: str, given: object, kind_of: Callable[[], type], example: str
) -> None:
    if not isinstance(given, Sequence) or isinstance(given, str | bytes):
        hint = UNSET if given is None else ""
        raise ConfigError(f"{name} must be a list{hint}; write {name}=[{example}]")
    kind = kind_of() if given else object
    for item in given:
        if not isinstance(item, kind):
            raise ConfigError(
                f"{name} holds {shown(item)}, which is no {kind.__name__.lower()}; "
                f"write {name}=[{example}]"
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
        if policy is SessionPolicy and not value:
            raise ConfigError(
                f"SessionPolicy.{field.name} is nothing: every session would end as it "
                "begins, and nobody could stay signed in; write timedelta(days=30)"
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
    help_url = settings.get("help_url")
    if help_url is not None and not HELP.match(help_url):
        raise ConfigError(
            f"help_url={help_url!r} is no address to go to; write a path of this site, "
            'or help_url="https://…"'
        )
    if not settings.get("name", "-").strip():
        raise ConfigError('name is empty; write what people call it, name="Lamplight"')
    _check_skip(settings.get("skip", ()), Site.parse(settings["url"]).path)
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
    for sink in settings.get("sinks", ()):
        _check_sink(sink)
    if "clock" in settings:
        check_clock(settings["clock"])
    transport = settings.get("transport")
    if transport is not None:
        example = "transport=httpx2.ASGITransport(app=provider)"
        check_methods("transport", transport, ("handle_async_request",), example)


def _check_skip(skip: Sequence[str], pages: str) -> None:
    for path in skip:
        if not path.startswith("/"):
            raise ConfigError(f'skip holds {path!r}; write paths, such as "/static/"')
        # What is skipped has no session and no language, and ours need both.
        if f"{pages}/".startswith(path) or (
            path.startswith(f"{pages}/") and not path.startswith(f"{pages}/static/")
        ):
            raise ConfigError(
                f"skip holds {path!r}, and our own pages are below {pages}; they would "
                'never work: skip what is none of ours, such as "/static/"'
            )


def _check_sink(sink: object) -> None:
    example = "sinks=[log_event], an async function that takes one Entry"
    check_instance("sinks", sink, example)
    if not callable(sink) or not is_async(sink):
        what = "cannot be called" if not callable(sink) else "is not async"
        hint = UNSET if sink is None else ""
        raise ConfigError(
            f"sinks holds {shown(sink)}, which {what}{hint}; write async def "
            "tell(entry: Entry) -> None: … and sinks=[tell]"
        )
    try:
        inspect.signature(sink).bind("an entry")
    except TypeError:
        raise ConfigError(
            f"sinks holds {shown(sink)}, which cannot be called with an entry alone; "
            "write async def tell(entry: Entry) -> None: … and sinks=[tell]"
        ) from None
