"""A shop with passkeys, and people who walk in with a device."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from onboarding.accounts.model import CurrentSession, Passkey
from onboarding.accounts.outcome import SignInResult
from onboarding.cookies import CookieSpec
from onboarding.passkeys.attempts import PasskeyAttempts
from onboarding.passkeys.ceremony import Ceremony
from onboarding.passkeys.model import PasskeyAnswered, PasskeyAsked, PasskeyPolicy
from onboarding.passkeys.service import PasskeyService
from onboarding.testing import FakeAuthenticator
from onboarding.tokens import Ids
from tests.world import World

ORIGIN = "https://shop.example"
RP_ID = "shop.example"


@dataclass
class Scene:
    """The services of a shop that knows passkeys."""

    world: World
    policy: PasskeyPolicy = field(default_factory=PasskeyPolicy)

    def __post_init__(self) -> None:
        """Put the service together."""
        world = self.world
        self.passkeys = PasskeyService(
            world.store,
            world.clock,
            Ids(world.clock),
            accounts=world.accounts,
            attempts=PasskeyAttempts(world.intents, self.policy),
            ceremony=Ceremony(
                RP_ID, rp_name="Lamplight", origin=ORIGIN, policy=self.policy
            ),
            origin=ORIGIN,
        )

    def visitor(self) -> "Visitor":
        """Return somebody with a browser and a device, who was never here."""
        return Visitor(self)

    async def count_accounts(self) -> int:
        """Return how many accounts there are, however they ended."""
        rows = await self.world.store.query("SELECT id FROM onboarding_accounts")
        return len(rows)


@dataclass
class Visitor:
    """One browser, with its cookies, and one device."""

    scene: Scene
    device: FakeAuthenticator = field(default_factory=lambda: FakeAuthenticator(ORIGIN))
    cookies: dict[str, str] = field(default_factory=dict)
    current: CurrentSession | None = None

    def keep(self, specs: tuple[CookieSpec, ...]) -> None:
        """Do with cookies what a browser does."""
        for spec in specs:
            self.cookies.pop(spec.name, None)
            if spec.max_age:
                self.cookies[spec.name] = spec.value

    async def ask_new(self, next: str = "/") -> PasskeyAsked:
        """Press the button that makes a passkey."""
        asked = await self.scene.passkeys.begin_new(
            "sam@example.org", next=next, current=self.current, cookies=self.cookies
        )
        self.keep(asked.cookies)
        return asked

    async def ask(self, next: str = "/") -> PasskeyAsked:
        """Press the button that signs in with a passkey."""
        asked = await self.scene.passkeys.begin_sign_in(next=next, cookies=self.cookies)
        self.keep(asked.cookies)
        return asked

    async def answer_new(
        self, asked: PasskeyAsked, made: Mapping[str, Any]
    ) -> PasskeyAnswered:
        """Send what the device made."""
        answered = await self.scene.passkeys.finish_new(
            asked.attempt, made, self.cookies, self.current
        )
        return self._took(answered)

    async def answer(
        self, asked: PasskeyAsked, given: Mapping[str, Any]
    ) -> PasskeyAnswered:
        """Send what the device signed."""
        answered = await self.scene.passkeys.finish_sign_in(
            asked.attempt, given, self.cookies, self.current
        )
        return self._took(answered)

    def _took(self, answered: PasskeyAnswered) -> PasskeyAnswered:
        self.keep(answered.cookies)
        if isinstance(answered.outcome, SignInResult):
            self.current = answered.outcome.new_session.current
        return answered

    async def make(self) -> SignInResult:
        """Make a passkey, and be let in by it."""
        asked = await self.ask_new()
        answered = await self.answer_new(asked, self.device.create(asked.options))
        assert isinstance(answered.outcome, SignInResult)
        return answered.outcome

    async def sign_in(self) -> SignInResult:
        """Come in with the passkey that was made last."""
        asked = await self.ask()
        answered = await self.answer(asked, self.device.get(asked.options))
        assert isinstance(answered.outcome, SignInResult)
        return answered.outcome

    async def passkey(self) -> Passkey:
        """Return their passkey, as it is kept."""
        assert self.current is not None
        [found] = await self.scene.world.store.list_of(Passkey, self.current.account.id)
        return found
