"""The ways to sign in, and what hands a sign-in on: loaded where one is declared.

Sign-in with providers stands on a dozen files of ours, and passkeys on a library of
their own. An application that declares neither loads them never.
"""

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from onboarding.accounts.data import DataService
from onboarding.accounts.intents import IntentService
from onboarding.accounts.merging import Merging
from onboarding.accounts.model import CurrentSession, Intent
from onboarding.accounts.outcome import MergeWaits, SignInResult
from onboarding.accounts.service import AccountService
from onboarding.accounts.sessions import SessionService
from onboarding.clock import Clock
from onboarding.deadlines import Deadlines
from onboarding.errors import ConfigError
from onboarding.tokens import Ids, Keys

if TYPE_CHECKING:
    import httpx2

    from onboarding.apps.service import AppGrants
    from onboarding.config import Settings
    from onboarding.passkeys.service import PasskeyService
    from onboarding.providers.base import Provider
    from onboarding.social.code_flow import CodeFlow
    from onboarding.social.model import HttpPolicy
    from onboarding.social.posted import PostedTokens
    from onboarding.social.service import SocialService
    from onboarding.social.signals import SignalService
    from onboarding.social.waiting import WaitingIdentities
    from onboarding.stores.base import Store


class WaysIn:
    """What signs people in, made of these settings and services once it is needed."""

    accounts: AccountService
    clock: Clock
    data: DataService
    deadlines: Deadlines
    home: str
    ids: Ids
    intents: IntentService
    keys: Keys
    merging: Merging
    origin: str
    providers: "Mapping[str, Provider]"
    sessions: SessionService
    site_name: str
    store: "Store"
    url: str
    _http: "tuple[HttpPolicy | None, httpx2.AsyncBaseTransport | None]"
    _settings: "Settings"

    @property
    def _ground(self) -> "tuple[Store, Clock, Ids]":
        return self.store, self.clock, self.ids

    @property
    def claims(self) -> "Collection[str]":
        """Claims of providers that questions propose."""
        return ()

    # ── sign-in with providers ───────────────────────────────────────────────

    @cached_property
    def code_flow(self) -> "CodeFlow":
        """What is said to providers, and where buttons lead."""
        from onboarding.social.client import SocialClient
        from onboarding.social.code_flow import CodeFlow

        client = SocialClient(*self._http, clock=self.clock)
        return CodeFlow(
            client,
            self.clock,
            providers=self.providers,
            url=self.url,
            claims=self.claims,
        )

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

    @cached_property
    def posted_tokens(self) -> "PostedTokens":
        """ID tokens that apps bring: from a nonce to a session."""
        from onboarding.social.posted import PostedTokens

        return PostedTokens(
            accounts=self.accounts,
            sessions=self.sessions,
            intents=self.intents,
            flow=self.code_flow,
        )

    # ── apps ─────────────────────────────────────────────────────────────────

    @cached_property
    def app_grants(self) -> "AppGrants":
        """What gives apps their tokens."""
        from onboarding.apps.service import AppGrants

        return AppGrants(
            *self._ground,
            accounts=self.accounts,
            sessions=self.sessions,
            intents=self.intents,
            merging=self.merging,
            issuer=self.url,
        )
