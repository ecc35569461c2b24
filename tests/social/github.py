"""GitHub as its documentation has it: a token for a code, and two reads."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

USER: dict[str, object] = {
    "login": "kim-codes",
    "id": 583231,
    "node_id": "MDQ6VXNlcjU4MzIzMQ==",
    "type": "User",
    "name": "Kim de Vries",
    "email": None,
}
EMAILS: list[dict[str, object]] = [
    {
        "email": "old@example.org",
        "verified": True,
        "primary": False,
        "visibility": None,
    },
    {
        "email": "kim@example.org",
        "verified": True,
        "primary": True,
        "visibility": "private",
    },
]


class FakeGitHub:
    """Answers at github.com and api.github.com; checks secret, code and PKCE."""

    def __init__(self, secret: str):
        self.user: object = USER
        self.emails: object = EMAILS
        self._secret = secret
        self._codes: dict[str, str] = {}
        self._token = "gho_" + secrets.token_urlsafe(30)
        self._app = Starlette(
            routes=[
                Route("/login/oauth/access_token", self._exchange, methods=["POST"]),
                Route("/user", self._user),
                Route("/user/emails", self._emails),
            ]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI app."""
        await self._app(scope, receive, send)

    def approve(self, location: str) -> str:
        """Press Authorize, and return where the browser is sent."""
        asked = {n: v for n, [v] in parse_qs(urlsplit(location).query).items()}
        code = secrets.token_hex(10)
        self._codes[code] = asked["code_challenge"]
        told = {"code": code, "state": asked["state"]}
        told["iss"] = "https://github.com/login/oauth"
        return f"{asked['redirect_uri']}?{urlencode(told)}"

    async def _exchange(self, request: Request) -> Response:
        if request.headers.get("accept") != "application/json":
            return Response("access_token=…", media_type="text/plain")
        form = dict(parse_qsl((await request.body()).decode()))
        verifier = form.get("code_verifier", "")
        challenge = self._codes.pop(form.get("code", ""), None)
        known = form.get("client_secret") == self._secret
        digest = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        if not known or challenge != digest.rstrip(b"=").decode():
            # It says so with a 200.
            return JSONResponse({"error": "bad_verification_code"})
        told = {"access_token": self._token, "token_type": "bearer"}
        return JSONResponse(told | {"scope": "read:user,user:email"})

    async def _user(self, request: Request) -> Response:
        return self._tell(request, self.user)

    async def _emails(self, request: Request) -> Response:
        return self._tell(request, self.emails)

    def _tell(self, request: Request, told: object) -> Response:
        if request.headers.get("authorization") != f"Bearer {self._token}":
            return JSONResponse({"message": "Requires authentication"}, 401)
        if not request.headers.get("user-agent"):
            return Response("Request forbidden by administrative rules", 403)
        if told is None:
            return JSONResponse({"message": "Not Found"}, 404)
        return JSONResponse(told)
