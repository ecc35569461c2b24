"""What the responses of our own addresses have in common: pages, headers, redirects."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from onboarding.web.context import language
from onboarding.web.context.headers import is_reading
from onboarding.web.context.notices import take_notice

if TYPE_CHECKING:
    from onboarding.web.context.request_context import RequestContext

SAFE_HEADERS = {
    "cache-control": "private, no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""Every page and every JSON answer. ``same-origin`` keeps ``Origin`` on our forms."""

HIDING_PATHS = "strict-origin"
"""The referrer policy of a page whose address holds a code: it tells no path.

``no-referrer`` would hide the origin as well: a browser without Fetch Metadata then
sends the form of that page with ``Origin: null`` (Fetch §3.2, "append a request Origin
header"), which could be anybody, and is refused.
"""


def page_policy(form_origins: Iterable[str]) -> str:
    """Return the content security policy of a page (CSP level 3).

    Chromium applies ``form-action`` to the redirect that follows a POST: without
    the providers' origins, a press of their buttons would be stopped without a word.

    Args:
        form_origins: Where forms lead, beside this site.
    """
    actions = " ".join(("'self'", *form_origins))
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; "
        "connect-src 'self'; img-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action {actions}"
    )


def page(
    context: "RequestContext",
    template: str,
    values: Mapping[str, object],
    *,
    status: int = 200,
    at: str | None = None,
) -> HTMLResponse:
    """Return a whole page, with the headers that every page of ours has.

    Args:
        context: Of the request, in whose language it is drawn.
        template: Its name, in the host's folder or in ours.
        values: What it may use; see ``Renderer.render``.
        status: The HTTP status.
        at: Where a GET leads to the form that this shows, should it respond to a
            POST: in another language, and by Back.
    """
    current = context.current
    at = None if is_reading(context.scope) else at
    common = {
        "languages": _other_languages(context, at),
        "account": current.account if current else None,
        "at": at or "",
        "notice": partial(take_notice, context),
        "here": at or ("" if _has_no_address(context) else context.full_path),
        "part_form": context.part_form,
    }
    html = context.part(template, common | dict(values))
    return HTMLResponse(html, status, SAFE_HEADERS | _policy(context))


def _policy(context: "RequestContext") -> dict[str, str]:
    core = context.core
    policy = page_policy(core.code_flow.form_origins() if core.providers else ())
    return {"content-security-policy": policy}


PUBLIC_HEADERS = SAFE_HEADERS | {
    "cache-control": "public, max-age=300",
    "vary": "Accept-Language, Cookie",
}
"""What is the same for everybody in one language; that may be in a cookie."""


def public_page(
    context: "RequestContext", template: str, values: Mapping[str, object]
) -> HTMLResponse:
    """Return a page that is the same for everybody, and that caches may keep.

    It is drawn as for a visitor, whoever is here: nothing of theirs may be kept.

    Args:
        context: Of the request, in whose language it is drawn.
        template: Its name, in the host's folder or in ours.
        values: What it may use; see ``Renderer.render``.
    """
    common = {
        "languages": _other_languages(context, None),
        "account": None,
        "at": "",
        "notice": lambda: None,
        "here": context.full_path,
        "part_form": "",
    }
    html = context.part(template, common | dict(values))
    return HTMLResponse(html, 200, PUBLIC_HEADERS | _policy(context))


def public_json(value: Mapping[str, object]) -> JSONResponse:
    """Return a JSON object that is the same for everybody in one language."""
    return JSONResponse(value, 200, PUBLIC_HEADERS)


def _other_languages(
    context: "RequestContext", at: str | None
) -> list[tuple[str, str, str]]:
    """Return each other language, its name, and a link to this very page in it.

    None where the response to a POST has no address, or where that holds a code.
    """
    if at is None and _has_no_address(context):
        return []
    path, _, query = (at or context.full_path).partition("?")
    return [
        (
            other,
            context.renderer.texts(other).plain("frame.language"),
            f"{path}?{language.query_in(other, query)}",
        )
        for other in context.core.locales
        if other != context.locale
    ]


def _has_no_address(context: "RequestContext") -> bool:
    """Tell whether no link may lead here: a POST was answered, or it holds a code."""
    return not is_reading(context.scope) or context.is_secret


def redirect(location: str) -> Response:
    """Return a 303: the next request is a GET (RFC 9110 §15.4.4)."""
    return RedirectResponse(location, 303, SAFE_HEADERS)
