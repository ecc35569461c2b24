"""The stylesheet and the script, kept by browsers for a year."""

from starlette.requests import Request
from starlette.responses import Response

from onboarding.web.context.lists import members
from onboarding.web.views.assets import MEDIA_TYPES, asset

FOR_EVER = "public, max-age=31536000, immutable"
"""The address names the content, so what is behind it never changes."""

CHECK_FIRST = "public, no-cache"
"""Another version was asked for, as during a deployment: keep it, but ask again."""


async def serve(request: Request) -> Response:
    """Return a file, or 304 where the browser has it (RFC 9110 §13.1.2).

    The layer skips these addresses, so nothing here asks who is here.
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
    known = ",".join(request.headers.getlist("if-none-match"))
    if any(one.removeprefix("W/") in {etag, "*"} for one in members(known)):
        return Response(status_code=304, headers=headers)
    return Response(found.data, media_type=found.media_type, headers=headers)
