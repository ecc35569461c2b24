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
        if cls._stage is None:
            cls._stage = SignInStage(cls())
        return cls._stage

    @classmethod
    def teardown_class(cls) -> None:
        """Close the application."""
        if cls._stage is not None:
            cls._stage.close()
            cls._stage = None
