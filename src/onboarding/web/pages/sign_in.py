"""Signing in: the way to a provider, the way back, and out again."""

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qs

from starlette.responses import Response

from onboarding.accounts.outcome import Confirming
from onboarding.cookies import CookieSpec
from onboarding.errors import (
    BadRequest,
    FreshSignInRequired,
    MethodNotAllowed,
    NotFound,
    OnboardingError,
    SignInCancelled,
    StateMismatch,
)
from onboarding.social.model import AlreadyIn, Finished
from onboarding.web.context.last_way import keep_last_way
from onboarding.web.context.notices import leave_notice, leave_sign_in
from onboarding.web.context.protection import is_same_site
from onboarding.web.context.typed import forget_typed
from onboarding.web.pages.call import Call
from onboarding.web.views.notices import NoticeAct


async def begin(call: Call) -> Response:
    """POST ``sign-in/{provider}``: on to the provider, bound to this browser."""
    name = call.param("provider")
    sent = await call.pressed()
    call.context.next = call.local(sent.text("next") or call.query("next"))
    if name not in call.core.providers:
        raise NotFound("no provider has this name")
    if sent.text("do") == "add":  # before they go there in vain
        call.core.accounts.check_fresh(call.context.current_session())
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
    return call.page("onboarding/onward.html", title=title, location=started.location)


async def to_choice(call: Call) -> Response:
    """GET ``sign-in/{provider}``: no link begins anything; the chooser has buttons."""
    wanted = call.query("next") or call.query("at")
    return call.go(call.url("sign-in", next=wanted))


def _set_cookies(call: Call, specs: Iterable[CookieSpec]) -> None:
    for spec in specs:
        call.context.set_cookie(spec)


async def finish(call: Call) -> Response:
    """GET ``callback/{provider}``: back from the provider, and in.

    For whoever comes themselves: what is fetched ahead of time would use the one
    attempt up. A browser shows nobody an answer that is no success, and asks again.
    """
    if not call.context.is_page_view:
        raise BadRequest("the way back from a provider is nothing to fetch in advance")
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
    return call.page(
        "onboarding/relay.html", title=provider.title, fields=fields, action=at
    )


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
    _set_cookies(call, social.keep_told(name, params, jar))
    try:
        finished = await social.finish(name, params, jar, current)
    except StateMismatch:
        # A browser on its way asks by GET, and nobody else is to be sent anywhere: a
        # POST comes from a form of another site.
        if call.request.method != "GET":
            raise
        # Raises the same error where the attempt may not restart.
        started = await social.restart(name, params, current=current, cookies=jar)
        _set_cookies(call, started.cookies)
        return call.go(started.location)
    if isinstance(finished, Finished) and finished.signed_in is not None:
        keep_last_way(call.context, name)
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
        "onboarding/confirm.html",
        waiting=waiting,
        who=await _name(call),
        by_mail=by_mail,
        ways=call.buttons(),
        passkeys=call.core.has_passkeys,
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
    try:
        finished = await waiting_identities.confirm(current, call.cookies)
    except FreshSignInRequired:
        call.context.next = call.url("confirm")  # where it goes on waiting
        raise
    return _start_session(call, finished)


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
