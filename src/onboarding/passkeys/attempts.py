"""An attempt with a passkey: all that it needs is made of the secret in its cookie.

The browser holds ``id.secret``, and an intent says that it was begun. The challenge and
the user handle are made of the secret, so a copy of the database answers nothing.
"""

from collections.abc import Mapping

from onboarding.accounts.intents import IntentService
from onboarding.accounts.linking import BY_PASSKEY
from onboarding.accounts.model import Intent, Purpose
from onboarding.cookies import CookieSpec, overflow
from onboarding.errors import CookiesBlocked, SignInExpired, StateMismatch
from onboarding.jsonvalue import JsonValue
from onboarding.passkeys.model import PasskeyAsked, PasskeyPolicy
from onboarding.tokens import Token, hash_secret

PASSKEY_COOKIE = "onboarding-passkey-"
"""What the name of an attempt's cookie begins with; its id follows."""


class PasskeyAttempts:
    """Keeps what browsers were asked, each for a few minutes and one answer.

    Args:
        intents: Keeps them.
        policy: How long an answer is waited for.
    """

    def __init__(self, intents: IntentService, policy: PasskeyPolicy):
        self._intents = intents
        self._life = policy.life

    async def open(
        self,
        purpose: Purpose,
        *,
        next: str,
        account_id: str | None = None,
        data: Mapping[str, str | None] | None = None,
    ) -> Token:
        """Begin an attempt, and return the token for the browser.

        Args:
            purpose: To make a passkey, or to use one.
            next: Where to go afterwards, a path of this site.
            account_id: Whose passkey it is to be; None where nobody is anybody yet.
            data: What the answer needs to know.
        """
        return await self._intents.open(
            purpose, life=self._life, account_id=account_id, data=data, next=next
        )

    def asked(
        self,
        token: Token,
        options: Mapping[str, JsonValue],
        cookies: Mapping[str, str] | None,
    ) -> PasskeyAsked:
        """Return what goes to the browser.

        Args:
            token: Of the attempt.
            options: What it is asked.
            cookies: All cookies of ours that it sent.
        """
        held = CookieSpec.holding(PASSKEY_COOKIE + token.id, token, self._life)
        dropped = overflow(cookies or (), PASSKEY_COOKIE)
        return PasskeyAsked(
            attempt=token.id, options=options, life=self._life, cookies=(held, *dropped)
        )

    async def take(
        self, attempt: str, purpose: Purpose, cookies: Mapping[str, str]
    ) -> tuple[Token, Intent]:
        """Use an attempt of this browser up, whatever becomes of it then.

        Raises:
            StateMismatch: When it is none of this browser; as CookiesBlocked, when
                that sent no cookie at all.
            SignInExpired: When it is too old, or was used already.
        """
        token = Token.parse(cookies.get(PASSKEY_COOKIE + attempt, ""))
        if token is None:
            raise StateMismatch(BY_PASSKEY) if cookies else CookiesBlocked(BY_PASSKEY)
        intent = await self._intents.take(token, purpose)
        if intent is None:
            raise SignInExpired(BY_PASSKEY)
        return token, intent


def challenge_of(token: Token) -> str:
    """Return what a passkey has to sign: 256 bits, known to this browser alone."""
    return hash_secret(f"passkey challenge {token.secret}")


def user_handle_of(token: Token) -> str:
    """Return the user handle of a passkey that is made: 256 bits, as random."""
    return hash_secret(f"passkey user {token.secret}")
