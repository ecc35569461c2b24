"""Passkeys: made, and used to sign in. Who somebody is by one, accounts decide."""

from collections.abc import Mapping
from dataclasses import replace

from onboarding.accounts.linking import BY_PASSKEY, ReadPasskey, ShownPasskey
from onboarding.accounts.model import (
    Account,
    CurrentSession,
    Identity,
    Intent,
    Passkey,
    Purpose,
)
from onboarding.accounts.outcome import MustConfirm
from onboarding.accounts.service import AccountService
from onboarding.accounts.store import AccountStore
from onboarding.clock import Clock
from onboarding.cookies import CookieSpec
from onboarding.errors import (
    PasskeyCopied,
    PasskeyRefused,
    PasskeyUnknown,
    StateMismatch,
)
from onboarding.events import PasskeySuspected
from onboarding.jsonvalue import JsonValue
from onboarding.log import Recorder
from onboarding.passkeys import rules
from onboarding.passkeys.attempts import (
    PASSKEY_COOKIE,
    PasskeyAttempts,
    challenge_of,
    user_handle_of,
)
from onboarding.passkeys.ceremony import Ceremony, credential_id
from onboarding.passkeys.model import (
    ISSUER,
    CreatedCredential,
    PasskeyAnswered,
    PasskeyAsked,
    UsedCredential,
)
from onboarding.tokens import Ids
from onboarding.urls import safe_next

BrowserSaid = Mapping[str, JsonValue]
"""What ``navigator.credentials`` gave, with bytes as base64url."""


