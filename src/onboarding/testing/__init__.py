"""Fakes for tests and for the demo: a clock, a sink, a mailer, an identity provider.

Nothing that is listed here imports pytest; the contracts for plug-in authors, which
do, are in ``onboarding.testing.contracts`` and found here too. Names are loaded when
they are first used, so that a test run which needs only the clock does not load a JOSE
library.
"""

from typing import TYPE_CHECKING

from onboarding.exports import exports

if TYPE_CHECKING:
    from onboarding.testing.authenticator import FakeAuthenticator
    from onboarding.testing.browsing import choose
    from onboarding.testing.clock import FrozenClock
    from onboarding.testing.contracts import MailerContract as MailerContract
    from onboarding.testing.contracts import ProviderContract as ProviderContract
    from onboarding.testing.contracts import StoreContract as StoreContract
    from onboarding.testing.contracts import WidgetContract as WidgetContract
    from onboarding.testing.faults import Fault
    from onboarding.testing.faulty import FaultyStore
    from onboarding.testing.id_tokens import SigningKey
    from onboarding.testing.identity_provider import (
        AuthorizationRefused,
        Client,
        FakeProvider,
    )
    from onboarding.testing.loopback import Loopback
    from onboarding.testing.mailers import RecordingMailer
    from onboarding.testing.people import Person
    from onboarding.testing.received import ReceivedMail
    from onboarding.testing.sinks import RecordingSink

__all__ = [
    "AuthorizationRefused",
    "Client",
    "FakeAuthenticator",
    "FakeProvider",
    "Fault",
    "FaultyStore",
    "FrozenClock",
    "Loopback",
    "Person",
    "ReceivedMail",
    "RecordingMailer",
    "RecordingSink",
    "SigningKey",
    "choose",
]

_HOMES = {
    "AuthorizationRefused": "identity_provider",
    "Client": "identity_provider",
    "FakeAuthenticator": "authenticator",
    "FakeProvider": "identity_provider",
    "Fault": "faults",
    "FaultyStore": "faulty",
    "FrozenClock": "clock",
    "Loopback": "loopback",
    "MailerContract": "contracts",
    "Person": "people",
    "ProviderContract": "contracts",
    "ReceivedMail": "received",
    "RecordingMailer": "mailers",
    "RecordingSink": "sinks",
    "SigningKey": "id_tokens",
    "StoreContract": "contracts",
    "WidgetContract": "contracts",
    "choose": "browsing",
}

__getattr__, __dir__ = exports(__name__, _HOMES, __all__)
