"""Fakes for tests and for the demo: a clock, a sink, a mailer, identity providers.

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
    from onboarding.testing.identity_provider import (
        AuthorizationRefused,
        Client,
        FakeProvider,
        OpenIDSwitches,
        RegisteredKey,
        WayBack,
    )
    from onboarding.testing.loopback import Loopback
    from onboarding.testing.mailers import RecordingMailer
    from onboarding.testing.network import Network
    from onboarding.testing.oauth2_provider import (
        FakeOAuth2,
        OAuth2Switches,
        ReadSwitches,
    )
    from onboarding.testing.people import Person
    from onboarding.testing.received import ReceivedMail
    from onboarding.testing.signing import SigningKey
    from onboarding.testing.signing_in import sign_in, sign_in_async
    from onboarding.testing.sinks import RecordingSink

__all__ = [
    "AuthorizationRefused",
    "Client",
    "FakeAuthenticator",
    "FakeOAuth2",
    "FakeProvider",
    "Fault",
    "FaultyStore",
    "FrozenClock",
    "Loopback",
    "Network",
    "OAuth2Switches",
    "OpenIDSwitches",
    "Person",
    "ReadSwitches",
    "ReceivedMail",
    "RecordingMailer",
    "RecordingSink",
    "RegisteredKey",
    "SigningKey",
    "WayBack",
    "choose",
    "sign_in",
    "sign_in_async",
]

_HOMES = {
    "AuthorizationRefused": "identity_provider",
    "Client": "identity_provider",
    "FakeAuthenticator": "authenticator",
    "RegisteredKey": "identity_provider",
    "FakeOAuth2": "oauth2_provider",
    "FakeProvider": "identity_provider",
    "Fault": "faults",
    "FaultyStore": "faulty",
    "FrozenClock": "clock",
    "Loopback": "loopback",
    "MailerContract": "contracts",
    "Network": "network",
    "OAuth2Switches": "oauth2_provider",
    "OpenIDSwitches": "identity_provider",
    "Person": "people",
    "ProviderContract": "contracts",
    "ReadSwitches": "oauth2_provider",
    "ReceivedMail": "received",
    "RecordingMailer": "mailers",
    "RecordingSink": "sinks",
    "SigningKey": "signing",
    "StoreContract": "contracts",
    "WayBack": "identity_provider",
    "WidgetContract": "contracts",
    "choose": "browsing",
    "sign_in": "signing_in",
    "sign_in_async": "signing_in",
}

__getattr__, __dir__ = exports(__name__, _HOMES, __all__)