class PasskeyService:
    """Makes passkeys, and signs their owners in.

    Args:
        store: Where passkeys are looked up, and events recorded.
        clock: The present instant.
        ids: Makes ids of events.
        accounts: Says who somebody is.
        attempts: Keeps what a browser was asked until it answers.
        ceremony: Asks browsers, and checks what they answer.
        origin: Of our pages; ``next`` may only be a path of it.
        home: The path to go to where ``next`` is none.
    """

    def __init__(
        self,
        store: AccountStore,
        clock: Clock,
        ids: Ids,
        *,
        accounts: AccountService,
        attempts: PasskeyAttempts,
        ceremony: Ceremony,
        origin: str,
        home: str = "/",
    ):
        self._store = store
        self._clock = clock
        self._log = Recorder(clock, ids)
        self._accounts = accounts
        self._attempts = attempts
        self._ceremony = ceremony
        self._origin = origin
        self._home = home
        self.issuer = ISSUER + ceremony.rp_id

    # ── a new one ────────────────────────────────────────────────────────────

    async def begin_new(
        self,
        name: str,
        *,
        next: str | None = "/",
        current: CurrentSession | None = None,
        cookies: Mapping[str, str] | None = None,
    ) -> PasskeyAsked:
        """Ask a browser to make a passkey for who is here.

        Args:
            name: What the device is to call it, and "My data" afterwards.
            next: Where to go afterwards; what is no path of our origin becomes home.
            current: Who this browser is now.
            cookies: All cookies of ours in the request; those of the oldest attempts
                are cleared where there are too many.

        Raises:
            FreshSignInRequired: When somebody registered is here, who did not just
                sign in.
        """
        known = []
        if current is not None and not current.account.is_guest:
            # Whoever finds an open browser must not make themselves a way in.
            self._accounts.check_fresh(current)
            known = await self._store.list_of(Passkey, current.account.id)
        token = await self._attempts.open(
            Purpose.NEW_PASSKEY,
            next=safe_next(next, self._origin, self._home),
            account_id=current.account.id if current else None,
            data={"name": name, **self._accounts.noted(current)},
        )
        options = self._ceremony.creation(
            challenge=challenge_of(token),
            user_handle=user_handle_of(token),
            name=name,
            known=known,
        )
        return self._attempts.asked(token, options, cookies)

    async def finish_new(
        self,
        attempt: str,
        answer: BrowserSaid,
        cookies: Mapping[str, str],
        current: CurrentSession | None,
    ) -> PasskeyAnswered:
        """Keep a passkey that was made, and let its owner in: a guest keeps their id.

        Args:
            attempt: Its id, as ``begin_new`` told it.
            answer: What the browser made.
            cookies: Cookies of ours by their name without prefix.
            current: Who this browser is now; that decides whose it becomes.

        Raises:
            StateMismatch: When this browser began no such attempt, or somebody else.
            SignInExpired: When it is too old, or was used already.
            PasskeyRefused: When it is not what was asked for, or is known already.
            Conflict: When the account kept changing elsewhere.
        """
        token, intent = await self._attempts.take(attempt, Purpose.NEW_PASSKEY, cookies)
        await self._check_began(intent, current)
        made = self._ceremony.check_created(answer, challenge_of(token))
        handle = user_handle_of(token)
        name = intent.data["name"] or ""
        return await self._let_in(
            handle, intent, current, self._reads_new(made, handle, name)
        )

    async def _check_began(
        self, intent: Intent, current: CurrentSession | None
    ) -> None:
        id = intent.account_id
        may = rules.may_finish(
            is_anybodys=id is None,
            began=await self._accounts.find(id) if id else None,
            current=await self._still_here(current),
        )
        if not may:
            raise StateMismatch(BY_PASSKEY)

    async def _still_here(self, current: CurrentSession | None) -> Account | None:
        return await self._accounts.find(current.account.id) if current else None

    def _reads_new(
        self, made: CreatedCredential, handle: str, name: str
    ) -> ReadPasskey:
        now = self._clock()
        new = Passkey(
            id=made.id,
            account_id="",  # whose it is, the resolution table says
            user_handle=handle,
            public_key=made.public_key,
            sign_count=made.sign_count,
            is_syncable=made.is_syncable,
            is_synced=made.is_synced,
            transports=made.transports,
            name=name,
            created_at=now,
            used_at=now,
        )

        async def read() -> ShownPasskey:
            # §7.1 step 27: whoever can say an id must not make it theirs.
            if await self._store.find(Passkey, made.id):
                raise PasskeyRefused("this passkey is known already")
            return ShownPasskey(was=None, now=new)

        return read

    # ── one that is there ────────────────────────────────────────────────────

    async def begin_sign_in(
        self,
        *,
        next: str | None = "/",
        cookies: Mapping[str, str] | None = None,
    ) -> PasskeyAsked:
        """Ask a browser for a passkey of this site, whichever the person picks.

        Args:
            next: Where to go afterwards; what is no path of our origin becomes home.
            cookies: As for ``begin_new``.
        """
        wanted = safe_next(next, self._origin, self._home)
        token = await self._attempts.open(Purpose.USE_PASSKEY, next=wanted)
        options = self._ceremony.request(challenge_of(token))
        return self._attempts.asked(token, options, cookies)

    async def finish_sign_in(
        self,
        attempt: str,
        answer: BrowserSaid,
        cookies: Mapping[str, str],
        current: CurrentSession | None,
    ) -> PasskeyAnswered:
        """Let in whose passkey has signed; a guest's things come along.

        Args:
            attempt: Its id, as ``begin_sign_in`` told it.
            answer: What the browser signed.
            cookies: Cookies of ours by their name without prefix.
            current: Who this browser is now.

        Raises:
            StateMismatch: When this browser began no such attempt.
            SignInExpired: When it is too old, or was used already.
            PasskeyUnknown: When no account has this passkey.
            PasskeyCopied: When its count went back; it is written into the log.
            PasskeyRefused: When it is not what was asked for.
            IdentityTaken: When somebody else, registered, is here.
            Conflict: When the account kept changing elsewhere.
        """
        token, intent = await self._attempts.take(attempt, Purpose.USE_PASSKEY, cookies)
        known = await self._store.find(Passkey, credential_id(answer))
        if known is None:
            raise PasskeyUnknown
        used = self._ceremony.check_used(answer, challenge_of(token), known)
        return await self._let_in(
            known.user_handle, intent, current, self._reads_used(known, used)
        )

    def _reads_used(self, checked: Passkey, used: UsedCredential) -> ReadPasskey:
        now = self._clock()

        async def read() -> ShownPasskey:
            was = await self._store.find(Passkey, checked.id)
            if was is None or was.public_key != checked.public_key:
                raise PasskeyUnknown
            if rules.is_behind(was.sign_count, used.sign_count):
                event = PasskeySuspected(known=was.sign_count, sent=used.sign_count)
                entry = self._log.entry(was.account_id, event)
                await self._store.commit(events=[entry])
                raise PasskeyCopied
            count, synced = used.sign_count, used.is_synced
            risen = replace(was, sign_count=count, is_synced=synced, used_at=now)
            return ShownPasskey(was=was, now=risen)

        return read

    # ── both ─────────────────────────────────────────────────────────────────

    async def _let_in(
        self,
        user_handle: str,
        intent: Intent,
        current: CurrentSession | None,
        passkey: ReadPasskey,
    ) -> PasskeyAnswered:
        identity = Identity(
            provider=BY_PASSKEY, issuer=self.issuer, subject=user_handle
        )
        outcome = await self._accounts.sign_in(
            identity, current, attempt=intent, passkey=passkey
        )
        if isinstance(outcome, MustConfirm):  # it has no address that is somebody's
            raise PasskeyRefused("a passkey proves no address")
        cleared = CookieSpec.clear(PASSKEY_COOKIE + intent.id)
        return PasskeyAnswered(outcome=outcome, next=intent.next, cookies=(cleared,))
