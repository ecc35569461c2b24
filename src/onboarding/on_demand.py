"""The services that only some applications need: loaded where something is declared.

Questions stand on pydantic, which takes long to import. What proves addresses needs
letters, and what carries events needs sinks. The object of an application that declares
none of these loads them when it is asked for them, or never.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Generic, cast

from typing_extensions import TypeVar, override

from onboarding.accounts.learning import LearnsFacts, LearnsNothing
from onboarding.accounts.model import CurrentSession, Intent, Purpose
from onboarding.attention.service import AttentionService
from onboarding.changes import Replace
from onboarding.errors import ConfigError
from onboarding.tokens import Keys
from onboarding.ways_in import WaysIn

if TYPE_CHECKING:
    from pydantic import BaseModel

    from onboarding.accounts.claims import OrderResource
    from onboarding.accounts.repeats import RepeatService
    from onboarding.accounts.typed import TypedForms
    from onboarding.guests.model import ProofPolicy
    from onboarding.guests.proofs import ProofService
    from onboarding.limiting.model import LimitPolicy
    from onboarding.limiting.service import Limiter
    from onboarding.mail.writing import LetterWriter
    from onboarding.orders.model import ClaimPolicy
    from onboarding.orders.service import OrderService
    from onboarding.profiling.catalogue import Catalogue
    from onboarding.profiling.model import Feature
    from onboarding.profiling.no_profile import NoProfile
    from onboarding.profiling.service import ProfilingService
    from onboarding.profiling.widgets.base import Widget
    from onboarding.sinks.base import Sink
    from onboarding.sinks.relay import Relay

P = TypeVar("P", bound="BaseModel", default="NoProfile")


class OnDemand(WaysIn, Generic[P]):
    """What is made of these settings and services once it is asked for."""

    attention: AttentionService
    keys: Keys
    letters: "LetterWriter"
    _declared: "tuple[Feature, ...]"
    _limits: "tuple[LimitPolicy | None, Sequence[str]]"
    _claims: "ClaimPolicy | None"
    _orders: "OrderResource | None"
    _profile: type[P] | None
    _proof_policy: "ProofPolicy"
    _purposes: Mapping[str, str]
    _sinks: "tuple[Sink, ...]"
    _widgets: "tuple[Widget, ...]"

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
        return build_catalogue(
            model, self._declared, widgets=self._widgets, purposes=self._purposes
        )

    @property
    @override
    def claims(self) -> Sequence[str]:
        """Claims of providers that questions propose; without a profile none."""
        return () if self._profile is None else tuple(self.catalogue.proposes)

    @cached_property
    def profiling(self) -> "ProfilingService[P]":
        """Questions and answers."""
        from onboarding.profiling.service import ProfilingService

        return ProfilingService(
            *self._ground,
            catalogue=self.catalogue,
            attention=self.attention,
            keys=self.keys,
        )

    def _learning(self) -> LearnsFacts:
        """Return what keeps what providers tell: nothing where no question wants it."""
        if not self.claims:
            return LearnsNothing()
        from onboarding.profiling.learning import Learning

        return Learning(self.store, self.clock, self.catalogue, self.keys)

    # ── forms that were left ─────────────────────────────────────────────────

    @cached_property
    def typed_forms(self) -> "TypedForms":
        """What browsers typed and did not send yet."""
        from onboarding.accounts.typed import TypedForms

        return TypedForms(self.intents, self.ids, self.keys)

    # ── requests that come twice ─────────────────────────────────────────────

    @cached_property
    def repeats(self) -> "RepeatService":
        """Requests with an ``Idempotency-Key``."""
        from onboarding.accounts.repeats import RepeatService

        store, clock, _ = self._ground
        return RepeatService(store, clock, self.keys)

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
