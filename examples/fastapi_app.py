"""A FastAPI host: ``uvicorn examples.fastapi_app:app``, then open ``/docs``.

Everything an endpoint may want to know of a person is a typed dependency.
"""

from typing import Annotated, ClassVar, Literal

from fastapi import Depends, FastAPI, WebSocket
from pydantic import BaseModel

from onboarding import Account, Ask, Event, Feature, Onboarding
from onboarding.fastapi import Dependencies


class Profile(BaseModel):
    """What a reader may tell."""

    genre: Annotated[
        Literal["novel", "adventure"] | None,
        Ask("What do you like to read?", why="We sort your shelf by it."),
    ] = None


class BookBought(Event):
    """Somebody bought a book."""

    name: ClassVar[str] = "book_bought"
    book: str


onboarding = Onboarding(
    url="http://127.0.0.1:8000/welcome",
    secret_key="an example's key; keep yours out of the code",  # noqa: S106  # public
    database="memory:",
    profile=Profile,
    features=[Feature("shelf", needs=["genre"])],
)
who = Dependencies(onboarding)
app = FastAPI(middleware=[onboarding.middleware], lifespan=onboarding.lifespan)
app.mount(onboarding.path, onboarding.pages)


@app.get("/me")
async def me(account: Annotated[Account | None, Depends(who.account)]) -> str:
    """Tell who is here, without a read and without a cookie."""
    return account.kind if account else "visitor"


@app.post("/orders/{book}")
async def buy(book: str, account: Annotated[Account, Depends(who.guest)]) -> str:
    """Sell a book to whoever is here; a visitor becomes a guest by it."""
    await onboarding.record(account, BookBought(book=book))
    return account.id


@app.get("/shelf", dependencies=[Depends(who.unlocked("shelf"))])
async def shelf(profile: Annotated[Profile, Depends(who.profile)]) -> str:
    """Open once the one question is answered."""
    return f"a shelf of {profile.genre}s"


@app.get("/orders")
async def orders(account: Annotated[Account, Depends(who.registered)]) -> list[str]:
    """Open to who has signed in."""
    timeline = await onboarding.journey.timeline(account.id)
    return [str(entry.data["book"]) for entry in timeline if "book" in entry.data]


@app.websocket("/live")
async def live(
    socket: WebSocket, account: Annotated[Account | None, Depends(who.account)]
) -> None:
    """Greet who is here; a websocket knows it as a request does."""
    await socket.accept()
    await socket.send_text(account.kind if account else "visitor")
    await socket.close()
