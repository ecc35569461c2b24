"""What people do in their browsers: each deed a rule."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar, cast

from hypothesis import strategies as st
from hypothesis.stateful import rule

from onboarding.accounts.model import Account, EmailTrust, Purpose
from onboarding.accounts.outcome import MustConfirm, SignInResult
from onboarding.cookies import CookieSpec
from onboarding.errors import (
    ConfigError,
    Refused,
    SignInExpired,
)
from onboarding.guests.model import ProofResult
from tests.security.lives.acting import Acting
from tests.security.lives.look import Browser
from tests.security.lives.market import Market
from tests.security.lives.memory import Deed
from tests.world import identity

PEOPLE = (
    identity("ann", "a@example.org"),
    identity("ann-2", "a@example.org", issuer="https://other.example"),
    identity("bob", "b@example.org"),
    identity("bob-2", "a@example.org", EmailTrust.STATED),
    identity("cee"),
)
ADDRESSES = ("a@example.org", "b@example.org", "d@example.org")
BROWSERS = 4

AT = st.integers(0, BROWSERS - 1)
WHO = st.sampled_from(PEOPLE)
ADDRESS = st.sampled_from(ADDRESSES)
PICK = st.integers(0, 99)

T = TypeVar("T")


def picked(among: Sequence[T], pick: int) -> T | None:
    """Return one of some, or None where there is none.

    What is drawn does not depend on what happened: of two who come at once, another
    may be first when a life is lived again.
    """
    return among[pick % len(among)] if among else None


class People(Acting):
    """Buys, comes in, tells and takes back.

    Args:
        market: Where it is done.
        runner: Runs it.
    """

    def __init__(self, market: Market, runner: asyncio.Runner):
        super().__init__()
        self._runner = runner
        self.run(market.begin())
        self.market, self.core = market, market.core
        self.browsers = [Browser() for _ in range(BROWSERS)]
        self.after = self.before = self.run(self._look())

    def run(self, doing: Awaitable[Any]) -> Any:
        """Wait for something."""

        async def wait() -> Any:
            return await doing

        return self._runner.run(wait())

    def _look(self) -> Awaitable[Any]:
        return self.market.look(self.browsers, self.tokens)

    def _do(self, name: str, act: Callable[[], Awaitable[Any]], *by: int) -> Any:
        """Do something a second later; return what it comes to, None where refused."""
        self.market.clock.advance(timedelta(seconds=1))
        self.before, self.deed = self.after, Deed(name, frozenset(by))
        done = None
        try:
            done = self.run(act())
            self.reach(name)
        except (Refused, ConfigError) as error:
            self.deed.error = error
            self.reach(f"{name}: {error.code}")
        self.after = self.run(self._look())
        return done

    async def _who(self, at: int) -> Any:
        return await self.market.who(self.browsers[at].token)

    async def _account(self, at: int) -> Account:
        """Return who is here; a visitor becomes a guest by what they do."""
        current = await self._who(at)
        if current is None:
            new = await self.core.guests.start(self.core.guests.new_nonce())
            self._carry(at, new.token.reveal())
            return new.account
        return cast("Account", current.account)

    def _carry(self, at: int, token: str) -> None:
        self.browsers[at].token = token
        self.tokens.append(token)

    def _enter(self, at: int, result: SignInResult) -> None:
        self._carry(at, result.new_session.token.reveal())
        self.deed.results.append(result)
        self.reach(f"how: {result.how}")

    # ── buying ───────────────────────────────────────────────────────────────

    @rule(at=AT, address=ADDRESS)
    def buy(self, at: int, address: str) -> None:
        """Place an order."""
        number = self.number(address)

        async def act() -> None:
            account = await self._account(at)
            self.owners[number] = account.id
            await self.market.place(number, account.id, address)

        self._do("buy", act, at)

    @rule(at=AT, book=st.sampled_from("xyz"), quantity=st.integers(1, 9))
    def fill_cart(self, at: int, book: str, quantity: int) -> None:
        """Put a book into the cart."""

        async def act() -> None:
            await self.market.fill((await self._account(at)).id, book, quantity)

        self._do("fill cart", act, at)

    @rule(at=AT, wanted=st.booleans())
    def want_newsletter(self, at: int, wanted: bool) -> None:
        """Say yes or no to the newsletter."""

        async def act() -> None:
            account = await self._account(at)
            await self.market.set_newsletter(account.id, wanted)

        self._do("want newsletter", act, at)

    # ── coming in ────────────────────────────────────────────────────────────

    @rule(at=AT, who=WHO)
    def sign_in(self, at: int, who: Any) -> None:
        """Come in with an identity."""
        self._do("sign in", lambda: self._sign_in(at, who), at)

    async def _sign_in(self, at: int, who: Any) -> None:
        outcome = await self.core.accounts.sign_in(who, await self._who(at))
        if isinstance(outcome, MustConfirm):
            self.browsers[at].waits = who
            self.reach("must confirm")
        else:
            self._enter(at, outcome)
            self.prove(outcome.account.id, who)

    @rule(one=AT, other=AT, who=WHO)
    def sign_in_twice(self, one: int, other: int, who: Any) -> None:
        """Come in with one identity from two browsers at the same moment."""

        async def act() -> None:
            both = {one, other}
            done = await asyncio.gather(
                *(self._sign_in(at, who) for at in both), return_exceptions=True
            )
            refused = [one for one in done if isinstance(one, BaseException)]
            if len(refused) == len(both):
                raise refused[0]
            assert all(isinstance(one, Refused) for one in refused)

        self._do("sign in twice", act, one, other)

    @rule(at=AT)
    def confirm(self, at: int) -> None:
        """Say yes to what waits in this browser."""
        who, self.browsers[at].waits = self.browsers[at].waits, None
        if who is None:
            return

        async def act() -> None:
            outcome = await self.core.accounts.link(who, await self._who(at))
            self._enter(at, outcome)
            self.prove(outcome.account.id, who)

        self._do("confirm", act, at)

    @rule(at=AT)
    def sign_out(self, at: int) -> None:
        """Leave the browser to the next one."""

        async def act() -> None:
            if current := await self._who(at):
                await self.core.sessions.end(current)
                self.deed.told["signed_out"] += 1

        self._do("sign out", act, at)

    # ── by mail ──────────────────────────────────────────────────────────────

    @rule(at=AT, address=ADDRESS)
    def ask_for_a_letter(self, at: int, address: str) -> None:
        """Ask for a code and a link."""
        self._do("ask for a letter", lambda: self._ask(at, address), at)

    async def _ask(self, at: int, address: str) -> None:
        cookie: CookieSpec = await self.core.proofs.ask(
            Purpose.MAIL_SIGN_IN, address, current=await self._who(at), locale="en"
        )
        browser = self.browsers[at]
        browser.cookies = {cookie.name: cookie.value}
        browser.asked = cookie.value.partition(".")[0]
        self.addresses[browser.asked] = address

    def _said(self, asked: str) -> tuple[str, str]:
        said = self.core.proofs.secrets(asked)
        return said.code, f"{asked}.{said.link}"

    async def _finish(self, at: int, **said: str) -> None:
        current, asked = await self._who(at), str(self.browsers[at].asked)
        result: ProofResult = await self.core.proofs.finish(
            **said, current=current, cookies=self.browsers[at].cookies
        )
        self._enter(at, result.signed_in)
        self.redeemed[asked] += 1
        self.proved.add((result.signed_in.account.id, self.addresses[asked]))

    @rule(at=AT, way=st.sampled_from(["code", "link", "often"]), address=ADDRESS)
    def bring_back(self, at: int, way: str, address: str) -> None:
        """Bring a code or a link back, or both, and each of them more than once."""
        if self.browsers[at].asked is None:
            self.ask_for_a_letter(at, address)
        asked = str(self.browsers[at].asked)
        code, link = self._said(asked)

        async def often() -> None:
            done = await asyncio.gather(
                *(self._finish(at, link=link) for _ in range(2)),
                *(self._finish(at, code=code) for _ in range(2)),
                return_exceptions=True,
            )
            refused = [one for one in done if one is not None]
            assert all(isinstance(one, Refused) for one in refused), refused
            if len(refused) == len(done):
                raise refused[0]  # type: ignore[misc]

        acts = {
            "code": lambda: self._finish(at, code=code),
            "link": lambda: self._finish(at, link=link),
            "often": often,
        }
        self._do(f"bring back {way}", acts[way], at)
        if self.deed.error is not None:
            self.browsers[at].asked = None

    @rule(at=AT, other=AT, address=ADDRESS)
    def open_a_letter_of_another_browser(
        self, at: int, other: int, address: str
    ) -> None:
        """Open a link where it was not asked for, guess a code, and be refused."""
        if at == other:
            return
        for one in (at, other):
            if self.browsers[one].asked is None:
                self.ask_for_a_letter(one, address)
        asked = str(self.browsers[other].asked)
        code, link = self._said(asked)
        cookies = self.browsers[at].cookies

        async def act() -> None:
            current = await self._who(at)
            shown = await self.core.proofs.look(link, cookies)
            assert code == shown.code
            for said in ({"link": link}, {"code": code}):
                try:
                    await self.core.proofs.finish(
                        **said, current=current, cookies=cookies
                    )
                except Refused as error:
                    self.reach(f"elsewhere: {error.code}")
                else:
                    raise AssertionError("a letter opened another browser")
            raise SignInExpired("email")

        self._do("open elsewhere", act, at)
