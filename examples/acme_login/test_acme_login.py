"""What Acme answers, recorded, with everything personal replaced."""

from acme_login import Acme

from onboarding.testing import OAuth2Switches
from onboarding.testing.contracts import ProviderContract

PERSON = {
    "id": "u-4711",
    "mail": "kim@example.org",
    "mail_checked": True,
    "display_name": "Kim",
    "picture": "https://pictures.acme.example/kim.png",
}


class TestAcme(ProviderContract):
    """Acme signs people in, and nobody in each way in which that can fail."""

    provider = Acme(client_id="shop", client_secret="hush")
    replies = {"person": PERSON}
    unverified = {"person": PERSON | {"mail_checked": False}}
    subject = "u-4711"
    # What Acme demands, by its documentation: https://acme.example/docs/oauth.
    client_auth = "client_secret_post"
    switches = OAuth2Switches(pkce="optional")
