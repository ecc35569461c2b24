"""The attacks on a host's application: ours holds, and careless ones are found out."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onboarding import Claim, ClaimPolicy, Onboarding, Resource
from onboarding.changes import Add, Statement, Touch
from onboarding.testing.prehijack import (
    ATTACKS,
    Attack,
    AttackOutcome,
    NotTried,
    Target,
    Visitor,
    prehijack,
)

pytestmark = pytest.mark.anyio

URL = "https://shop.example/welcome"
CLAIM = Claim(key="number", contact="email", at="placed_at")
TABLE = """
CREATE TABLE orders (
  number INTEGER PRIMARY KEY, account_id TEXT, email TEXT, placed_at TEXT
)
"""
INSERT = """
INSERT INTO orders SELECT COALESCE(MAX(number), 2040) + 1, $1, $2, $3 FROM orders
"""


class Shop:
    """A host as it stands in the how-to: a cart, and orders with a link in the mail."""

    def __init__(self, **settings: Any):
        self.onboarding: Onboarding[Any] = Onboarding(
            **{
                "url": URL,
                "secret_key": "keep 32 random bytes or more outside your code",
                "orders": Resource.table("orders", owner="account_id", claim=CLAIM),
                **settings,
            }
        )

    def app(self, *middleware: Middleware) -> Starlette:
        """Return the application."""
        return Starlette(
            routes=[
                Route("/cart", self.cart, methods=["POST"]),
                Route("/orders", self.place, methods=["POST"]),
                self.onboarding.mount,
            ],
            middleware=[*middleware, self.onboarding.middleware],
            lifespan=self.lifespan,
        )

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Open, and make the table of a database that was made just now."""
        async with self.onboarding:
            await self.onboarding.store.commit(Statement(TABLE))
            yield

    async def cart(self, request: Request) -> Response:
        """Write for the first time."""
        self.onboarding.check_same_site(request)
        account = await self.onboarding.ensure_account(request)
        return PlainTextResponse(account.id)

    async def place(self, request: Request) -> Response:
        """Place an order; what would be mailed is the response of this test's host."""
        form = await self.onboarding.form(request)
        account = await self.onboarding.ensure_account(request)
        store, now = self.onboarding.store, self.onboarding.clock()
        values = (account.id, form["email"], now.isoformat())
        await store.commit(Statement(INSERT, values))
        rows = await store.query("SELECT MAX(number) AS number FROM orders")
        number = int(str(rows[0]["number"]))
        link = await self.onboarding.order_link(number, account)
        return PlainTextResponse(f"{number} {link}")


def build(**settings: Any) -> ASGIApp:
    """Build the shop."""
    return Shop(**settings).app()


async def order(visitor: Visitor, email: str) -> tuple[str, str]:
    """Buy something as a guest."""
    number, link = (await visitor.post("/orders", {"email": email})).text.split()
    return number, link


TARGET = Target(build=build, order=order)
CROWD = "a great many guests from one network"


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
async def test_our_own_pages_hold(attack: Attack) -> None:
    """One test for each attack, named after it."""
    if attack.name == CROWD:
        pytest.skip("no limits yet")
    await attack.run(TARGET)


# ── a kit that finds nothing would hold always ───────────────────────────────


class Careless:
    """A middleware of a host's that undoes one of the protections."""

    def __init__(self, app: ASGIApp, change: Callable[[Message], None]):
        self._app = app
        self._change = change

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, but for what is changed."""

        async def changed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._change(message)
            await send(message)

        await self._app(scope, receive, changed)


def without(*names: bytes) -> Callable[..., ASGIApp]:
    """Build the shop behind something that takes headers away."""

    def change(message: Message) -> None:
        kept = [pair for pair in message["headers"] if pair[0].lower() not in names]
        message["headers"] = kept

    return lambda **settings: Shop(**settings).app(Middleware(Careless, change=change))


def trusting(**settings: Any) -> ASGIApp:
    """Build a shop that takes any origin for its own, as behind a careless proxy."""
    return Forged(Shop(**settings).app())


class Forged:
    """Says of every request that it came from the site itself."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the header of our own pages."""
        if scope["type"] == "http":
            kept = [p for p in scope["headers"] if p[0] != b"sec-fetch-site"]
            scope["headers"] = [*kept, (b"sec-fetch-site", b"same-origin")]
        await self._app(scope, receive, send)


def adopting(**settings: Any) -> ASGIApp:
    """Build a shop that believes an id in a form."""
    shop = Shop(**settings)

    async def cart(request: Request) -> Response:
        form = await shop.onboarding.form(request)
        named = await shop.onboarding.accounts.find(form.get("account", ""))
        if named is None:
            return await Shop.cart(shop, request)
        new = shop.onboarding.sessions.begin(named)
        await shop.onboarding.store.commit(Touch(named.id), Add(new.session))
        request.scope["onboarding"].start_session(new)
        return PlainTextResponse(named.id)

    shop.cart = cart  # type: ignore[method-assign]
    return shop.app()


def claiming_all(**settings: Any) -> ASGIApp:
    """Build a shop that lets an address take over orders of any age."""
    return Shop(claims=ClaimPolicy(older=True), **settings).app()


@pytest.mark.parametrize(
    ("careless", "attack"),
    [
        (without(b"cache-control"), "a response that a shared cache keeps"),
        (without(b"referrer-policy"), "an address that is passed on"),
        (trusting, "a form on another site"),
        (adopting, "somebody elses id in a request"),
        (claiming_all, "the orders of who had the mailbox before"),
    ],
    ids=["cached", "referrer", "csrf", "named", "recycled"],
)
async def test_a_careless_host_is_found_out(
    careless: Callable[..., ASGIApp], attack: str
) -> None:
    """The table names the attack that goes through, and what the attacker got."""
    found = next(one for one in ATTACKS if one.name == attack)
    with pytest.raises(AssertionError):
        await found.run(Target(build=careless, order=order))


async def test_the_table_says_what_came_of_each() -> None:
    """What is not there is not tried, and says so; one that went through stands out."""
    matrix = await prehijack(Target(build=without(b"cache-control")))
    outcomes = {one.attack.name: one.outcome for one in matrix.reports}
    assert len(ATTACKS) == len(outcomes)
    assert AttackOutcome.HIJACKED is outcomes["a response that a shared cache keeps"]
    assert AttackOutcome.NOT_TRIED is outcomes["an order as bait"]
    assert AttackOutcome.HELD is outcomes["a session kept from before"]
    assert not matrix.is_safe
    text = str(matrix)
    assert "| a session kept from before " in text
    assert "HIJACKED: /cart may be kept by a shared cache" in text
    assert "not tried: no order= was given" in text


async def test_an_attack_that_cannot_be_tried_says_why() -> None:
    """By the name of what is missing."""
    bait = next(one for one in ATTACKS if one.name == "an order as bait")
    with pytest.raises(NotTried, match="order="):
        await bait.run(Target(build=build))
