"""Tests that whoever keeps one of our promises must pass; they need pytest.

Subclass a contract in a test module, give it its one fixture, and pytest runs the
tests of the promise on your implementation::

    from onboarding.testing.contracts import StoreContract

    class TestMariaStore(StoreContract):
        @pytest.fixture
        async def store(self): ...
"""

from onboarding.testing.contracts.mailer import MailerContract
from onboarding.testing.contracts.provider import ProviderContract
from onboarding.testing.contracts.store import StoreContract
from onboarding.testing.contracts.widget import WidgetContract

__all__ = ["MailerContract", "ProviderContract", "StoreContract", "WidgetContract"]
