"""Opinions: the prompt that is due, what is said to it, and what is said back."""

from functools import partial
from typing import Any

from starlette.responses import Response as Answer

from onboarding.accounts.model import Account
from onboarding.errors import BadRequest, InvalidAnswer, NotFound, SignInRequired
from onboarding.feedback.model import Prompt, Response
from onboarding.web.context.body import Body
from onboarding.web.pages.call import Call
from onboarding.web.views.prompts import draw_prompt
from onboarding.web.views.renderer import bdi


async def due(call: Call) -> Answer:
    """GET ``prompt``: the prompt that is due now; nothing due leads back."""
    account, visit = call.account, call.visit
    prompt = await call.core.feedback.due(account, visit) if account else None
    if call.wants_json:
        return call.json({"prompt": prompt and _told(call, prompt)})
    wanted = call.local(call.query("next"))
    if account is None or prompt is None:
        return call.go(wanted)
    shown = call.core.feedback.shown
    call.context.after_response(partial(shown, account, prompt.name, visit))
    return _page(call, prompt, wanted)


def _told(call: Call, prompt: Prompt) -> dict[str, object]:
    say = call.texts.say
    return {
        "name": prompt.name,
        "question": say(prompt.question, site=call.core.site_name),
        "scale": prompt.scale.value,
        "low": say(prompt.low),
        "high": say(prompt.high),
        "answer_at": call.url(f"prompt/{prompt.name}"),
    }


def _page(
    call: Call,
    prompt: Prompt,
    wanted: str,
    *,
    problem: str | None = None,
    sent: Body | None = None,
) -> Answer:
    score, text = (sent.text("score"), sent.text("text")) if sent else (None, None)
    return call.page(
        "prompt.html",
        status=422 if problem else 200,
        prompt=draw_prompt(call.context, prompt, score=score, text=text or ""),
        id="",
        next=wanted,
        problem=problem,
    )


async def act(call: Call) -> Answer:
    """POST ``prompt/{prompt}``: respond, snooze, dismiss; ``shown`` for JSON callers.

    A form without ``do`` responds: that is what Enter in a field sends.
    """
    account, prompt = _who(call), _prompt(call)
    sent, feedback, visit = await call.body(), call.core.feedback, call.visit
    wanted = call.local(sent.text("next"))
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
    if call.wants_json:
        return call.json({"prompt": prompt.name, "next": wanted})
    return call.go(wanted)


def _who(call: Call) -> Account:
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


async def _respond(call: Call, account: Account, prompt: Prompt, sent: Body) -> Answer:
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
        return _page(call, prompt, wanted, problem=problem, sent=sent)
    if call.wants_json:
        return call.json({"prompt": prompt.name, "response": _said(response)})
    thanks = f"prompt/{prompt.name}/thanks"
    return call.go(call.url(thanks, next=wanted, part=sent.text("part")))


def _said(response: Response) -> dict[str, object]:
    reply = response.reply and {
        "text": response.reply,
        "by": response.replied_by,
        "at": response.replied_at and response.replied_at.isoformat(),
    }
    return {
        "id": response.id,
        "score": response.score,
        "text": response.text,
        "given_at": response.given_at.isoformat(),
        "reply": reply,
    }


async def thank(call: Call) -> Answer:
    """GET ``prompt/{prompt}/thanks``: one's own words back, and the reply to them."""
    account, prompt = _who(call), _prompt(call)
    said = await call.core.feedback.responses(account)
    response = next((r for r in reversed(said) if r.prompt == prompt.name), None)
    if response is None:
        raise NotFound("nothing was said to this prompt")
    if response.reply and not response.seen_at:
        call.context.after_response(
            partial(call.core.feedback.seen, account, response.id)
        )
    if call.wants_json:
        return call.json({"prompt": prompt.name, "response": _said(response)})
    values = _thanks(call, prompt, response)
    if call.query("part"):
        part = call.context.renderer.part(
            call.context, "_thanks.html", heading="h2", **values
        )
        return call.html(part)
    wanted = call.local(call.query("next"))
    return call.page("thanks.html", **values, heading="h1", next=wanted)


def _thanks(call: Call, prompt: Prompt, response: Response) -> dict[str, Any]:
    texts, now = call.texts, call.core.clock()
    replied = None
    if response.replied_at is not None:
        day = texts.short_date(response.replied_at, now)
        name = response.replied_by
        replied = (
            texts("thanks.replied_by", name=bdi(name), date=day)
            if name
            else texts("thanks.replied", date=day)
        )
    is_waiting = prompt.answered_by_person and response.reply is None
    return {
        "response": response,
        "replied": replied,
        "promise": texts("thanks.promise") if is_waiting else None,
        "said": texts("thanks.words")
        if response.score is None
        else texts("thanks.score", score=response.score),
    }
