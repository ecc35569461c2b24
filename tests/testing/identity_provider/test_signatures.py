"""Whatever it signs with: the right key is published, and we believe the token."""

import json

import httpx2
import pytest
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry, deserialize_compact

from onboarding.accounts.model import EmailTrust
from onboarding.errors import BadIdToken, BadProviderReply
from onboarding.providers import OpenIDConnect
from onboarding.testing import (
    Client,
    FakeProvider,
    Fault,
    FrozenClock,
    Person,
    SigningKey,
)
from onboarding.testing.faults import OF_PUBLISHED_KEYS, Forged
from onboarding.testing.signing import SigningAlgorithm
from tests.testing.ours import Ours
from tests.testing.peer import Peer
from tests.testing.wire import CALLBACK, ISSUER, ask_token, exchange, get

pytestmark = pytest.mark.anyio

SECRET = "a-secret-of-the-shop-as-long-as-real-ones"
PUBLISHED: tuple[SigningAlgorithm, ...] = ("RS256", "PS256", "ES256", "EdDSA")
KEYS = {algorithm: SigningKey(algorithm) for algorithm in PUBLISHED}
SHAPES = {
    "RS256": ("RSA", {"n", "e"}),
    "PS256": ("RSA", {"n", "e"}),
    "ES256": ("EC", {"crv", "x", "y"}),
    "EdDSA": ("OKP", {"crv", "x"}),
}
FORGED = [fault for fault in Fault if isinstance(fault.value, Forged)]


@pytest.fixture(params=PUBLISHED)
def algorithm(request: pytest.FixtureRequest) -> SigningAlgorithm:
    """Return each algorithm that has a public key."""
    found: SigningAlgorithm = request.param
    return found


def signing(
    algorithm: SigningAlgorithm, person: Person, clock: FrozenClock
) -> FakeProvider:
    """Return a provider that signs in this way."""
    client = Client(client_id="shop", client_secret=SECRET, redirect_uris=(CALLBACK,))
    key = KEYS.get(algorithm)
    return FakeProvider(ISSUER, [client], [person], clock, algorithm=algorithm, key=key)


def ours(fake: FakeProvider, clock: FrozenClock) -> Ours:
    """Return our side of it."""
    provider = OpenIDConnect(
        name="fake",
        title="Fake",
        issuer=ISSUER,
        client_id="shop",
        client_secret=SECRET,
        email_trust=EmailTrust.VERIFIED,
    )
    return Ours(provider, httpx2.ASGITransport(app=fake), clock)


async def test_we_sign_somebody_in(
    algorithm: SigningAlgorithm, kim: Person, clock: FrozenClock
) -> None:
    """From the request to the identity, by discovery, keys, ID token and at_hash."""
    fake = signing(algorithm, kim, clock)
    shop = ours(fake, clock)
    identity = await shop.finish(fake.approve(await shop.begin()))
    assert (identity.issuer, identity.subject) == (ISSUER, "kim-1")
    assert identity.email_trust is EmailTrust.VERIFIED


async def test_a_rotated_key_is_found(
    algorithm: SigningAlgorithm, kim: Person, clock: FrozenClock
) -> None:
    """The next key is of the same kind, and whoever knows the old one looks again."""
    fake = signing(algorithm, kim, clock)
    shop = ours(fake, clock)
    for _ in "old", "new":
        assert (await shop.finish(fake.approve(await shop.begin()))).subject == "kim-1"
        fake.rotate_key()
        [shown] = (await get(fake, "/jwks")).json()["keys"]
        assert shown["alg"] == algorithm
        assert shown["kid"] != KEYS[algorithm].kid
    assert fake.calls["jwks"] == 4


