"""The proofs that were asked for: found by who asked, or by the link of the letter."""

from onboarding.accounts.linking import BY_MAIL, PROOFS
from onboarding.accounts.model import CurrentSession, Intent, Purpose
from onboarding.clock import Clock
from onboarding.errors import ConfirmationRequired, SignInExpired
from onboarding.guests.letters import Codes
from onboarding.guests.store import ProofStore
from onboarding.tokens import Token, is_id, same


class AskedProofs:
    """Finds the intent of a proof, and refuses what does not belong to it.

    Args:
        store: Where intents are kept.
        clock: The present instant.
        codes: Recognise a link.
    """

    def __init__(self, store: ProofStore, clock: Clock, codes: Codes):
        self._store = store
        self._clock = clock
        self._codes = codes

    async def mine(self, token: Token | None, current: CurrentSession | None) -> Intent:
        """Return the intent of this browser, begun by who is here now.

        Raises:
            SignInExpired: When it is over or was used, or began as somebody else.
            ConfirmationRequired: When somebody signed in here meanwhile, and the proof
                is that of an identity which waits.
        """
        intent = await self.find(token)
        if intent is None:
            raise SignInExpired(BY_MAIL)
        here = current.account if current else None
        if intent.purpose is Purpose.MAIL_CONFIRM and here and not here.is_guest:
            raise ConfirmationRequired("somebody is signed in here by now")
        if intent.account_id is None:
            may = here is None or here.is_guest
        else:
            began = intent.account_id, intent.data.get("epoch")
            may = here is not None and (here.id, str(here.epoch)) == began
        if not may:
            raise SignInExpired(BY_MAIL)
        return intent

    async def find(self, token: Token | None) -> Intent | None:
        """Return the intent that a token of a browser stands for, while it lives."""
        intent = await self._store.find(Intent, token.id) if token else None
        if token is None or intent is None or intent.purpose not in PROOFS:
            return None
        if not same(intent.secret_hash, token.hash):
            return None
        return intent if self._clock() < intent.expires_at else None

    async def by_link(self, link: str) -> Intent:
        """Return the intent that the end of a link stands for.

        Raises:
            SignInExpired: When it is over, was used, or never was.
        """
        id, _, secret = link.partition(".")
        is_ours = link.isascii() and is_id(id)
        intent = await self._store.find(Intent, id) if is_ours else None
        if intent is None or intent.purpose not in PROOFS:
            raise SignInExpired(BY_MAIL)
        if not self._codes.is_link(id, secret):
            raise SignInExpired(BY_MAIL)
        if self._clock() >= intent.expires_at:
            raise SignInExpired(BY_MAIL)
        return intent
