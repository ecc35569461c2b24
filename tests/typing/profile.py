"""What a type checker makes of a host's code: mypy reads this file, nothing runs it.

The profile's model is found from ``Onboarding(profile=…)`` and reaches everybody who
asks for it. Each line that must not pass says which error it is, and mypy, which is
strict here, complains of an ignore that is not needed.
"""

from typing import Annotated, ClassVar, assert_type

import flask
from fastapi import Depends
from markupsafe import Markup
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Scope
from starlette.websockets import WebSocket

from onboarding import Account, Ask, Event, Feature, Onboarding
from onboarding.fastapi import Dependencies
from onboarding.profiling.no_profile import NoProfile


class Profile(BaseModel):
    """What a reader may tell."""

    genre: Annotated[str | None, Ask("What do you read?", why="We sort by it.")] = None


class OrderPlaced(Event):
    """A host's own event."""

    name: ClassVar[str] = "order_placed"
    order: str


onboarding = Onboarding(
    url="https://shop.example/welcome",
    secret_key="keep 32 random bytes or more outside your code",
    database="memory:",
    mailer=None,
    profile=Profile,
    features=[Feature("shelf", needs=["genre"])],
)
assert_type(onboarding, Onboarding[Profile])

bare = Onboarding(
    url="https://shop.example/welcome",
    secret_key="keep 32 random bytes or more outside your code",
    database="memory:",
    mailer=None,
)
assert_type(bare, Onboarding[NoProfile])


async def profiles(account: Account | None) -> None:
    """The model of the host, whoever asks for it, and its fields with it."""
    profile = await onboarding.profile(account)
    assert_type(profile, Profile)
    assert_type(profile.genre, str | None)
    assert_type(onboarding.wait(onboarding.profile(account)), Profile)
    assert_type(await bare.profile(account), NoProfile)
    str(profile.gender)  # type: ignore[attr-defined]  # no such question


async def people(request: Request) -> None:
    """A look may find nobody; the first write makes somebody."""
    assert_type(onboarding.account(request), Account | None)
    account = await onboarding.ensure_account(request)
    assert_type(account, Account)
    await onboarding.record(account, OrderPlaced(order="2041"))
    str(onboarding.account(request).id)  # type: ignore[union-attr]  # may be nobody
    OrderPlaced("2041")  # type: ignore[call-arg]  # fields of an event have names
    OrderPlaced()  # type: ignore[call-arg]  # an order has a number
    OrderPlaced(order=2041)  # type: ignore[arg-type]  # which is a text


@onboarding.unlock("shelf")
async def shelf(request: Request, genre: str) -> Response:
    """Open once the question is answered."""
    return PlainTextResponse(genre or request.url.path)


async def calls(request: Request) -> None:
    """A decorated endpoint keeps its own signature."""
    assert_type(await shelf(request, genre="novel"), Response)
    await shelf(request)  # type: ignore[call-arg]  # it takes a genre


who = Dependencies(onboarding)
assert_type(who, Dependencies[Profile])


async def endpoint(
    profile: Annotated[Profile, Depends(who.profile)],
    account: Annotated[Account, Depends(who.guest)],
) -> None:
    """FastAPI hands in what the dependencies return."""
    assert_type(await who.profile(Request({"type": "http"})), Profile)
    assert_type(profile.genre, str | None)
    assert_type(account.is_guest, bool)


Onboarding(  # type: ignore[call-overload]  # no such setting
    url="https://shop.example/welcome",
    secret_key="keep 32 random bytes or more outside your code",
    database="memory:",
    providres=[],
)
Onboarding(  # type: ignore[call-overload]  # required
    url="https://shop.example/welcome"
)


# ── who is here, and in what ─────────────────────────────────────────────────


async def looks(request: Request, socket: WebSocket, scope: Scope) -> None:
    """A request of any framework, a websocket or a scope; nothing else."""
    onboarding.account(request)
    onboarding.account(socket)
    onboarding.account(scope)
    onboarding.account(flask.request)
    assert_type(onboarding.registered(flask.request), Account)
    onboarding.account(42)  # type: ignore[arg-type]  # a number is no request
    onboarding.account("/cart")  # type: ignore[arg-type]  # nor is a path
    onboarding.account(None)  # type: ignore[arg-type]  # nor is nothing
    await onboarding.ensure_account(Account)  # type: ignore[arg-type]  # nor a class


async def parts(request: Request) -> None:
    """Three parts, each with the same two options."""
    assert_type(await onboarding.partial("prompt", request), Markup)
    await onboarding.partial("keep_it", request, id="top-", next="/cart")
    await onboarding.partial("sign_in", request, next=None)
    await onboarding.partial("promt", request)  # type: ignore[arg-type]  # no part
    await onboarding.partial("prompt", request, idd="x")  # type: ignore[call-arg]
    await onboarding.partial("prompt", request, id=7)  # type: ignore[arg-type]


@onboarding.unlock("shelf")
def plain(request: Request) -> Response:
    """A plain endpoint stays one."""
    return PlainTextResponse(request.url.path)


class Shelf:
    """An endpoint may be a method."""

    @onboarding.unlock("shelf")
    async def get(self, request: Request, *, page: int = 1) -> Response:
        """Open once the question is answered."""
        return PlainTextResponse(f"{request.url.path} {page}")


async def plain_calls(request: Request) -> None:
    """What is decorated returns what it returned before."""
    assert_type(plain(request), Response)
    assert_type(await Shelf().get(request, page=2), Response)
    await plain(request)  # type: ignore[misc]  # it is no coroutine
    await Shelf().get(request, page="2")  # type: ignore[arg-type]  # a page is a number
