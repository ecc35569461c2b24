"""Apps of others that sign somebody in, for G8 and G9; none stores anything.

``/begin`` (POST) leads to the provider, ``CALLBACK`` takes its answer.
"""

from collections.abc import Mapping
from ssl import create_default_context
from typing import Any

from authlib.integrations.starlette_client import OAuth
from fastapi_sso.sso.base import OpenID
from fastapi_sso.sso.generic import create_provider
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmarks.provider import CALLBACK, CLIENT_ID, CLIENT_SECRET
from benchmarks.requests import KEY


def app(begin: Any, finish: Any) -> Starlette:
    """Return an app with both ends of a sign-in, and Starlette's signed cookie."""
    return Starlette(
        routes=[
            Route("/begin", begin, methods=["POST"]),
            Route(CALLBACK.partition(":8000")[2], finish),
        ],
        middleware=[Middleware(SessionMiddleware, secret_key=KEY)],
    )


def authlib(issuer: str, **client_kwargs: Any) -> Starlette:
    """Return Authlib's Starlette client, set up as its documentation says.

    Args:
        issuer: The provider.
        client_kwargs: More for its HTTP client.
    """
    oauth = OAuth()
    oauth.register(
        "local",
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
        }
        | client_kwargs,
    )

    async def begin(request: Request) -> Response:
        answer: Response = await oauth.local.authorize_redirect(request, CALLBACK)
        return answer

    async def finish(request: Request) -> Response:
        token = await oauth.local.authorize_access_token(request)
        request.session["who"] = token["userinfo"]["sub"]
        return JSONResponse({})

    return app(begin, finish)


def authlib_tuned(issuer: str) -> Starlette:
    """Return the same with one TLS context; otherwise each call makes its own."""
    return authlib(issuer, verify=create_default_context())


def fastapi_sso(issuer: str) -> Starlette:
    """Return fastapi-sso with state, its PKCE switched on; it verifies no ID token."""

    def person(answer: Mapping[str, Any], _: object) -> OpenID:
        return OpenID(id=answer["sub"], email=answer["email"], provider="local")

    discovered: Any = {
        f"{name}_endpoint": f"{issuer}/{path}"
        for name, path in (
            ("authorization", "authorize"),
            ("token", "token"),
            ("userinfo", "userinfo"),
        )
    }
    made: Any = create_provider(
        name="local",
        default_scope=["openid", "email", "profile"],
        discovery_document=discovered,
        response_convertor=person,
    )
    made.uses_pkce = made.requires_state = True
    sso = made(CLIENT_ID, CLIENT_SECRET, CALLBACK, allow_insecure_http=True)

    async def begin(_: Request) -> Response:
        async with sso:
            answer: Response = await sso.get_login_redirect()
            return answer

    async def finish(request: Request) -> Response:
        async with sso:
            found = await sso.verify_and_process(request)
        request.session["who"] = found.id
        return JSONResponse({})

    return app(begin, finish)
