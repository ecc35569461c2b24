"""TikTok, which has other names for what OAuth names."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.errors import BadProviderReply
from onboarding.providers import facts as known
from onboarding.providers import replies as read
from onboarding.providers.base import ClientAuth
from onboarding.providers.endpoints import Endpoints
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.oauth2 import OAuth2
from onboarding.providers.reads import Read
from onboarding.providers.replies import Replies


@dataclass(frozen=True, kw_only=True)
class TikTok(OAuth2):
    """Sign in with TikTok: an id that is of this app alone, and never an address."""

    facts = ProviderFacts(
        register="https://developers.tiktok.com/apps",
        documentation="https://developers.tiktok.com/doc/login-kit-web/",
        steps=(
            (
                "Add the product Login Kit for the web, and enter the redirect URI; "
                "TikTok takes https alone."
            ),
            "The Client key is the `client_id`.",
        ),
        quirks=(
            "`client_id` is called `client_key`, in both requests.",
            "Scopes are separated by commas, and fields must be named one by one.",
            (
                "Answers stand inside `data`, beside an `error` whose code is `ok` "
                "where there is none; refusals come with HTTP 200."
            ),
            (
                "The subject is `open_id`, which is of this app alone; `union_id`, "
                "which your other apps see too, is not read."
            ),
        ),
        address="There is none: TikTok tells no address.",
        checked="2026-11-27",
        against=(
            *(known.ALLAUTH, known.BETTER_AUTH, known.AUTH_JS, known.ARCTIC),
            "https://developers.tiktok.com/doc/oauth-error-handling",
            "https://developers.tiktok.com/doc/minis-user-data",
        ),
    )

    name: str = "tiktok"
    title: str = "TikTok"
    issuer: str = "https://www.tiktok.com"
    scopes: tuple[str, ...] = ("user.info.basic",)
    scope_separator: str = ","
    endpoints: Endpoints = Endpoints(
        authorization="https://www.tiktok.com/v2/auth/authorize",
        token="https://open.tiktokapis.com/v2/oauth/token/",  # noqa: S106  # an address
    )
    reads: tuple[Read, ...] = (
        Read(
            "user",
            "https://open.tiktokapis.com/v2/user/info/"
            "?fields=open_id,display_name,avatar_url",
        ),
    )
    client_auth: ClientAuth = "post"
    names: Mapping[str, str] = field(
        default_factory=lambda: {"client_id": "client_key"}, hash=False
    )
    email_trust: EmailTrust = EmailTrust.NONE

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is in this app.

        Raises:
            BadProviderReply: Also for a refusal that came as a success.
        """
        reply = read.members(self.name, replies, "user")
        error = reply.get("error")
        if isinstance(error, dict) and error.get("code") not in ("ok", None):
            raise BadProviderReply(self.name, "user holds an error, and nobody")
        user = read.members(self.name, read.members(self.name, reply, "data"), "user")
        return Identity(
            provider=self.name,
            issuer=self.issuer,
            subject=read.subject(self.name, user.get("open_id")),
            name=read.name(user.get("display_name")),
            picture=read.picture(user.get("avatar_url")),
        )
