"""Writes the pages that say what the code says: ``python -m tests.docs.generate``.

Settings, errors, events, providers and classes are described where they are defined,
in their docstrings and their data. These pages are made of that, and a test compares
them.
"""

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, ClassVar, get_origin, get_type_hints

from onboarding import (
    AttentionPolicy,
    ClaimPolicy,
    Deadlines,
    Event,
    GuestPolicy,
    HttpPolicy,
    LimitPolicy,
    Onboarding,
    PasskeyPolicy,
    SessionPolicy,
    SignalPolicy,
    errors,
    events,
)
from onboarding.config import Settings
from onboarding.cookies import OURS
from onboarding.events.base import phase_of
from onboarding.guests.model import ProofPolicy
from onboarding.mail.model import Letters
from onboarding.stores import DEFAULT_PREFIX
from tests.docs.attacks_page import attacks_page
from tests.docs.glossary import glossary
from tests.docs.markdown import NOTE, URL, attributes, lead, said, table
from tests.docs.named_page import NAMES, named_page, names_module
from tests.docs.pages import DOCS
from tests.docs.provider_pages import PROVIDERS, provider_page, providers_index
from tests.docs.truth_page import truth_page

BARE = Onboarding(
    url=URL,
    secret_key="a key that only makes these pages",
    database="memory:",
    mailer=None,
)
POLICIES = {
    "sessions": SessionPolicy,
    "guests": GuestPolicy,
    "proofs": ProofPolicy,
    "passkeys": PasskeyPolicy,
    "claims": ClaimPolicy,
    "letters": Letters,
    "limits": LimitPolicy,
    "attention": AttentionPolicy,
    "deadlines": Deadlines,
    "http": HttpPolicy,
    "signals": SignalPolicy,
}
WHO = {
    errors.ConfigError: "the developer",
    errors.Refused: "the visitor",
    errors.ProviderError: "the provider",
    errors.MailError: "the operator of the mail server",
    errors.StoreError: "the operator of the database",
}


ABOUT_SETTINGS = """\
Everything is a keyword argument of `Onboarding(…)`, checked when it is built. The
library reads no environment variable; the `onboarding` command reads
`ONBOARDING_DATABASE` and `ONBOARDING_PREFIX`.
"""
ABOUT_ERRORS = """\
One tree, sorted by who must act. `code` is stable across releases and may be depended
on; `status` is the HTTP status of the answer. A JSON caller gets a problem
([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)) with `code`, `status`, `title`,
`detail`, `reference` and the facts; a person gets a page that says what is safe, with
one way on. Raise them yourself: the layer answers them, and an application inside
`around` hands them to `refuse`. A `ConfigError` is never answered: it goes up to you.
"""
ABOUT_EVENTS = """\
What happens is written down in the commit of the change itself, with the account's id
and the instant beside it, and no personal data in it. Your own events are subclasses of
`Event`; `onboarding.record(account, event)` writes them into the same log. Funnels,
prompts and sinks read both alike. The classes are in `onboarding.events`.
"""


# ── configuration ────────────────────────────────────────────────────────────

DEFAULTS: Mapping[str, str] = {
    "url": "required",
    "secret_key": "required",
    "database": "required",
    **dict.fromkeys(("providers", "features", "prompts", "funnels", "widgets"), "none"),
    **dict.fromkeys(("apps", "resources", "sinks", "texts"), "none"),
    **{name: f"`{policy.__name__}()`" for name, policy in POLICIES.items()},
    "widgets": "ours alone",
    "purposes": "none",
    "merge": '`"tell"`',
    "transport": "the network",
    "orders": "none",
    "passkeys": "none",
    "adopt": "nobody",
    "keep_tokens": "they are thrown away",
    "proxies": "none is believed",
    "mailer": "printed on this machine, required elsewhere",
    "name": f"the host of `url`: `{BARE.site_name}`",
    "home": said(BARE.home),
    "help_url": "no link",
    "templates": "ours alone",
    "skip": said(BARE.skip),
    "prefix": said(DEFAULT_PREFIX),
    "cookie_prefix": said(OURS),
    "clock": "the system's",
}


