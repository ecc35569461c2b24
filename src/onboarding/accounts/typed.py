"""What somebody typed and did not send, kept while they sign in or change language.

For browsers where no script runs: there a page that is left forgets what stands in
its fields. The browser holds ``id.secret`` in a cookie; the database holds the hash of
the secret and the text, sealed with a key that is derived from the secret and from the
application's key: neither of them opens it alone, and no copy of the database does. It
hangs on the browser and not on who is here, so that a sign-in, a merge and an upgrade
leave it where it is.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta

from onboarding.accounts.intents import IntentService
from onboarding.accounts.model import Account, Purpose
from onboarding.cookies import CookieSpec
from onboarding.errors import BodyTooLarge
from onboarding.frozen import dataclass, field
from onboarding.tokens import Ids, Keys, Sealer, Token

TYPED_COOKIE = "onboarding-typed"

TYPED_LIFE = timedelta(minutes=30)
"""Enough to sign in, also by a letter; on a shared screen somebody else comes next."""

LONGEST_TYPED = 16 * 1024
"""Characters of a form that is kept: anybody may leave one, and each is a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedForm:
    """A form as it was left.

    Attributes:
        at: The path of its page.
        id: Its id in that page.
        locale: The language in which it was typed: ``1.500`` is not the same in each.
        visit: What the ledger of attention called the visit: what it had shown may
            stay. Empty for a visitor.
        fields: Every value of each field.
    """

    at: str
    id: str
    locale: str
    visit: str = ""
    fields: Mapping[str, Sequence[str]] = field(repr=False)

    def text(self, name: str) -> str:
        """Return the first value of a field; nothing where it did not stand there."""
        return next(iter(self.fields.get(name, ())), "")


class TypedForms:
    """Keeps one form for each browser: the last that was left.

    Args:
        intents: Keeps them until they are sent, or their time is over.
        ids: Makes ids.
        keys: Seal them.
    """

    def __init__(self, intents: IntentService, ids: Ids, keys: Keys):
        self._intents = intents
        self._ids = ids
        self._keys = keys

    async def keep(
        self, form: TypedForm, *, account: Account | None, cookies: Mapping[str, str]
    ) -> CookieSpec:
        """Keep a form, instead of the one that this browser left before.

        Args:
            form: As it was left.
            account: Who is here: erasing them, from wherever, takes it along.
            cookies: Those of this browser.

        Raises:
            BodyTooLarge: When it has more than ``LONGEST_TYPED`` characters; nothing
                is kept then, and the page before still has all of it.
        """
        fields = {name: list(values) for name, values in form.fields.items()}
        text = json.dumps(fields, ensure_ascii=False)
        if len(text) > LONGEST_TYPED:
            raise BodyTooLarge("what was typed is too long to be kept")
        await self.forget(cookies)
        token = Token.new(self._ids.new())
        sealed = self._sealer(token).seal([form.id, form.locale, form.visit, text])
        await self._intents.open(
            Purpose.TYPED,
            life=TYPED_LIFE,
            account_id=account.id if account else None,
            data={"sealed": sealed},
            next=form.at,
            token=token,
        )
        return CookieSpec.holding(TYPED_COOKIE, token, TYPED_LIFE)

    async def find(self, cookies: Mapping[str, str]) -> TypedForm | None:
        """Return the form that this browser left; looking at it changes nothing."""
        token = Token.parse(cookies.get(TYPED_COOKIE, ""))
        intent = await self._intents.peek(token, Purpose.TYPED) if token else None
        if token is None or intent is None:
            return None
        opened = self._sealer(token).open(intent.data["sealed"] or "")
        if opened is None:  # the key it was sealed with is no longer in use
            return None
        id, locale, visit, text = opened
        return TypedForm(
            at=intent.next, id=id, locale=locale, visit=visit, fields=json.loads(text)
        )

    async def forget(self, cookies: Mapping[str, str]) -> tuple[CookieSpec, ...]:
        """Forget the form that this browser left: it was sent, or is to be gone.

        Returns:
            What the browser forgets.
        """
        if TYPED_COOKIE not in cookies:
            return ()
        token = Token.parse(cookies[TYPED_COOKIE])
        if token is not None:
            await self._intents.take(token, Purpose.TYPED)
        return (CookieSpec.clear(TYPED_COOKIE),)

    def _sealer(self, token: Token) -> Sealer:
        return self._keys.sealer(f"typed.{token.secret}")
