"""Amazon Cognito: a user pool."""

from dataclasses import dataclass, replace

from onboarding.accounts.model import Identity
from onboarding.providers import facts as known
from onboarding.providers import replies as read
from onboarding.providers.base import ClientAuth
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.made import make, word_of
from onboarding.providers.oidc import OpenIDConnect
from onboarding.providers.replies import Replies


@dataclass(frozen=True, kw_only=True)
class Cognito(OpenIDConnect):
    """Sign in with a user pool of Amazon Cognito.

    Attributes:
        pool: The id of the pool, ``eu-west-1_a1B2c3D4e``; it begins with its region,
            and the two make the issuer. Where people sign in is read there.

    Raises:
        ConfigError: As ``OpenIDConnect``; and for a pool that is none.
    """

    facts = ProviderFacts(
        register="https://console.aws.amazon.com/cognito/v2/idp/user-pools",
        documentation="https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html",
        steps=(
            (
                "Give the pool a domain, and make an app client with a secret and the "
                "authorization code grant."
            ),
            (
                "Enter the redirect URI as an allowed callback URL, and allow the "
                "scopes `openid`, `profile` and `email`."
            ),
        ),
        quirks=(
            (
                "Discovery is at another host than signing in: it is found by region "
                "and pool, and names the rest."
            ),
            '`email_verified` may be the text "true".',
            "Scopes must be separated by `%20`; a plus is not read.",
        ),
        address="Stated, until you say `email_trust=EmailTrust.VERIFIED`: say it "
        "where the pool verifies addresses, and none of its identity providers writes "
        "`email_verified`.",
        checked="2026-11-21",
        against=(
            *(known.ALLAUTH, known.SOCIAL_CORE, known.BETTER_AUTH),
            *(known.AUTH_JS, known.HTTPX_OAUTH, known.ARCTIC),
        ),
    )

    name: str = "cognito"
    title: str = "Cognito"
    issuer: str = ""
    client_auth: ClientAuth = "post"
    userinfo: bool = False
    pool: str

    def __post_init__(self) -> None:
        """Check everything that can be known before anybody signs in."""
        pattern = r"[a-z]{2}(?:-[a-z]+){1,3}-[0-9]{1,2}_[A-Za-z0-9]{1,40}"
        pool = word_of(self, "pool", pattern, "eu-west-1_a1B2c3D4e")
        region = pool.partition("_")[0]
        end = ".cn" if region.startswith("cn-") else ""
        host = f"cognito-idp.{region}.amazonaws.com{end}"
        make(self, "issuer", f"https://{host}/{pool}")
        super().__post_init__()

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is in the pool, by the ID token."""
        claims = read.members(self.name, replies, "id_token")
        username = read.name(claims.get("cognito:username"))
        return replace(super().identity(replies), username=username)
