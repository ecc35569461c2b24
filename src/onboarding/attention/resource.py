"""The ledger as something that hangs on an account."""

from typing_extensions import override

from onboarding.accounts.facts import Facts
from onboarding.attention.model import Attention


class AttentionResource(Facts[Attention]):
    """What was asked of a person: the union at a merge, gone at an end.

    A guest who said "not now" has said so after signing in, too.
    """

    name = "attention"
    kind = Attention
    is_deed = False

    @override
    def tell(self, fact: Attention) -> dict[str, object]:
        return {"item": fact.item, "act": fact.act.value, "at": fact.at.isoformat()}