async def test_the_key_and_the_document_name_the_algorithm(
    algorithm: SigningAlgorithm, kim: Person, clock: FrozenClock
) -> None:
    """One public key of the right type; discovery promises this algorithm alone."""
    fake = signing(algorithm, kim, clock)
    [shown] = (await get(fake, "/jwks")).json()["keys"]
    kind, numbers = SHAPES[algorithm]
    assert shown.keys() == {"kty", "use", "alg", "kid", *numbers}
    assert (shown["kty"], shown["alg"], shown["use"]) == (kind, algorithm, "sig")
    document = (await get(fake, "/.well-known/openid-configuration")).json()
    assert document["id_token_signing_alg_values_supported"] == [algorithm]


@pytest.mark.parametrize("fault", FORGED, ids=lambda fault: fault.name)
async def test_a_forgery_stays_one(
    algorithm: SigningAlgorithm, kim: Person, clock: FrozenClock, fault: Fault
) -> None:
    """What proves nothing with RSA proves nothing with any other key."""
    fake = signing(algorithm, kim, clock)
    shop = ours(fake, clock)
    with fake.misbehave(fault), pytest.raises(BadIdToken):
        await shop.finish(fake.approve(await shop.begin()))


# HS256 ──────────────────────────────────────────────────────────────────────────────


async def test_a_shared_secret_signs_and_is_not_published(
    kim: Person, clock: FrozenClock, peer: Peer
) -> None:
    """HS256: the client's secret is the key, no `kid` is named, and no key is shown."""
    fake = signing("HS256", kim, clock)
    started = peer.begin()
    answer = await ask_token(
        fake, exchange(started, fake.approve(started.url)), ("shop", SECRET)
    )
    signed = deserialize_compact(
        answer.json()["id_token"],
        SigningKey("HS256", secret=SECRET).jwk,
        algorithms=["HS256"],
    )
    assert signed.headers() == {"alg": "HS256", "typ": "JWT"}
    assert json.loads(signed.payload)["nonce"] == started.nonce
    assert (await get(fake, "/jwks")).json() == {"keys": []}
    document = (await get(fake, "/.well-known/openid-configuration")).json()
    assert document["id_token_signing_alg_values_supported"] == ["HS256"]


async def test_a_shared_secret_is_no_key_unless_it_was_agreed(
    kim: Person, clock: FrozenClock
) -> None:
    """A provider that was configured without HS256 is refused with it."""
    fake = signing("HS256", kim, clock)
    shop = ours(fake, clock)
    with pytest.raises((BadIdToken, BadProviderReply)):
        await shop.finish(fake.approve(await shop.begin()))


@pytest.mark.parametrize("fault", sorted(OF_PUBLISHED_KEYS, key=lambda f: f.name))
def test_a_fault_of_keys_needs_keys(
    fault: Fault, kim: Person, clock: FrozenClock
) -> None:
    """With HS256 nothing is published that could be wrong."""
    with pytest.raises(ValueError, match="HS256 has none"):
        signing("HS256", kim, clock).misbehave(fault)


@pytest.mark.parametrize(
    "fault", [one for one in FORGED if one not in OF_PUBLISHED_KEYS]
)
async def test_other_forgeries_work_without_keys(
    fault: Fault, kim: Person, clock: FrozenClock, peer: Peer
) -> None:
    """A token that the secret did not sign, or that demands too much, is none."""
    fake = signing("HS256", kim, clock)
    started = peer.begin()
    with fake.misbehave(fault):
        answer = await ask_token(
            fake, exchange(started, fake.approve(started.url)), ("shop", SECRET)
        )
    with pytest.raises(Exception, match=r"signature|not allowed|crit|unheard"):
        deserialize_compact(
            answer.json()["id_token"],
            KeySet([SigningKey("HS256", secret=SECRET).jwk]),
            registry=JWSRegistry(algorithms=["HS256"]),
        )


def test_a_key_of_another_algorithm_is_refused(clock: FrozenClock) -> None:
    """Who asks for one algorithm and gives the key of another made a slip."""
    with pytest.raises(ValueError, match="'ES256', and a key for EdDSA"):
        FakeProvider(ISSUER, [], [], clock, algorithm="ES256", key=SigningKey("EdDSA"))
