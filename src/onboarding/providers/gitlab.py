"""GitLab: gitlab.com, and any server of one's own."""

from collections.abc import Mapping
from dataclasses import dataclass

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.errors import BadProviderReply
from onboarding.providers import facts as known
from onboarding.providers import replies as read
from onboarding.providers.base import ClientAuth
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.made import address_of, make
from onboarding.providers.oidc import OpenIDConnect
from onboarding.providers.reads import Read
from onboarding.providers.replies import Replies

GITLAB_COM = "https://gitlab.com"


@dataclass(frozen=True, kw_only=True)
class GitLab(OpenIDConnect):
    """Sign in with GitLab: an account that is active, on gitlab.com or your server.

    Attributes:
        url: The server, ``https://git.shop.example``; with the path, if it has one.
        confirms_addresses: Whether that server lets nobody in before their address is
            confirmed. A server of one's own does not as it is installed, and calls
            every address verified all the same. gitlab.com always does.

    Raises:
        ConfigError: As ``OpenIDConnect``; and for a server that is no address.
    """

    facts = ProviderFacts(
        register="https://gitlab.com/-/user_settings/applications",
        documentation="https://docs.gitlab.com/integration/openid_connect_provider/",
        steps=(
            (
                "Make a confidential application; on a server of your own, under "
                "Admin, Applications."
            ),
            "Tick the scopes `openid`, `profile`, `email` and `read_user`.",
        ),
        quirks=(
            (
                "Whether an account is active stands in the API alone, so it is asked, "
                "and needs `read_user`; one that is blocked or locked is refused."
            ),
            (
                "Each server has its own people: `url` is the issuer, and with the "
                "number of the account the key."
            ),
        ),
        address="Verified on gitlab.com, where `email_verified` says so. On a server "
        "of your own stated, until you say `confirms_addresses=True`.",
        checked="2026-11-27",
        against=(
            *(known.ALLAUTH, known.SOCIAL_CORE, known.BETTER_AUTH, known.AUTH_JS),
            "https://docs.gitlab.com/integration/openid_connect_provider/",
        ),
    )

    name: str = "gitlab"
    title: str = "GitLab"
    issuer: str = ""
    scopes: tuple[str, ...] = ("openid", "profile", "email", "read_user")
    client_auth: ClientAuth = "post"
    email_trust: EmailTrust = EmailTrust.VERIFIED
    userinfo: bool = False
    url: str = GITLAB_COM
    confirms_addresses: bool = False

    def __post_init__(self) -> None:
        """Check everything that can be known before anybody signs in."""
        server = address_of(self, "url")
        make(self, "issuer", server)
        make(self, "reads", (Read("user", f"{server}/api/v4/user"),))
        super().__post_init__()

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is, by the ID token and their account, which is active.

        Raises:
            BadProviderReply: Also when the account is blocked, locked, or another.
        """
        claims = read.members(self.name, replies, "id_token")
        user = read.members(self.name, replies, "user")
        if read.counted_subject(self.name, user.get("id")) != claims.get("sub"):
            raise BadProviderReply(self.name, "the account is somebody else's")
        if user.get("state") != "active" or user.get("locked") is True:
            raise BadProviderReply(self.name, "the account is not active there")
        said = {
            **claims,
            "name": user.get("name"),
            "preferred_username": user.get("username"),
            "picture": user.get("avatar_url"),
        }
        return super().identity({**replies, "id_token": said})

    def _trust(self, claims: Mapping[str, object]) -> EmailTrust:
        del claims
        if self.issuer == GITLAB_COM or self.confirms_addresses:
            return self.email_trust
        return min(self.email_trust, EmailTrust.STATED)
