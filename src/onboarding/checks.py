"""What is wrong with settings, found before anything is built of them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, get_type_hints

from onboarding import providers
from onboarding.accounts.resources import Resource
from onboarding.accounts.rules import SessionPolicy
from onboarding.attention.model import AttentionPolicy
from onboarding.callables import check_functions
from onboarding.clock import check_clock
from onboarding.config import Settings
from onboarding.cookies import OURS
from onboarding.deadlines import Deadlines
from onboarding.errors import ConfigError
from onboarding.feedback.model import Prompt
from onboarding.guests.model import GuestPolicy, ProofPolicy
from onboarding.guests.rules import check_lives
from onboarding.mail.model import Letters
from onboarding.names import unknown
from onboarding.profiling.model import Feature
from onboarding.shapes import (
    UNSET,
    check_methods,
    check_value,
    fits,
    several,
    shown,
)
from onboarding.site import Site

REQUIRED: Mapping[str, str] = {
    "url": '"https://shop.example/welcome"',
    "secret_key": "32 random bytes or more, from outside the code",
    "database": '"sqlite:///shop.db"',
}
"""What must be given, with an example of each."""


def _funnel() -> type[Any]:
    from onboarding.journey.model import Funnel

    return Funnel


def _app() -> type[Any]:
    from onboarding.apps.model import App

    return App


LISTS: Mapping[str, tuple[Callable[[], type], str]] = {
    "providers": (lambda: providers.Provider, "Google(client_id=…, client_secret=…)"),
    "apps": (_app, 'App("cli", redirect_uris=["http://127.0.0.1/callback"])'),
    "features": (lambda: Feature, 'Feature("shelf", needs=["genre"])'),
    "prompts": (lambda: Prompt, 'Prompt.nps("first-order", after=OrderPlaced)'),
    "funnels": (_funnel, 'Funnel(name="path", steps=(CartFilled, OrderPlaced))'),
    "resources": (lambda: Resource, 'Resource.table("orders", owner="account_id")'),
}
"""What each list holds, with an example of one.

A function tells it: a class that nobody uses need not be loaded.
"""


def _http_policy() -> type[Any]:
    from onboarding.social.model import HttpPolicy

    return HttpPolicy


def _signal_policy() -> type[Any]:
    from onboarding.social.signals import SignalPolicy

    return SignalPolicy


def _limit_policy() -> type[Any]:
    from onboarding.limiting.model import LimitPolicy

    return LimitPolicy


def _claim_policy() -> type[Any]:
    from onboarding.orders.model import ClaimPolicy

    return ClaimPolicy


def _passkey_policy() -> type[Any]:
    from onboarding.passkeys.model import PasskeyPolicy

    return PasskeyPolicy


POLICIES: Mapping[str, Callable[[], type[Any]]] = {
    "sessions": lambda: SessionPolicy,
    "guests": lambda: GuestPolicy,
    "proofs": lambda: ProofPolicy,
    "passkeys": _passkey_policy,
    "claims": _claim_policy,
    "letters": lambda: Letters,
    "attention": lambda: AttentionPolicy,
    "deadlines": lambda: Deadlines,
    "http": _http_policy,
    "limits": _limit_policy,
    "signals": _signal_policy,
}

SIMPLE_SETTINGS: Mapping[str, tuple[Any, str]] = {
    "url": (str, REQUIRED["url"]),
    "name": (str, '"Lamplight Books"'),
    "home": (str, '"/"'),
    "merge": (Literal["tell", "ask"], '"ask"'),
    "help_url": (str | None, '"https://shop.example/help"'),
    "templates": (str | Path | None, 'Path(__file__).with_name("templates")'),
    "prefix": (str, '"onboarding_"'),
    "skip": (Sequence[str], '["/static/"]'),
    "purposes": (Mapping[str, str], '{"recommendations": "Recommending books"}'),
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
    if "orders" in settings:
        _check_orders(settings["orders"])
    for name in ("widgets", "sinks"):
        several(name, settings.get(name, ()), "[…]")
    off = {"passkeys"} if settings.get("passkeys") is None else set()
    for name in POLICIES.keys() & settings.keys() - off:
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


def _check_orders(given: object) -> None:
    from onboarding.accounts.claims import OrderResource

    if not isinstance(given, OrderResource):
        hint = UNSET if given is None else ""
        raise ConfigError(
            f"orders is {shown(given)}, of which nothing can be claimed{hint}; write "
            'orders=Resource.table("orders", owner="account_id", '
            'claim=Claim(key="number", contact="email", at="placed_at"))'
        )


def _check_policy(name: str, given: object, policy: type[Any]) -> None:
    if not isinstance(given, policy):
        kind = policy.__name__
        raise ConfigError(f"{name} must be of {kind}; write {name}={kind}(…)")
    kinds = get_type_hints(policy)
    for field in fields(given):
        value = getattr(given, field.name)
        kind = kinds[field.name]
        if not fits(timedelta.resolution, kind) or (value is None and fits(None, kind)):
            continue
        if not isinstance(value, timedelta) or value < timedelta(0):
            raise ConfigError(
                f"{policy.__name__}.{field.name}={value!r} is no duration; write a "
                "timedelta, such as timedelta(days=30)"
            )
        if policy is SessionPolicy and not value:
            raise ConfigError(_no_session(field.name))


def _no_session(name: str) -> str:
    """Return what is wrong with a duration of sessions that is nothing."""
    if name == "fresh":
        return (
            "SessionPolicy.fresh is nothing: nobody could ever add a way to sign in, "
            "or take one away; write timedelta(minutes=10)"
        )
    return (
        f"SessionPolicy.{name} is nothing: every session would end as it begins, and "
        "nobody could stay signed in; write timedelta(days=30)"
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
    check_lives(
        settings.get("guests", GuestPolicy()),
        settings.get("sessions", SessionPolicy()).guest_life,
    )
    _check_skip(settings.get("skip", ()), Site.parse(settings["url"]).path)
    prefix = settings.get("cookie_prefix", OURS)
    if not re.fullmatch(r"[a-z][a-z0-9]{0,31}", str(prefix)):
        raise ConfigError(
            f"cookie_prefix={prefix!r} is no plain word; write lower-case letters and "
            'digits, such as "staff"'
        )
    _check_proxies(settings.get("proxies", ()))
    _check_texts(settings.get("texts", {}))
    templates = settings.get("templates")
    if templates is not None and not Path(templates).is_dir():
        raise ConfigError(f"templates={str(templates)!r} is not a folder")
    check_functions(settings)
    if "clock" in settings:
        check_clock(settings["clock"])
    transport = settings.get("transport")
    if transport is not None:
        example = "transport=httpx2.ASGITransport(app=provider)"
        check_methods("transport", transport, ("handle_async_request",), example)


def _check_texts(texts: Mapping[str, Mapping[str, str]]) -> None:
    if texts:
        from onboarding.locales.texts import check

        check(texts)


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


def _check_proxies(proxies: object) -> None:
    if proxies != ():
        from onboarding.limiting.rules import Proxies

        Proxies.parse(proxies)
