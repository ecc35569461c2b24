"""What a browser sees of the provider: three pages, one style sheet, one script."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from onboarding.testing.identity_provider.model import AuthorizationRequest
from onboarding.testing.people import Person

Brand = Mapping[str, str]
"""``name`` and ``note`` of the provider, and the ``host`` it lives at."""

PAGE_FOLDER = Path(__file__).with_name("pages")

PAGE_TEMPLATES = Environment(
    loader=FileSystemLoader(PAGE_FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

ASSETS = {"provider.css": "text/css", "provider.svg": "image/svg+xml"}
"""The files that a page names, with their media types."""

SUBMITS = "document.forms[0].submit()"
"""What makes a browser post the answer without a click."""

ASKS = {
    frozenset[str](): "only a number that stands for you",
    frozenset({"profile"}): "your name",
    frozenset({"email"}): "your email address",
    frozenset({"profile", "email"}): "your name and email address",
}
"""What a client asks to be told, in words, by the scopes it named."""


def choose(
    request: AuthorizationRequest, people: Sequence[Person], brand: Brand
) -> Response:
    """Return the page on which one of the people is chosen.

    The person whom ``login_hint`` names stands first, under the filled button.
    """
    hinted = next((person for person in people if is_hinted(request, person)), None)
    html = PAGE_TEMPLATES.get_template("choose.html").render(
        brand,
        asks=ASKS[request.scopes & {"profile", "email"}],
        asker=urlsplit(request.redirect_uri).netloc or request.client.client_id,
        hinted=hinted,
        people=sorted(people, key=lambda person: person is not hinted),
    )
    return _page(html, 200, form_action=f"'self' {_source(request.redirect_uri)}")


def refusal(reason: str, brand: Brand) -> Response:
    """Return the page that says why nobody is sent on."""
    html = PAGE_TEMPLATES.get_template("refusal.html").render(brand, reason=reason)
    return _page(html, 400, form_action="'none'")


def post_back(action: str, fields: Mapping[str, str], brand: Brand) -> Response:
    """Return the page that posts the answer to the client by itself (form_post).

    Where no script runs, a button does it.
    """
    html = PAGE_TEMPLATES.get_template("post_back.html").render(
        brand, action=action, fields=fields, script=SUBMITS
    )
    digest = base64.b64encode(hashlib.sha256(SUBMITS.encode()).digest()).decode()
    return _page(html, 200, form_action=_source(action), script=f"'sha256-{digest}'")


def is_hinted(request: AuthorizationRequest, person: Person) -> bool:
    """Whether ``login_hint`` is this person's address or subject."""
    hint = (request.login_hint or "").casefold()
    return bool(hint) and hint in {
        person.subject.casefold(),
        (person.email or "").casefold(),
    }


def assets() -> list[Route]:
    """Return the routes of the style sheet and the icon."""
    return [Route(f"/{name}", _serve) for name in ASSETS]


def asset(path: str) -> Response | None:
    """Return the style sheet or the icon, wherever the page that names it lives."""
    name = path.rpartition("/")[2]
    if name not in ASSETS:
        return None
    return FileResponse(PAGE_FOLDER / name, media_type=ASSETS[name])


async def _serve(request: Request) -> Response:
    return asset(request.url.path) or Response("Not Found", 404)


def _page(
    html: str, status: int, *, form_action: str, script: str | None = None
) -> Response:
    may_run = "" if script is None else f"script-src {script}; "
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        f"{may_run}frame-ancestors 'none'; form-action {form_action}"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(html, status, headers)


def _source(redirect_uri: str) -> str:
    # Chromium holds the redirect after a form to form-action as well, so the page
    # must name where it leads. An app's own scheme has no host: the scheme alone.
    parts = urlsplit(redirect_uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
