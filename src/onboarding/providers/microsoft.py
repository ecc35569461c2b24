"""Microsoft: work, school and personal accounts, each with an issuer of its tenant."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.providers import facts as known
from onboarding.providers import replies as read
from onboarding.providers.base import ClientAuth
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.made import make
from onboarding.providers.oidc import OpenIDConnect
from onboarding.providers.replies import Replies

AUTHORITY = "https://login.microsoftonline.com/{}/v2.0"

PERSONAL_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant of all personal accounts."""

TENANT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
"""A tenant's id; names of tenants change hands."""

SHARED_TENANTS = ("common", "organizations", "consumers")

SAYS_TRUE = (True, "1", "true", "True")
"""What ``xms_edov`` says when it says yes."""


@dataclass(frozen=True, kw_only=True)
class Microsoft(OpenIDConnect):
    """Sign in with Microsoft: with any account, or those of some tenants.

    Somebody is known by the issuer of their tenant and their object id (``oid``),
    whatever ``tenant`` says, so that letting in more or fewer of them makes nobody a
    stranger. ``oid`` and not ``sub``: that one is another for each registration, and
    a new registration would lose everybody.

    Attributes:
        tenant: ``common`` for any account, ``organizations`` for work and school,
            ``consumers`` for personal ones, or the id of one tenant.
        tenants: The ids of the only tenants to let in; empty for all that ``tenant``
            lets in.

    Raises:
        ConfigError: As ``OpenIDConnect``; and for a tenant that is no id.
    """

    facts = ProviderFacts(
        register="https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade",
        documentation="https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc",
        steps=(
            (
                "Register an application of the platform Web; its account types decide "
                "which `tenant` may be asked."
            ),
            (
                "Make a client secret, and copy its value, not its id; it expires. Or "
                'upload a certificate: `client_auth="private_key_jwt", '
                'client_key=ClientKey(pem, algorithm="PS256", certificate=…)`.'
            ),
            (
                "For addresses that count, add the optional claims `email` and "
                "`xms_edov` to the ID token (Token configuration, or the manifest)."
            ),
        ),
        quirks=(
            (
                "`common` and `organizations` publish one document for all tenants; "
                "the issuer of an ID token must be the one of its own `tid`."
            ),
            "The object id comes with the scope `profile`, which must be asked for.",
            (
                "`preferred_username`, `upn` and `email` are what a tenant's "
                "administrator writes; none of them decides anything."
            ),
            "Somebody who is a guest in another tenant is somebody else there.",
            (
                "Signing in there may lead on to another host (login.live.com for "
                "personal accounts), so people leave for it by a link."
            ),
        ),
        address="Stated, unless `xms_edov` says that the tenant owns the domain: any "
        "administrator can write any address into their own tenant.",
        checked="2026-11-27",
        against=(
            *(known.ALLAUTH, known.SOCIAL_CORE, known.BETTER_AUTH),
            *(known.AUTH_JS, known.FASTAPI_SSO),
            "https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference",
            "https://learn.microsoft.com/entra/identity-platform/certificate-credentials",
        ),
    )

    name: str = "microsoft"
    title: str = "Microsoft"
    issuer: str = ""
    leads_on: bool = True
    client_auth: ClientAuth = "post"
    email_trust: EmailTrust = EmailTrust.VERIFIED
    userinfo: bool = False
    tenant: str = "common"
    tenants: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check everything that can be known before anybody signs in."""
        make(self, "issuer", AUTHORITY.format(self.tenant))
        super().__post_init__()
        if self.tenant not in SHARED_TENANTS and not TENANT.match(self.tenant):
            raise self._wrong(
                f"tenant={self.tenant!r} must be common, organizations, consumers, or "
                f'the id of a tenant in lower case: tenant="{PERSONAL_TENANT}"'
            )
        if wrong := [one for one in self.tenants if not TENANT.match(one)]:
            raise self._wrong(
                f"tenants holds {wrong[0]!r}, which is no tenant's id in lower case: "
                f'tenants=("{PERSONAL_TENANT}",)'
            )
        if "profile" not in self.scopes:
            raise self._wrong('scopes must hold "profile": the id of a person needs it')

    def accepted_issuers(self, claims: Mapping[str, object]) -> tuple[str, ...]:
        """Return the issuer of the token's own tenant, if that one may come in."""
        tid = claims.get("tid")
        if not isinstance(tid, str) or not TENANT.match(tid) or not self._admits(tid):
            return ()
        return (AUTHORITY.format(tid),)

    def _admits(self, tid: str) -> bool:
        if self.tenants and tid not in self.tenants:
            return False
        match self.tenant:
            case "common":
                return True
            case "organizations":
                return tid != PERSONAL_TENANT
            case "consumers":
                return tid == PERSONAL_TENANT
            case _:
                return tid == self.tenant

    def is_discovered_issuer(self, issuer: object) -> bool:
        """Tell whether a document is for this tenant, or for all of them."""
        match self.tenant:
            case "common" | "organizations":
                return issuer == AUTHORITY.format("{tenantid}")
            case "consumers":
                return issuer == AUTHORITY.format(PERSONAL_TENANT)
            case _:
                return issuer == self.issuer

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is in their tenant, by the ID token."""
        claims = read.members(self.name, replies, "id_token")
        owns_domain = claims.get("xms_edov") in SAYS_TRUE
        said = {**claims, "sub": claims.get("oid"), "email_verified": owns_domain}
        return super().identity({**replies, "id_token": said})

    def _issuer(self, claims: Mapping[str, object]) -> str:
        return next(iter(self.accepted_issuers(claims)), self.issuer)
