"""Proof by mail: a letter with a link and a code, and the browser that asked for it.

The browser holds ``id.secret`` in a cookie; the database its hash. Code and link are
derived from the id with the application's key when the letter is sent, so the database
holds neither. A code is typed where it was asked for, and a link finishes there alone:
opened anywhere else it shows the code. Otherwise whoever typed somebody else's address
would come in when that person opens the link.
"""

from collections.abc import Mapping
from dataclasses import replace

from onboarding.accounts.linking import BY_MAIL
from onboarding.accounts.live import find_live
from onboarding.accounts.model import CurrentSession, Intent, Purpose
from onboarding.accounts.outcome import MergeWaits, SignInResult
from onboarding.accounts.service import AccountService
from onboarding.changes import Add, Change, Replace, Touch, retrying
from onboarding.clock import Clock
from onboarding.cookies import CookieSpec
from onboarding.emails import check_address
from onboarding.errors import SignInExpired, WrongCode
from onboarding.guests.asked import AskedProofs
from onboarding.guests.letters import Codes, Opens, proof_letter
from onboarding.guests.model import LetterSecrets, Proof, ProofPolicy, ProofResult
from onboarding.guests.store import ProofStore
from onboarding.tokens import Ids, Keys, Token, same

PROOF_COOKIE = "onboarding-proof"


