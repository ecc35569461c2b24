"""Accounts and guests over a real store, for tests that look at them from outside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from onboarding.accounts.adopting import Adopting
from onboarding.accounts.belongings import Belongings
from onboarding.accounts.data import DataService
from onboarding.accounts.intents import IntentService
from onboarding.accounts.learning import LearnsFacts, LearnsNothing
from onboarding.accounts.leaving import Doors, LeavingWays
from onboarding.accounts.lookup import Adopt, HostLookup
from onboarding.accounts.merging import Merging
from onboarding.accounts.model import Account, CurrentSession, EmailTrust, Identity
from onboarding.accounts.outcome import SignInResult
from onboarding.accounts.own import own_resources
from onboarding.accounts.parking import ParkedRows
from onboarding.accounts.resources import Resource
from onboarding.accounts.rules import SessionPolicy
from onboarding.accounts.service import AccountService
from onboarding.accounts.sessions import SessionService
from onboarding.accounts.settling import Settling
from onboarding.accounts.unlinking import Unlinking
from onboarding.accounts.ways import TellsNobody
from onboarding.deadlines import USUAL, Deadlines
from onboarding.events import Entry
from onboarding.guests.model import GuestPolicy, ProofPolicy
from onboarding.guests.proofs import ProofService
from onboarding.guests.service import GuestService
from onboarding.journey.resource import EventsResource
from onboarding.mail.resource import LettersResource, MailStopsResource
from onboarding.stores.base import Store
from onboarding.testing import FrozenClock
from onboarding.tokens import Ids, Keys

KEY = "a key for tests, of more than thirty-two bytes"


@dataclass
class World:
    """The services of one application, put together by hand."""

    store: Store
    clock: FrozenClock = field(default_factory=FrozenClock)
    resources: Sequence[Resource] = ()
    own: Callable[[Store], Sequence[Resource]] = lambda _: ()
    policy: GuestPolicy = field(default_factory=GuestPolicy)
    adopt: Adopt | None = None
    deadlines: Deadlines = USUAL
    learns: LearnsFacts = field(default_factory=LearnsNothing)

    def __post_init__(self) -> None:
        """Put the services together."""
        store, clock, ids = self.store, self.clock, Ids(self.clock)
        self.belongings = Belongings(
            [
                *own_resources(store),
                *self.own(store),
                EventsResource(store),
                LettersResource(store),
                MailStopsResource(store),
                *self.resources,
            ],
            store.query,
        )
        self.keys = Keys(KEY)
        self.sessions = SessionService(store, clock, ids, SessionPolicy())
        self.merging = Merging(store, clock, ids, self.belongings, ways=TellsNobody())
        settling = Settling(
            store,
            clock,
            ids,
            self.sessions,
            self.merging,
            ways=TellsNobody(),
            learns=self.learns,
        )
        lookup = HostLookup(self.adopt, self.deadlines)
        adopting = Adopting(store, clock, ids, lookup=lookup)
        self.leaving = LeavingWays(store, TellsNobody(), Doors())
        unlinking = Unlinking(store, clock, ids, self.leaving)
        self.accounts = AccountService(
            store, self.sessions, settling, adopting, unlinking
        )
        self.intents = IntentService(store, clock, ids)
        self.data = DataService(store, clock, ids, self.belongings)
        self.parked = ParkedRows(store, clock, ids, self.belongings)
        self.guests = GuestService(
            store,
            clock,
            ids,
            keys=self.keys,
            sessions=self.sessions,
            belongings=self.belongings,
            policy=self.policy,
        )

        self.proofs = ProofService(
            store,
            clock,
            ids,
            keys=self.keys,
            accounts=self.accounts,
            policy=ProofPolicy(),
        )

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.clock()

    async def guest(self) -> CurrentSession:
        """Make a guest, and return who that browser is then."""
        welcome = await self.guests.start()
        return await self.who(welcome.token.reveal())

    async def who(self, token: str) -> CurrentSession:
        """Return who carries a token, who must be somebody."""
        current = await self.sessions.find(token)
        assert current is not None
        return current

    async def person(self, subject: str, email: str | None = None) -> SignInResult:
        """Sign in as a stranger in a fresh browser, and succeed."""
        outcome = await self.accounts.sign_in(identity(subject, email), None)
        assert isinstance(outcome, SignInResult)
        return outcome

    async def account(self, id: str) -> Account:
        """Return an account that must be there."""
        found = await self.store.find(Account, id)
        assert found is not None
        return found

    async def names(self, account_id: str) -> list[str]:
        """Return the names of the events of one account, oldest first."""
        return [entry.name for entry in await self.store.list_of(Entry, account_id)]


def identity(
    subject: str,
    email: str | None = None,
    trust: EmailTrust | None = None,
    *,
    provider: str = "local",
    issuer: str = "https://id.example",
) -> Identity:
    """Return an identity; one with an address is verified unless said otherwise."""
    found = EmailTrust.VERIFIED if email else EmailTrust.NONE
    return Identity(
        provider=provider,
        issuer=issuer,
        subject=subject,
        email=email,
        email_trust=found if trust is None else trust,
        name=subject.title(),
    )
