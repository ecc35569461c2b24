"""Proof by mail: a letter with a link and a code, and the browser that asked for it.

The browser holds ``id.secret`` in a cookie; the database its hash. Code and link are
derived from the id with the application's key when the letter is sent, so the database
holds neither. A code has to be typed where it was asked for, and a link finishes there
alone: opened anywhere else it shows the code. Otherwise whoever typed the address of
somebody else would come in when that person opens the link.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from unicodedata import decimal

from onboarding.accounts.linking import BY_MAIL
from onboarding.accounts.model import CurrentSession, Intent, Purpose
from onboarding.accounts.outcome import MergeWaits, SignInResult
from onboarding.accounts.service import AccountService
from onboarding.changes import Add, Change, Replace, Touch, retrying
from onboarding.clock import Clock
from onboarding.cookies import CookieSpec
from onboarding.errors import SignInExpired, WrongCode
from onboarding.guests.model import LetterSecrets, Proof, ProofPolicy, ProofResult
from onboarding.guests.service import check_address
from onboarding.guests.store import ProofStore
from onboarding.mail.model import Letter
from onboarding.tokens import Ids, Keys, Token, is_id, same

PROOF_COOKIE = "onboarding-proof"

PROOFS = (Purpose.MAIL_SIGN_IN, Purpose.PROVE)


class ProofService:
    """Asks for a proof that somebody reads the mail of an address, and takes it.

    Args:
        store: Where intents and letters are kept.
        clock: The present instant.
        ids: Makes ids.
        keys: Derive codes and links.
        accounts: Signs in whoever a letter reached.
        policy: How long a code lives, and how often it may be tried and sent.
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
    ):
        self._store = store
        self._clock = clock
        self._ids = ids
        self._keys = keys
        self._accounts = accounts
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
    ) -> CookieSpec:
        """Write a letter to an address, and return the cookie that finishes it.

        The same is done and answered whether or not an account here has the address.
        Beyond the limit of letters no other is written, and nothing says so.

        Args:
            purpose: What for: to sign in, or to prove an address.
            address: As somebody typed it.
            current: Who this browser is now.
            locale: In which language to write.
            next: Where to go on afterwards, a path of this site.
            shown: What the page says of the address, where not all of it.

        Raises:
            InvalidAnswer: When it is not an e-mail address.
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
                "typed": address.strip(),
                "shown": shown,
                "epoch": str(account.epoch) if account else None,
            },
            next=next,
            expires_at=now + self.policy.life,
        )
        # A purge that looked just before decides again: whoever waits for a letter is
        # still here.
        touched = [Touch(account.id)] if account else []
        writes: list[Change] = [*touched, Add(intent)]
        if await self._store.count_proofs(plain, now) < self.policy.letters:
            writes.append(Add(_letter(intent, self._ids.new(), locale, now)))
        await self._store.commit(*writes)
        return CookieSpec.holding(PROOF_COOKIE, token, self.policy.life)

    async def find(self, cookies: Mapping[str, str]) -> Proof | None:
        """Return which proof this browser has asked for and may still give."""
        intent = await self._find(Token.parse(cookies.get(PROOF_COOKIE, "")))
        return self._proof(intent) if intent else None

    async def look(self, link: str, cookies: Mapping[str, str]) -> Proof:
        """Return what a link leads to; looking uses nothing up.

        In the browser that asked, a proof that one click finishes; anywhere else one
        with the code to type there.

        Raises:
            SignInExpired: When it is over, was used, or never was.
        """
        intent = await self._by_link(link)
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
            IdentityTaken: When the address belongs to another registered account
                than the one that is here.
        """
        token = Token.parse(cookies.get(PROOF_COOKIE, ""))
        if link is not None:
            meant = await self._by_link(link)
            if token is None or token.id != meant.id:
                raise SignInExpired(BY_MAIL)
        elif not await self._is_code(token, code or ""):
            intent = await self._mine(token, current)
            raise WrongCode(self.policy.tries - intent.tries)

        async def attempt() -> tuple[Intent, SignInResult | MergeWaits]:
            intent = await self._mine(token, current)
            typed = intent.data.get("typed") or intent.address or ""
            return intent, await self._accounts.sign_in_by_mail(intent, typed, current)

        intent, signed_in = await retrying(attempt)
        cleared = CookieSpec.clear(PROOF_COOKIE)
        if isinstance(signed_in, MergeWaits):
            both = (cleared, signed_in.cookie)
            return ProofResult(signed_in=None, next=intent.next, cookies=both)
        return ProofResult(signed_in=signed_in, next=intent.next, cookies=(cleared,))

    async def _is_code(self, token: Token | None, code: str) -> bool:
        """Count a try, then tell whether it is right."""

        async def count() -> Intent:
            intent = await self._find(token)
            if intent is None or intent.tries >= self.policy.tries:
                raise SignInExpired(BY_MAIL)
            counted = replace(intent, tries=intent.tries + 1)
            await self._store.commit(Replace(intent, counted))
            return counted

        # Whoever is beaten here was beaten by a try that counts.
        intent = await retrying(count)
        typed = digits_of(code)
        return any(same(typed, one.code) for one in self._secrets(intent.id))

    async def _mine(
        self, token: Token | None, current: CurrentSession | None
    ) -> Intent:
        """Return the intent of this browser, begun by who is here now."""
        intent = await self._find(token)
        if intent is None:
            raise SignInExpired(BY_MAIL)
        here = current.account if current else None
        if intent.account_id is None:
            may = here is None or here.is_guest
        else:
            began = intent.account_id, intent.data.get("epoch")
            may = here is not None and (here.id, str(here.epoch)) == began
        if not may:
            raise SignInExpired(BY_MAIL)
        return intent

    async def _find(self, token: Token | None) -> Intent | None:
        intent = await self._store.find(Intent, token.id) if token else None
        if token is None or intent is None or intent.purpose not in PROOFS:
            return None
        if not same(intent.secret_hash, token.hash):
            return None
        return intent if self._clock() < intent.expires_at else None

    async def _by_link(self, link: str) -> Intent:
        id, _, secret = link.partition(".")
        is_ours = link.isascii() and is_id(id)
        intent = await self._store.find(Intent, id) if is_ours else None
        if intent is None or intent.purpose not in PROOFS:
            raise SignInExpired(BY_MAIL)
        if not any(same(secret, one.link) for one in self._secrets(id)):
            raise SignInExpired(BY_MAIL)
        if self._clock() >= intent.expires_at:
            raise SignInExpired(BY_MAIL)
        return intent

    # ── what the letter says ─────────────────────────────────────────────────

    def secrets(self, intent_id: str) -> LetterSecrets:
        """Return code and link of an intent, for its letter and nobody else."""
        return self._secrets(intent_id)[0]

    def _secrets(self, intent_id: str) -> list[LetterSecrets]:
        """Return what each key derives: one may be being replaced."""
        codes = self._keys.derivations("mail.code", intent_id)
        links = self._keys.derivations("mail.link", intent_id)
        return [
            LetterSecrets(code=_digits(code), link=link)
            for code, link in zip(codes, links, strict=True)
        ]

    def _proof(self, intent: Intent) -> Proof:
        return Proof(
            purpose=intent.purpose,
            address=intent.data.get("typed") or "",
            shown=intent.data.get("shown") or intent.data.get("typed") or "",
            next=intent.next,
            tries_left=max(0, self.policy.tries - intent.tries),
            asked_at=intent.expires_at - self.policy.life,
        )


def _letter(intent: Intent, id: str, locale: str, now: datetime) -> Letter:
    return Letter(
        id=id,
        kind="proof",
        address=intent.address or "",
        typed=intent.data["typed"] or "",
        account_id=intent.account_id,
        locale=locale,
        data={"intent": intent.id, "purpose": intent.purpose.value},
        due_at=now,
        until=intent.expires_at,
    )


def digits_of(typed: str) -> str:
    """Return the digits of a code, however people write it: in groups, in Arabic."""
    return "".join(str(decimal(one)) for one in typed[:99] if one.isdecimal())


def _digits(secret: str) -> str:
    """Return six digits: what people can type, and a few tries guess rarely."""
    return f"{int.from_bytes(sha256(secret.encode()).digest()) % 1_000_000:06d}"
