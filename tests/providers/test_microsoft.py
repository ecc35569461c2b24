"""Microsoft's claims: who may come in, under which issuer, and with which address."""

from dataclasses import replace
from typing import Any, ClassVar

import pytest

from onboarding.accounts.model import EmailTrust
from onboarding.errors import BadIdToken, BadProviderReply, ConfigError
from onboarding.providers import Microsoft
from onboarding.testing import OpenIDSwitches
from onboarding.testing.contracts import ProviderContract
from tests.providers.playing import (
    SECRET,
    Strict,
    document,
    keys,
    play,
    says,
    signed,
    tokens,
)

AT = "https://login.microsoftonline.com"
TID = "72f988bf-86f1-41af-91ab-2d7cd011db47"
OTHER = "0a1b2c3d-0000-4000-8000-1a2b3c4d5e6f"
PERSONAL_TID = "9188040d-6c67-4c5b-b112-36a304b66dad"
APP = "6731de76-14a6-49ae-97bc-6eba6914391e"
OID = "690222be-ff1a-4d56-abd1-7e4f7d38e474"
CLAIMS: dict[str, Any] = {
    "ver": "2.0",
    "iss": f"{AT}/{TID}/v2.0",
    "sub": "HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ",
    "aud": APP,
    "exp": 1767272400,
    "iat": 1767268800,
    "nbf": 1767268800,
    "name": "Kim de Vries",
    "preferred_username": "kim@shop.example",
    "oid": OID,
    "tid": TID,
    "email": "kim@shop.example",
    "xms_edov": True,
}


def of(tenant: str, *tenants: str) -> Microsoft:
    """Return a provider that lets in these."""
    return Microsoft(
        client_id=APP, client_secret=SECRET, tenant=tenant, tenants=tenants
    )


class TestMicrosoft(ProviderContract):
    provider = of("common")
    client_auth = "client_secret_post"
    switches = OpenIDSwitches(
        tenant_issuer=f"{AT}/{{tenantid}}/v2.0", names_issuer=False
    )
    replies: ClassVar = {"id_token": CLAIMS}
    subject = OID
    unverified: ClassVar = {"id_token": CLAIMS | {"xms_edov": False}}


@pytest.mark.parametrize("tenant", ["common", "organizations", TID])
def test_a_person_is_the_same_whichever_tenants_come_in(tenant: str) -> None:
    """The key is the issuer of their tenant and their object id, and never changes."""
    told = of(tenant).identity({"id_token": CLAIMS})
    assert (told.issuer, told.subject) == (f"{AT}/{TID}/v2.0", OID)


@pytest.mark.parametrize(
    ("provider", "tid", "comes_in"),
    [
        (of("common"), TID, True),
        (of("common"), PERSONAL_TID, True),
        (of("organizations"), TID, True),
        (of("organizations"), PERSONAL_TID, False),
        (of("consumers"), TID, False),
        (of("consumers"), PERSONAL_TID, True),
        (of(TID), TID, True),
        (of(TID), OTHER, False),
        (of("common", TID), TID, True),
        (of("common", TID), OTHER, False),
        (of("common", TID), PERSONAL_TID, False),
        (of("common", OTHER, TID), TID, True),
        (of("common"), TID.upper(), False),
        (of("common"), "{tenantid}", False),
        (of("common"), f"{TID}/v2.0", False),
        (of("common"), None, False),
        (of("common"), [TID], False),
    ],
)
def test_only_tenants_that_may_come_in_do(
    provider: Microsoft, tid: Any, comes_in: bool
) -> None:
    """By the token's own tenant, which signs it in its own name."""
    issuers = provider.accepted_issuers(CLAIMS | {"tid": tid})
    assert issuers == ((f"{AT}/{tid}/v2.0",) if comes_in else ())


@pytest.mark.parametrize(
    ("tenant", "issuer"),
    [
        ("common", f"{AT}/{{tenantid}}/v2.0"),
        ("organizations", f"{AT}/{{tenantid}}/v2.0"),
        ("consumers", f"{AT}/{PERSONAL_TID}/v2.0"),
        (TID, f"{AT}/{TID}/v2.0"),
    ],
)
def test_a_discovery_document_is_of_the_tenants_that_are_asked(
    tenant: str, issuer: str
) -> None:
    """One for all has a place where the tenant stands."""
    provider = of(tenant)
    assert provider.discovery == f"{AT}/{tenant}/v2.0/.well-known/openid-configuration"
    assert provider.is_discovered_issuer(issuer)
    assert not provider.is_discovered_issuer(f"{AT}/{OTHER}/v2.0")
    assert not provider.is_discovered_issuer(None)


