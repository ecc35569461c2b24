"""What the methods of `Onboarding` and its services return, for your annotations.

They are made by the library: a host reads them. What a host makes itself, such as
``Ask`` and ``Resource``, is in ``onboarding``.
"""

from onboarding.accounts.adopted import Adoption, NotAdopted, Obstacle
from onboarding.accounts.merge_plan import (
    MergedAnswer,
    MergePlan,
    Part,
    ResourcePlan,
    Side,
)
from onboarding.accounts.model import (
    Contact,
    ContactLevel,
    Ending,
    Identity,
    IdentityLink,
    Receipt,
)
from onboarding.accounts.outcome import How, MergeWaits, MustConfirm, SignInResult
from onboarding.accounts.parking import Parked
from onboarding.accounts.planned import Outcome, Planned
from onboarding.feedback.model import Response, Score
from onboarding.guests.model import Hold, HoldKind, Purged
from onboarding.journey.model import FunnelReport
from onboarding.jsonvalue import JsonValue
from onboarding.orders.model import OrderGrant, RegisteredOrder
from onboarding.profiling.intake import Submitted
from onboarding.profiling.model import Answer, Decision, Question
from onboarding.social.granted import ProviderTokens
from onboarding.web.views.notices import Notice, NoticeAct
from onboarding.within import Within

__all__ = [
    "Adoption",
    "Answer",
    "Contact",
    "ContactLevel",
    "Decision",
    "Ending",
    "FunnelReport",
    "Hold",
    "HoldKind",
    "How",
    "Identity",
    "IdentityLink",
    "JsonValue",
    "MergePlan",
    "MergeWaits",
    "MergedAnswer",
    "MustConfirm",
    "NotAdopted",
    "Notice",
    "NoticeAct",
    "Obstacle",
    "OrderGrant",
    "Outcome",
    "Parked",
    "Part",
    "Planned",
    "ProviderTokens",
    "Purged",
    "Question",
    "Receipt",
    "RegisteredOrder",
    "ResourcePlan",
    "Response",
    "Score",
    "Side",
    "SignInResult",
    "Submitted",
    "Within",
]
