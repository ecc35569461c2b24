"""The shopkeeper's side: what people said, where they stopped, what the score is.

The library has no such pages on purpose. These are the demo's own, without any
sign-in, so they are there only when the demo runs on a loopback address, or when
somebody switches them on.
"""

from datetime import datetime, timedelta

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
LONGEST_REPLY = 2000
SHORTEN = "Make your reply shorter: 2,000 characters fit."
NAME = "Noor"
"""Who replies in this demo."""


def routes() -> list[Route]:
    """Return the addresses of the shopkeeper's pages."""
    return [
        Route("/shopkeeper", start),
        Route("/shopkeeper/responses", responses),
        Route("/shopkeeper/responses/{account}/{id}", reply, methods=["POST"]),
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


async def responses(request: Request) -> Response:
    """List what people said: what waits first, or what was answered."""
    return await _responses_page(request, request.query_params.get("state", "open"))


async def _responses_page(
    request: Request, state: str, *, fault: str = "", advice: str = "", typed: str = ""
) -> Response:
    every = await _said(shop_of(request))
    by_state = {
        "open": [each for each in every if each.reply is None],
        "answered": [each for each in reversed(every) if each.reply is not None],
    }
    shown = state if state in by_state else "open"
    return shop_of(request).page(
        request,
        "responses.html",
        status=422 if fault else 200,
        at="/shopkeeper/responses" if fault else None,
        page="responses",
        state=shown,
        responses=by_state[shown],
        counts={name: len(found) for name, found in by_state.items()},
        replied="replied" in request.query_params,
        fault=fault,
        advice=advice,
        typed=typed,
    )


async def _said(shop: Shop) -> list[Opinion]:
    until = _until(shop)
    return await shop.onboarding.feedback.responses_to(
        FIRST_ORDER.name, since=until - PERIOD, until=until
    )


def _until(shop: Shop) -> datetime:
    """Return the end of a period that holds what happens this very instant, too."""
    return shop.clock() + timedelta(seconds=1)


async def reply(request: Request) -> Response:
    """Answer what somebody said; they find it under My data."""
    shop = shop_of(request)
    form = await shop.onboarding.form(request)
    account, id_ = (request.path_params[key] for key in ("account", "id"))
    text = trim(form.get("text", ""))
    if not text or len(text) > LONGEST_REPLY:
        advice = SHORTEN if text else "Write a line before you send it."
        return await _responses_page(
            request, "open", fault=id_, advice=advice, typed=text
        )
    await shop.onboarding.feedback.reply(account, id_, text=text, by=NAME)
    return RedirectResponse("/shopkeeper/responses?replied=1", 303)


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
