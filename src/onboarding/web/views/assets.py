"""The stylesheet and the script: read once, named by their content, kept for a year."""

from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.requests import Request

FOLDER = Path(__file__).parent / "static"

MEDIA_TYPES = {
    "onboarding.css": "text/css; charset=utf-8",
    "onboarding.js": "text/javascript; charset=utf-8",
}

FOR_EVER = "public, max-age=31536000, immutable"
"""The address names the content, so what is behind it never changes."""

CHECK_FIRST = "public, no-cache"
"""Another version was asked for, as during a deployment: keep it, but ask again."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, with the first 12 characters of its SHA-256 as its version."""

    data: bytes = field(repr=False)
    media_type: str
    version: str


@cache
def asset(name: str) -> Asset:
    """Return a file of ours, one of :data:`MEDIA_TYPES`."""
    data = (FOLDER / name).read_bytes()
    return Asset(data, MEDIA_TYPES[name], sha256(data).hexdigest()[:12])


def versioned(name: str) -> str:
    """Return the path of a file below the mount, with its version."""
    return f"static/{name}?v={asset(name).version}"


async def answer(request: "Request") -> Response:
    """Return a file, or 304 where the browser has it (RFC 9110 §13.1.2).

    The layer never looks at these addresses, so nothing here asks who is here.
    """
    name = request.path_params["name"]
    if name not in MEDIA_TYPES:
        return Response(status_code=404)
    found = asset(name)
    etag = f'"{found.version}"'
    is_this = request.query_params.get("v") == found.version
    headers = {
        "etag": etag,
        "cache-control": FOR_EVER if is_this else CHECK_FIRST,
        "x-content-type-options": "nosniff",
    }
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(found.data, media_type=found.media_type, headers=headers)
