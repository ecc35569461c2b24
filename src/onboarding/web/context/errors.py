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

    from onboarding.web.context.request_context import Visit

log = logging.getLogger("onboarding")

PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The one way on from a problem: a link, or a button where it must be a POST."""

    label: str
    href: str
    post: bool = False
    next: str | None = None


def answer(visit: "Visit", error: OnboardingError) -> "Response":
    """Return the answer to an error: the only place where one becomes HTTP."""
    if isinstance(error, Unanswered | FeatureDenied) and not wants_json(visit.scope):
        return _to_questions(visit, error)
    response = problem(visit, error) if wants_json(visit.scope) else _page(visit, error)
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


def _to_questions(visit: "Visit", error: Unanswered | FeatureDenied) -> "Response":
    """Lead from a locked feature to its questions, and back here afterwards.

    Where the person declined, that page says so, and offers to tell after all.
    """
    scope, core = visit.scope, visit.core
    path, came = f"ask/{error.feature}", came_from(scope["headers"], core.origin)
    back = None if came == visit.here else came
    if scope["method"] in {"GET", "HEAD"}:
        return redirect(visit.face.url(path, next=visit.here, back=back))
    # Nobody keeps the form for later: say so, and lead back to its page.
    return redirect(visit.face.url(path, next=came, back=back, unsent="1"))


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


def _slots(visit: "Visit", error: OnboardingError, texts: Texts) -> dict[str, str]:
    """Return what the sentences of an error may name."""
    facts = error.details()
    provider = str(facts.get("provider", ""))
    feature = str(facts.get("feature", ""))
    known = visit.core.providers.get(provider)
    slots = {
        "provider": known.title if known else provider,
        "feature": feature_title(visit, feature, texts),
    }
    if isinstance(error, InvalidAnswer):
        slots["problem"] = texts.say(error.problem, **error.slots)
    return slots


def feature_title(visit: "Visit", name: str, texts: Texts) -> str:
    """Return what people call a feature."""
    plan = visit.core.catalogue.plans.get(name)
    title = plan.feature.title if plan else None
    return texts.say(title or name.replace("-", " ").replace("_", " ").capitalize())


# ── in JSON ──────────────────────────────────────────────────────────────────


def problem(
    visit: "Visit",
    error: OnboardingError,
    facts: Mapping[str, object] | None = None,
) -> "Response":
    """Return a problem (RFC 9457) with the error's code and typed facts.

    Args:
        visit: In whose language.
        error: What went wrong.
        facts: Further facts, beside the error's own.
    """
    texts = visit.face.texts(visit.locale)
    key, slots = _key(error, texts), _slots(visit, error, texts)
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
        told |= _questions(visit, error)
    return JSONResponse(told, error.status, SAFE_HEADERS, PROBLEM)


def _questions(visit: "Visit", error: Unanswered) -> Mapping[str, object]:
    """Return the questions of a locked feature as JSON Schema, and where to answer."""
    from onboarding.web.views.questions import described

    return {
        "questions": described(visit, error.questions),
        "answer_at": visit.face.url("answers"),
    }


# ── as a page ────────────────────────────────────────────────────────────────


def _page(visit: "Visit", error: OnboardingError) -> "Response":
    texts = visit.face.texts(visit.locale)
    key, slots = _key(error, texts), _slots(visit, error, texts)
    response = visit.face.page(
        visit,
        "problem.html",
        status=error.status,
        title=texts(f"{key}.title", **slots),
        what=texts(f"{key}.what", **slots),
        safe=texts(f"{key}.safe", **slots),
        way=_way(visit, error, texts, key, slots),
        code=error.code,
        reference=_log(error),
    )
    if visit.is_secret:
        response.headers["referrer-policy"] = "no-referrer"
    return response


def _way(
    visit: "Visit",
    error: OnboardingError,
    texts: Texts,
    key: str,
    slots: Mapping[str, str],
) -> Way:
    """Return the one way on, which is home where there is no better one."""
    site = visit.core.site_name
    find = WAYS.get(error.code) or WAYS.get(key.removeprefix("problem."))
    if find is None or f"{key}.go" not in texts:
        return Way(label=texts.plain("problem.home", site=site), href=visit.core.home)
    return find(visit, error, texts.plain(f"{key}.go", **slots))


def _to(path: str) -> "Find":
    return lambda visit, _, label: Way(label=label, href=visit.face.url(path))


def _sign_in(visit: "Visit", error: OnboardingError, label: str) -> Way:
    """With the provider that it went wrong with, or by choosing one."""
    provider = visit.core.providers.get(str(error.details().get("provider")))
    if provider is None:
        return Way(label=label, href=visit.face.url("sign-in"))
    texts = visit.face.texts(visit.locale)
    if not isinstance(error, ProviderError):
        label = texts.plain("sign_in.again", provider=provider.title)
    href = visit.face.url(f"sign-in/{provider.name}")
    return Way(label=label, href=href, post=True)


def _sign_in_and_back(visit: "Visit", _: OnboardingError, label: str) -> Way:
    here = visit.here if visit.scope["method"] == "GET" else None
    href = visit.face.url("sign-in", next=here, guest="no")
    return Way(label=label, href=href)


def _again(visit: "Visit", _: OnboardingError, label: str) -> Way:
    is_page = visit.scope["method"] == "GET"
    return Way(label=label, href=visit.here if is_page else visit.core.home)


Find = Callable[["Visit", OnboardingError, str], Way]

WAYS: Mapping[str, Find] = {
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
