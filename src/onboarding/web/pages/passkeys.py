"""Passkeys: what our script asks and answers, in JSON, each by a POST of our own pages.

Nothing is made by itself: the script asks for a new one when its button is pressed.
"""

from collections.abc import Mapping
from datetime import datetime

from starlette.responses import Response

from onboarding.accounts.model import Contact
from onboarding.accounts.outcome import MergeWaits
from onboarding.errors import BadRequest
from onboarding.jsonvalue import JsonValue
from onboarding.limiting.model import LimitedAct
from onboarding.passkeys.model import PasskeyAnswered, PasskeyAsked
from onboarding.web.context.notices import leave_sign_in
from onboarding.web.pages.call import Call


async def begin_new(call: Call) -> Response:
    """POST ``passkey/new``: ask the device for a passkey of who is here."""
    wanted = await _wanted(call)
    asked = await call.core.passkeys.begin_new(
        await _name(call),
        next=wanted,
        current=call.context.current_session(),
        cookies=call.cookies,
    )
    return _ask(call, asked)


async def finish_new(call: Call) -> Response:
    """POST ``passkey/new/{attempt}``: keep it, and let its owner in."""
    answer = await _answer(call)
    if call.account is None:
        # A program makes passkeys as fast as it likes: each would be an account.
        await call.limit(LimitedAct.GUEST)
    answered = await call.core.passkeys.finish_new(
        call.param("attempt"), answer, call.cookies, call.context.current_session()
    )
    return _let_in(call, answered)


async def begin_sign_in(call: Call) -> Response:
    """POST ``passkey/sign-in``: ask the device for a passkey of this site."""
    wanted = await _wanted(call)
    asked = await call.core.passkeys.begin_sign_in(next=wanted, cookies=call.cookies)
    return _ask(call, asked)


async def finish_sign_in(call: Call) -> Response:
    """POST ``passkey/sign-in/{attempt}``: let in whose passkey has signed."""
    answered = await call.core.passkeys.finish_sign_in(
        call.param("attempt"),
        await _answer(call),
        call.cookies,
        call.context.current_session(),
    )
    return _let_in(call, answered)


async def _wanted(call: Call) -> str:
    return call.local((await call.body()).text("next"))


async def _answer(call: Call) -> Mapping[str, JsonValue]:
    sent = await call.body()
    answer = (sent.json or {}).get("credential")
    if not isinstance(answer, dict):
        raise BadRequest("send the credential as JSON")
    return answer


def _ask(call: Call, asked: PasskeyAsked) -> Response:
    for cookie in asked.cookies:
        call.context.set_cookie(cookie)
    return call.json(
        {
            "attempt": asked.attempt,
            "options": asked.options,
            "expires_in": int(asked.life.total_seconds()),
        }
    )


def _let_in(call: Call, answered: PasskeyAnswered) -> Response:
    for cookie in answered.cookies:
        call.context.set_cookie(cookie)
    outcome, location = answered.outcome, answered.next
    if isinstance(outcome, MergeWaits):
        call.context.set_cookie(outcome.cookie)
        location = call.url("merge")
    else:
        call.core.wake_post()
        call.context.start_session(outcome.new_session)
        leave_sign_in(call.context, outcome)
    return call.json({"location": location})


async def _name(call: Call) -> str:
    """Return what the device calls the passkey: what tells accounts of ours apart.

    The address of who is here, and for whom gave none the day.
    """
    account = call.account
    known = await call.core.accounts.list_contacts(account) if account else []
    if known:
        return max(known, key=_sureness).typed
    now = call.core.clock()
    return call.texts.plain("passkey.of_day", date=call.texts.short_date(now, now))


def _sureness(contact: Contact) -> tuple[int, datetime]:
    return contact.level, contact.given_at