def configuration() -> str:
    """Return the page of all settings."""
    known = attributes(Settings)
    rows = [
        (f"`{name}`", known.get(name, ""), DEFAULTS.get(name, ""))
        for name in Settings.__annotations__
    ]
    parts = [
        NOTE + "# Configuration\n",
        ABOUT_SETTINGS,
        table(
            ("setting", "what it decides", "default"),
            ("`profile`", "A pydantic model whose fields carry `Ask`.", "no questions"),
            *rows,
        ),
        "## Policies\n",
        "Frozen values with keyword arguments; durations are `timedelta`.\n",
        *(policy_section(name, policy) for name, policy in POLICIES.items()),
    ]
    return "\n".join(parts)


def policy_section(setting: str, policy: type[Any]) -> str:
    """Return the section of one policy."""
    known = attributes(policy)
    rows = [(f"`{f.name}`", known[f.name], said(f.default)) for f in fields(policy)]
    head = f"### `{setting}={policy.__name__}(…)`\n\n{lead(policy)}\n"
    return f"{head}\n{table(('field', 'what it decides', 'default'), *rows)}"


# ── errors ───────────────────────────────────────────────────────────────────


def error_classes() -> list[type[errors.OnboardingError]]:
    """Return every error, in the order in which the module has them."""
    return [
        thing
        for thing in vars(errors).values()
        if isinstance(thing, type) and issubclass(thing, errors.OnboardingError)
    ]


def who_acts(error: type[errors.OnboardingError]) -> str:
    """Say who must act on an error."""
    return next((who for base, who in WHO.items() if issubclass(error, base)), "–")


def facts(error: type[errors.OnboardingError]) -> str:
    """Return the names of the facts that an error carries."""
    if "__init__" not in vars(error):
        return ""
    assigned = re.findall(r"self\.([a-z]\w*) =", inspect.getsource(error.__init__))
    # The status has a column of its own.
    return ", ".join(f"`{name}`" for name in assigned if name != "status")


def error_row(error: type[errors.OnboardingError]) -> tuple[str, ...]:
    """Return the row of one error."""
    names = f"`{error.__name__}`", f"`{error.code}`", str(error.status)
    told = f" Facts: {facts(error)}." * bool(facts(error))
    return (*names, who_acts(error), lead(error) + told)


def errors_page() -> str:
    """Return the page of all errors."""
    rows = [error_row(error) for error in error_classes()]
    return "\n".join(
        [
            NOTE + "# Errors\n",
            ABOUT_ERRORS,
            table(("error", "code", "status", "who acts", "means"), *rows),
        ]
    )


# ── events ───────────────────────────────────────────────────────────────────


def event_classes() -> list[type[Event]]:
    """Return every event of ours, in the order in which the module has them."""
    return [
        thing
        for thing in vars(events).values()
        if isinstance(thing, type) and issubclass(thing, Event) and thing is not Event
    ]


def event_fields(event: type[Event]) -> Iterator[str]:
    """Yield the fields of an event, with their types."""
    for name, kind in get_type_hints(event).items():
        if get_origin(kind) is not ClassVar:
            shown = kind.__name__ if isinstance(kind, type) else str(kind)
            yield f"`{name}: {shown}`"


def events_page() -> str:
    """Return the page of our vocabulary."""
    rows = [
        (
            f"`{e.name}`",
            f"`{e.__name__}`",
            lead(e),
            ", ".join(event_fields(e)),
            f"`{about}`" if (about := e._about) else "",
            str(phase_of(e)),
        )
        for e in event_classes()
    ]
    return "\n".join(
        [
            NOTE + "# Events\n",
            ABOUT_EVENTS,
            table(("name", "class", "means", "fields", "about", "phase"), *rows),
        ]
    )


def pages() -> dict[str, str]:
    """Return every page that is made of code, by its path below docs/."""
    return {
        "attacks.md": attacks_page(),
        "configuration.md": configuration(),
        "errors.md": errors_page(),
        "events.md": events_page(),
        "glossary.md": glossary(),
        "providers/index.md": providers_index(),
        "providers/named.md": named_page(),
        "truth.md": truth_page(),
        **{f"providers/{page}.md": provider_page(page) for page in PROVIDERS},
    }


if __name__ == "__main__":
    NAMES.write_text(names_module(), encoding="utf-8")
    for path, text in pages().items():
        (DOCS / path).write_text(text, encoding="utf-8")
