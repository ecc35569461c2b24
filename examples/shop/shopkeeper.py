"""The shopkeeper's side: what people said, where they stopped, what the score is.

The library has no such pages on purpose. These are the demo's own, without any
sign-in, so they are there only when the demo runs on a loopback address, or when
somebody switches them on.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from examples.shop import phone
from examples.shop.figures import ENOUGH, Bar, draw_path, draw_range, draw_scores, share
from examples.shop.shop import Shop, shop_of
from examples.shop.welcome import FIRST_ORDER, PATH
from examples.shop.words import STEP_NAMES, Words
from onboarding.types import Response as Opinion
from onboarding.types import Score
from onboarding.visible import trim

PERIODS = (7, 30, 90)
PERIOD = timedelta(days=182)
"""How far back opinions count."""
REPLIES = "replies"
"""The id of the one form in which every reply is written, each in a field of its own.

One form, since a browser sends one: whichever button is pressed, all that was written
comes along, and stands there again.
"""
MOST_SHOWN = 20
"""Responses in that form at once; it has a limit of 64 KiB."""
LONGEST_REPLY = 2000
SHORTEN = "Make your reply shorter: 2,000 characters fit."
EMPTY = "Write a line before you send it."
ANSWERED = "Somebody has replied to this meanwhile."
GONE = "What you replied to has been erased meanwhile."
NAME = "Noor"
"""Who replies in this demo."""


def routes() -> list[Route]:
    """Return the addresses of the shopkeeper's pages."""
    return [
        Route("/shopkeeper", start),
        Route("/shopkeeper/responses", responses),
        Route("/shopkeeper/responses", reply, methods=["POST"]),
        Route("/shopkeeper/funnel", funnel),
        Route("/shopkeeper/nps", nps),
        Route("/shopkeeper/mail", mail),
        Route("/shopkeeper/phone", phone.ask),
        Route("/shopkeeper/phone", phone.place, methods=["POST"]),
    ]


async def start(_: Request) -> Response:
    """Lead to what waits for an answer."""
    return RedirectResponse("/shopkeeper/responses", 303)


# ── responses ────────────────────────────────────────────────────────────────


class Fault(NamedTuple):
    """Why a reply was not sent.

    Attributes:
        id: Of the response that it was for.
        advice: What to do.
    """

    id: str
    advice: str


async def responses(request: Request) -> Response:
    """List what people said: what waits first, or what was answered."""
    typed = await shop_of(request).onboarding.typed(request, REPLIES)
    state = request.query_params.get("state", "open")
    return await _responses_page(request, typed, state=state)


async def _responses_page(
    request: Request,
    typed: Mapping[str, str],
    *,
    state: str = "open",
    fault: Fault | None = None,
    replied: bool = False,
) -> Response:
    every = await _said(shop_of(request))
    waiting = [each for each in every if each.reply is None]
    answered = [each for each in every if each.reply is not None]
    refused = [each for each in answered if fault and each.id == fault.id]
    by_state = {
        "open": [*refused, *waiting[:MOST_SHOWN]],
        "answered": answered[::-1],
    }
    shown = state if state in by_state else "open"
    return shop_of(request).page(
        request,
        "responses.html",
        status=422 if fault else 200,
        at="/shopkeeper/responses",
        page="responses",
        state=shown,
        responses=by_state[shown],
        most=MOST_SHOWN,
        counts={"open": len(waiting), "answered": len(answered)},
        replied=replied,
        fault=fault,
        typed=typed,
        field_of=_field_of,
    )


def _field_of(id_: str) -> str:
    """Return the name of the field for the reply to a response."""
    return f"text-{id_}"


async def _said(shop: Shop) -> list[Opinion]:
    until = _until(shop)
    return await shop.onboarding.feedback.responses_to(
        FIRST_ORDER.name, since=until - PERIOD, until=until
    )


def _until(shop: Shop) -> datetime:
    """Return the end of a period that holds what happens this very instant, too."""
    return shop.clock() + timedelta(seconds=1)


