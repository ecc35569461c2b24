"""What can be proposed at all: claims that exist, values that fit, with a reason."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from onboarding.accounts.model import Account
from onboarding.app import Onboarding
from onboarding.errors import AccountEnded, ConfigError, InvalidAnswer
from onboarding.profiling.catalogue import build_catalogue
from onboarding.profiling.model import Ask, Feature
from tests.world import KEY

pytestmark = pytest.mark.anyio


class Reader(BaseModel):
    """What is asked."""

    town: Annotated[
        str | None, Field(max_length=10), Ask("Where?", why="To send it.")
    ] = None


@pytest.mark.parametrize("claim", ["birthday", "sub", "email_verified", "", "a b", "é"])
def test_what_no_claim_could_be_fails_at_the_start(claim: str) -> None:
    """A slip of the pen would otherwise propose nothing, for ever."""

    class Slip(BaseModel):
        town: Annotated[str | None, Ask("Where?", why="So.", propose=claim)] = None

    with pytest.raises(ConfigError, match=r"Slip.town: propose= names"):
        build_catalogue(Slip)


@pytest.mark.parametrize("claim", ["birthdate", "department", "https://x.example/kind"])
def test_a_claim_may_be_a_standard_one_or_a_providers_own(claim: str) -> None:
    """What the mapping of a provider calls it."""

    class Fits(BaseModel):
        town: Annotated[str | None, Ask("Where?", why="So.", propose=claim)] = None

    assert build_catalogue(Fits).proposes == {claim: ["town"]}


@pytest.fixture
async def onboarding() -> AsyncIterator[Onboarding[Reader]]:
    """Open an application that asks one thing."""
    async with Onboarding(
        url="http://localhost/welcome",
        secret_key=KEY,
        database="memory:",
        mailer=None,
        profile=Reader,
        features=[Feature("post", wants=["town"])],
    ) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "value", "because", "error"),
    [
        ("twon", "Gent", "your orders", ConfigError),
        ("town", "Gent", "", ConfigError),
        ("town", "Gent", None, ConfigError),
        ("town", "Gent", "x" * 201, ConfigError),
        ("town", "a town of a long name", "your orders", InvalidAnswer),
        ("town", 3, "your orders", InvalidAnswer),
        ("town", " ", "your orders", InvalidAnswer),
        ("town", None, "your orders", InvalidAnswer),
    ],
    ids=[
        *("no question", "a blank reason", "no reason", "a long reason"),
        *("too long", "another type", "blank", "nothing"),
    ],
)
async def test_what_could_never_be_taken_is_not_proposed(
    onboarding: Onboarding[Reader],
    question: str,
    value: Any,
    because: Any,
    error: type[Exception],
) -> None:
    """The host's code is told at once."""
    guest = (await onboarding.guests.start()).account
    with pytest.raises(error):
        await onboarding.profiling.propose(guest, question, value, because=because)
    assert await onboarding.profiling.proposals(guest) == {}


async def test_nothing_is_proposed_to_who_is_gone(
    onboarding: Onboarding[Reader],
) -> None:
    """A visitor has nothing; an account that has ended takes nothing."""
    assert await onboarding.profiling.proposals(None) == {}
    guest: Account = (await onboarding.guests.start()).account
    await onboarding.data.erase(guest.id)
    with pytest.raises(AccountEnded):
        await onboarding.profiling.propose(guest, "town", "Gent", because="your orders")
