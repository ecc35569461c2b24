"""Core: the services put together, without any web framework.

Built from settings alone, it checks everything and opens nothing: no file, no
thread, no connection, no task. So it may be made at import, and forked.
"""

from collections.abc import Mapping
from copy import copy
from typing import TYPE_CHECKING, TypeVar, cast, overload

from typing_extensions import Unpack

from onboarding.accounts.adopting import Adopting
from onboarding.accounts.asking import Asking
from onboarding.accounts.belongings import Belongings
from onboarding.accounts.data import DataService
from onboarding.accounts.given import id_of
from onboarding.accounts.intents import IntentService
from onboarding.accounts.leaving import LeavingWays
from onboarding.accounts.lookup import HostLookup
from onboarding.accounts.merging import Merging
from onboarding.accounts.model import Account
from onboarding.accounts.own import own_resources
from onboarding.accounts.parking import ParkedRows
from onboarding.accounts.rules import SessionPolicy
from onboarding.accounts.service import AccountService
from onboarding.accounts.sessions import SessionService
from onboarding.accounts.settling import Settling
from onboarding.accounts.sweeping import Sweeper
from onboarding.accounts.unlinking import Unlinking
from onboarding.attention.model import AttentionPolicy
from onboarding.attention.resource import AttentionResource
from onboarding.attention.service import AttentionService
from onboarding.checks import check_plain
from onboarding.clock import system_clock
from onboarding.config import Settings
from onboarding.deadlines import USUAL
from onboarding.errors import ConfigError
from onboarding.events import Event
from onboarding.feedback.resource import ResponsesResource
from onboarding.feedback.service import FeedbackService
from onboarding.guests.contacts import ContactService
from onboarding.guests.model import GuestPolicy, ProofPolicy
from onboarding.guests.service import GuestService
from onboarding.journey.resource import EventsResource
from onboarding.journey.service import JourneyService
from onboarding.life import Life
from onboarding.mail.model import Letters
from onboarding.mail.resource import LettersResource, MailStopsResource
from onboarding.mail.stopping import MailStops
from onboarding.mail.writing import LetterWriter
from onboarding.on_demand import OnDemand, P
from onboarding.profiling.ageing import check_gaps
from onboarding.profiling.model import Plan
from onboarding.profiling.needs import check_facts
from onboarding.profiling.resource import AnswersResource, ProposalsResource
from onboarding.site_settings import SiteSettings
from onboarding.stores import DEFAULT_PREFIX, store_from, store_within
from onboarding.tokens import Ids, Keys
from onboarding.within import Within, wake_after_commit

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from onboarding.accounts.claims import OrderResource
    from onboarding.accounts.resources import Resource
    from onboarding.mail.model import Letter
    from onboarding.mailers.base import Message
    from onboarding.mailers.post import Post
    from onboarding.profiling.no_profile import NoProfile

T = TypeVar("T")


