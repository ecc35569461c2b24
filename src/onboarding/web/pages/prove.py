"""Proof by mail: where to write, what came back, and what a link shows elsewhere."""

from starlette.responses import Response

from onboarding.accounts.model import Purpose
from onboarding.accounts.outcome import Confirming
from onboarding.emails import check_address
from onboarding.errors import (
    FreshSignInRequired,
    InvalidAnswer,
    SignInExpired,
    SignInRequired,
    WrongCode,
)
from onboarding.guests.model import Proof, ProofResult
from onboarding.guests.typos import likely_address
from onboarding.limiting.model import LimitedAct
from onboarding.web.context.body import Body
from onboarding.web.context.grants import add_grant
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
    _check_fresh(call)
    return await _ask(call, await call.body(), Purpose.PROVE)


def _check_fresh(call: Call) -> None:
    """Write to no address that could not be added: it would be a way to sign in."""
    if call.registered:
        call.core.accounts.check_fresh(call.context.current_session())


async def _ask(call: Call, sent: Body, purpose: Purpose) -> Response:
    typed = (sent.text("email") or "").strip()
    wanted = call.local(sent.text("next"))
    if call.switches_language(sent):
        return _where(call, typed, wanted, purpose)
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
    call.context.next = wanted
    await call.limit(LimitedAct.LETTER)
    cookie = await call.core.proofs.ask(
        purpose,
        typed,
        may_write=await call.may_write(plain),
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
        "onboarding/prove-where.html",
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
    call.context.next = proof.next
    if proof.purpose is Purpose.PROVE:
        _check_fresh(call)
    await call.limit(LimitedAct.LETTER)
    cookie = await call.core.proofs.ask_again(
        call.cookies,
        may_write=await call.may_write(proof.address),
        current=call.context.current_session(),
        locale=call.context.locale,
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
        "onboarding/prove.html",
        status=status,
        at=call.url("prove"),
        proof=proof,
        typed=typed,
        problem=problem,
        minutes=call.core.proofs.policy.life.seconds // 60,
        provider=_provider(call, proof),
        another_way=_another_way(call, proof),
    )


def _provider(call: Call, proof: Proof) -> str | None:
    """Return what people call the provider whose identity waits for a proof."""
    known = call.core.providers.get(proof.provider or "")
    return known.title if known else proof.provider


def _another_way(call: Call, proof: Proof) -> str:
    """Return where somebody goes on who wants no letter after all."""
    match proof.purpose:
        case Purpose.MAIL_SIGN_IN:
            return call.url("sign-in", next=proof.next)
        case Purpose.MAIL_CONFIRM:
            return call.url("confirm", next=proof.next)
        case Purpose.CLAIM:
            return call.url("orders")
    return call.url("account")


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
        f"onboarding/prove-{'elsewhere' if proof.code else 'link'}.html",
        proof=proof,
        link=link,
        minutes=call.core.proofs.policy.life.seconds // 60,
        provider=_provider(call, proof),
    )
    response.headers["referrer-policy"] = "no-referrer"
    return response


async def _limit_codes(call: Call) -> None:
    """Count a try at a code: who tries many has many letters, one after the other."""
    proof = await call.core.proofs.find(call.cookies)
    if proof is None:
        return  # there is nothing to guess
    call.context.next = proof.next
    await call.limit(LimitedAct.CODE, proof.address)


async def finish(call: Call) -> Response:
    """POST ``prove``: a code, or the button of a link, in the browser that asked."""
    sent = await call.body()
    typed, link = sent.text("code"), sent.text("link")
    if call.switches_language(sent):
        return _code_page(call, await _require(call), typed=typed or "")
    if not link:
        await _limit_codes(call)
    try:
        result = await _take(call, typed, link or None)
    except SignInExpired:
        # Pressed twice: who wanted to come in is in. A page to sign in says where to
        # go; one that proves an address of somebody who is in does not.
        wanted = sent.text("next")
        if call.registered is None or wanted is None:
            raise
        return call.go(call.local(wanted))
    except WrongCode as error:
        if call.wants_json or not error.left:
            raise
        problem = call.texts.plain("prove.wrong", count=error.left)
        proof = await _require(call)
        return _code_page(call, proof, typed=typed or "", problem=problem, status=422)
    call.core.wake_post()
    for cookie in result.cookies:
        call.context.set_cookie(cookie)
    if result.is_asked:
        return call.go(call.url("merge"))
    if result.signed_in is None:
        add_grant(call.context, await call.core.orders.grant(result.order or ""))
        return call.go(result.next)
    call.context.start_session(result.signed_in.new_session)
    leave_sign_in(call.context, result.signed_in)
    return call.go(await _onward(call, result.next))


async def _take(call: Call, code: str | None, link: str | None) -> ProofResult:
    try:
        return await call.core.proofs.finish(
            code=code,
            link=link,
            current=call.context.current_session(),
            cookies=call.cookies,
        )
    except FreshSignInRequired:
        call.context.next = call.url("prove")  # the letter is good for it afterwards
        raise


async def _onward(call: Call, wanted: str) -> str:
    """Return where a proof leads: to an identity that waits for who is in now, first.

    Whoever met the page "Is this you?", and signed in by mail another way than by its
    button, adds by one click what they came with.
    """
    if not call.core.providers or wanted.startswith(call.url("confirm")):
        return wanted
    waiting = await call.core.waiting_identities.find(
        call.cookies, call.context.current_session()
    )
    is_owner = waiting is not None and waiting.confirming is Confirming.OWNER
    return call.url("confirm") if is_owner else wanted
