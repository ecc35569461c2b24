"""When a prompt is due, what may be said to it, and what the scores add up to.

A prompt stands on the moments at which its event happened. Each moment opens
``delay`` after the event and closes ``expires`` later; only later moments than the
last response count, so nobody is asked twice about the same thing. What keeps a
prompt back, the first line that applies:

============  ==========================================  ==========================
not_sampled   the account is not in the prompt's sample   for good
dismissed     "don't ask me this"                         for good
answered      there is a response                         for good, or the cooldown
not_happened  the event, the nth time                     until it happens
too_early     the delay since the event                   until the delay is over
expired       every moment has closed                     until it happens again
snoozed …     attention: ``onboarding.attention``      as its ``Verdict`` says
behind        another prompt, declared earlier, is due    until that one is done
============  ==========================================  ==========================

Nothing here reads a score: who is asked, and what comes next, is the same for all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from math import sqrt

from onboarding.attention.model import Allowance, Quiet, Verdict, prompt_item
from onboarding.errors import InvalidAnswer
from onboarding.feedback.model import (
    History,
    NotDue,
    Prompt,
    PromptStatus,
    Response,
    Score,
)
from onboarding.instants import SET_BACK
from onboarding.visible import is_blank

TEXT_LIMIT = 2000
"""Characters in a response or a reply."""

FEWEST = 30
"""Scores below which no figure is given: the interval would span half the scale."""


# ── which prompt, and when ───────────────────────────────────────────────────


def due(
    prompts: Iterable[Prompt], history: History, allowance: Allowance, now: datetime
) -> Prompt | None:
    """Return the one prompt to show now, the first declared of those that may be.

    Args:
        allowance: What attention permits in this visit.
    """
    statuses = why(prompts, history, allowance, now)
    return next((one.prompt for one in statuses if one.because is None), None)


def why(
    prompts: Iterable[Prompt], history: History, allowance: Allowance, now: datetime
) -> tuple[PromptStatus, ...]:
    """Return for each prompt, in order, what keeps it back and until when."""
    statuses: list[PromptStatus] = []
    is_taken = False
    for prompt in prompts:
        verdict = allowance.verdict(prompt_item(prompt.name))
        status = (
            _for_good(prompt, history, verdict)
            or _by_time(prompt, history, now)
            or _by_attention(prompt, history, verdict, now)
            or PromptStatus(prompt=prompt, because=NotDue.BEHIND if is_taken else None)
        )
        is_taken = is_taken or status.because is None
        statuses.append(status)
    return tuple(statuses)


def _for_good(
    prompt: Prompt, history: History, verdict: Verdict
) -> PromptStatus | None:
    if not is_sampled(prompt, history.account_id):
        return PromptStatus(prompt=prompt, because=NotDue.NOT_SAMPLED)
    if verdict.because is Quiet.DISMISSED:
        return PromptStatus(prompt=prompt, because=Quiet.DISMISSED)
    if last_response(prompt, history.responses) and prompt.cooldown is None:
        return PromptStatus(prompt=prompt, because=NotDue.ANSWERED)
    return None


def _by_time(prompt: Prompt, history: History, now: datetime) -> PromptStatus | None:
    cool = _cool(prompt, history)
    if cool and cool > now:
        return PromptStatus(prompt=prompt, because=NotDue.ANSWERED, until=cool)
    opens = _opens(prompt, history)
    if not opens:
        return PromptStatus(prompt=prompt, because=NotDue.NOT_HAPPENED)
    if any(at <= now < at + prompt.expires for at in opens):
        return None
    later = [at for at in opens if at > now]
    if later:
        return PromptStatus(prompt=prompt, because=NotDue.TOO_EARLY, until=min(later))
    return PromptStatus(prompt=prompt, because=NotDue.EXPIRED)


def _by_attention(
    prompt: Prompt, history: History, verdict: Verdict, now: datetime
) -> PromptStatus | None:
    if verdict.because is None:
        return None
    closes = max(_opened(prompt, history, now)) + prompt.expires
    in_time = verdict.until is not None and verdict.until < closes
    return PromptStatus(
        prompt=prompt,
        because=verdict.because,
        until=verdict.until if in_time else None,
    )


def _opens(prompt: Prompt, history: History) -> list[datetime]:
    """When the prompt opens, for every moment after the last response."""
    happened = [one.at for one in history.moments if one.name == prompt.after.name]
    end = prompt.nth if prompt.cooldown is None else None
    last = last_response(prompt, history.responses)
    return [
        at + prompt.delay
        for at in happened[prompt.nth - 1 : end]
        if not last or at > last.given_at
    ]


def _opened(prompt: Prompt, history: History, now: datetime) -> list[datetime]:
    """When it opened, for every such moment that is past its delay.

    What happened a little after "now" happened before the clock was set back: whoever
    was asked then may still answer.
    """
    ahead = now + prompt.delay
    opens = _opens(prompt, history)
    return [at for at in opens if at <= now or ahead < at <= ahead + SET_BACK]


def _cool(prompt: Prompt, history: History) -> datetime | None:
    """When the cooldown of a prompt that was answered is over."""
    last = last_response(prompt, history.responses)
    if last is None or prompt.cooldown is None:
        return None
    return last.given_at + prompt.cooldown


def last_response(prompt: Prompt, responses: Sequence[Response]) -> Response | None:
    """Return the newest response to a prompt; ``responses`` are oldest first."""
    return next((one for one in reversed(responses) if one.prompt == prompt.name), None)


def is_sampled(prompt: Prompt, account_id: str) -> bool:
    """Tell whether an account is among those who are ever asked.

    By the hash of the prompt and the account, not by chance: a die that is rolled
    again at every trigger reaches far more people than its share.
    """
    digest = sha256(f"{prompt.name}:{account_id}".encode()).digest()
    return int.from_bytes(digest[:8]) < prompt.sample * 2**64


# ── what was said ────────────────────────────────────────────────────────────


def was_asked(prompt: Prompt, history: History, now: datetime) -> bool:
    """Tell whether a prompt is or was due to somebody, shown or not.

    A page that lay open past the end of a moment may still be sent.
    """
    if not is_sampled(prompt, history.account_id):
        return False
    return bool(
        last_response(prompt, history.responses) or _opened(prompt, history, now)
    )


def given_at(prompt: Prompt, history: History, now: datetime) -> datetime:
    """Return the instant of a response: never before what it is about.

    Were the clock set back between an order and what is said about it, the order would
    seem to be a later one, and be asked about again.
    """
    happened = [one.at for one in history.moments if one.name == prompt.after.name]
    last = last_response(prompt, history.responses)
    known = [*happened, *([last.given_at + timedelta.resolution] if last else [])]
    return max([now, *(at for at in known if at <= now + SET_BACK)])


def answered_now(prompt: Prompt, history: History, now: datetime) -> Response | None:
    """Return the response that somebody's words change, or None for a new one."""
    cool = _cool(prompt, history)
    if cool and cool <= now and _opened(prompt, history, now):
        return None
    return last_response(prompt, history.responses)


