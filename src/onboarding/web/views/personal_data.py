"""Everything known of somebody: the values, and the same as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass

from onboarding.accounts.model import (
    Account,
    Contact,
    IdentityLink,
    Receipt,
)
from onboarding.feedback.model import Response
from onboarding.profiling.model import Answer

OWN_RESOURCES = frozenset({"answers", "attention", "responses"})
"""Resources of the library, whose content the page shows itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """Everything known of one account.

    Attributes:
        resources: The host's resources that hang on it, by name, with their counts.
    """

    answers: Sequence[Answer]
    identities: Sequence[IdentityLink]
    contacts: Sequence[Contact]
    resources: Sequence[tuple[str, int]]
    responses: Sequence[Response]
    receipts: Sequence[Receipt]


def as_json(account: Account, data: PersonalData) -> dict[str, object]:
    """Return the same as the page "My data", for programs."""
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
        "resources": dict(data.resources),
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
