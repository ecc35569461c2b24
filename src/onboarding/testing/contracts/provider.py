"""What every provider promises, as a class of tests to subclass.

::

    class TestExample(ProviderContract):
        provider = Example(client_id="shop", client_secret="hush")
        replies = {"user": {"id": "4711", "email": "kim@example.org"}}
        subject = "4711"

``replies`` are what the provider really answered somebody, by the name of the read
(``id_token`` holds the claims of an ID token), with everything personal replaced.
"""

from typing import ClassVar

import pytest

from onboarding.testing.contracts.plays import SignInStage, checks_of, played
from onboarding.testing.contracts.provider_data import ProviderDataContract
from onboarding.testing.contracts.provider_mapping import ProviderMappingContract


class ProviderContract(ProviderDataContract, ProviderMappingContract):
    """The promises of a provider. Subclass it as ``Test…`` and fill in what is yours.

    It looks at what the provider says of itself, at what it makes of replies, and then
    signs somebody in: with the code that your application runs, at a fake that answers
    at the provider's own addresses, and in each way that can go wrong. What means
    nothing for a provider is not among its tests.

    Attributes:
        provider: The provider, built with any client id and secret.
        replies: What it answered about somebody with an address it verified, if it
            ever says so.
        subject: The stable id that these replies tell.
        subject_of: The values in the replies that it is made of, where it stands in
            none of them as it is: of a team and a person, for example.
        unverified: The same with an address that is *not* verified; None when never.
        switches: In what it differs from a strict provider, by its documentation and
            not by your description of it: ``OpenIDSwitches`` where it signs ID tokens,
            else ``OAuth2Switches``. None demands all that the standards do.
        client_auth: How it lets a client show who it is.
        client_key: What checks the signature of a client that signs.
        signed_with: What signs its ID tokens.
    """

    _stage: ClassVar[SignInStage | None] = None

    def test_it_signs_somebody_in(self, scene: str) -> None:
        """From the button to the account, or to the one who is told what is wrong."""
        checks = [check for check in checks_of(self) if check.scene == scene]
        if failed := played(self.stage(), checks):
            what = f"{len(failed)} of {len(checks)} checks fail: {scene}"
            raise ExceptionGroup(what, failed)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Make a test of each scene that means something for this provider."""
        if "scene" in metafunc.fixturenames:
            scenes = dict.fromkeys(check.scene for check in checks_of(self))
            metafunc.parametrize("scene", scenes)

    @classmethod
    def stage(cls) -> SignInStage:
        """Return the application in which all of it is played, open."""
        # Its own: one that a class inherits is about another provider.
        stage = vars(cls).get("_stage")
        if stage is None:
            cls._stage = stage = SignInStage(cls())
        return stage

    @classmethod
    def teardown_class(cls) -> None:
        """Close the application."""
        stage = vars(cls).get("_stage")
        if stage is not None:
            stage.close()
        cls._stage = None
