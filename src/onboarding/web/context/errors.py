"""An error becomes a response: a problem in JSON, or a page with a way on.

A page says what happened, what is safe, and offers one way on and the way home. Its
code is stable, and its reference is in the log, so that whoever writes to the site
can be helped. Nothing of the request, and no text of an exception, is shown.
"""

import logging
from collections.abc import Callable, Mapping
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
from onboarding.frozen import dataclass
from onboarding.log_lines import log_line
from onboarding.tokens import new_reference
from onboarding.web.context import cookies, noticing, responses
from onboarding.web.context.headers import is_reading
from onboarding.web.context.negotiation import wants_json
from onboarding.web.context.protection import came_from
from onboarding.web.context.request_context import RequestContext
from onboarding.web.context.responses import SAFE_HEADERS, redirect
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
        **({"next": wanted} if (wanted := _wanted(context)) else {}),
        **(facts or {}),
        "title": problem.plain("title"),
        "status": error.status,
        "detail": problem.plain("what"),
        "code": error.code,
        "reference": _log(error),
    }
    if isinstance(error, InvalidAnswer):
        members["problem"] = problem.slots["problem"]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOn:
    """The one way on from a problem: a link, or a button where it must be a POST."""

    label: str
    href: str
    post: bool = False
    next: str | None = None


def _page(context: RequestContext, error: OnboardingError) -> Response:
    problem = _problem(context, error)
    values = {
        "title": problem.html("title"),
        "what": problem.html("what"),
        "safe": problem.html("safe"),
        "action": _action(context, error, problem),
        "aside": _aside(context, error),
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


def _action(context: RequestContext, error: OnboardingError, problem: Problem) -> WayOn:
    """Return the one way on, which is home where there is no better one."""
    make = ERROR_ACTIONS.get(error.code) or ERROR_ACTIONS.get(problem.name)
    if make is not None and "go" in problem:
        return make(context, error, problem.plain("go"))
    if wanted := _wanted(context):
        label = context.texts.plain("sign_in.name")
        href = context.renderer.url("sign-in", next=wanted)
        return WayOn(label=label, href=href)
    return _aside(context, error)


def _aside(context: RequestContext, error: OnboardingError) -> WayOn:
    """Return the quiet way on: home, or where a sign-in led that is not needed."""
    wanted = _wanted(context)
    if wanted and error.code == "identity_taken":  # who is told so is signed in
        return WayOn(label=context.texts.plain("confirm.no"), href=wanted)
    label = context.texts.plain("problem.home", site=context.core.site_name)
    return WayOn(label=label, href=context.core.home)


def _wanted(context: RequestContext) -> str | None:
    """Return where the sign-in that went wrong was to lead, if not home anyway."""
    return context.next if context.next != context.core.home else None


def _to(path: str) -> "ActionMaker":
    return lambda context, _, label: WayOn(
        label=label, href=context.renderer.url(path, next=_wanted(context))
    )


def _to_account(context: RequestContext, _: OnboardingError, label: str) -> WayOn:
    return WayOn(label=label, href=context.renderer.url("account"))


def _sign_in(context: RequestContext, error: OnboardingError, label: str) -> WayOn:
    """With the provider that it went wrong with, or by choosing one."""
    url, wanted = context.renderer.url, _wanted(context)
    provider = context.core.providers.get(str(error.details().get("provider")))
    if provider is None:
        here = context.current_session()
        is_in = here is not None and not here.account.is_guest
        href = url("account") if is_in else url("sign-in", next=wanted)
        return WayOn(label=label, href=href)
    if not isinstance(error, ProviderError):
        label = context.texts.plain("sign_in.again", provider=provider.title)
    href = url(f"sign-in/{provider.name}")
    return WayOn(label=label, href=href, post=True, next=wanted)


def _sign_in_and_back(context: RequestContext, _: OnboardingError, label: str) -> WayOn:
    """To the chooser, and back here; to the page of the form, where one was sent."""
    came = came_from(context.scope["headers"], context.core.origin)
    page = context.full_path if is_reading(context.scope) else context.next or came
    href = context.renderer.url("sign-in", next=page, guest="no")
    return WayOn(label=label, href=href)


def _again(context: RequestContext, _: OnboardingError, label: str) -> WayOn:
    is_page = is_reading(context.scope)
    return WayOn(label=label, href=context.full_path if is_page else context.core.home)


ActionMaker = Callable[[RequestContext, OnboardingError, str], WayOn]

ERROR_ACTIONS: Mapping[str, ActionMaker] = {
    "sign_in_required": _sign_in_and_back,
    "state_mismatch": _sign_in,
    "cookies_blocked": _sign_in,
    "sign_in_expired": _sign_in,
    "wrong_code": _to("sign-in"),
    "last_way_in": _to("account"),
    "too_many_tries": _to("sign-in"),
    "too_many_guests": _to("sign-in"),
    "order_link_over": _to("orders"),
    "provider_error": _sign_in,
    "provider_unreachable": _sign_in,
    "sign_in_cancelled": _to("sign-in"),
    "passkey_refused": _to("sign-in"),
    "passkey_unknown": _to("sign-in"),
    "passkey_copied": _to("sign-in"),
    "confirmation_required": _to("confirm"),
    "identity_taken": _to_account,
    "store_error": _again,
    "conflict": _again,
}
"""The way on, by the code of the error or of its kind."""
