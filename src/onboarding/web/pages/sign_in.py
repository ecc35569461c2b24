"""Signing in: the ways to choose from, the way there, and the way back."""

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qs

from starlette.responses import Response

from onboarding.accounts.outcome import Confirming
from onboarding.cookies import CookieSpec
from onboarding.errors import (
    MethodNotAllowed,
    NotFound,
    OnboardingError,
    SignInCancelled,
    StateMismatch,
)
from onboarding.social.model import AlreadyIn, Finished
from onboarding.web.context.notices import leave_notice, leave_sign_in
from onboarding.web.context.protection import is_same_site
from onboarding.web.context.typed import forget_typed
from onboarding.web.pages.call import Call
from onboarding.web.views.notices import NoticeAct
from onboarding.web.views.sign_in import sign_in_buttons


async def choose(call: Call) -> Response:
    """GET ``sign-in``: the ways to sign in; who is in already goes on."""
    return _choose(call)


async def choose_again(call: Call) -> Response:
    """POST ``sign-in``: the same in another language, with the address as typed."""
    sent = await call.body()
    call.switches_language(sent)
    return _choose(call, sent.text("email") or "")


def _choose(call: Call, typed: str = "") -> Response:
    wanted = call.local(call.query("next"))
    ways = sign_in_buttons(call.core.providers.values())
    by_mail = call.core.mailer is not None
    if call.wants_json:
        return call.json(
            {
                "signed_in": call.registered is not None,
                "next": wanted,
                "providers": [
                    {
                        "name": way.name,
                        "title": way.title,
                        "begin_at": call.url(f"sign-in/{way.name}"),
                    }
                    for way in ways
                ],
                **({"email_at": call.url("sign-in/email")} if by_mail else {}),
            }
        )
    if call.registered and not call.query("stopped"):
        return call.go(wanted)
    stopped = call.core.providers.get(call.query("stopped") or "")
    asked = {name: call.query(name) for name in ("next", "guest", "stopped")}
    return call.page(
        "sign-in.html",
        at=call.url("sign-in", **asked),
        typed=typed,
        ways=ways,
        by_mail=by_mail,
        asks=call.core.asking is not None,
        next=wanted,
        stopped=stopped.title if stopped else None,
        guest_way=None if call.registered or call.query("guest") == "no" else wanted,
        way_without=wanted if call.registered else None,
    )


async def begin(call: Call) -> Response:
    """POST ``sign-in/{provider}``: on to the provider, bound to this browser."""
    name = call.param("provider")
    sent = await call.body()
    call.context.next = call.local(sent.text("next") or call.query("next"))
    if name not in call.core.providers:
        raise NotFound("no provider has this name")
    allowed = tuple(f"{one}/" for one in call.core.code_flow.form_origins())
    started = await call.core.social.begin(
        name,
        next=call.context.next,
        current=call.context.current_session(),
        cookies=call.cookies,
    )
    _set_cookies(call, started.cookies)
    provider = call.core.providers[name]
    is_allowed = started.location.startswith(allowed) and not provider.leads_on
    if call.wants_json or is_allowed:
        return call.go(started.location)
    # The page of the button could not know yet where this provider answers, or where
    # it leads on to, and its content security policy would stop a redirect there. A
    # link may go anywhere.
    title = provider.title
    return call.page("onward.html", title=title, location=started.location)


async def to_choice(call: Call) -> Response:
    """GET ``sign-in/{provider}``: no link begins anything; the chooser has buttons."""
    return call.go(call.url("sign-in", next=call.query("next")))


def _set_cookies(call: Call, specs: Iterable[CookieSpec]) -> None:
    for spec in specs:
        call.context.set_cookie(spec)


async def finish(call: Call) -> Response:
    """GET ``callback/{provider}``: back from the provider, and in."""
    query = call.request.scope["query_string"].decode("latin-1")
    return await _receive(call, parse_qs(query, keep_blank_values=True))


async def finish_form(call: Call) -> Response:
    """POST ``callback/{provider}``: the same, where the browser brings a form.

    The provider's page sends it from another site, so our cookies stay at home
    (SameSite=Lax). A page of ours sends it once more, and then they come along. The
    code stands in no address on the way.
    """
    provider = call.core.code_flow.find(call.param("provider"))
    if provider.response_mode != "form_post":
        raise MethodNotAllowed("this provider answers by GET")
    sent = await call.body()
    if is_same_site(call.request.scope["headers"], call.core.origin):
        return await _receive(call, sent.form)
    call.context.is_secret = True
    fields = [(name, one) for name, values in sent.form.items() for one in values]
    at = call.url(f"callback/{provider.name}")
    return call.page("relay.html", title=provider.title, fields=fields, action=at)


