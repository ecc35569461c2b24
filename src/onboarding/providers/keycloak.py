"""Keycloak: a realm of a server."""

from dataclasses import dataclass

from onboarding.providers import facts as known
from onboarding.providers.base import ClientAuth
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.made import address_of, make, word_of
from onboarding.providers.oidc import OpenIDConnect


@dataclass(frozen=True, kw_only=True)
class Keycloak(OpenIDConnect):
    """Sign in with a realm of a Keycloak server.

    Attributes:
        url: The server, ``https://id.shop.example``; with ``/auth`` at its end where
            it is older than release 17, or set up so.
        realm: Which realm; each is an issuer, with people of its own.

    Raises:
        ConfigError: As ``OpenIDConnect``; and for a server or a realm that is none.
    """

    facts = ProviderFacts(
        register="https://www.keycloak.org/docs/latest/server_admin/#_oidc_clients",
        documentation="https://www.keycloak.org/securing-apps/oidc-layers",
        steps=(
            (
                "In the Admin Console of your server, make a client: OpenID Connect, "
                "client authentication on, standard flow."
            ),
            (
                "Enter the redirect URI under “Valid redirect URIs”, whole and without"
                " a `*`; the secret is under Credentials."
            ),
        ),
        quirks=(
            (
                "The issuer is made of the address that the server believes to have: "
                "set its `hostname` behind a proxy."
            ),
        ),
        address="Stated, until you say `email_trust=EmailTrust.VERIFIED`: say it "
        "where the realm verifies addresses, and its identity providers are not "
        "trusted to have done so.",
        checked="2026-11-21",
        against=(
            *(known.ALLAUTH, known.SOCIAL_CORE, known.BETTER_AUTH, known.AUTH_JS),
        ),
    )

    name: str = "keycloak"
    title: str = "Keycloak"
    issuer: str = ""
    client_auth: ClientAuth = "post"
    userinfo: bool = False
    url: str
    realm: str

    def __post_init__(self) -> None:
        """Check everything that can be known before anybody signs in."""
        realm = word_of(self, "realm", r"[A-Za-z0-9._~-]+", "shop")
        make(self, "issuer", f"{address_of(self, 'url')}/realms/{realm}")
        super().__post_init__()
