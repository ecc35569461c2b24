"""Keeping it with a passkey, and coming back with one: each deed a rule."""

import asyncio

from hypothesis.stateful import rule

from onboarding.accounts.outcome import SignInResult
from onboarding.passkeys.model import PasskeyAnswered
from onboarding.testing import FakeAuthenticator
from tests.security.lives.market import Market
from tests.security.lives.people import AT, BROWSERS, People

ORIGIN = "https://shop.example"


class Devices(People):
    """Beside coming in: one device in front of each browser, with its passkeys."""

    def __init__(self, market: Market, runner: asyncio.Runner):
        super().__init__(market, runner)
        self.devices = [FakeAuthenticator(ORIGIN, counts=True) for _ in range(BROWSERS)]
        self.made = [0] * BROWSERS

    @rule(at=AT)
    def keep_with_passkey(self, at: int) -> None:
        """Make a passkey for who is here."""

        async def act() -> None:
            current, passkeys = await self._who(at), self.core.passkeys
            asked = await passkeys.begin_new("here", current=current, cookies={})
            try:
                made = self.devices[at].create(asked.options)
            except ValueError:  # it has one of this account's, and makes no other
                self.reach("has a passkey")
                return
            self.made[at] += 1
            jar = {one.name: one.value for one in asked.cookies}
            self._let_in(
                at, await passkeys.finish_new(asked.attempt, made, jar, current)
            )

        self._do("keep with passkey", act, at)

    @rule(at=AT, of=AT)
    def come_with_passkey(self, at: int, of: int) -> None:
        """Sign in with the newest passkey of a device; it may be nobody's by now."""
        if not self.made[of]:
            return

        async def act() -> None:
            current, passkeys = await self._who(at), self.core.passkeys
            asked = await passkeys.begin_sign_in(cookies={})
            given = self.devices[of].get(asked.options)
            jar = {one.name: one.value for one in asked.cookies}
            self._let_in(
                at, await passkeys.finish_sign_in(asked.attempt, given, jar, current)
            )

        self._do("come with passkey", act, at)

    def _let_in(self, at: int, answered: PasskeyAnswered) -> None:
        assert isinstance(answered.outcome, SignInResult)
        self._enter(at, answered.outcome)