class Core(SiteSettings, Life, OnDemand[P]):
    """Everything this library does, as services, for one application.

    Attributes:
        accounts: Who somebody is.
        merging: Two accounts of one person become one.
        asking: Merges that wait for a yes or no; None where they just happen.
        sessions: Who carries which token.
        intents: What one request begins and a later one finishes.
        sweeper: Removes, while this is open, what nobody finished.
        belongings: Everything that hangs on an account.
        data: Take along and erase.
        parked: What a merge has set aside; guests: the first write, contact, purge.
        contacts: Addresses put right, and taken away.
        letters: Writes what people are told by mail.
        mail_stops: Which letters nobody wants any more.
        feedback: Prompts, responses, replies.
        journey: The log and funnels over it.
        post: Sends the letters that wait; None where nothing sends mail.
        features: What opens once its questions are answered, by name.
        asks: Whether there is any question.
        has_orders: Whether orders are declared.
        noticed: What the operator was warned of already, while requests came.
    """

    @overload
    def __init__(
        self: "Core[NoProfile]", *, profile: None = None, **settings: Unpack[Settings]
    ) -> None: ...

    @overload
    def __init__(self, *, profile: type[P], **settings: Unpack[Settings]) -> None: ...

    def __init__(
        self, *, profile: type[P] | None = None, **settings: Unpack[Settings]
    ) -> None:
        check_plain(settings)
        self._settings = settings
        self._read(settings)
        self._build_ground(settings)
        self._profile = profile
        self._http = settings.get("http"), settings.get("transport")
        self._limits = settings.get("limits"), settings.get("proxies", ())
        self._declared = tuple(settings.get("features", ()))
        self._purposes = settings.get("purposes", {})
        self._widgets = tuple(settings.get("widgets", ()))
        self._proof_policy = settings.get("proofs", ProofPolicy())
        self._sinks = tuple(settings.get("sinks", ()))
        self._orders, self._claims = settings.get("orders"), settings.get("claims")
        orders = () if self._orders is None else (self._orders,)
        self._hosts: tuple[Resource, ...] = (*settings.get("resources", ()), *orders)
        self._build_accounts(settings)
        self._build_features(settings)
        # Built now: a mistake in it fails here, and no request waits for its files.
        if self.providers:
            _ = self.social
        if self.mailer is not None:
            _ = self.proofs
        if self.has_passkeys:
            _ = self.passkeys
        if self._sinks:
            self.store.wake = self.relay.wake
        asks = profile or self._declared or self._widgets or self._purposes
        self.features: Mapping[str, Plan] = self.catalogue.plans if asks else {}
        self.asks = bool(asks and (self.features or self.catalogue.questions))
        check_facts(self.features, self.mailer, self.providers)
        check_gaps(self.features, self.attention.policy)
        self.has_orders = self._orders is not None
        self.noticed: set[str] = set()

    def _build_ground(self, settings: Settings) -> None:
        self.clock = settings.get("clock", system_clock)
        self.ids = Ids(self.clock)
        self.keys = Keys(settings["secret_key"])
        prefix = settings.get("prefix", DEFAULT_PREFIX)
        self.deadlines = settings.get("deadlines", USUAL)
        self.store = store_from(settings["database"], prefix, self.deadlines)
        self.store.outbox = bool(settings.get("sinks"))
        self.post = self._post()

    def _build_accounts(self, settings: Settings) -> None:
        """Build what knows who somebody is, and what is theirs."""
        ground = self.store, self.clock, self.ids
        letters = None if self.mailer is None else settings.get("letters", Letters())
        self.letters = LetterWriter(*ground, letters)
        self.letters.wake = self.wake_post
        self.mail_stops = MailStops(self.store, self.clock, self.keys)
        self.belongings = Belongings(
            (
                *own_resources(self.store),
                AnswersResource(self.store),
                ProposalsResource(self.store),
                AttentionResource(self.store),
                ResponsesResource(self.store),
                EventsResource(self.store),
                LettersResource(self.store),
                MailStopsResource(self.store),
                *self._hosts,
            ),
            self.store.query,
        )
        # From now on those that learn of their tables when this opens.
        names = {one.name for one in self._hosts}
        self._hosts = tuple(one for one in self.belongings if one.name in names)
        if self._orders is not None:
            self._orders = cast("OrderResource", self._hosts[-1])
        self.sessions = SessionService(
            *ground,
            settings.get("sessions", SessionPolicy()),
            is_alone=settings["database"] == "memory:",
        )
        self.intents = IntentService(*ground)
        self.sweeper = Sweeper(self.intents)
        self.merging = Merging(*ground, self.belongings, ways=self.letters)
        found = *ground, self.sessions, self.merging
        settling = Settling(*found, ways=self.letters, learns=self._learning())
        asks = settings.get("merge") == "ask"
        self.asking = Asking(*found, settling=settling) if asks else None
        lookup = HostLookup(settings.get("adopt"), self.deadlines)
        adopting = Adopting(*ground, lookup=lookup)
        leaving = LeavingWays(self.store, self.letters, self.doors)
        unlinking = Unlinking(*ground, leaving)
        known = self.store, self.sessions, settling, adopting, unlinking
        self.accounts = AccountService(*known, asking=self.asking)
        self.data = DataService(*ground, self.belongings)
        self.parked = ParkedRows(*ground, self.belongings)
        self.guests = GuestService(
            *ground,
            keys=self.keys,
            sessions=self.sessions,
            belongings=self.belongings,
            policy=settings.get("guests", GuestPolicy()),
        )
        self.contacts = ContactService(*ground, leaving)

    def _build_features(self, settings: Settings) -> None:
        """Build what asks, listens and reads the log."""
        ground = self.store, self.clock, self.ids
        self.attention = AttentionService(
            self.store, self.clock, settings.get("attention", AttentionPolicy())
        )
        self.prompts = tuple(settings.get("prompts", ()))
        self.feedback = FeedbackService(
            *ground,
            attention=self.attention,
            prompts=self.prompts,
            letters=self.letters,
        )
        used = [prompt.after for prompt in self.prompts]
        used += [step for funnel in self.funnels.values() for step in funnel.steps]
        self.journey = JourneyService(*ground, used)

    def _post(self) -> "Post | None":
        if self.mailer is None:
            return None
        from onboarding.mailers.post import Post

        return Post(self.store, self.mailer, self.draw_letter, self.clock)

    def wake_post(self) -> None:
        """Say that a letter was written, so that it is sent at once."""
        if self.post is not None:
            self.post.wake()

    async def draw_letter(self, letter: "Letter") -> "Message":
        """Return what is sent of a letter.

        Raises:
            ConfigError: Without pages, which have the templates of letters.
        """
        raise ConfigError(f"letter {letter.id} is drawn by Onboarding, not by Core")

    def within(self, connection: "AsyncConnection") -> Within[P]:
        """Return the same services inside a transaction of the host's.

        What they write is the transaction's: its commit keeps it, and its rollback
        takes it back, with what the sinks would have been told. They read what it has
        written so far.

        Args:
            connection: Of SQLAlchemy, to the database that ``database=`` names, in a
                transaction: by asyncpg, or by aiosqlite.

        Raises:
            ConfigError: When it is something else; says what to write.
            StoreUnavailable: When the connection is lost.
        """
        twin = copy(self)
        twin.store = store_within(self.store, connection, self.deadlines)
        twin._forget()  # noqa: SLF001  # of this class
        twin._build_accounts(self._settings)  # noqa: SLF001  # of this class
        twin._build_features(self._settings)  # noqa: SLF001  # of this class
        twin.store.wake = lambda: None
        wake_after_commit(connection, self.relay.wake, self.wake_post)
        return Within(twin)

    # ── what hosts do most ───────────────────────────────────────────────────

    async def record(
        self, account: Account, event: Event, *, key: str | None = None
    ) -> None:
        """Write down that something happened to somebody.

        Args:
            account: Whose.
            event: What happened.
            key: What names this happening among all of this kind that a person has,
                such as the number of an order: with it, recording the same again
                writes nothing. A ``StoreUnavailable`` may leave open whether
                something was written.

        Raises:
            AccountEnded: When the account, or its survivor, was erased or has expired.
            ConfigError: When this is nobody's account or no event, when a field of
                the event holds more than a primitive, or the key is no printable text.
        """
        await self.journey.record(id_of(account), event, key=key)

    async def profile(self, account: Account | None) -> P:
        """Return what is known of somebody, as the host's model.

        What was never said, or is no longer usable, is None; so is all of it for
        a visitor.
        """
        return await self.profiling.profile(account)