async def _receive(call: Call, params: Mapping[str, list[str]]) -> Response:
    """Finish a sign-in with what the browser brought.

    A state that belongs to no attempt of this browser leads to a new attempt, once and
    without a page; somebody who stopped at the provider may choose again. Whatever
    happens, the way on leads where the person wanted to go: the intent knows it.
    """
    call.context.is_secret = True
    try:
        return await _finish(call, params)
    except OnboardingError as error:
        wanted = call.context.next = await call.core.social.find_next(params)
        if call.wants_json or not isinstance(error, SignInCancelled):
            raise
        return call.go(call.url("sign-in", stopped=error.provider, next=wanted))


async def _finish(call: Call, params: Mapping[str, list[str]]) -> Response:
    name, social = call.param("provider"), call.core.social
    current, jar = call.context.current_session(), call.cookies
    try:
        finished = await social.finish(name, params, jar, current)
    except StateMismatch:
        # Raises the same error where the attempt may not restart.
        started = await social.restart(name, params, current=current, cookies=jar)
        _set_cookies(call, started.cookies)
        return call.go(started.location)
    return _start_session(call, finished)


def _start_session(call: Call, finished: Finished | AlreadyIn) -> Response:
    if isinstance(finished, AlreadyIn):
        return call.go(finished.next)
    _set_cookies(call, finished.cookies)
    if finished.signed_in is None:
        return call.go(call.url(finished.waits_at))
    call.core.wake_post()
    call.context.start_session(finished.signed_in.new_session)
    leave_sign_in(call.context, finished.signed_in)
    return call.go(finished.next)


async def ask_owner(call: Call) -> Response:
    """GET ``confirm``: whose address this is must be shown before anything is linked.

    Every way is offered, not only the owner's: which ones the owner has is nobody
    else's business.
    """
    current = call.context.current_session()
    waiting = await call.core.waiting_identities.find(call.cookies, current)
    if waiting is None:
        return await _nothing_waits(call)
    is_open = waiting.confirming is Confirming.SIGN_IN
    by_mail = is_open and call.core.mailer is not None
    if call.wants_json:
        return call.json(
            {
                "id": waiting.id,
                "waiting": waiting.title,
                "signed_in": call.registered is not None,
                "may_confirm": waiting.confirming is Confirming.OWNER,
                "next": waiting.next,
                **({"mail_at": call.url("confirm/mail")} if by_mail else {}),
            }
        )
    return call.page(
        "confirm.html",
        waiting=waiting,
        who=await _name(call),
        by_mail=by_mail,
        ways=sign_in_buttons(call.core.providers.values()),
        next=call.url("confirm", next=waiting.next),
    )


async def _name(call: Call) -> str | None:
    """Return what the provider that was used last calls who is here."""
    if call.registered is None:
        return None
    links = await call.core.accounts.list_identities(call.registered)
    names = [one.name for one in sorted(links, key=lambda one: one.used_at) if one.name]
    return names[-1] if names else None


async def _nothing_waits(call: Call) -> Response:
    # The ten minutes are over, or it was linked in another tab: signing in again
    # finds out which.
    wanted = await _wanted(call, call.query("next"))
    if call.registered:
        return call.go(wanted or call.url("account"))
    return call.go(call.url("sign-in", next=wanted))


async def _wanted(call: Call, sent: str | None) -> str | None:
    """Return where who confirms wanted to go, as the page said or the intent knows."""
    known = await call.core.waiting_identities.find_next(call.cookies)
    return known or (call.local(sent) if sent else None)


async def link(call: Call) -> Response:
    """POST ``confirm``: one click of the owner links what waits.

    A page that was left open, and says which identity it showed, never links another
    one that waits by now: that one is shown first.
    """
    sent = await call.body()
    call.context.next = await _wanted(call, sent.text("next"))
    current, waiting_identities = (
        call.context.current_session(),
        call.core.waiting_identities,
    )
    shown = sent.text("id")
    waiting = await waiting_identities.find(call.cookies, current) if shown else None
    if waiting and waiting.id != shown:
        return call.go(call.url("confirm"))
    return _start_session(call, await waiting_identities.confirm(current, call.cookies))


async def sign_out(call: Call) -> Response:
    """POST ``sign-out``: the session ends; afterwards this browser is a visitor.

    Where to go on stands in the address: no body can be in the way of signing out.
    """
    current = call.context.current_session()
    if current is not None:
        await call.core.sessions.end(current)
        call.context.end_session()
        leave_notice(call.context, NoticeAct.SIGNED_OUT)
    await forget_typed(call.context)
    return call.go(call.local(call.query("next")))
