"""An error becomes a response: a problem in JSON, or a page with a way on.

A page says what happened, what is safe, and offers one way on and the way home. Its
code is stable, and its reference is in the log, so that whoever writes to the site
can be helped. Nothing of the request, and no text of an exception, is shown.
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import JSONResponse, Response

from onboarding.errors import (
    BodyTooLarge,
    BodyTooSlow,
    Conflict,
    CrossSiteRequest,
    FeatureDenied,
    FreshSignInRequired,
    InvalidAnswer,
    OnboardingError,
    ProviderError,
    StoreUnavailable,
    TooManyTries,
    Unanswered,
)
from onboarding.log_lines import log_line
from onboarding.tokens import new_reference
from onboarding.web.context import cookies, noticing, responses
from onboarding.web.context.headers import is_reading
from onboarding.web.context.negotiation import wants_json
from onboarding.web.context.protection import came_from
from onboarding.web.context.request_context import RequestContext
from onboarding.web.context.responses import SAFE_HEADERS, redirect
from onboarding.web.context.ways_on import (
    action,
    aside,
    other_ways,
    outage_left,
    wanted_of,
)
from onboarding.web.views.problems import Problem
from onboarding.web.views.questions import describe_questions

log = logging.getLogger("onboarding")

PROBLEM = "application/problem+json"


def respond(context: RequestContext, error: OnboardingError) -> Response:
    """Return the response to an error: the only place where one becomes HTTP."""
    is_json = context.is_of_app or wants_json(context.scope)
    if isinstance(error, CrossSiteRequest):
        noticing.notice_refused_form(context.core, context.scope)
    if isinstance(error, Unanswered | FeatureDenied) and not is_json:
        return _to_questions(context, error)
    if isinstance(error, FreshSignInRequired) and not is_json:
        return _to_fresh_sign_in(context)
    response = respond_json(context, error) if is_json else _page(context, error)
    response.headers.append("vary", "Accept")
    if isinstance(error, StoreUnavailable | Conflict):  # what passes by itself
        response.headers["retry-after"] = "5"
    if context.is_of_app and error.status == HTTPStatus.UNAUTHORIZED:
        # RFC 6750 §3: what is wrong is the token, unless somebody is here by it.
        is_dead = context.current is None
        challenge = 'Bearer error="invalid_token"' if is_dead else "Bearer"
        response.headers["www-authenticate"] = challenge
    if isinstance(error, TooManyTries):  # RFC 6585 §4, RFC 9110 §10.2.3
        response.headers["retry-after"] = str(error.retry_after)
    if (seconds := outage_left(context, error)) is not None:
        # RFC 9110 §15.6.4. Not 504: some proxies put a page of their own in its place.
        response.headers["retry-after"] = str(seconds)
    # RFC 9110 §15.5.9: the rest of the body is waited for no longer. HTTP/2 and 3 end a
    # stream by themselves, and forbid the field (RFC 9113 §8.2.2).
    is_left = isinstance(error, BodyTooSlow | BodyTooLarge)
    if is_left and context.scope.get("http_version", "1.1").startswith("1"):
        response.headers["connection"] = "close"
    return response


def _log(error: OnboardingError) -> str:
    """Log what an error knows, and return what people may mention of it."""
    reference = new_reference()
    # What a provider says through a browser is no fault of ours (4xx), and may yet be
    # about a setting here: whoever looks after the site should read it.
    is_loud = error.status >= 500 or isinstance(error, ProviderError)
    level = logging.WARNING if is_loud else logging.INFO
    line = log_line(error)
    log.log(
        level,
        "refused: %s (%s), %s%s",
        error.code,
        error.status,
        reference,
        line and f": {line}",
    )
    log.debug("refused: %s, because of this:", reference, exc_info=error)
    return reference


def _to_questions(
    context: RequestContext, error: Unanswered | FeatureDenied
) -> Response:
    """Lead from a locked feature to its questions, and back here afterwards.

    Where the person declined, that page says so, and offers to answer after all.
    """
    scope, url = context.scope, context.renderer.url
    path, came = (
        f"ask/{error.feature}",
        came_from(scope["headers"], context.core.origin),
    )
    back = None if came == context.full_path else came
    if is_reading(scope):
        # Who has just answered there and comes without any cookie will answer for ever.
        answered = came and came.startswith((url(path), url("answers")))
        lost = "1" if answered and not cookies.are_sent(scope["headers"]) else None
        return redirect(url(path, next=context.full_path, back=back, lost=lost))
    # Nothing keeps the form that was sent: say so, and lead back to its page.
    return redirect(url(path, next=came, back=back, unsent="1"))


def _to_fresh_sign_in(context: RequestContext) -> Response:
    """Lead to their own ways to sign in, and back: to the page of a form that was sent.

    Nothing was changed, and the page there says so.
    """
    wanted = context.next
    if wanted is None:
        came = came_from(context.scope["headers"], context.core.origin)
        wanted = context.full_path if is_reading(context.scope) else came
    return redirect(context.renderer.url("sign-in", fresh="1", next=wanted))


def _problem(context: RequestContext, error: OnboardingError) -> Problem:
    core = context.core
    return Problem(
        error, texts=context.texts, features=core.features, providers=core.providers
    )


# ── in JSON ──────────────────────────────────────────────────────────────────


def respond_json(
    context: RequestContext,
    error: OnboardingError,
    facts: Mapping[str, object] | None = None,
) -> Response:
    """Return a problem (RFC 9457) with the error's code and typed facts.

    Args:
        context: In whose language.
        error: What went wrong.
        facts: Further facts, beside the error's own.
    """
    problem = _problem(context, error)
    members: dict[str, object] = {
        **error.details(),
        **({"next": wanted} if (wanted := wanted_of(context)) else {}),
        **(facts or {}),
        "title": problem.plain("title"),
        "status": error.status,
        "detail": problem.plain("what"),
        "code": error.code,
        "reference": _log(error),
    }
    if isinstance(error, InvalidAnswer):
        members["problem"] = problem.slots["problem"]
    if (seconds := outage_left(context, error)) is not None:
        members["retry_after"] = seconds
    if isinstance(error, Unanswered):
        members |= _questions(context, error)
    return JSONResponse(members, error.status, SAFE_HEADERS, PROBLEM)


def _questions(context: RequestContext, error: Unanswered) -> Mapping[str, object]:
    """Return the questions of a locked feature as JSON Schema, and where to answer."""
    return {
        "questions": describe_questions(
            error.questions,
            texts=context.texts,
            descriptions=context.core.profiling.descriptions,
        ),
        "answer_at": context.renderer.url("answers"),
    }


# ── as a page ────────────────────────────────────────────────────────────────


def _page(context: RequestContext, error: OnboardingError) -> Response:
    problem = _problem(context, error)
    values = {
        "title": problem.html("title"),
        "what": problem.html("what"),
        "safe": problem.html("safe"),
        "action": action(context, error, problem),
        "aside": aside(context, error),
        "others": other_ways(context, error),
        "again_at": context.full_path,
        "again": error.form if isinstance(error, TooManyTries) else {},
        "code": error.code,
        "reference": _log(error),
    }
    response = responses.page(
        context, "onboarding/problem.html", values, status=error.status
    )
    if context.is_secret:
        response.headers["referrer-policy"] = responses.HIDING_PATHS
    return response
