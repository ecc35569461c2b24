"""Where sign-ins are played: an application with one provider, and a fake of it."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from onboarding import Onboarding
from onboarding.accounts.model import Identity, IdentityLink
from onboarding.errors import BadProviderReply
from onboarding.social.client import SocialClient
from onboarding.social.code_flow import CodeFlow
from onboarding.social.model import AlreadyIn, Finished, HttpPolicy
from onboarding.stores import store_from
from onboarding.testing.clock import FrozenClock
from onboarding.testing.contracts.plays import fakes
from onboarding.testing.contracts.provider_case import ProviderCase
from onboarding.testing.identity_provider import WayBack
from onboarding.testing.recorded import FaultyLine

SITE = "https://shop.example/welcome"
"""Where the application has its pages: record what is bound to an address for it."""

SECRET_KEY = "a key for contracts, of more than thirty-two bytes"  # noqa: S105, public

T = TypeVar("T")

ToldReplies = Mapping[str, Any]
"""Replies, by the name of the read."""

Params = dict[str, list[str]]
"""What a browser brings back: every value of every parameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An attempt that a browser has begun.

    Attributes:
        location: Where it was sent.
        cookies: What it keeps, by name.
    """

    location: str
    cookies: Mapping[str, str]


class SignInStage:
    """One application with one provider, for all sign-ins of a contract.

    Args:
        case: Whose contract it is.

    Attributes:
        fake: The provider.
        line: What leads there.
    """

    def __init__(self, case: ProviderCase) -> None:
        self.case = case
        self.provider = case.provider
        self.clock = FrozenClock()
        back = f"{SITE}/callback/{case.provider.name}"
        self.fake = fakes.fake_of(case, back, self.clock)
        self.line = FaultyLine(
            self.fake.transport, fakes.addresses_of(self.fake, case), case.spelled
        )
        self.store = store_from("memory:")
        self.shop = Onboarding(
            url=SITE,
            secret_key=SECRET_KEY,
            database=self.store,
            mailer=None,
            clock=self.clock,
            providers=[case.provider],
            transport=self.line,
        )
        self._runner = asyncio.Runner()
        self._runner.run(self.shop.open())

    def close(self) -> None:
        """Close the application, and the loop that it ran in."""
        self._runner.run(self.shop.close())
        self._runner.close()

    def play(self, act: Callable[["SignInStage"], Coroutine[Any, Any, None]]) -> None:
        """Play one act, a second after the one before."""
        self.clock.advance(timedelta(seconds=1))
        self._runner.run(act(self))

    # ── a sign-in, step by step ──────────────────────────────────────────────

    async def begin(self) -> Begun:
        """Press the provider's button, in a browser of its own."""
        started = await self.shop.social.begin(self.provider.name)
        cookies = {cookie.name: cookie.value for cookie in started.cookies}
        return Begun(location=started.location, cookies=cookies)

    def approve(self, begun: Begun, replies: ToldReplies | None = None) -> Params:
        """Say yes at the provider; return what the browser brings back."""
        told = self.case.replies if replies is None else replies
        return brought(fakes.approve(self.fake, begun.location, told))

    async def finish(
        self, begun: Begun, params: Params, *, session: str | None = None
    ) -> Finished | AlreadyIn:
        """Come back in the browser that began, perhaps with a session by now."""
        current = await self.shop.sessions.find(session) if session else None
        return await self.shop.social.finish(
            self.provider.name, params, begun.cookies, current
        )

    async def sign_in(self, replies: ToldReplies | None = None) -> Finished | AlreadyIn:
        """Sign in, from the button to the end."""
        begun = await self.begin()
        return await self.finish(begun, self.approve(begun, replies))

    # ── beside it ────────────────────────────────────────────────────────────

    def identity(self, replies: ToldReplies) -> Identity | None:
        """Return who the provider's own mapping says that somebody is."""
        try:
            return self.provider.identity(replies)
        except BadProviderReply:
            return None

    async def kept(self, replies: ToldReplies | None = None) -> IdentityLink | None:
        """Return what the application keeps of whom these replies are about."""
        who = self.identity(self.case.replies if replies is None else replies)
        assert who is not None, "the replies are about nobody"
        return await self.store.find(IdentityLink, who.issuer, who.subject)

    def another_process(self) -> CodeFlow:
        """Return the code flow of an application that has asked nothing yet."""
        return CodeFlow(
            SocialClient(transport=self.line),
            self.clock,
            providers={self.provider.name: self.provider},
            url=SITE,
        )

    @property
    def code_name(self) -> str:
        """What the provider calls the code."""
        return self.provider.names.get("code", "code")


def brought(back: WayBack) -> Params:
    """Return what a browser brings back, in the address or as a form."""
    if back.form is not None:
        return {name: [value] for name, value in back.form.items()}
    return parse_qs(urlsplit(back).query)


def in_a_hurry() -> AbstractContextManager[None]:
    """Give the calls inside next to no time: whoever is silent is given up."""
    return SocialClient(HttpPolicy(total=timedelta(milliseconds=20))).together()