@pytest.mark.parametrize(
    ("xms_edov", "trust"),
    [
        (True, EmailTrust.VERIFIED),
        ("1", EmailTrust.VERIFIED),
        (1, EmailTrust.VERIFIED),
        ("true", EmailTrust.VERIFIED),
        (False, EmailTrust.STATED),
        ("0", EmailTrust.STATED),
        (None, EmailTrust.STATED),
        ([True], EmailTrust.STATED),
    ],
    ids=repr,
)
def test_an_address_counts_where_the_tenant_owns_its_domain(
    xms_edov: object, trust: EmailTrust
) -> None:
    """An administrator can write any address into their own tenant."""
    claims = CLAIMS | {"xms_edov": xms_edov, "email_verified": True}
    assert of("common").identity({"id_token": claims}).email_trust is trust


def test_a_username_is_no_address() -> None:
    """It looks like one, may be anybody's, and changes hands."""
    claims = {name: value for name, value in CLAIMS.items() if name != "email"}
    told = of("common").identity({"id_token": claims})
    assert (told.email, told.username) == (None, "kim@shop.example")


def test_the_pairwise_subject_stands_in_for_nobody() -> None:
    """Without the object id, there is no one; another registration has other ones."""
    with pytest.raises(BadProviderReply):
        of("common").identity({"id_token": CLAIMS | {"oid": None}})


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"tenant": "shop.onmicrosoft.com"}, "tenant"),
        ({"tenant": TID.upper()}, "tenant"),
        ({"tenant": ""}, "tenant"),
        ({"tenants": ("shop.example",)}, "tenants"),
        ({"tenants": TID}, "tenants"),
        ({"scopes": ("openid", "email")}, "profile"),
        ({"issuer": f"{AT}/{TID}/v2.0"}, "leave issuer out"),
    ],
)
def test_what_names_no_tenant_is_refused(changes: dict[str, Any], problem: str) -> None:
    """Names of tenants change hands."""
    with pytest.raises(ConfigError, match=problem):
        Microsoft(**{"client_id": APP, "client_secret": SECRET, **changes})


# ── the whole way ────────────────────────────────────────────────────────────


def microsoft(**changes: object) -> Strict:
    """Return one that publishes one document, and answers with such a token."""
    told = tokens(id_token=signed(CLAIMS, nbf=None, **changes))
    published = document(f"{AT}/{{tenantid}}/v2.0", AT)
    return Strict(
        {
            "GET /common/v2.0/.well-known/openid-configuration": published,
            "GET /keys": keys(),
            "POST /token": says(told),
        }
    )


@pytest.mark.anyio
async def test_somebody_signs_in_with_microsoft() -> None:
    """Through the one document of all tenants."""
    told = await play(of("common"), microsoft(), "login.microsoftonline.com")
    assert (told.issuer, told.subject) == (f"{AT}/{TID}/v2.0", OID)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("provider", "changes"),
    [
        (of("common"), {"iss": f"{AT}/{OTHER}/v2.0"}),
        (of("common"), {"tid": OTHER}),
        (of("common"), {"iss": f"{AT}/common/v2.0"}),
        (of("common"), {"tid": None}),
        (of("common", OTHER), {}),
    ],
)
async def test_no_tenant_speaks_for_another(
    provider: Microsoft, changes: dict[str, object]
) -> None:
    """The issuer is the one of the token's own tenant, letter by letter."""
    with pytest.raises(BadIdToken):
        await play(provider, microsoft(**changes), "login.microsoftonline.com")


def test_a_copy_with_another_tenant_is_told_to_leave_the_issuer_out() -> None:
    """It would keep the old one, and find nobody."""
    with pytest.raises(ConfigError, match="leave issuer out"):
        replace(of("common"), tenant=TID)
    assert replace(of("common"), tenant=TID, issuer="").issuer == f"{AT}/{TID}/v2.0"
