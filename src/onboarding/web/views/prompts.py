"""Prompts, responses and replies, drawn and as JSON, in the person's language."""

from datetime import datetime
from typing import Any

from onboarding.feedback.model import Prompt, Response
from onboarding.feedback.rules import TEXT_LIMIT
from onboarding.locales.texts import Texts
from onboarding.profiling.widgets.base import Option
from onboarding.web.views.renderer import bdi

SCALE = [str(n) for n in range(11)]


def draw_prompt(
    prompt: Prompt,
    *,
    texts: Texts,
    site_name: str,
    score: str | None = None,
    text: str = "",
) -> dict[str, object]:
    """Return what the templates draw of a prompt.

    Args:
        prompt: Which one.
        texts: In whose language.
        site_name: What its question may name.
        score: What was picked, to be put before the person again.
        text: What was written.
    """
    ends = {SCALE[0]: texts.say(prompt.low), SCALE[-1]: texts.say(prompt.high)}
    return {
        "name": prompt.name,
        "question": texts.say(prompt.question, site=site_name),
        "options": [Option(value=n, label=n, hint=ends.get(n, "")) for n in SCALE],
        "chosen": (score,),
        "text": text,
        "longest": TEXT_LIMIT,
        "read_by_person": prompt.answered_by_person,
    }


def prompt_as_json(
    prompt: Prompt, *, texts: Texts, site_name: str, answer_at: str
) -> dict[str, object]:
    """Return a prompt for a front end that draws it itself.

    Args:
        prompt: Which one.
        texts: In whose language.
        site_name: What its question may name.
        answer_at: Where responses are posted.
    """
    return {
        "name": prompt.name,
        "question": texts.say(prompt.question, site=site_name),
        "scale": "0-10",
        "low": texts.say(prompt.low),
        "high": texts.say(prompt.high),
        "answer_at": answer_at,
    }


def response_as_json(response: Response) -> dict[str, object]:
    """Return what somebody said to a prompt, with the reply where there is one."""
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


def draw_thanks(
    prompt: Prompt, response: Response, *, texts: Texts, now: datetime
) -> dict[str, Any]:
    """Return what the templates draw after a response: one's own words, the reply."""
    is_waiting = prompt.answered_by_person and response.reply is None
    return {
        "response": response,
        "replied": _replied(response, texts, now),
        "promise": texts("thanks.promise") if is_waiting else None,
        "said": texts("thanks.words")
        if response.score is None
        else texts("thanks.score", score=response.score),
    }


def _replied(response: Response, texts: Texts, now: datetime) -> str | None:
    if response.replied_at is None:
        return None
    day = texts.short_date(response.replied_at, now)
    if response.replied_by is None:
        return texts("thanks.replied", date=day)
    return texts("thanks.replied_by", name=bdi(response.replied_by), date=day)
