"""What we know of somebody, gathered from every room."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from onboarding.accounts.model import (
    Account,
    Contact,
    IdentityLink,
    Receipt,
)
from onboarding.feedback.model import Response
from onboarding.profiling.model import Answer

if TYPE_CHECKING:
    from onboarding.core import Core

OWN_RESOURCES = frozenset({"answers", "attention", "responses"})
"""Resources of our own, whose content the page shows itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """Everything known of one account.

    Attributes:
        things: What of the host's hangs on it: names of resources, with counts.
    """

    answers: Sequence[Answer]
    identities: Sequence[IdentityLink]
    contacts: Sequence[Contact]
    things: Sequence[tuple[str, int]]
    responses: Sequence[Response]
    receipts: Sequence[Receipt]


async def gather(core: "Core[Any]", account: Account) -> PersonalData:
    """Return everything known of an account."""
    planned = await core.data.plan_erase(account)
    things = [(name, plan.count) for name, plan in planned if name not in OWN_RESOURCES]
    return PersonalData(
        answers=await core.profiling.answers(account),
        identities=await core.accounts.list_identities(account),
        contacts=await core.accounts.list_contacts(account),
        things=[(name, count) for name, count in things if count],
        responses=await core.feedback.responses(account),
        receipts=await core.accounts.list_receipts(account),
    )


def as_json(account: Account, data: PersonalData) -> dict[str, object]:
    """Return what is known as JSON: the same as the page, for programs."""
    return {
        "kind": account.kind.value,
        "since": account.created_at.isoformat(),
        "answers": [
            {
                "question": answer.question,
                "reply": answer.reply.value,
                "value": answer.value,
                "source": answer.source.name.lower(),
                "via": answer.via,
                "answered_at": answer.answered_at.isoformat(),
            }
            for answer in data.answers
        ],
        "identities": [
            {"provider": link.provider, "name": link.name, "email": link.email}
            for link in data.identities
        ],
        "contacts": [
            {
                "address": contact.typed,
                "level": contact.level.name.lower(),
                "proven_by": contact.proven_by,
            }
            for contact in data.contacts
        ],
        "resources": dict(data.things),
        "responses": [
            {
                "prompt": response.prompt,
                "score": response.score,
                "text": response.text,
                "reply": response.reply,
            }
            for response in data.responses
        ],
        "receipts": [
            {"at": receipt.at.isoformat(), "moved": dict(receipt.moved)}
            for receipt in data.receipts
        ],
    }
