"""PayPal, and its sandbox, whose people are others."""

from collections.abc import Mapping
from dataclasses import dataclass

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.providers import facts as known
from onboarding.providers import replies as read
from onboarding.providers.endpoints import Endpoints
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.made import make
from onboarding.providers.oauth2 import OAuth2
from onboarding.providers.reads import Read
from onboarding.providers.replies import Replies


@dataclass(frozen=True, kw_only=True)
class PayPal(OAuth2):
    """Log in with PayPal: an id that is of this app alone, and what it may tell.

    Attributes:
        sandbox: Whether this is the sandbox, for your development: other hosts, other
            credentials, other people, and so another issuer.
    """

    facts = ProviderFacts(
        register="https://developer.paypal.com/dashboard/applications",
        documentation="https://developer.paypal.com/docs/log-in-with-paypal",
        steps=(
            (
                "Switch on “Log in with PayPal” for the app, and enter the redirect "
                "URI under its advanced settings."
            ),
            (
                "Tick there what it may read, full name and e-mail address: a scope "
                "alone does not do."
            ),
        ),
        quirks=(
            (
                "What is told is ticked in the dashboard; userinfo wants "
                "`schema=paypalv1.1`."
            ),
            "`user_id` may be an address; the id is what stands behind the last slash.",
            "`verified_account` is about the account, and nothing about an address.",
            "The sandbox has hosts of its own: `PayPal(sandbox=True, …)`.",
        ),
        address="Verified, where it is said of that address itself; stated otherwise.",
        checked="2026-11-27",
        against=(
            known.BETTER_AUTH,
            "https://developer.paypal.com/api/identity/v1/userinfo-get/",
        ),
    )

    name: str = "paypal"
    title: str = "PayPal"
    issuer: str = ""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    email_trust: EmailTrust = EmailTrust.VERIFIED
    sandbox: bool = False

    def __post_init__(self) -> None:
        """Check everything that can be known before anybody signs in."""
        part = "sandbox." if self.sandbox else ""
        site, api = f"https://www.{part}paypal.com", f"https://api-m.{part}paypal.com"
        token = f"{api}/v1/oauth2/token"
        signin = f"{site}/signin/authorize"
        person = f"{api}/v1/identity/oauth2/userinfo?schema=paypalv1.1"
        make(self, "issuer", site)
        make(self, "endpoints", Endpoints(authorization=signin, token=token))
        make(self, "reads", (Read("user", person),))
        super().__post_init__()

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is in this app."""
        user = read.members(self.name, replies, "user")
        given = user.get("user_id")
        named = given.rpartition("/")[2] if isinstance(given, str) else None
        value, verified = _address_in(user)
        address, trust = read.email(value, verified=verified, trust=self.email_trust)
        return Identity(
            provider=self.name,
            issuer=self.issuer,
            subject=read.subject(self.name, named),
            email=address,
            email_trust=trust,
            name=read.name(user.get("name")),
            picture=read.picture(user.get("picture")),
            locale=read.locale(user.get("locale")),
        )


def _address_in(user: Mapping[str, object]) -> tuple[object, object]:
    """Return an address and the word about it; the two never come from two places."""
    if user.get("email") is not None:
        return user["email"], user.get("email_verified")
    rows = read.rows(user, "emails")
    primary = next((row for row in rows if row.get("primary") is True), {})
    return primary.get("value"), primary.get("confirmed")
