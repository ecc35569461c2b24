"""An error becomes an answer: a problem in JSON, or a page with a way on.

A page says what happened, what is safe, and offers one way on and the way home. Its
code is stable, and its reference is in the log, so that whoever writes to the site
can be helped. Nothing of the request, and no text of an exception, is shown.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, RedirectResponse

from onboarding.errors import (
    FeatureDenied,
    InvalidAnswer,
    OnboardingError,
    ProviderError,
    Refused,
    StoreError,
    Unanswered,
)
from onboarding.locales import Texts
from onboarding.tokens import new_reference
from onboarding.web.context.negotiation import wants_json
from onboarding.web.context.protection import came_from
from onboarding.web.views.renderer import SAFE_HEADERS

if TYPE_CHECKING:
    from starlette.responses import Response

    from onboarding.web.context.request_context import RequestContext

log = logging.getLogger("onboarding")

PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorAction:
    """The one way on from a problem: a link, or a button where it must be a POST."""

    label: str
    href: str
    post: bool = False
    next: str | None = None


def answer(context: "RequestContext", error: OnboardingError) -> "Response":
    """Return the answer to an error: the only place where one becomes HTTP."""
    if isinstance(error, Unanswered | FeatureDenied) and not wants_json(context.scope):
        return _to_questions(context, error)
    response = (
        problem(context, error) if wants_json(context.scope) else _page(context, error)
    )
    response.headers.append("vary", "Accept")
    if isinstance(error, StoreError):
        response.headers["retry-after"] = "5"
    return response


def _log(error: OnboardingError) -> str:
    """Log an error by its code, and return what people may mention of it."""
    reference = new_reference()
    level = logging.WARNING if error.status >= 500 else logging.INFO
    log.log(level, "refused: %s (%s), %s", error.code, error.status, reference)
    return reference


def _to_questions(
    context: "RequestContext", error: Unanswered | FeatureDenied
) -> "Response":
    """Lead from a locked feature to its questions, and back here afterwards.

    Where the person declined, that page says so, and offers to tell after all.
    """
    scope, core = context.scope, context.core
    path, came = f"ask/{error.feature}", came_from(scope["headers"], core.origin)
    back = None if came == context.full_path else came
    if scope["method"] in {"GET", "HEAD"}:
        return redirect(context.renderer.url(path, next=context.full_path, back=back))
    # Nobody keeps the form for later: say so, and lead back to its page.
    return redirect(context.renderer.url(path, next=came, back=back, unsent="1"))


def redirect(location: str) -> "Response":
    """Return a 303: the next request is a GET (RFC 9110 §15.4.4)."""
    return RedirectResponse(location, 303, SAFE_HEADERS)


# ── in words ─────────────────────────────────────────────────────────────────


def _key(error: OnboardingError, texts: Texts) -> str:
    """Return whose words an error has: its own, or those of its kind."""
    kinds = ((StoreError, "store_error"), (ProviderError, "provider_error"))
    kind = next((name for base, name in kinds if isinstance(error, base)), "")
    fallback = "refused" if isinstance(error, Refused) else "onboarding_error"
    named = (error.code, kind, fallback)
    return next(f"problem.{n}" for n in named if f"problem.{n}.title" in texts)


def _slots(
    context: "RequestContext", error: OnboardingError, texts: Texts
) -> dict[str, str]:
    """Return what the sentences of an error may name."""
    facts = error.details()
    provider = str(facts.get("provider", ""))
    feature = str(facts.get("feature", ""))
    known = context.core.providers.get(provider)
    slots = {
        "provider": known.title if known else provider,
        "feature": feature_title(context, feature, texts),
    }
    if isinstance(error, InvalidAnswer):
        slots["problem"] = texts.say(error.problem, **error.slots)
    return slots


def feature_title(context: "RequestContext", name: str, texts: Texts) -> str:
    """Return what people call a feature."""
    plan = context.core.catalogue.plans.get(name)
    title = plan.feature.title if plan else None
    return texts.say(title or name.replace("-", " ").replace("_", " ").capitalize())


# ── in JSON ──────────────────────────────────────────────────────────────────


def problem(
    context: "RequestContext",
    error: OnboardingError,
    facts: Mapping[str, object] | None = None,
) -> "Response":
    """Return a problem (RFC 9457) with the error's code and typed facts.

    Args:
        context: In whose language.
        error: What went wrong.
        facts: Further facts, beside the error's own.
    """
    texts = context.renderer.texts(context.locale)
    key, slots = _key(error, texts), _slots(context, error, texts)
    told: dict[str, object] = {
        **error.details(),
        **(facts or {}),
        "title": texts.plain(f"{key}.title", **slots),
        "status": error.status,
        "detail": texts.plain(f"{key}.what", **slots),
        "code": error.code,
        "reference": _log(error),
    }
    if isinstance(error, InvalidAnswer):
        told["problem"] = slots["problem"]
    if isinstance(error, Unanswered):
        told |= _questions(context, error)
    return JSONResponse(told, error.status, SAFE_HEADERS, PROBLEM)


def _questions(context: "RequestContext", error: Unanswered) -> Mapping[str, object]:
    """Return the questions of a locked feature as JSON Schema, and where to answer."""
    from onboarding.web.views.questions import describe_questions

    return {
        "questions": describe_questions(context, error.questions),
        "answer_at": context.renderer.url("answers"),
    }


# ── as a page ────────────────────────────────────────────────────────────────


def _page(context: "RequestContext", error: OnboardingError) -> "Response":
    texts = context.renderer.texts(context.locale)
    key, slots = _key(error, texts), _slots(context, error, texts)
    response = context.renderer.page(
        context,
        "problem.html",
        status=error.status,
        title=texts(f"{key}.title", **slots),
        what=texts(f"{key}.what", **slots),
        safe=texts(f"{key}.safe", **slots),
        action=_action(context, error, texts, key, slots),
        code=error.code,
        reference=_log(error),
    )
    if context.is_secret:
        response.headers["referrer-policy"] = "no-referrer"
    return response


def _action(
    context: "RequestContext",
    error: OnboardingError,
    texts: Texts,
    key: str,
    slots: Mapping[str, str],
) -> ErrorAction:
    """Return the one way on, which is home where there is no better one."""
    site = context.core.site_name
    find = ERROR_ACTIONS.get(error.code) or ERROR_ACTIONS.get(
        key.removeprefix("problem.")
    )
    if find is None or f"{key}.go" not in texts:
        return ErrorAction(
            label=texts.plain("problem.home", site=site), href=context.core.home
        )
    return find(context, error, texts.plain(f"{key}.go", **slots))


def _to(path: str) -> "ActionFor":
    return lambda context, _, label: ErrorAction(
        label=label, href=context.renderer.url(path)
    )


def _sign_in(
    context: "RequestContext", error: OnboardingError, label: str
) -> ErrorAction:
    """With the provider that it went wrong with, or by choosing one."""
    provider = context.core.providers.get(str(error.details().get("provider")))
    if provider is None:
        return ErrorAction(label=label, href=context.renderer.url("sign-in"))
    texts = context.renderer.texts(context.locale)
    if not isinstance(error, ProviderError):
        label = texts.plain("sign_in.again", provider=provider.title)
    href = context.renderer.url(f"sign-in/{provider.name}")
    return ErrorAction(label=label, href=href, post=True)


def _sign_in_and_back(
    context: "RequestContext", _: OnboardingError, label: str
) -> ErrorAction:
    here = context.full_path if context.scope["method"] == "GET" else None
    href = context.renderer.url("sign-in", next=here, guest="no")
    return ErrorAction(label=label, href=href)


def _again(context: "RequestContext", _: OnboardingError, label: str) -> ErrorAction:
    is_page = context.scope["method"] == "GET"
    return ErrorAction(
        label=label, href=context.full_path if is_page else context.core.home
    )


ActionFor = Callable[["RequestContext", OnboardingError, str], ErrorAction]

ERROR_ACTIONS: Mapping[str, ActionFor] = {
    "sign_in_required": _sign_in_and_back,
    "state_mismatch": _sign_in,
    "sign_in_expired": _sign_in,
    "provider_error": _sign_in,
    "provider_unreachable": _sign_in,
    "sign_in_cancelled": _to("sign-in"),
    "confirmation_required": _to("confirm"),
    "identity_taken": _to("account"),
    "store_error": _again,
    "conflict": _again,
}
"""The way on, by the code of the error or of its kind."""
