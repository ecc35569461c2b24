"""What stands in a request to the token endpoint, wherever a provider wants it."""

import json
from collections.abc import Collection

from starlette.requests import Request

from onboarding.testing.identity_provider.client_auth import TokenCall
from onboarding.testing.identity_provider.forms import (
    media_type,
    read_form,
    refuse_repeated,
)
from onboarding.testing.identity_provider.model import Parameters, TokenRefused
from onboarding.testing.oauth2_provider.switches import OAuth2Switches

TOKEN_PARAMETERS = frozenset(
    (
        *("grant_type", "code", "redirect_uri", "client_id", "client_secret"),
        *("code_verifier", "client_assertion", "client_assertion_type"),
    )
)
"""RFC 6749 §4.1.3 and §2.3.1, RFC 7636 §4.5, RFC 7521 §4.2."""


async def read_token_call(request: Request, switches: OAuth2Switches) -> TokenCall:
    """Return a request to the token endpoint, under the names of the standard.

    Raises:
        TokenRefused: When it is written in another way, or holds a parameter twice, or
            one that means nothing here.
    """
    if request.method != switches.exchange_method:
        why = f"the method must be {switches.exchange_method}"
        raise TokenRefused("invalid_request", why, status=405)
    known = TOKEN_PARAMETERS | switches.callback_extra.keys()
    query = Parameters.of(request.url.query)
    if switches.exchange_method == "GET":
        _refuse_strange(query, known, switches)
        query = query.translated(switches.exchange_names)
        parameters = query.without("client_secret")
    else:
        _refuse_strange(query, {"client_id", "client_secret"}, switches)
        query = query.translated(switches.exchange_names)
        written = await _body(request, switches)
        _refuse_strange(written, known, switches)
        parameters = written.translated(switches.exchange_names)
    _refuse_forgotten(parameters, switches)
    return TokenCall(
        authorization=request.headers.get("authorization"),
        parameters=parameters,
        query=query,
    )


async def _body(request: Request, switches: OAuth2Switches) -> Parameters:
    if switches.exchange_body == "form":
        return await read_form(request)
    if media_type(request) != "application/json":
        raise TokenRefused("invalid_request", "the body must be application/json")
    try:
        told = json.loads(await request.body())
    except ValueError:
        told = None
    if not isinstance(told, dict) or not all(
        isinstance(value, str) for value in told.values()
    ):
        raise TokenRefused("invalid_request", "the body must be an object of texts")
    return Parameters(told.items())


def _refuse_strange(
    parameters: Parameters, known: Collection[str], switches: OAuth2Switches
) -> None:
    refuse_repeated(parameters)
    theirs = {switches.exchange_names.get(name, name) for name in known}
    theirs |= {*switches.exchange_params}
    if strange := parameters.names - theirs:
        raise TokenRefused("invalid_request", f"{min(strange)} means nothing here")


def _refuse_forgotten(parameters: Parameters, switches: OAuth2Switches) -> None:
    for name, value in switches.callback_extra.items():
        if parameters.get(name) != value:
            raise TokenRefused("invalid_grant", f"{name} is another one")
