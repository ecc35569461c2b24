"""Fakes for tests and for the demo: a clock, a sink, an identity provider.

Nothing here imports pytest; the contracts for plug-in authors, which do, are in
``onboarding.testing.contracts``. Names are loaded when they are first used, so
that a test run which needs only the clock does not load a JOSE library.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onboarding.testing.browsing import choose
    from onboarding.testing.clock import FrozenClock
    from onboarding.testing.faults import Fault
    from onboarding.testing.faulty import FaultyStore
    from onboarding.testing.id_tokens import SigningKey
    from onboarding.testing.identity_provider import (
        AuthorizationRefused,
        Client,
        FakeProvider,
    )
    from onboarding.testing.loopback import Loopback
    from onboarding.testing.people import Person
    from onboarding.testing.sinks import RecordingSink

__all__ = [
    "AuthorizationRefused",
    "Client",
    "FakeProvider",
    "Fault",
    "FaultyStore",
    "FrozenClock",
    "Loopback",
    "Person",
    "RecordingSink",
    "SigningKey",
    "choose",
]

_HOMES = {
    "AuthorizationRefused": "identity_provider",
    "Client": "identity_provider",
    "FakeProvider": "identity_provider",
    "Fault": "faults",
    "FaultyStore": "faulty",
    "FrozenClock": "clock",
    "Loopback": "loopback",
    "Person": "people",
    "RecordingSink": "sinks",
    "SigningKey": "id_tokens",
    "choose": "browsing",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
