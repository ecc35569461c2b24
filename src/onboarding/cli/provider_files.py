"""What ``onboarding providers new`` writes: a provider, and its test."""

OPENID = '''\
"""{title}. Register at …"""

from dataclasses import dataclass

from onboarding import EmailTrust
from onboarding.providers import OpenIDConnect


@dataclass(frozen=True, kw_only=True)
class {kind}(OpenIDConnect):
    """Sign in with {title}."""

    name: str = "{name}"
    title: str = "{title}"
    # With the subject, the key of an identity: change it, and everybody is a stranger.
    issuer: str = "{issuer}"
    # VERIFIED, if you know that it checks the addresses that it calls verified.
    email_trust: EmailTrust = EmailTrust.STATED
'''

OAUTH = '''\
"""{title}. Register at …"""

from dataclasses import dataclass

from onboarding import EmailTrust
from onboarding.providers import Endpoints, Identity, OAuth2, Read
from onboarding.providers import replies as read
from onboarding.providers.replies import Replies


@dataclass(frozen=True, kw_only=True)
class {kind}(OAuth2):
    """Sign in with {title}."""

    name: str = "{name}"
    title: str = "{title}"
    # With the subject, the key of an identity: change it, and everybody is a stranger.
    issuer: str = "https://{name}.example"
    scopes: tuple[str, ...] = ("profile", "email")
    endpoints: Endpoints = Endpoints(
        authorization="https://{name}.example/oauth/authorize",
        token="https://{name}.example/oauth/token",
    )
    reads: tuple[Read, ...] = (Read("person", "https://api.{name}.example/me"),)
    # VERIFIED, if it says of an address whether it has checked it.
    email_trust: EmailTrust = EmailTrust.STATED

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is."""
        person = read.members(self.name, replies, "person")
        address, trust = read.email(
            person.get("email"),
            verified=person.get("email_verified"),
            trust=self.email_trust,
        )
        return Identity(
            provider=self.name,
            issuer=self.issuer,
            # What never changes and is never given to somebody else, as text;
            # counted_subject(…) where it is a number.
            subject=read.subject(self.name, person.get("id")),
            email=address,
            email_trust=trust,
            name=read.name(person.get("name")),
            username=read.name(person.get("login")),
            picture=read.picture(person.get("picture")),
        )
'''

OPENID_TEST = '''\
"""What {kind} answers, recorded, with everything personal replaced."""

from {module} import {kind}

from onboarding.testing import OpenIDSwitches
from onboarding.testing.contracts import ProviderContract

CLAIMS = {{
    "sub": "u-4711",
    "email": "kim@example.org",
    "email_verified": True,
    "name": "Kim",
}}


class Test{kind}(ProviderContract):
    provider = {kind}(client_id="shop", client_secret="hush")
    replies = {{"id_token": CLAIMS}}
    unverified = {{"id_token": CLAIMS | {{"email_verified": False}}}}
    subject = "u-4711"
    # What it demands, by its documentation: how a client shows its secret, whether it
    # knows PKCE, and OpenIDSwitches(…) where it is not as the standards are.
    client_auth = "client_secret_basic"
    switches = OpenIDSwitches(pkce="required")
'''

OAUTH_TEST = '''\
"""What {kind} answers, recorded, with everything personal replaced."""

from {module} import {kind}

from onboarding.testing import OAuth2Switches
from onboarding.testing.contracts import ProviderContract

PERSON = {{
    "id": "u-4711",
    "email": "kim@example.org",
    "email_verified": True,
    "name": "Kim",
    "login": "kim",
    "picture": "https://pictures.example/kim.png",
}}


class Test{kind}(ProviderContract):
    provider = {kind}(client_id="shop", client_secret="hush")
    replies = {{"person": PERSON}}
    unverified = {{"person": PERSON | {{"email_verified": False}}}}
    subject = "u-4711"
    # What it demands, by its documentation: how a client shows its secret, whether it
    # knows PKCE, and OAuth2Switches(…) where it is not as the standards are.
    client_auth = "client_secret_basic"
    switches = OAuth2Switches(pkce="required")
'''


def text_of(name: str, title: str, kind: str, issuer: str | None) -> str:
    """Return the file of a provider; of OpenID Connect, where an issuer is given."""
    template = OPENID if issuer else OAUTH
    return template.format(name=name, title=title, kind=kind, issuer=issuer)


def text_of_test(module: str, kind: str, issuer: str | None) -> str:
    """Return the file of its test."""
    template = OPENID_TEST if issuer else OAUTH_TEST
    return template.format(module=module, kind=kind)
