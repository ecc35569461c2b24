"""What happened: the base class of every event, and this library's own vocabulary.

An event is past tense, typed, and carries no personal data: the account's id is
stamped beside it when it is recorded. Hosts subclass ``Event`` where their
code lives::

    class OrderPlaced(Event):
        name: ClassVar = "order_placed"
        order: str

Fields are primitives (``str``, ``int``, ``float``, ``bool`` or ``None``), so that
a warehouse reads them as they are. The log keeps them as JSON, which no portable SQL
reads; so a class says which of them the log is asked by::

    class OrderPlaced(Event, about="order", worth="cents", phase=Phase.PURCHASE):
        name: ClassVar = "order_placed"
        order: str
        cents: int

Our own are written here, those of ways to sign in in ``ways``, of questions in
``questions``, and of what is proposed in ``proposals``.
"""

from typing import ClassVar

from onboarding.events.base import Event, Phase
from onboarding.events.entry import Entry
from onboarding.events.fields import Primitive
from onboarding.events.proposals import ProposalAccepted, ProposalRefused
from onboarding.events.questions import (
    AnswerTakenBack,
    FeatureUnlocked,
    PurposeWithdrawn,
    QuestionAnswered,
    QuestionDeclined,
    QuestionShown,
    QuestionSnoozed,
)
from onboarding.events.ways import (
    AppSignedIn,
    IdentityLinked,
    IdentityUnlinked,
    PasskeySuspected,
    ProviderSignalled,
    SignInRefused,
    SignInRestarted,
)

__all__ = [
    "AccountAdopted",
    "AccountErased",
    "AccountExpired",
    "AccountExported",
    "AccountMerged",
    "AccountRegistered",
    "AnswerTakenBack",
    "AppSignedIn",
    "ContactGiven",
    "ContactProven",
    "ContactRemoved",
    "Entry",
    "Event",
    "FeatureUnlocked",
    "GuestStarted",
    "GuestUpgraded",
    "IdentityLinked",
    "IdentityUnlinked",
    "MergeDeclined",
    "OrderClaimed",
    "PasskeySuspected",
    "Phase",
    "Primitive",
    "PromptAnswered",
    "PromptDismissed",
    "PromptShown",
    "PromptSnoozed",
    "ProposalAccepted",
    "ProposalRefused",
    "ProviderSignalled",
    "PurposeWithdrawn",
    "QuestionAnswered",
    "QuestionDeclined",
    "QuestionShown",
    "QuestionSnoozed",
    "ReplySeen",
    "ReplySent",
    "SignInRefused",
    "SignInRestarted",
    "SignedIn",
    "SignedOut",
    "TakenBack",
]

# ── who someone is ───────────────────────────────────────────────────────────


class GuestStarted(Event, phase=Phase.PURCHASE):
    """A visitor did the first thing worth keeping and became a guest."""

    name: ClassVar[str] = "guest_started"


class ContactGiven(Event, phase=Phase.PURCHASE):
    """Somebody typed an address; it is asserted, not proven."""

    name: ClassVar[str] = "contact_given"


class ContactRemoved(Event, phase=Phase.SERVICE):
    """A person took an address of theirs away, or put another in its place.

    One that was proven was a way to sign in, which is gone with it.
    """

    name: ClassVar[str] = "contact_removed"
    was_proven: bool = False


class ContactProven(Event, about="by", phase=Phase.LOYALTY):
    """An address was proven for the first time: by a provider, or by a letter."""

    name: ClassVar[str] = "contact_proven"
    by: str


class OrderClaimed(Event, about="order", phase=Phase.LOYALTY):
    """A guest's order came to whose it is: by a link, or by a proven address."""

    name: ClassVar[str] = "order_claimed"
    order: str
    by: str


class AccountRegistered(Event, about="provider", phase=Phase.LOYALTY):
    """A stranger signed in and became a registered account at once."""

    name: ClassVar[str] = "account_registered"
    provider: str


class AccountAdopted(Event, phase=Phase.LOYALTY):
    """The host brought somebody in whom it had already; they may not have come yet."""

    name: ClassVar[str] = "account_adopted"


class GuestUpgraded(Event, about="provider", phase=Phase.LOYALTY):
    """A guest signed in and became registered, on the same id."""

    name: ClassVar[str] = "guest_upgraded"
    provider: str


class SignedIn(Event, about="provider", phase=Phase.LOYALTY):
    """A registered person came back through a provider."""

    name: ClassVar[str] = "signed_in"
    provider: str


class SignedOut(Event, phase=Phase.SERVICE):
    """A person ended their session."""

    name: ClassVar[str] = "signed_out"


class AccountMerged(Event, about="source", phase=Phase.LOYALTY):
    """Another account came together with this one (recorded on the survivor).

    Where both had a ``ref``, the survivor's stays, and this tells the source's: the
    host has two rows of one person. An erasure takes it out.
    """

    name: ClassVar[str] = "account_merged"
    source: str
    ref: str | None = None


class MergeDeclined(Event, phase=Phase.LOYALTY):
    """A person signed in, and kept what they had done as a guest apart.

    Recorded on the account that they signed in to. It does not tell which guest that
    was: whoever keeps the two apart is not to be found out by the log.
    """

    name: ClassVar[str] = "merge_declined"


class TakenBack(Event, about="what", phase=Phase.LOYALTY):
    """A person took back what a merge had set aside."""

    name: ClassVar[str] = "taken_back"
    what: str


class AccountExpired(Event, phase=Phase.LOYALTY):
    """A guest that nobody came back to was purged."""

    name: ClassVar[str] = "account_expired"


class AccountExported(Event, phase=Phase.SERVICE):
    """A person took their data along."""

    name: ClassVar[str] = "account_exported"


class AccountErased(Event, phase=Phase.SERVICE):
    """A person had their data erased; the id stays as a tombstone."""

    name: ClassVar[str] = "account_erased"


# ── what they think of it ────────────────────────────────────────────────────


class PromptShown(Event, about="prompt", phase=Phase.SERVICE):
    """A feedback prompt was put before a person."""

    name: ClassVar[str] = "prompt_shown"
    prompt: str


class PromptAnswered(Event, about="prompt", phase=Phase.SERVICE):
    """A person responded to a feedback prompt."""

    name: ClassVar[str] = "prompt_answered"
    prompt: str
    score: int | None = None


class PromptSnoozed(Event, about="prompt", phase=Phase.SERVICE):
    """A person said "not now" to a feedback prompt."""

    name: ClassVar[str] = "prompt_snoozed"
    prompt: str


class PromptDismissed(Event, about="prompt", phase=Phase.SERVICE):
    """A person does not want to be asked this again."""

    name: ClassVar[str] = "prompt_dismissed"
    prompt: str


class ReplySent(Event, about="prompt", phase=Phase.SERVICE):
    """The shop replied to a response."""

    name: ClassVar[str] = "reply_sent"
    prompt: str


class ReplySeen(Event, about="prompt", phase=Phase.SERVICE):
    """The person saw the reply."""

    name: ClassVar[str] = "reply_seen"
    prompt: str
