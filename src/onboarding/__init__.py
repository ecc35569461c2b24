"""Turn a stranger into a known, returning customer without a sign-up wall.

A visitor becomes a guest at the first thing worth keeping, keeps it with one click
of social sign-in on the same id, is asked a question when a feature needs the
answer, and an opinion at a defined point. Everything starts at ``Onboarding``.

Providers are in ``onboarding.providers``, fakes and contracts in
``onboarding.testing``, typed dependencies for FastAPI in ``onboarding.fastapi``, what
our methods return in ``onboarding.types``. Each name loads its own file when it is
first used.
"""

from typing import TYPE_CHECKING

from onboarding.exports import exports

if TYPE_CHECKING:
    from onboarding.accounts.adopted import Adopted
    from onboarding.accounts.claims import Claim, Order, OrderResource
    from onboarding.accounts.merge_rules import AccountWins, GuestWins, Park, PerState
    from onboarding.accounts.model import Account, AccountKind, EmailTrust
    from onboarding.accounts.periods import After
    from onboarding.accounts.resources import Resource
    from onboarding.accounts.rules import SessionPolicy
    from onboarding.accounts.table_rules import (
        Anonymise,
        DeleteRows,
        KeepLarger,
        KeepOne,
        KeepRows,
        Reassign,
    )
    from onboarding.app import Onboarding
    from onboarding.apps.model import App
    from onboarding.attention.model import AttentionPolicy
    from onboarding.deadlines import Deadlines
    from onboarding.emails import check_address
    from onboarding.errors import ConfigError, OnboardingError, Refused
    from onboarding.events import Event, Phase
    from onboarding.feedback.model import Prompt
    from onboarding.guests.model import GuestPolicy, ProofPolicy
    from onboarding.journey.model import Funnel
    from onboarding.limiting.model import LimitPolicy, Rate
    from onboarding.mail.model import Letters
    from onboarding.orders.model import ClaimPolicy
    from onboarding.passkeys.model import PasskeyPolicy
    from onboarding.profiling.kinds import (
        Address,
        Autofill,
        Consent,
        Country,
        Email,
        LongText,
        LooksLike,
        Money,
        Phone,
        PhoneNumber,
    )
    from onboarding.profiling.model import Ask, Feature
    from onboarding.profiling.needs import Linked, Proven
    from onboarding.segments.model import Age, All, Answered, Any, Declined, Not
    from onboarding.social.model import HttpPolicy
    from onboarding.social.signals import SignalAct, SignalPolicy

__all__ = [
    "Account",
    "AccountKind",
    "AccountWins",
    "Address",
    "Adopted",
    "After",
    "Age",
    "All",
    "Anonymise",
    "Answered",
    "Any",
    "App",
    "Ask",
    "AttentionPolicy",
    "Autofill",
    "Claim",
    "ClaimPolicy",
    "ConfigError",
    "Consent",
    "Country",
    "Deadlines",
    "Declined",
    "DeleteRows",
    "Email",
    "EmailTrust",
    "Event",
    "Feature",
    "Funnel",
    "GuestPolicy",
    "GuestWins",
    "HttpPolicy",
    "KeepLarger",
    "KeepOne",
    "KeepRows",
    "Letters",
    "LimitPolicy",
    "Linked",
    "LongText",
    "LooksLike",
    "Money",
    "Not",
    "Onboarding",
    "OnboardingError",
    "Order",
    "OrderResource",
    "Park",
    "PasskeyPolicy",
    "PerState",
    "Phase",
    "Phone",
    "PhoneNumber",
    "Prompt",
    "ProofPolicy",
    "Proven",
    "Rate",
    "Reassign",
    "Refused",
    "Resource",
    "SessionPolicy",
    "SignalAct",
    "SignalPolicy",
    "check_address",
]

_HOMES = {
    "Account": "accounts.model",
    "AccountKind": "accounts.model",
    "AccountWins": "accounts.merge_rules",
    "Address": "profiling.kinds",
    "Age": "segments.model",
    "All": "segments.model",
    "Any": "segments.model",
    "Declined": "segments.model",
    "Linked": "profiling.needs",
    "Not": "segments.model",
    "Proven": "profiling.needs",
    "Adopted": "accounts.adopted",
    "After": "accounts.periods",
    "Anonymise": "accounts.table_rules",
    "Answered": "segments.model",
    "App": "apps.model",
    "Ask": "profiling.model",
    "AttentionPolicy": "attention.model",
    "Autofill": "profiling.kinds",
    "Claim": "accounts.claims",
    "ClaimPolicy": "orders.model",
    "ConfigError": "errors",
    "Consent": "profiling.kinds",
    "Country": "profiling.kinds",
    "Deadlines": "deadlines",
    "DeleteRows": "accounts.table_rules",
    "Email": "profiling.kinds",
    "EmailTrust": "accounts.model",
    "Event": "events",
    "Feature": "profiling.model",
    "Funnel": "journey.model",
    "GuestPolicy": "guests.model",
    "GuestWins": "accounts.merge_rules",
    "HttpPolicy": "social.model",
    "KeepLarger": "accounts.table_rules",
    "KeepOne": "accounts.table_rules",
    "KeepRows": "accounts.table_rules",
    "Letters": "mail.model",
    "LimitPolicy": "limiting.model",
    "LongText": "profiling.kinds",
    "LooksLike": "profiling.kinds",
    "Money": "profiling.kinds",
    "Onboarding": "app",
    "OnboardingError": "errors",
    "Order": "accounts.claims",
    "OrderResource": "accounts.claims",
    "Park": "accounts.merge_rules",
    "PasskeyPolicy": "passkeys.model",
    "PerState": "accounts.merge_rules",
    "Phase": "events",
    "Phone": "profiling.kinds",
    "PhoneNumber": "profiling.kinds",
    "Prompt": "feedback.model",
    "ProofPolicy": "guests.model",
    "Rate": "limiting.model",
    "Reassign": "accounts.table_rules",
    "Refused": "errors",
    "Resource": "accounts.resources",
    "SessionPolicy": "accounts.rules",
    "SignalAct": "social.signals",
    "SignalPolicy": "social.signals",
    "check_address": "emails",
}

__getattr__, __dir__ = exports(__name__, _HOMES, __all__)