class ProofService:
    """Asks for a proof that somebody reads the mail of an address, and takes it.

    Args:
        store: Where intents and letters are kept.
        clock: The present instant.
        ids: Makes ids.
        keys: Derive codes and links.
        accounts: Signs in whoever a letter reached.
        policy: How long a code lives, and how often it may be tried and sent.
        opens: What a proof of another purpose does than to sign in by its address.
    """

    def __init__(
        self,
        store: ProofStore,
        clock: Clock,
        ids: Ids,
        *,
        keys: Keys,
        accounts: AccountService,
        policy: ProofPolicy,
        opens: Mapping[Purpose, Opens] | None = None,
    ):
        self._store = store
        self._clock = clock
        self._ids = ids
        self._codes = Codes(keys)
        self._asked = AskedProofs(store, clock, self._codes)
        self._accounts = accounts
        self._opens = opens or {}
        self.policy = policy

    # ── asking ───────────────────────────────────────────────────────────────

    async def ask(
        self,
        purpose: Purpose,
        address: str,
        *,
        current: CurrentSession | None,
        locale: str,
        next: str = "/",
        shown: str | None = None,
        bound: Mapping[str, str | None] | None = None,
        may_write: bool = True,
    ) -> CookieSpec:
        """Write a letter to an address, and return the cookie that finishes it.

        The same is done and answered whether or not an account here has the address.
        Beyond the limit of letters no other is written, and nothing says so.

        Args:
            purpose: What for: one of ``PROOFS``.
            address: As somebody typed it.
            current: Who this browser is now.
            locale: In which language to write.
            next: Where to go on afterwards, a path of this site.
            shown: What the page says of the address, where not all of it.
            bound: What else it is for, as the purpose needs it.
            may_write: Whether the mailbox may get one more, as far as the caller knows.

        Raises:
            InvalidAnswer: When it is not an e-mail address.
            AccountEnded: When the account that is here has ended meanwhile.
        """
        plain = check_address(address)
        now = self._clock()
        token = Token.new(self._ids.new())
        account = current.account if current else None
        intent = Intent(
            id=token.id,
            purpose=purpose,
            secret_hash=token.hash,
            account_id=account.id if account else None,
            address=plain,
            data={
                **(bound or {}),
                "typed": address.strip(),
                "shown": shown,
                "epoch": str(account.epoch) if account else None,
                **self._accounts.noted(current),
            },
            next=next,
            expires_at=now + self.policy.life,
        )
        # A purge that looked just before decides again: they are still here.
        touched = [Touch(account.id)] if account else []
        writes: list[Change] = [*touched, Add(intent)]
        # No letter for an order that was not placed with this address; nothing says so.
        is_wanted = purpose is not Purpose.CLAIM or intent.data.get("order")
        on_their_way = await self._store.count_proofs(plain, now)
        if may_write and is_wanted and on_their_way < self.policy.letters:
            writes.append(Add(proof_letter(intent, self._ids.new(), locale, now)))

        async def attempt() -> None:
            if account is not None:
                await find_live(self._store, account.id)
            await self._store.commit(*writes)

        await retrying(attempt)
        return CookieSpec.holding(PROOF_COOKIE, token, self.policy.life)

    async def ask_again(
        self,
        cookies: Mapping[str, str],
        *,
        current: CurrentSession | None,
        locale: str,
        may_write: bool = True,
    ) -> CookieSpec:
        """Write another letter for the proof that this browser has asked for.

        Args:
            cookies: Those of this browser.
            current: Who this browser is now.
            locale: In which language to write.
            may_write: As for ``ask``.

        Raises:
            SignInExpired: When it has asked for none, or it is over.
        """
        intent = await self._asked.find(Token.parse(cookies.get(PROOF_COOKIE, "")))
        if intent is None:
            raise SignInExpired(BY_MAIL)
        return await self.ask(
            intent.purpose,
            intent.data.get("typed") or "",
            current=current,
            locale=locale,
            next=intent.next,
            shown=intent.data.get("shown"),
            bound=intent.data,
            may_write=may_write,
        )

    async def find(self, cookies: Mapping[str, str]) -> Proof | None:
        """Return which proof this browser has asked for and may still give."""
        intent = await self._asked.find(Token.parse(cookies.get(PROOF_COOKIE, "")))
        return self._proof(intent) if intent else None

    async def look(self, link: str, cookies: Mapping[str, str]) -> Proof:
        """Return what a link leads to; looking uses nothing up.

        In the browser that asked, a proof that one click finishes; anywhere else one
        with the code to type there.

        Raises:
            SignInExpired: When it is over, was used, or never was.
        """
        intent = await self._asked.by_link(link)
        own = Token.parse(cookies.get(PROOF_COOKIE, ""))
        is_here = own is not None and own.id == intent.id
        if is_here and own and same(own.hash, intent.secret_hash):
            return self._proof(intent)
        return replace(self._proof(intent), code=self.secrets(intent.id).code)

    # ── finishing ────────────────────────────────────────────────────────────

    async def finish(
        self,
        *,
        code: str | None = None,
        link: str | None = None,
        current: CurrentSession | None,
        cookies: Mapping[str, str],
    ) -> ProofResult:
        """Take a code, or a link, in the browser that asked for it: once.

        Every try at a code is counted before it is looked at, so that many at once
        are no more than one after the other.

        Args:
            code: As typed, with whatever spaces.
            link: What the link of the letter ends in.
            current: Who this browser is now.
            cookies: Those of this browser.

        Raises:
            SignInExpired: When it is over or was used, or began as somebody else.
            WrongCode: When that is not the code; says how many tries are left.
            FreshSignInRequired: When the address would be added to the account that is
                here, where nobody had signed in lately when it was asked for.
            IdentityTaken: When the address belongs to another registered account
                than the one that is here.
            ConfirmationRequired: When somebody signed in here meanwhile, and the proof
                is that of an identity which waits.
        """
        token = Token.parse(cookies.get(PROOF_COOKIE, ""))
        if link is not None:
            meant = await self._asked.by_link(link)
            if token is None or token.id != meant.id:
                raise SignInExpired(BY_MAIL)
        elif not await self._is_code(token, code or ""):
            intent = await self._asked.mine(token, current)
            raise WrongCode(self.policy.tries - intent.tries)

        async def attempt() -> tuple[Intent, SignInResult | MergeWaits | None]:
            intent = await self._asked.mine(token, current)
            opens = self._opens.get(intent.purpose, self._sign_in)
            return intent, await opens(intent, current)

        intent, signed_in = await retrying(attempt)
        cleared = CookieSpec.clear(PROOF_COOKIE)
        return ProofResult.of(intent, signed_in, cleared)

    async def _sign_in(
        self, intent: Intent, current: CurrentSession | None
    ) -> SignInResult | MergeWaits:
        typed = intent.data.get("typed") or intent.address or ""
        return await self._accounts.sign_in_by_mail(intent, typed, current)

    async def _is_code(self, token: Token | None, code: str) -> bool:
        """Count a try, then tell whether it is right."""

        async def count() -> Intent:
            intent = await self._asked.find(token)
            if intent is None or intent.tries >= self.policy.tries:
                raise SignInExpired(BY_MAIL)
            counted = replace(intent, tries=intent.tries + 1)
            await self._store.commit(Replace(intent, counted))
            return counted

        # Whoever is beaten here was beaten by a try that counts.
        intent = await retrying(count)
        return self._codes.is_code(intent.id, code)

    # ── what the letter says ─────────────────────────────────────────────────

    def secrets(self, intent_id: str) -> LetterSecrets:
        """Return code and link of an intent, for its letter and nobody else."""
        return self._codes.of(intent_id)

    def _proof(self, intent: Intent) -> Proof:
        return Proof(
            purpose=intent.purpose,
            address=intent.data.get("typed") or "",
            shown=intent.data.get("shown") or intent.data.get("typed") or "",
            next=intent.next,
            provider=intent.data.get("provider"),
            tries_left=max(0, self.policy.tries - intent.tries),
            asked_at=intent.expires_at - self.policy.life,
        )
