"""Proof by mail: where to write, what came back, and what a link shows elsewhere."""

from starlette.responses import Response

from onboarding.accounts.model import Purpose
from onboarding.errors import InvalidAnswer, SignInExpired, SignInRequired, WrongCode
from onboarding.guests.model import Proof
from onboarding.guests.service import check_address
from onboarding.guests.typos import likely_address
from onboarding.web.context.body import Body
from onboarding.web.context.notices import leave_sign_in
from onboarding.web.pages.call import Call


async def ask(call: Call) -> Response:
    """POST ``sign-in/email``: write to an address, and wait for what comes back.

    The response is the same whether or not an account here has the address. One that
    looks like a slip of the hand is asked about first.
    """
    sent = await call.body()
    return await _ask(call, sent, Purpose.MAIL_SIGN_IN)


async def ask_contact(call: Call) -> Response:
    """POST ``account/prove``: write to an address that somebody gave here."""
    if call.account is None:
        raise SignInRequired("there is no account here")
    return await _ask(call, await call.body(), Purpose.PROVE)


async def _ask(call: Call, sent: Body, purpose: Purpose) -> Response:
    typed = (sent.text("email") or "").strip()
    wanted = call.local(sent.text("next"))
    try:
        plain = check_address(typed)
    except InvalidAnswer as error:
        if call.wants_json:
            raise
        problem = call.texts.say(error.problem, **error.slots)
        return _where(call, typed, wanted, purpose, problem=problem, status=422)
    meant = None if sent.text("sure") else likely_address(plain)
    if meant is not None and not call.wants_json:
        return _where(call, typed, wanted, purpose, meant=meant)
    cookie = await call.core.proofs.ask(
        purpose,
        typed,
        current=call.context.current_session(),
        locale=call.context.locale,
        next=wanted,
    )
    call.context.set_cookie(cookie)
    call.core.wake_post()
    return call.go(call.url("prove"))


def _where(
    call: Call,
    typed: str,
    wanted: str,
    purpose: Purpose,
    *,
    problem: str = "",
    meant: str | None = None,
    status: int = 200,
) -> Response:
    """Ask for the address again: what is wrong with it, or what may be meant."""
    is_sign_in = purpose is Purpose.MAIL_SIGN_IN
    return call.page(
        "prove-where.html",
        status=status,
        at=call.url("sign-in", next=wanted) if is_sign_in else call.url("account"),
        problem=problem,
        meant=meant,
        typed=typed,
        next=wanted,
        action=call.url("sign-in/email" if is_sign_in else "account/prove"),
    )


async def again(call: Call) -> Response:
    """POST ``prove/again``: another letter to the same address."""
    proof = await _require(call)
    cookie = await call.core.proofs.ask(
        proof.purpose,
        proof.address,
        current=call.context.current_session(),
        locale=call.context.locale,
        next=proof.next,
        shown=proof.shown,
    )
    call.context.set_cookie(cookie)
    call.core.wake_post()
    return call.go(call.url("prove"))


async def _require(call: Call) -> Proof:
    proof = await call.core.proofs.find(call.cookies)
    if proof is None:
        raise SignInExpired("email")
    return proof


async def show(call: Call) -> Response:
    """GET ``prove``: where to type the code, in the browser that asked for it."""
    proof = await call.core.proofs.find(call.cookies)
    if proof is None:
        return call.go(call.url("account" if call.registered else "sign-in"))
    if call.wants_json:
        return call.json({"purpose": proof.purpose.value, "next": proof.next})
    return _code_page(call, proof)


def _code_page(
    call: Call, proof: Proof, *, typed: str = "", problem: str = "", status: int = 200
) -> Response:
    return call.page(
        "prove.html",
        status=status,
        at=call.url("prove") if problem else None,
        proof=proof,
        typed=typed,
        problem=problem,
        minutes=call.core.proofs.policy.life.seconds // 60,
        is_sign_in=proof.purpose is Purpose.MAIL_SIGN_IN,
    )


async def open_link(call: Call) -> Response:
    """GET ``prove/{link}``: what the link of a letter shows; it uses nothing up.

    Where it was asked for, a button; anywhere else, the code to type there.
    """
    call.context.is_secret = True
    link = call.param("link")
    proof = await call.core.proofs.look(link, call.cookies)
    if call.wants_json:
        return call.json({"purpose": proof.purpose.value, "code": proof.code or None})
    response = call.page(
        "prove-elsewhere.html" if proof.code else "prove-link.html",
        proof=proof,
        link=link,
        minutes=call.core.proofs.policy.life.seconds // 60,
        is_sign_in=proof.purpose is Purpose.MAIL_SIGN_IN,
    )
    response.headers["referrer-policy"] = "no-referrer"
    return response


async def finish(call: Call) -> Response:
    """POST ``prove``: a code, or the button of a link, in the browser that asked."""
    sent = await call.body()
    typed, link = sent.text("code"), sent.text("link")
    try:
        result = await call.core.proofs.finish(
            code=typed,
            link=link or None,
            current=call.context.current_session(),
            cookies=call.cookies,
        )
    except WrongCode as error:
        if call.wants_json or not error.left:
            raise
        problem = call.texts.plain("prove.wrong", count=error.left)
        proof = await _require(call)
        return _code_page(call, proof, typed=typed or "", problem=problem, status=422)
    for cookie in result.cookies:
        call.context.set_cookie(cookie)
    if result.signed_in is None:
        return call.go(call.url("merge"))
    call.context.start_session(result.signed_in.new_session)
    leave_sign_in(call.context, result.signed_in)
    return call.go(result.next)
