"""The letter of a proof: how it waits, and what it alone says.

Its code and its link are derived from the intent's id with the application's key, when
it is sent and when one of them comes back: a database that leaks holds neither.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from hashlib import sha256
from unicodedata import decimal

from onboarding.accounts.model import CurrentSession, Intent
from onboarding.accounts.outcome import MergeWaits, SignInResult
from onboarding.guests.model import LetterSecrets
from onboarding.mail.model import Letter
from onboarding.tokens import Keys, same

Opened = SignInResult | MergeWaits | None
"""What a proof comes to; None where it opens an order."""

Opens = Callable[[Intent, CurrentSession | None], Awaitable[Opened]]
"""Does what a proof was asked for, and uses its intent up, in one commit: one try."""


class Codes:
    """Derives what a letter says, and recognises it.

    Args:
        keys: Those of the application: one may be being replaced.
    """

    def __init__(self, keys: Keys):
        self._keys = keys

    def of(self, intent_id: str) -> LetterSecrets:
        """Return code and link of an intent, for its letter and nobody else."""
        return self._all(intent_id)[0]

    def is_code(self, intent_id: str, typed: str) -> bool:
        """Tell whether somebody typed the code of an intent, in whatever groups."""
        code = digits_of(typed)
        return any(same(code, one.code) for one in self._all(intent_id))

    def is_link(self, intent_id: str, secret: str) -> bool:
        """Tell whether a link of an intent ends in this."""
        return any(same(secret, one.link) for one in self._all(intent_id))

    def _all(self, intent_id: str) -> list[LetterSecrets]:
        codes = self._keys.derivations("mail.code", intent_id)
        links = self._keys.derivations("mail.link", intent_id)
        return [
            LetterSecrets(code=_digits(code), link=link)
            for code, link in zip(codes, links, strict=True)
        ]


def digits_of(typed: str) -> str:
    """Return the digits of a code, however people write it: in groups, in Arabic."""
    return "".join(str(decimal(one)) for one in typed[:99] if one.isdecimal())


def _digits(secret: str) -> str:
    """Return six digits: what people can type, and a few tries guess rarely."""
    return f"{int.from_bytes(sha256(secret.encode()).digest()) % 1_000_000:06d}"


def proof_letter(intent: Intent, id: str, locale: str, now: datetime) -> Letter:
    """Return the letter of an intent, as it waits to be sent."""
    return Letter(
        id=id,
        kind="proof",
        address=intent.address or "",
        typed=intent.data["typed"] or "",
        account_id=intent.account_id,
        locale=locale,
        data={
            "intent": intent.id,
            "purpose": intent.purpose.value,
            "provider": intent.data.get("provider"),
        },
        due_at=now,
        until=intent.expires_at,
    )
