"""A host whose names and questions are long: our own pages hold them."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import pytest
from playwright.sync_api import Browser
from pydantic import BaseModel, Field
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from onboarding import Ask, Event, Feature, Onboarding, Prompt
from onboarding.clock import system_clock
from onboarding.providers import Local
from onboarding.testing import Client, FakeProvider, Loopback
from tests.browser.long import ADDRESS, HEBREW, LONG, NAME, WORD
from tests.browser.person import Person
from tests.docs.serving import served

TITLE = f"Koninklijke {WORD}"


class Moved(Event):
    """After it, people are asked how it was."""

    name: ClassVar[str] = "moved"


class Profile(BaseModel):
    """Questions of each look, none of them short."""

    place: Annotated[
        str | None, Field(max_length=300), Ask(f"Is it {WORD}?", why=f"For {WORD}.")
    ] = None
    way: Annotated[
        Literal["on-foot", "by-boat"] | None,
        Ask(
            f"By {WORD}?",
            why="It matters.",
            labels={"on-foot": WORD, "by-boat": "By boat"},
            hints={"on-foot": WORD},
        ),
    ] = None
    ease: Annotated[int | None, Field(ge=0, le=10), Ask("How easy?", why=WORD)] = None


class House:
    """An application with our pages, and the provider that it signs people in with."""

    def __init__(self) -> None:
        self.at, self.provider_at = Loopback(), Loopback()
        self.url = self.at.url
        client = Client(
            client_id="house",
            client_secret="a secret of the house",
            redirect_uris=(
                f"{self.url}/welcome/callback/one",
                f"{self.url}/welcome/callback/two",
            ),
        )
        self.provider = FakeProvider(
            self.provider_at.url, [client], [LONG, HEBREW], system_clock, name=TITLE
        )
        self.onboarding = Onboarding(
            url=f"{self.url}/welcome",
            secret_key="a key for tests, of more than thirty-two bytes",
            database="memory:",
            providers=[
                Local(
                    name=name,
                    title=f"{name} {TITLE}",
                    issuer=self.provider_at.url,
                    client_id="house",
                    client_secret="a secret of the house",
                )
                for name in ("one", "two")
            ],
            profile=Profile,
            features=[
                Feature("rooms", needs=["place", "way", "ease"], title=f"All {WORD}")
            ],
            prompts=[Prompt.nps("after-moving", after=Moved)],
            name=TITLE,
        )
        self.app = Starlette(
            routes=[Route("/", self.move), self.onboarding.mount],
            middleware=[self.onboarding.middleware],
            lifespan=self.onboarding.lifespan,
        )

    async def move(self, request: Request) -> Response:
        """Make whoever comes a guest who has moved in, and ask where to reach them."""
        account = await self.onboarding.ensure_account(request)
        await self.onboarding.record(account, Moved())
        return HTMLResponse(
            "<form method=post action=/welcome/guest><input name=email>"
            "<button>Reach me</button></form>"
        )


@pytest.fixture
def house() -> Iterator[House]:
    """The application, served, in which nothing has happened yet."""
    house = House()
    with served((house.provider_at, house.provider), (house.at, house.app)):
        yield house


def test_every_page_of_ours_holds_long_words(chromium: Browser, house: House) -> None:
    """Nothing scrolls sideways or spills out, however long a host's words are."""
    sam = Person(chromium, house)
    sam.open("/welcome/account")
    sam.measure("words-1-nobody")
    sam.open("/welcome/sign-in")
    sam.measure("words-2-sign-in")
    sam.open("/welcome/nowhere")
    sam.measure("words-3-problem")
    sam.open("/")
    sam.fill(email=f"{ADDRESS}@")
    sam.press("Reach me")
    sam.measure("words-4-guest")
    sam.open("/welcome/ask/rooms")
    sam.measure("words-5-ask")
    sam.press("Go on")
    sam.measure("words-6-ask-error")
    sam.fill(place=NAME)
    sam.press("Go on")
    sam.measure("words-7-choice")
    sam.open("/welcome/prompt")
    sam.press("Send")
    sam.measure("words-8-prompt-error")
    sam.open("/welcome/account")
    sam.measure("words-9-account-guest")
    sam.open("/welcome/ask/rooms")
    sam.press("I’d rather not say")
    sam.measure("words-10-closed")
    sam.leave()
    assert not sam.faults, "\n".join(sam.faults)