async def reply(request: Request) -> Response:
    """Answer what somebody said; what is written to others stays written.

    The page is the answer, since a redirect would lose the rest of the form. Sent
    again by a reload, it says the same.
    """
    onboarding = shop_of(request).onboarding
    form = await onboarding.form(request)
    if onboarding.switches_language(request, form):
        return await _responses_page(request, form)
    id_ = form.get("reply", "")
    every = await _said(shop_of(request))
    said = next((each for each in every if each.id == id_), None)
    text = trim(form.get(_field_of(id_), "")).replace("\r\n", "\n")
    advice = _advice(said, text)
    if said is None or advice:
        return await _responses_page(request, form, fault=Fault(id_, advice))
    await onboarding.feedback.reply(said.account_id, id_, text=text, by=NAME)
    await onboarding.forget_typed(request, REPLIES)
    return await _responses_page(request, form, replied=True)


def _advice(said: Opinion | None, text: str) -> str:
    """Return why a reply cannot be sent, and what to do; nothing if it can."""
    if said is None:
        return GONE
    if said.reply not in {None, text}:
        return ANSWERED
    if not text:
        return EMPTY
    return SHORTEN if len(text) > LONGEST_REPLY else ""


# ── the path to an order ─────────────────────────────────────────────────────


async def funnel(request: Request) -> Response:
    """Show how far people come, as a drawing and as a table."""
    shop = shop_of(request)
    asked = request.query_params.get("days", "30")
    days = int(asked) if asked in map(str, PERIODS) else 30
    until = _until(shop)
    report = await shop.onboarding.journey.funnel(
        PATH, since=until - timedelta(days=days), until=until
    )
    bars = draw_path(report)
    return shop.page(
        request,
        "funnel.html",
        page="funnel",
        finding=_path_finding(shop.words(request), bars),
        periods=PERIODS,
        days=days,
        bars=bars,
        is_enough=bars[0].people >= ENOUGH,
        step_names=STEP_NAMES,
    )


def _path_finding(words: Words, bars: list[Bar]) -> str:
    worst = next((bar for bar in bars if bar.is_worst), None)
    if worst is not None:
        return words.say(
            "Between cart and order, most people stop before “{step}”:"
            " {lost} of {people}.",
            step=words.say(STEP_NAMES[worst.event]),
            lost=words.number(worst.lost),
            people=words.number(worst.people + worst.lost),
        )
    if bars[0].people == 0:
        return words.say("Nobody has filled a cart in this time.")
    if bars[0].people < ENOUGH:
        return words.say(
            "Too few to judge: {count} so far.", count=words.number(bars[0].people)
        )
    return words.say("Nobody who filled a cart stopped before the order.")


# ── net promoter score ───────────────────────────────────────────────────────


async def nps(request: Request) -> Response:
    """Show the net promoter score, with how far it can be trusted."""
    shop, words = shop_of(request), shop_of(request).words(request)
    said, until = await _said(shop), _until(shop)
    score = await shop.onboarding.feedback.score(
        FIRST_ORDER.name, since=until - PERIOD, until=until
    )
    return shop.page(
        request,
        "nps.html",
        page="nps",
        finding=_score_finding(words, score),
        caption=words.say(
            "Net promoter score of the last {days} days, from {answers} answers",
            days=PERIOD.days,
            answers=words.number(score.people),
        ),
        score=score,
        gauge=draw_range(score),
        bars=draw_scores(said),
        rows=[
            (words.say(label), words.number(found), share(found, score.people))
            for label, found in (
                ("9–10 promoters", score.promoters),
                ("7–8 passives", score.passives),
                ("0–6 detractors", score.detractors),
            )
        ],
    )


def _score_finding(words: Words, score: Score) -> str:
    if score.low is None or score.high is None:
        return words.say(
            "Not enough yet: {count} of {enough} answers.",
            count=words.number(score.people),
            enough=ENOUGH,
        )
    return words.say(
        "Somewhere between {low} and {high}."
        " About {more} more answers would halve that range.",
        # Signed as the figure beside it is, or "−8" would seem a dash before "8".
        low=words.signed(score.low),
        high=words.signed(score.high),
        # Half the range takes four times the answers.
        more=words.number(round(3 * score.people, -1)),
    )


# ── mail ─────────────────────────────────────────────────────────────────────


async def mail(request: Request) -> Response:
    """Show every mail that this demo would have sent, codes and links and all."""
    shop = shop_of(request)
    return shop.page(request, "mail.html", page="mail", letters=list(shop.outbox.sent))
