"""A shop that asks for opinions, on each embedded backend."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest

from onboarding.accounts.model import Account
from onboarding.accounts.resources import Resource
from onboarding.attention.model import AttentionPolicy
from onboarding.attention.resource import AttentionResource
from onboarding.attention.service import AttentionService
from onboarding.events import Event
from onboarding.feedback.model import Prompt
from onboarding.feedback.resource import ResponsesResource
from onboarding.feedback.service import FeedbackService
from onboarding.journey.service import JourneyService
from onboarding.stores import store_from
from onboarding.stores.base import Store
from onboarding.testing import FrozenClock
from onboarding.tokens import Ids
from tests.feedback.history import FIRST, START, OrderDelivered, OrderPlaced
from tests.world import World

DELIVERED = Prompt(name="delivery", after=OrderDelivered)


@dataclass
class Shop:
    """The services around feedback, over one store."""

    world: World
    prompts: Sequence[Prompt] = (FIRST, DELIVERED)
    feedback: FeedbackService = field(init=False)

    def __post_init__(self) -> None:
        """Put the services together."""
        self.ids = Ids(self.world.clock)
        ground = (self.world.store, self.world.clock)
        self.journey = JourneyService(*ground, self.ids)
        self.feedback = FeedbackService(
            *ground,
            self.ids,
            attention=AttentionService(*ground, AttentionPolicy()),
            prompts=self.prompts,
        )

    async def guest(self) -> Account:
        """Return a guest who has done nothing yet."""
        return (await self.world.guest()).account

    async def buyer(self) -> Account:
        """Return a guest who has just bought, and so is asked for an opinion."""
        account = await self.guest()
        await self.happens(account, OrderPlaced())
        return account

    async def happens(self, account: Account, event: Event) -> None:
        """Record something that happened to somebody."""
        await self.journey.record(account.id, event)

    async def due(self, account: Account, visit: str = "v1") -> str | None:
        """Return the name of the prompt that is due, if one is."""
        prompt = await self.feedback.due(account, visit)
        return prompt and prompt.name

    async def names(self, account: Account) -> list[str]:
        """Return the names of what happened about prompts, oldest first."""
        names = await self.world.names(account.id)
        return [name for name in names if name.startswith(("prompt", "reply"))]


def asking(store: Store) -> Sequence[Resource]:
    """Return what the ledger and responses hang on an account."""
    return [AttentionResource(store), ResponsesResource(store)]


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    """Yield the shop over an empty, opened store."""
    store = store_from("memory:")
    await store.open()
    yield Shop(World(store, FrozenClock(START), own=asking))
    await store.close()
