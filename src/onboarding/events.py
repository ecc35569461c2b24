"""What happened: the base class of every event, and this library's own vocabulary.

An event is past tense, typed, and carries no personal data: the account's id is
stamped beside it when it is recorded. Hosts subclass :class:`Event` where their
code lives::

    class OrderPlaced(Event):
        name: ClassVar = "order_placed"
        order: str

Fields are primitives (``str``, ``int``, ``float``, ``bool`` or ``None``), so that
a warehouse reads them as they are. This file holds our whole vocabulary and may
grow past 300 lines.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import ClassVar, dataclass_transform

from onboarding.errors import ConfigError

Primitive = str | int | float | bool | None
"""What a field of an event may hold."""

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
"""The grammar of event names: safe as a literal in SQL and as a file name."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Event:
    """Something that happened. Subclasses are frozen, keyword-only dataclasses.

    Raises:
        ConfigError: When a subclass has no ``name``, or one outside ``[a-z0-9_]``.
    """

    name: ClassVar[str]

    def __init_subclass__(cls) -> None:
        if not NAME.match(getattr(cls, "name", "")):
            raise ConfigError(
                f"{cls.__name__} is an event without a usable name; write "
                f'name: ClassVar = "{_snake(cls.__name__)}" in its body '
                "(lower case, digits and underscores, at most 64 characters)"
            )
        dataclass(frozen=True, kw_only=True)(cls)

    def data(self) -> dict[str, Primitive]:
        """Return the fields as a JSON-ready mapping.

        Raises:
            ConfigError: When a field holds something else than a primitive.
        """
        found = {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]  # subclasses are dataclasses
        for name, value in found.items():
            if value is not None and not isinstance(value, str | int | float | bool):
                raise ConfigError(
                    f"{type(self).__name__}.{name} is a {type(value).__name__}; "
                    "an event carries text, numbers, booleans or None"
                )
        return found


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event as the log keeps it: stamped with its account and instant.

    ``id`` is time-ordered per process; across processes the order is approximate.
    """

    KEY: ClassVar[tuple[str, ...]] = ("account_id", "id")
    GUARD: ClassVar[tuple[str, ...]] = ()
    ORDER: ClassVar[tuple[str, ...]] = ("at", "id")

    id: str
    account_id: str
    at: datetime
    name: str
    data: Mapping[str, Primitive]

    @property
    def day(self) -> int:
        """Whole days since 1970-01-01 in UTC, stored so that SQL need not divide."""
        return (self.at - EPOCH).days


# ── who someone is ───────────────────────────────────────────────────────────


class GuestStarted(Event):
    """A visitor did the first thing worth keeping and became a guest."""

    name: ClassVar[str] = "guest_started"


class ContactGiven(Event):
    """Somebody typed an address; it is asserted, not proven."""

    name: ClassVar[str] = "contact_given"


class AccountRegistered(Event):
    """A stranger signed in and became a registered account at once."""

    name: ClassVar[str] = "account_registered"
    provider: str


class GuestUpgraded(Event):
    """A guest signed in and became registered, on the same id."""

    name: ClassVar[str] = "guest_upgraded"
    provider: str


class SignedIn(Event):
    """A registered person came back through a provider."""

    name: ClassVar[str] = "signed_in"
    provider: str


class SignedOut(Event):
    """A person ended their session."""

    name: ClassVar[str] = "signed_out"


class SignInRestarted(Event):
    """A sign-in whose thread was lost came to a good end after a restart."""

    name: ClassVar[str] = "sign_in_restarted"
    provider: str


class IdentityLinked(Event):
    """A registered account gained a way to sign in."""

    name: ClassVar[str] = "identity_linked"
    provider: str


class AccountMerged(Event):
    """Another account came together with this one (recorded on the survivor)."""

    name: ClassVar[str] = "account_merged"
    source: str


class AccountExpired(Event):
    """A guest that nobody came back to was purged."""

    name: ClassVar[str] = "account_expired"


class AccountExported(Event):
    """A person took their data along."""

    name: ClassVar[str] = "account_exported"


class AccountErased(Event):
    """A person had their data erased; the id stays as a tombstone."""

    name: ClassVar[str] = "account_erased"


# ── what they were asked ─────────────────────────────────────────────────────


class QuestionShown(Event):
    """A profile question was put before a person."""

    name: ClassVar[str] = "question_shown"
    question: str
    feature: str


class QuestionAnswered(Event):
    """A person answered a profile question (the answer itself is not in the log)."""

    name: ClassVar[str] = "question_answered"
    question: str
    feature: str | None = None


class QuestionSnoozed(Event):
    """A person said "not now" to a profile question."""

    name: ClassVar[str] = "question_snoozed"
    question: str
    feature: str | None = None


class QuestionDeclined(Event):
    """A person would rather not say."""

    name: ClassVar[str] = "question_declined"
    question: str
    feature: str | None = None


class FeatureUnlocked(Event):
    """The last missing answer opened a feature."""

    name: ClassVar[str] = "feature_unlocked"
    feature: str


class PromptShown(Event):
    """A feedback prompt was put before a person."""

    name: ClassVar[str] = "prompt_shown"
    prompt: str


class PromptAnswered(Event):
    """A person responded to a feedback prompt."""

    name: ClassVar[str] = "prompt_answered"
    prompt: str
    score: int | None = None


class PromptSnoozed(Event):
    """A person said "not now" to a feedback prompt."""

    name: ClassVar[str] = "prompt_snoozed"
    prompt: str


class PromptDismissed(Event):
    """A person does not want to be asked this again."""

    name: ClassVar[str] = "prompt_dismissed"
    prompt: str


class ReplySent(Event):
    """The shop replied to a response."""

    name: ClassVar[str] = "reply_sent"
    prompt: str


class ReplySeen(Event):
    """The person saw the reply."""

    name: ClassVar[str] = "reply_seen"
    prompt: str
