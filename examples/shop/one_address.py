"""One address: who types localhost is led to the address that the shop signs in at.

Browsers keep the cookies of ``localhost`` and of ``127.0.0.1`` apart, so a cart that
was filled at the one would seem lost after signing in at the other.
"""

from urllib.parse import urlsplit

from starlette.datastructures import URL, Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class OneAddress:
    """ASGI middleware that leads pages asked for elsewhere to the shop's own origin.

    Args:
        app: The application inside.
        origin: Scheme, host and port, such as ``http://127.0.0.1:8000``.
    """

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self._app = app
        self._origin = origin
        self._host = urlsplit(origin).netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a redirect where the host is another one."""
        is_page = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        if not is_page or Headers(scope=scope).get("host") == self._host:
            await self._app(scope, receive, send)
            return
        asked = URL(scope=scope)
        there = asked.replace(scheme=urlsplit(self._origin).scheme, netloc=self._host)
        await RedirectResponse(there, 307)(scope, receive, send)
