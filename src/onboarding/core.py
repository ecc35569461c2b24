"""Core: the services put together, without any web framework.

Built from settings alone, it checks everything and opens nothing: no file, no
thread, no connection, no task. So it may be made at import, and forked.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, overload

from typing_extensions import Unpack

from onboarding.accounts.asking import Asking
from onboarding.accounts.belongings import Belongings
from onboarding.accounts.data import DataService
from onboarding.accounts.given import id_of
from onboarding.accounts.intents import IntentService
from onboarding.accounts.linking import BY_MAIL
from onboarding.accounts.merging import Merging
from onboarding.accounts.model import Account
from onboarding.accounts.own import own_resources
from onboarding.accounts.parking import ParkedRows
from onboarding.accounts.rules import SessionPolicy
from onboarding.accounts.service import AccountService
from onboarding.accounts.sessions import SessionService
from onboarding.accounts.sweeping import Sweeper
from onboarding.attention.model import AttentionPolicy
from onboarding.attention.resource import AttentionResource
from onboarding.attention.service import AttentionService
from onboarding.checks import check_plain
from onboarding.clock import system_clock
from onboarding.config import Settings
from onboarding.cookies import OURS, CookieNames
from onboarding.deadlines import USUAL
from onboarding.errors import ConfigError
from onboarding.events import Event
from onboarding.feedback.resource import ResponsesResource
from onboarding.feedback.service import FeedbackService
from onboarding.guests.contacts import ContactService
from onboarding.guests.model import GuestPolicy, ProofPolicy
from onboarding.guests.proofs import ProofService
from onboarding.guests.service import GuestService
from onboarding.journey.resource import EventsResource
from onboarding.journey.service import JourneyService
from onboarding.life import Life
from onboarding.locales import LOCALES
from onboarding.mail.model import Letter
from onboarding.mail.resource import LettersResource
from onboarding.mailers.base import Mailer, Message
from onboarding.mailers.console import ConsoleMailer
from onboarding.mailers.post import Post
from onboarding.names import by_name
from onboarding.on_demand import OnDemand, P
from onboarding.profiling.model import Plan
from onboarding.profiling.resource import AnswersResource
from onboarding.sinks.relay import Relay
from onboarding.site import Site
from onboarding.stores import DEFAULT_PREFIX, store_from
from onboarding.tokens import Ids, Keys

if TYPE_CHECKING:
    from onboarding.profiling.no_profile import NoProfile

T = TypeVar("T")


class Core(Life, OnDemand[P]):
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
        parked: What a merge has set aside, and its way back.
        guests: The first write, contact, purge.
        contacts: Addresses put right, and taken away.
        proofs: Sign-in by mail, and addresses proven by it.
        feedback: Prompts, responses, replies.
        journey: The log and funnels over it.
        relay: Carries events to the sinks.
        features: What opens once its questions are answered, by name.
        asks: Whether there is any question.
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
        self._read(settings)
        self._build_ground(settings)
        self._profile = profile
        self._http = settings.get("http"), settings.get("transport")
        self._declared = tuple(settings.get("features", ()))
        self._widgets = tuple(settings.get("widgets", ()))
        self._build_services(settings)
        # What is declared is built now: a mistake in it fails here, and no request
        # waits for its files.
        if self.providers:
            _ = self.social
        something = profile is not None or self._declared or self._widgets
        self.features: Mapping[str, Plan] = self.catalogue.plans if something else {}
        self.asks = bool(something and self.catalogue.questions)
        self.noticed: set[str] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sweeping: asyncio.Task[None] | None = None

    def _read(self, settings: Settings) -> None:
        """Keep what the pages and the layer ask for."""
        site = Site.parse(settings["url"])
        self.url, self.origin, self.path = site.url, site.origin, site.path
        self.secure = site.is_secure
        self.cookie_names = CookieNames(
            secure=site.is_secure, prefix=settings.get("cookie_prefix", OURS)
        )
        self.site_name = settings.get("name", site.origin.partition("://")[2])
        self.home = settings.get("home", "/")
        self.help_url = settings.get("help_url")
        self.texts: Mapping[str, Mapping[str, str]] = settings.get("texts", {})
        self.locales: tuple[str, ...] = LOCALES
        templates = settings.get("templates")
        self.template_folder = None if templates is None else Path(templates)
        self.skip = tuple(settings.get("skip", ("/static/",)))
        self.providers = by_name(
            "providers",
            settings.get("providers", ()),
            "give one of them another name=, since it stands in its callback address",
        )
        self.funnels = by_name("funnels", settings.get("funnels", ()))
        self.mailer = _mailer(settings, is_secure=site.is_secure)
        if self.mailer is not None and BY_MAIL in self.providers:
            raise ConfigError(
                f"a provider is called {BY_MAIL!r}, which is what sign-in by mail is "
                "called; give it another name="
            )

    def _build_ground(self, settings: Settings) -> None:
        self.clock = settings.get("clock", system_clock)
        self.ids = Ids(self.clock)
        self.keys = Keys(settings["secret_key"])
        prefix = settings.get("prefix", DEFAULT_PREFIX)
        self.deadlines = settings.get("deadlines", USUAL)
        self.store = store_from(settings["database"], prefix, self.deadlines)
        self.post = (
            Post(self.store, self.mailer, self.draw_letter, self.clock)
            if self.mailer is not None
            else None
        )
        self.store.outbox = bool(settings.get("sinks"))

    def _build_services(self, settings: Settings) -> None:
        ground = self.store, self.clock, self.ids
        self.belongings = Belongings(
            (
                *own_resources(self.store),
                AnswersResource(self.store),
                AttentionResource(self.store),
                ResponsesResource(self.store),
                EventsResource(self.store),
                LettersResource(self.store),
                *settings.get("resources", ()),
            ),
            self.store.query,
        )
        self.sessions = SessionService(
            *ground,
            settings.get("sessions", SessionPolicy()),
            is_alone=settings["database"] == "memory:",
        )
        self.intents = IntentService(*ground)
        self.sweeper = Sweeper(self.intents)
        self.merging = Merging(*ground, self.belongings)
        self.asking = (
            Asking(*ground, self.sessions, self.merging)
            if settings.get("merge") == "ask"
            else None
        )
        self.accounts = AccountService(
            *ground, self.sessions, self.merging, asking=self.asking
        )
        self.data = DataService(*ground, self.belongings)
        self.parked = ParkedRows(*ground, self.belongings)
        self.guests = GuestService(
            *ground,
            keys=self.keys,
            sessions=self.sessions,
            belongings=self.belongings,
            policy=settings.get("guests", GuestPolicy()),
        )
        self.contacts = ContactService(*ground)
        self.proofs = ProofService(
            *ground,
            keys=self.keys,
            accounts=self.accounts,
            policy=settings.get("proofs", ProofPolicy()),
        )
        self.attention = AttentionService(
            self.store, self.clock, settings.get("attention", AttentionPolicy())
        )
        self.prompts = tuple(settings.get("prompts", ()))
        self.feedback = FeedbackService(
            *ground, attention=self.attention, prompts=self.prompts
        )
        used = [prompt.after for prompt in self.prompts]
        used += [step for funnel in self.funnels.values() for step in funnel.steps]
        self.journey = JourneyService(*ground, used)
        self.relay = Relay(self.store, tuple(settings.get("sinks", ())), self.clock)
        self.store.wake = self.relay.wake

    def wake_post(self) -> None:
        """Say that a letter was written, so that it is sent at once."""
        if self.post is not None:
            self.post.wake()

    async def draw_letter(self, letter: Letter) -> Message:
        """Return what is sent of a letter.

        Raises:
            ConfigError: Without pages, which have the templates of letters.
        """
        raise ConfigError(f"letter {letter.id} is drawn by Onboarding, not by Core")

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


def _mailer(settings: Settings, *, is_secure: bool) -> Mailer | None:
    """Return what sends mail; on this machine, without one, it is printed."""
    usual = None if is_secure else ConsoleMailer()
    return settings.get("mailer", usual)
