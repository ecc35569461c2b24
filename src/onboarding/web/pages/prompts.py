"""Prompts: the one that is due, the response to it, and the reply to that."""

from functools import partial

from starlette.responses import Response as HttpResponse

from onboarding.accounts.model import Account
from onboarding.errors import BadRequest, InvalidAnswer, NotFound, SignInRequired
from onboarding.feedback.model import Prompt
from onboarding.web.context.body import Body
from onboarding.web.pages.call import Call
from onboarding.web.pages.partials import opinion_in
from onboarding.web.views.prompts import (
    draw_prompt,
    draw_thanks,
    prompt_as_json,
    response_as_json,
)


async def due(call: Call) -> HttpResponse:
    """GET ``prompt``: the prompt that is due now; nothing due leads back."""
    account, typed = call.account, await call.typed()
    # What they were writing about stays, though a sign-in began another visit.
    visit = (typed and typed.visit) or call.visit
    prompt = await call.core.feedback.due(account, visit) if account else None
    if call.wants_json:
        return call.json({"prompt": prompt and _as_json(call, prompt)})
    wanted = call.local(call.query("next"))
    if account is None or prompt is None:
        return call.go(wanted)
    shown = call.core.feedback.shown
    call.context.after_response(partial(shown, account, prompt.name, visit))
    score, text = opinion_in(typed, prompt)
    return _page(call, prompt, wanted, score=score, text=text)


def _as_json(call: Call, prompt: Prompt) -> dict[str, object]:
    return prompt_as_json(
        prompt,
        texts=call.texts,
        site_name=call.core.site_name,
        answer_at=call.url(f"prompt/{prompt.name}"),
    )


def _page(
    call: Call,
    prompt: Prompt,
    wanted: str,
    *,
    problem: str | None = None,
    score: str | None = None,
    text: str | None = None,
) -> HttpResponse:
    drawn = draw_prompt(
        prompt,
        texts=call.texts,
        site_name=call.core.site_name,
        score=score,
        text=text or "",
    )
    return call.page(
        "onboarding/prompt.html",
        status=422 if problem else 200,
        at=call.url("prompt", next=wanted),
        prompt=drawn,
        id="",
        next=wanted,
        problem=problem,
    )


async def act(call: Call) -> HttpResponse:
    """POST ``prompt/{prompt}``: respond, snooze, dismiss; ``shown`` for JSON callers.

    A form without ``do`` responds: that is what Enter in a field sends.
    """
    account, prompt = _account(call), _prompt(call)
    sent, feedback, visit = await call.body(), call.core.feedback, call.visit
    wanted = call.local(sent.text("next"))
    if call.switches_language(sent):
        return _page(
            call, prompt, wanted, score=sent.text("score"), text=sent.text("text")
        )
    match sent.text("do"):
        case None | "respond":
            return await _respond(call, account, prompt, sent)
        case "snooze":
            await feedback.snooze(account, prompt.name, visit)
        case "dismiss":
            await feedback.dismiss(account, prompt.name, visit)
        case "shown":
            await feedback.shown(account, prompt.name, visit)
        case _:
            raise BadRequest("do is respond, snooze, dismiss or shown")
    if sent.text("do") != "shown":
        await call.forget_typed()
    if call.wants_json:
        return call.json({"prompt": prompt.name, "next": wanted})
    return call.go(wanted)


def _account(call: Call) -> Account:
    """Return who is here. Nobody can have been asked who has no account."""
    account = call.account
    if account is None:
        raise SignInRequired("nobody was asked without an account")
    return account


def _prompt(call: Call) -> Prompt:
    name = call.param("prompt")
    found = (prompt for prompt in call.core.prompts if prompt.name == name)
    prompt = next(found, None)
    if prompt is None:
        raise NotFound("no prompt has this name")
    return prompt


async def _respond(
    call: Call, account: Account, prompt: Prompt, sent: Body
) -> HttpResponse:
    wanted = call.local(sent.text("next"))
    try:
        response = await call.core.feedback.respond(
            account,
            prompt.name,
            score=sent.number("score"),
            text=sent.text("text") or "",
            visit=call.visit,
        )
    except InvalidAnswer as error:
        if call.wants_json or sent.text("part"):
            raise
        problem = call.texts.say(error.problem, **error.slots)
        return _page(
            call,
            prompt,
            wanted,
            problem=problem,
            score=sent.text("score"),
            text=sent.text("text"),
        )
    await call.forget_typed()
    if call.wants_json:
        return call.json(
            {"prompt": prompt.name, "response": response_as_json(response)}
        )
    thanks = f"prompt/{prompt.name}/thanks"
    return call.go(call.url(thanks, next=wanted, part=sent.text("part")))


async def thank(call: Call) -> HttpResponse:
    """GET ``prompt/{prompt}/thanks``: one's own words back, and the reply to them."""
    account, prompt = _account(call), _prompt(call)
    responses = await call.core.feedback.responses(account)
    given = (r for r in reversed(responses) if r.prompt == prompt.name)
    response = next(given, None)
    if response is None:
        raise NotFound("nobody here responded to this prompt")
    if response.reply and not response.seen_at:
        seen = partial(call.core.feedback.seen, account, response.id)
        call.context.after_response(seen)
    if call.wants_json:
        return call.json(
            {"prompt": prompt.name, "response": response_as_json(response)}
        )
    values = draw_thanks(prompt, response, texts=call.texts, now=call.core.clock())
    if call.query("part"):
        return call.part("onboarding/_thanks.html", heading="h2", **values)
    wanted = call.local(call.query("next"))
    return call.page("onboarding/thanks.html", **values, heading="h1", next=wanted)
