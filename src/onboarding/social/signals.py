"""What providers tell on their own: taken once, written down, and acted upon.

Such a signal comes from a server, with a signature and no cookie. Whoever it is about
is found by issuer and subject; of whom nothing is known here, nothing is done, and the
answer is the same.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from onboarding.accounts.data import DataService
from onboarding.accounts.live import find_survivor
from onboarding.accounts.model import (
    Account,
    IdentityLink,
    Intent,
    Purpose,
    Session,
)
from onboarding.accounts.service import AccountService
from onboarding.changes import Add, RemoveAll, Replace, Touch, retrying
from onboarding.clock import Clock
from onboarding.errors import AccountEnded, BadRequest, LastWayIn
from onboarding.events import ProviderSignalled
from onboarding.frozen import dataclass
from onboarding.log import Recorder
from onboarding.providers.base import Provider
from onboarding.providers.signals import LONGEST_SIGNAL, ProviderSignal, SignalKind
from onboarding.shapes import check_fields
from onboarding.social.code_flow import CodeFlow
from onboarding.social.guarding import guarding
from onboarding.social.rules import LEEWAY
from onboarding.store import NounStore, try_commit
from onboarding.tokens import Ids, derived_id

OLDEST_SIGNAL = timedelta(days=2)
"""How long ago a signal may have been said; servers try again for a day or so."""

KNOWN_FOR = OLDEST_SIGNAL + timedelta(days=1)
"""How long it is known that a signal was taken: longer than it could be said again."""


OPEN = "open"
"""What a note holds as long as something is left to be done; no secret opens it."""


class SignalAct(StrEnum):
    """What is done when a provider tells that access or an account is gone.

    ``RECORD``: it stands in the log, and sinks are told. ``UNLINK``: the identity no
    longer signs in here, unless it is the last way. ``ERASE``: the person's data is
    erased, as they could do it under "My data".
    """

    RECORD = "record"
    UNLINK = "unlink"
    ERASE = "erase"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalPolicy:
    """What signals of providers do here, beside being written down.

    A sign-out there always ends every session of that person here: that is what it asks
    for (OpenID Connect Back-Channel Logout 1.0 §2.7).

    Attributes:
        revoked: When somebody took away what they let this application do.
        deleted: When their account there is gone, or they asked there for deletion.

    Raises:
        ConfigError: When it is none of ``SignalAct``.
    """

    revoked: SignalAct = SignalAct.RECORD
    deleted: SignalAct = SignalAct.RECORD

    def __post_init__(self) -> None:
        """Refuse what is no act."""
        check_fields(self, "SignalPolicy")

    def act(self, kind: SignalKind) -> SignalAct:
        """Return what is done for a kind of signal."""
        acts = {SignalKind.REVOKED: self.revoked, SignalKind.DELETED: self.deleted}
        return acts.get(kind, SignalAct.RECORD)


class SignalService:
    """Takes signals of providers.

    Args:
        store: Where identities are found.
        clock: The present instant.
        ids: Makes ids of events.
        flow: Knows the providers, and checks what they sign.
        accounts: Unlinks.
        data: Erases.
        policy: What is done.
    """

    def __init__(
        self,
        store: NounStore,
        clock: Clock,
        ids: Ids,
        *,
        flow: CodeFlow,
        accounts: AccountService,
        data: DataService,
        policy: SignalPolicy,
    ):
        self._store = store
        self._clock = clock
        self._log = Recorder(clock, ids)
        self._flow = flow
        self._accounts = accounts
        self._data = data
        self.policy = policy

    async def take(
        self, provider_name: str, sent: Mapping[str, str], *, kind: str = ""
    ) -> ProviderSignal:
        """Take a signal; taking it again changes nothing.

        Args:
            provider_name: At whose address it came in.
            sent: What was posted.
            kind: The end of that address, or empty.

        Raises:
            NotFound: When no provider has this name.
            BadRequest: When it is no signal of this provider, or too old.
            ProviderError: When somebody else signed it, or the keys cannot be had.
        """
        provider = self._flow.find(provider_name)
        with guarding(provider.name, "signal_in()"):
            text = provider.signal_in(sent)
        if text is None or not 0 < len(text) <= LONGEST_SIGNAL:
            raise BadRequest("this is no signal of this provider")
        claims = await self._flow.open_signal(provider, text)
        with guarding(provider.name, "read_signal()"):
            signal = provider.read_signal(claims, kind)
        if signal is None:
            raise BadRequest("this is no signal of this provider")
        now = self._clock()
        if not now - OLDEST_SIGNAL < signal.at < now + LEEWAY:
            raise BadRequest("this signal is too old, or of the future")
        await self._act(provider, signal)
        return signal

    async def _act(self, provider: Provider, signal: ProviderSignal) -> None:
        found = await self._store.find(IdentityLink, signal.issuer, signal.subject)
        account = await find_survivor(self._store, found.account_id) if found else None
        if found is None or account is None or not account.is_live:
            return
        act = self.policy.act(signal.kind)
        note = await self._write_down(provider, signal, account, act)
        if note.is_used:
            return
        # A process that ends in between leaves the note open: whoever tells it again,
        # as these servers do until they are answered, has the rest done.
        await (self._erase if act is SignalAct.ERASE else self._unlink)(account, found)
        await try_commit(self._store, Replace(note, note.used()))

    async def _write_down(
        self,
        provider: Provider,
        signal: ProviderSignal,
        account: Account,
        act: SignalAct,
    ) -> Intent:
        """Record it once, end the sessions of who signed out, and return its note.

        All in one commit, so that of many at once one does it. The note is open where
        something is left to be done. It is nobody's and tells nothing, so that it
        outlives an erasure: whoever finds an old signal must not erase who comes back.
        """
        note = Intent(
            id=derived_id(f"signal {provider.name} {signal.id}"),
            purpose=Purpose.SIGNAL,
            secret_hash="" if act is SignalAct.RECORD else OPEN,
            expires_at=self._clock() + KNOWN_FOR,
        )
        told = ProviderSignalled(provider=provider.name, kind=signal.kind)
        is_out = signal.kind is SignalKind.SIGNED_OUT
        ended = [RemoveAll(Session, account.id)] if is_out else []

        async def attempt() -> Intent:
            known = await self._store.find(Intent, note.id)
            if known is not None:
                return known
            entry = self._log.entry(account.id, told)
            raised = Touch(account.id)
            await self._store.commit(raised, Add(note), *ended, events=[entry])
            return note

        return await retrying(attempt)

    async def _unlink(self, account: Account, link: IdentityLink) -> None:
        try:
            await self._accounts.unlink(account, link.issuer, link.subject)
        except (LastWayIn, AccountEnded):
            # Without it they could come in no more, though all of theirs is here: it
            # stays, and the log tells that access was taken away.
            return

    async def _erase(self, account: Account, _: IdentityLink) -> None:
        try:
            await self._data.erase(account.id)
        except AccountEnded:
            return
