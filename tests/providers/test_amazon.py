"""Amazon's replies, as its documentation has them, and what each proves."""

from typing import ClassVar

from onboarding.accounts.model import EmailTrust
from onboarding.providers import Amazon
from onboarding.testing.contracts import ProviderContract

AMAZON = Amazon(client_id="amzn1.application-oa2-client.0f", client_secret="hush")
USER: dict[str, object] = {
    "user_id": "amzn1.account.K2LI23KL2LK2",
    "email": "kim@example.org",
    "name": "Kim de Vries",
    "postal_code": "98052",
}


class TestAmazon(ProviderContract):
    provider = AMAZON
    client_auth = "client_secret_post"
    replies: ClassVar = {"user": USER}
    subject = "amzn1.account.K2LI23KL2LK2"


def test_nothing_is_said_of_the_address() -> None:
    """So it is stated."""
    told = AMAZON.identity({"user": USER})
    assert (told.name, told.email_trust) == ("Kim de Vries", EmailTrust.STATED)
