"""Who may look at an order, and who may take it over: decided of values alone.

==========================  =========  =====================================
whose the order is          standing   who may take it over
==========================  =========  =====================================
who is here                 OWN        nobody needs to
nobody                      FREE       who has shown that it is theirs
a guest, also a lapsed one  FREE       who has shown that it is theirs
somebody registered         TAKEN      nobody
somebody who was erased     GONE       nobody
no account of ours          TAKEN      nobody
==========================  =========  =====================================
"""

from datetime import datetime
from enum import StrEnum

from onboarding.accounts.claims import Order
from onboarding.accounts.model import Account, Ending
from onboarding.orders.model import ClaimPolicy


class OrderStanding(StrEnum):
    """Whose an order is, for whoever is here."""

    OWN = "own"
    FREE = "free"
    TAKEN = "taken"
    GONE = "gone"


def stand(order: Order, owner: Account | None, here: Account | None) -> OrderStanding:
    """Tell whose an order is.

    Args:
        order: As its row says.
        owner: The account that its owner has become, merges followed; None where
            there is none.
        here: Who is here.
    """
    if order.account_id is None:
        return OrderStanding.FREE
    if owner is None:
        return OrderStanding.TAKEN
    if here is not None and owner.id == here.id:
        return OrderStanding.OWN
    if owner.ending is Ending.ERASED:
        return OrderStanding.GONE
    return OrderStanding.FREE if owner.is_guest else OrderStanding.TAKEN


def is_within_claim(order: Order, proven_at: datetime, policy: ClaimPolicy) -> bool:
    """Tell whether the proof of an order's address is enough to take it over.

    Only where the order came after the proof, and soon after it: whoever had the
    mailbox before, or has it later, may be somebody else.
    """
    if policy.older:
        return True
    return proven_at <= order.placed_at <= proven_at + policy.window
