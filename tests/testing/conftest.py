"""A provider, a client of it, and two people."""

import httpx2
import pytest

from onboarding.testing import Client, FakeProvider, FrozenClock, Person, SigningKey
from tests.testing.peer import Peer
from tests.testing.wire import CALLBACK, ISSUER


@pytest.fixture(scope="session")
def key() -> SigningKey:
    """Return one key for all, to save the making."""
    return SigningKey()


@pytest.fixture
def clock() -> FrozenClock:
    """Return a clock that stands still."""
    return FrozenClock()


@pytest.fixture
def kim() -> Person:
    """Return somebody of whom the provider knows everything."""
    return Person(
        subject="kim-1",
        name="Kim de Vries",
        email="kim@example.org",
        email_verified=True,
        picture="https://id.example/kim.png",
    )


@pytest.fixture
def sam() -> Person:
    """Return somebody of whom the provider knows next to nothing."""
    return Person(subject="sam-2")


@pytest.fixture
def client() -> Client:
    """Return a client that shows its secret in the Authorization header."""
    return Client(client_id="shop", client_secret="s3cret", redirect_uris=(CALLBACK,))


@pytest.fixture
def other() -> Client:
    """Return a client that shows its secret in the body."""
    return Client(
        client_id="other",
        client_secret="an0ther",
        redirect_uris=("https://other.example/back?tab=1",),
        auth="client_secret_post",
    )


@pytest.fixture
def people(kim: Person, sam: Person) -> list[Person]:
    """Return both, in the order of the page."""
    return [kim, sam]


@pytest.fixture
def provider(
    client: Client,
    other: Client,
    people: list[Person],
    clock: FrozenClock,
    key: SigningKey,
) -> FakeProvider:
    """Return the provider at which both clients and both people are known."""
    return FakeProvider(ISSUER, [client, other], people, clock, key=key)


@pytest.fixture
def transport(provider: FakeProvider) -> httpx2.AsyncBaseTransport:
    """Return a way to the provider without sockets."""
    return httpx2.ASGITransport(app=provider)


@pytest.fixture
def peer(
    client: Client, transport: httpx2.AsyncBaseTransport, clock: FrozenClock
) -> Peer:
    """Return an independent, careful client."""
    return Peer(ISSUER, client, transport, clock)
