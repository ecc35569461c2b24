"""How a provider words its answers: as RFC 6749 has them, or in a way of its own."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from onboarding.testing.identity_provider.answers import NO_STORE, token_error
from onboarding.testing.identity_provider.model import TokenRefused
from onboarding.testing.oauth2_provider.switches import AnswerShape, RefusalShape
from onboarding.testing.signing import Json
from onboarding.web.context.headers import FORM_TYPE

CAMEL = {
    "access_token": "accessToken",
    "refresh_token": "refreshToken",
    "expires_in": "expireIn",
}
"""DingTalk's words."""

ERRCODES: Mapping[str, int] = {"invalid_grant": 40029, "invalid_client": 40125}
"""WeChat's numbers: invalid code, invalid secret; anything else is 40013."""


def token_response(told: Json, shape: AnswerShape, request: Request) -> Response:
    """Return a token answer in the words of the provider."""
    if shape == "untyped":
        told = {name: value for name, value in told.items() if name != "token_type"}
    if shape == "camel":
        left = told.items() - {("token_type", told.get("token_type"))}
        told = {CAMEL.get(name, name): value for name, value in left}
    if _is_form(shape, request):
        return Response(urlencode(told), media_type=FORM_TYPE, headers=NO_STORE)
    return JSONResponse(told, headers=NO_STORE)


def refusal_response(
    refused: TokenRefused, shape: RefusalShape, answer: AnswerShape, request: Request
) -> Response:
    """Return a no in the words of the provider."""
    error, why = refused.error, refused.description
    match shape:
        case "standard":
            return token_error(refused)
        case "error_in_200":
            told: Json = {"error": error, "error_description": why}
            if _is_form(answer, request):
                return Response(urlencode(told), media_type=FORM_TYPE)
            return JSONResponse(told, headers=NO_STORE)
        case "ok_false":
            return JSONResponse({"ok": False, "error": error}, headers=NO_STORE)
        case "errcode":
            code = ERRCODES.get(error, 40013)
            return JSONResponse({"errcode": code, "errmsg": why}, headers=NO_STORE)
        case "message":
            told = {"status": refused.status, "message": why}
            return JSONResponse(told, refused.status, NO_STORE)


def _is_form(shape: AnswerShape, request: Request) -> bool:
    asks_json = "application/json" in request.headers.get("accept", "")
    return shape == "form" or (shape == "form_unless_json" and not asks_json)
