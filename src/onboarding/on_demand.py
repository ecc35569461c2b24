"""The services that only some applications need: loaded where something is declared.

Questions stand on pydantic, and sign-in with providers on a dozen files of ours;
together they take longer to import than all the rest. What proves addresses needs
letters, and what carries events needs sinks. The object of an application that declares
none of these loads them when it is asked for them, or never.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Generic, cast
from urllib.parse import urlsplit

from typing_extensions import TypeVar

from onboarding.accounts.data import DataService
from onboarding.accounts.intents import IntentService
from onboarding.accounts.model import CurrentSession, Intent, Purpose
from onboarding.accounts.outcome import MergeWaits, SignInResult
from onboarding.accounts.service import AccountService
from onboarding.attention.service import AttentionService
from onboarding.changes import Replace
from onboarding.clock import Clock
from onboarding.deadlines import Deadlines
from onboarding.errors import ConfigError
from onboarding.tokens import Ids, Keys

if TYPE_CHECKING:
    import httpx2
    from pydantic import BaseModel

    from onboarding.accounts.claims import OrderResource
    from onboarding.accounts.typed import TypedForms
    from onboarding.config import Settings
    from onboarding.guests.model import ProofPolicy
    from onboarding.guests.proofs import ProofService
    from onboarding.limiting.model import LimitPolicy
    from onboarding.limiting.service import Limiter
    from onboarding.mail.writing import LetterWriter
    from onboarding.orders.model import ClaimPolicy
    from onboarding.orders.service import OrderService
    from onboarding.passkeys.service import PasskeyService
    from onboarding.profiling.catalogue import Catalogue
    from onboarding.profiling.model import Feature
    from onboarding.profiling.no_profile import NoProfile
    from onboarding.profiling.service import ProfilingService
    from onboarding.profiling.widgets.base import Widget
    from onboarding.providers.base import Provider
    from onboarding.sinks.base import Sink
    from onboarding.sinks.relay import Relay
    from onboarding.social.code_flow import CodeFlow
    from onboarding.social.model import HttpPolicy
    from onboarding.social.service import SocialService
    from onboarding.social.signals import SignalService
    from onboarding.social.waiting import WaitingIdentities
    from onboarding.stores.base import Store

P = TypeVar("P", bound="BaseModel", default="NoProfile")


class OnDemand(Generic[P]):
    """What is made of these settings and services once it is asked for."""

    accounts: AccountService
    attention: AttentionService
    clock: Clock
    data: DataService
    deadlines: Deadlines
    home: str
    ids: Ids
    intents: IntentService
    keys: Keys
    letters: "LetterWriter"
    origin: str
    providers: "Mapping[str, Provider]"
    site_name: str
    store: "Store"
    url: str
    _declared: "tuple[Feature, ...]"
    _http: "tuple[HttpPolicy | None, httpx2.AsyncBaseTransport | None]"
    _limits: "tuple[LimitPolicy | None, Sequence[str]]"
    _claims: "ClaimPolicy | None"
    _orders: "OrderResource | None"
    _settings: "Settings"
    _profile: type[P] | None
    _proof_policy: "ProofPolicy"
    _sinks: "tuple[Sink, ...]"
    _widgets: "tuple[Widget, ...]"

    @property
    def _ground(self) -> "tuple[Store, Clock, Ids]":
        return self.store, self.clock, self.ids

    # ── limits ───────────────────────────────────────────────────────────────

    @cached_property
    def limits(self) -> "Limiter":
        """How often things may be done, counted."""
        from onboarding.limiting.model import LimitPolicy
        from onboarding.limiting.rules import Proxies
        from onboarding.limiting.service import Limiter

        policy, proxies = self._limits
        return Limiter(
            policy or LimitPolicy(),
            self.clock,
            keys=self.keys,
            deadlines=self.deadlines,
            url=self.url,
            proxies=Proxies.parse(proxies),
        )

    def _forget(self) -> None:
        """Drop what was made: it is made anew, of other services, when asked for."""
        for name in list(vars(self)):
            if isinstance(getattr(type(self), name, None), cached_property):
                del self.__dict__[name]

    # ── questions ────────────────────────────────────────────────────────────

    @cached_property
    def catalogue(self) -> "Catalogue[P]":
        """The questions and features, compiled."""
        from onboarding.profiling.catalogue import build_catalogue

        model = self._profile
        if model is None:
            from onboarding.profiling.no_profile import NoProfile

            model = cast("type[P]", NoProfile)
        return build_catalogue(model, self._declared, widgets=self._widgets)

    @cached_property
    def profiling(self) -> "ProfilingService[P]":
        """Questions and answers."""
        from onboarding.profiling.service import ProfilingService

        return ProfilingService(
            *self._ground,
            catalogue=self.catalogue,
            attention=self.attention,
        )

    # ── forms that were left ─────────────────────────────────────────────────

    @cached_property
    def typed_forms(self) -> "TypedForms":
        """What browsers typed and did not send yet."""
        from onboarding.accounts.typed import TypedForms

        return TypedForms(self.intents, self.ids, self.keys)

    # ── orders ───────────────────────────────────────────────────────────────

    @cached_property
    def orders(self) -> "OrderService":
        """Order links, and orders that change owner.

        Raises:
            ConfigError: When no orders are declared.
        """
        from onboarding.orders.model import ClaimPolicy
        from onboarding.orders.service import OrderService

        if self._orders is None:
            raise ConfigError(
                "no orders are declared; write Onboarding(orders=Resource.table("
                '"orders", owner="account_id", claim=Claim(key="number", '
                'contact="email", at="placed_at")))'
            )
        return OrderService(
            *self._ground,
            keys=self.keys,
            orders=self._orders,
            query=self.store.query,
            policy=self._claims or ClaimPolicy(),
            letters=self.letters,
            url=self.url,
        )

    async def _open_order(self, proof: Intent, _: CurrentSession | None) -> None:
        """Use up a proof that opens an order: nobody comes in by it."""
        await self.store.commit(Replace(proof, proof.used()))

    # ── sign-in with providers ───────────────────────────────────────────────

    @cached_property
    def code_flow(self) -> "CodeFlow":
        """What is said to providers, and where buttons lead."""
        from onboarding.social.client import SocialClient
        from onboarding.social.code_flow import CodeFlow

        client = SocialClient(*self._http, clock=self.clock)
        return CodeFlow(client, self.clock, providers=self.providers, url=self.url)

    @cached_property
    def waiting_identities(self) -> "WaitingIdentities":
        """Those whose address is somebody's here: find, confirm."""
        from onboarding.social.waiting import WaitingIdentities

        return WaitingIdentities(self.accounts, self.intents, self.providers)

    async def _confirm_by_mail(
        self, proof: Intent, current: CurrentSession | None
    ) -> SignInResult | MergeWaits:
        """Let the owner of an address in, and link the identity that waits for them."""
        return await self.waiting_identities.confirm_by_mail(proof, current)

    @cached_property
    def social(self) -> "SocialService":
        """Sign-in with providers: begin, finish, restart."""
        from onboarding.social.granted import TokenHandover
        from onboarding.social.service import SocialService

        keep = self._settings.get("keep_tokens")
        return SocialService(
            *self._ground,
            accounts=self.accounts,
            intents=self.intents,
            keys=self.keys,
            flow=self.code_flow,
            waiting=self.waiting_identities,
            handover=TokenHandover(keep, self.deadlines, self.clock),
            origin=self.origin,
            home=self.home,
        )

    @cached_property
    def signals(self) -> "SignalService":
        """What providers tell on their own."""
        from onboarding.social.signals import SignalPolicy, SignalService

        return SignalService(
            *self._ground,
            flow=self.code_flow,
            accounts=self.accounts,
            data=self.data,
            policy=self._settings.get("signals") or SignalPolicy(),
        )

    # ── passkeys ─────────────────────────────────────────────────────────────

    @cached_property
    def passkeys(self) -> "PasskeyService":
        """Passkeys: made, and used to sign in; a ConfigError where there are none."""
        from onboarding.passkeys.attempts import PasskeyAttempts
        from onboarding.passkeys.ceremony import Ceremony
        from onboarding.passkeys.rules import relying_party
        from onboarding.passkeys.service import PasskeyService

        policy = self._settings.get("passkeys")
        if policy is None:
            raise ConfigError(
                "there are no passkeys here; write Onboarding(passkeys=PasskeyPolicy())"
            )
        ceremony = Ceremony(
            relying_party(urlsplit(self.origin).hostname or "", policy),
            rp_name=self.site_name,
            origin=self.origin,
            policy=policy,
        )
        return PasskeyService(
            *self._ground,
            accounts=self.accounts,
            attempts=PasskeyAttempts(self.intents, policy),
            ceremony=ceremony,
            origin=self.origin,
            home=self.home,
        )

    # ── letters and sinks ────────────────────────────────────────────────────

    @cached_property
    def proofs(self) -> "ProofService":
        """Sign-in by mail, and addresses proven by it."""
        from onboarding.guests.proofs import ProofService

        return ProofService(
            *self._ground,
            keys=self.keys,
            accounts=self.accounts,
            policy=self._proof_policy,
            opens={
                Purpose.MAIL_CONFIRM: self._confirm_by_mail,
                Purpose.CLAIM: self._open_order,
            },
        )

    @cached_property
    def relay(self) -> "Relay":
        """Carries events to the sinks."""
        from onboarding.sinks.relay import Relay

        return Relay(self.store, self._sinks, self.clock)
