"""What an application asks, why, and how long it keeps it: for everybody to read."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from onboarding.frozen import dataclass
from onboarding.guests.model import GuestPolicy
from onboarding.jsonvalue import JsonValue
from onboarding.locales.texts import Texts
from onboarding.web.views.answers import purpose_words, using

if TYPE_CHECKING:
    from onboarding.profiling.catalogue import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """One question, as it is published.

    Attributes:
        purpose: What the answer is for, in words; empty where none is declared.
        features: What the features are called that use it.
        declinable: Whether "I'd rather not say" is offered.
        propose: The claim of a provider that is shown beside it; None where none is.
    """

    name: str
    question: str
    why: str
    purpose: str
    features: tuple[str, ...]
    declinable: bool
    propose: str | None


def asked_questions(texts: Texts, catalogue: "Catalogue[Any]") -> list[AskedQuestion]:
    """Return every question, in the order in which they are declared."""
    found = []
    for name, question in catalogue.questions.items():
        ask = question.ask
        purpose = ask.purpose
        found.append(
            AskedQuestion(
                name=name,
                question=texts.say(ask.question),
                why=texts.say(ask.why),
                purpose=purpose_words(purpose, texts, catalogue) if purpose else "",
                features=tuple(using(name, texts, catalogue)),
                declinable=ask.declinable,
                propose=ask.propose,
            )
        )
    return found


def describe_asked(asked: AskedQuestion) -> dict[str, JsonValue]:
    """Return a published question as a JSON object."""
    return {
        "name": asked.name,
        "question": asked.question,
        "why": asked.why,
        "purpose": asked.purpose or None,
        "features": list(asked.features),
        "declinable": asked.declinable,
        "propose": asked.propose,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestRetention:
    """How long what a guest said is kept, after they were last seen.

    Attributes:
        idle: Of one who left nothing else.
        with_contact: Of one who left an address.
        with_orders: Of one whom what they ordered keeps; None is as long as that.
    """

    idle: timedelta
    with_contact: timedelta
    with_orders: timedelta | None


def guest_retention(policy: GuestPolicy, session_life: timedelta) -> GuestRetention:
    """Return how long guests are kept, as a purge reckons it.

    Args:
        policy: How long guests are kept.
        session_life: How long a guest's session lives unused.
    """
    idle = session_life if policy.idle is None else policy.idle
    contact = idle if policy.with_contact is None else policy.with_contact
    return GuestRetention(
        idle=idle, with_contact=contact, with_orders=policy.with_orders
    )


def retention_lines(
    kept: GuestRetention, texts: Texts, *, has_orders: bool
) -> list[str]:
    """Return how long answers are kept, a sentence for each state of an account."""
    lines = [
        texts.plain("what_we_ask.kept_person"),
        texts.plain("what_we_ask.kept_guest", count=_days(kept.idle)),
    ]
    if kept.with_contact != kept.idle:
        days = _days(kept.with_contact)
        lines.append(texts.plain("what_we_ask.kept_contact", count=days))
    if has_orders and kept.with_orders is None:
        lines.append(texts.plain("what_we_ask.kept_as_orders"))
    elif has_orders and kept.with_orders is not None:
        days = _days(kept.with_orders)
        lines.append(texts.plain("what_we_ask.kept_orders", count=days))
    return lines


def describe_retention(kept: GuestRetention) -> Mapping[str, JsonValue]:
    """Return how long answers are kept as JSON: whole days, None without an end."""
    orders = kept.with_orders
    return {
        "person": None,
        "guest_days": _days(kept.idle),
        "guest_with_contact_days": _days(kept.with_contact),
        "guest_with_orders_days": None if orders is None else _days(orders),
    }


def _days(duration: timedelta) -> int:
    """Return whole days, rounded up: nothing is kept for longer than is said."""
    return -(-duration // timedelta(days=1))