def check_said(prompt: Prompt, score: int | None, text: str) -> tuple[int | None, str]:
    """Return score and words as they are kept. Either alone is a full answer.

    Raises:
        InvalidAnswer: With nothing said, a score off the scale, or too many words.
    """
    words = _tidy(text)
    if score is None and not words:
        raise InvalidAnswer(prompt.name, "prompt.pick_or_write")
    # JSON has true and 7.0, which Python takes for 1 and 7.
    if score is not None and (type(score) is not int or score not in range(11)):
        raise InvalidAnswer(prompt.name, "prompt.off_scale")
    if len(words) > TEXT_LIMIT:
        raise InvalidAnswer(prompt.name, "prompt.too_long")
    return score, words


def amended(response: Response, *, score: int | None, text: str) -> Response:
    """Return a response with other words; the same one when they are not other.

    Raises:
        InvalidAnswer: When the reply to the first words is there: it would answer
            something that was never said.
    """
    if (response.score, response.text) == (score, text):
        return response
    if response.reply is not None:
        raise InvalidAnswer(response.prompt, "prompt.replied")
    return replace(response, score=score, text=text)


def replied(response: Response, text: str, by: str, now: datetime) -> Response:
    """Return a response with its reply; the same one when it has that reply.

    There is one reply. Until the person has seen it, it may be put better.

    Raises:
        InvalidAnswer: Without words, with too many, or when it was seen.
    """
    words = _tidy(text)
    if not words:
        raise InvalidAnswer("reply", "reply.empty")
    if len(words) > TEXT_LIMIT:
        raise InvalidAnswer("reply", "reply.too_long")
    if response.reply == words:
        return response
    if response.seen_at is not None:
        raise InvalidAnswer("reply", "reply.seen")
    return replace(response, reply=words, replied_by=by, replied_at=now)


def _tidy(text: str) -> str:
    """Words without space around them; a form ends its lines with CRLF (HTML §4.10)."""
    return "" if is_blank(text) else text.replace("\r\n", "\n").strip()


# ── what it adds up to ───────────────────────────────────────────────────────


def nps(responses: Iterable[Response]) -> Score:
    """Return the net promoter score of responses to one prompt, with its interval.

    Promoters (9, 10) less detractors (0 to 6), per hundred. Each person counts once,
    with their newest score; words without a score do not count. The interval is
    the adjusted Wald (Rocks 2016, "Interval estimation for the net promoter
    score"): three imagined answers, a quarter of them neutral at each end, keep it
    honest where the plain formula is far too sure of itself. With fewer than 30
    people there is no figure.

    Args:
        responses: Oldest first.
    """
    newest = {r.account_id: r.score for r in responses if r.score is not None}
    scores = list(newest.values())
    promoters = sum(score >= 9 for score in scores)
    detractors = sum(score <= 6 for score in scores)
    counted = Score(
        people=len(scores),
        promoters=promoters,
        passives=len(scores) - promoters - detractors,
        detractors=detractors,
    )
    if len(scores) < FEWEST:
        return counted
    from statistics import NormalDist

    weight = len(scores) + 3
    more, less = (promoters + 0.75) / weight, (detractors + 0.75) / weight
    error = sqrt((more + less - (more - less) ** 2) / weight)
    reach = NormalDist().inv_cdf(0.975) * error
    return replace(
        counted,
        value=100 * (more - less),
        low=max(-100, 100 * (more - less - reach)),
        high=min(100, 100 * (more - less + reach)),
    )
