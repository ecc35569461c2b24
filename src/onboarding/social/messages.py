"""What is said in OAuth: the authorization request, the token request, its response.

Authlib writes them; nothing is sent here. A client of Authlib's would send them, too,
at twice the price of a sign-in's HTTP: it is built anew for each, or one person's
cookies and tokens would travel with the next one's.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs, quote_plus, urlsplit

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from onboarding.errors import BadProviderReply, ProviderDenied
from onboarding.providers.base import Provider
from onboarding.social import blame, rules
from onboarding.social.attempt import Attempt
from onboarding.social.blame import Asked
from onboarding.visible import is_blank

Tokens = Mapping[str, object]
"""A token response (RFC 6749 §5.1); ``access_token`` is a text."""


class TokenRequest(NamedTuple):
    """What is posted to a token endpoint: headers and body."""

    headers: Mapping[str, str]
    body: str


def authorization_url(
    provider: Provider, endpoint: str, attempt: Attempt, redirect_uri: str
) -> str:
    """Return where the browser goes to sign in (RFC 6749 §4.1.1, with PKCE).

    Raises:
        BadProviderReply: When the endpoint's own query sets what we set.
    """
    ours = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(provider.scopes),
        "state": attempt.state,
        "code_challenge": create_s256_code_challenge(attempt.verifier),
        "code_challenge_method": "S256",
    }
    if provider.openid:
        ours["nonce"] = attempt.nonce
    # A published address may bring a query of its own, but twice is ambiguous, and a
    # provider could weaken PKCE so (RFC 7636 §4.3, RFC 6749 §3.1).
    theirs = parse_qs(urlsplit(endpoint).query, keep_blank_values=True)
    if theirs.keys() & ours.keys():
        raise BadProviderReply(
            provider.name, "the authorization endpoint sets what we set"
        )
    return str(add_params_to_uri(endpoint, [*ours.items(), *provider.params.items()]))


def token_request(
    provider: Provider, endpoint: str, code: str, attempt: Attempt, redirect_uri: str
) -> TokenRequest:
    """Return what exchanges a code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5)."""
    form = prepare_token_request(
        "authorization_code",
        redirect_uri=redirect_uri,
        code=code,
        code_verifier=attempt.verifier,
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    auth = ClientAuth(provider.client_id, provider.secret, _AUTH[provider.client_auth])
    _, headers, body = auth.prepare("POST", endpoint, headers, form)
    return TokenRequest(headers, body)


def _basic(
    client: ClientAuth, method: str, uri: str, headers: dict[str, str], body: str
) -> tuple[str, dict[str, str], str]:
    # Authlib joins them as they are; RFC 6749 §2.3.1 form-encodes both first.
    del method
    pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
    headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    return uri, headers, body


_AUTH = {"basic": _basic, "post": "client_secret_post", "none": "none"}


def read_tokens(asked: Asked, status: int, body: bytes) -> Tokens:
    """Return the tokens of a token response (RFC 6749 §5.1, §5.2).

    Args:
        asked: What was asked, for errors.
        status: The HTTP status.
        body: As it came.

    Raises:
        ProviderUnreachable: When the provider is down or too busy.
        ProviderDenied: When it refuses the code, or us.
        BadProviderReply: When it is no token response.
    """
    told = _object(body)
    is_success = 200 <= status < 300
    if status < 500 and told is not None and _names_error(told, is_success=is_success):
        code = rules.error_code(told["error"])
        raise ProviderDenied(
            asked.provider,
            code,
            endpoint=asked.endpoint,
            setting=blame.of_code(code),
        )
    if not is_success:
        raise blame.refusal(asked, status)
    if told is None:
        problem = "the response is no JSON"
        raise BadProviderReply(asked.provider, problem, endpoint=asked.endpoint)
    problem = _problem(told)
    if problem:
        raise BadProviderReply(asked.provider, problem, endpoint=asked.endpoint)
    return told


def _object(body: bytes) -> dict[str, object] | None:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _names_error(told: Tokens, *, is_success: bool) -> bool:
    if "error" not in told:
        return False
    error = told["error"]
    says_nothing = is_blank(error) if isinstance(error, str) else not error
    # One that says nothing decides nothing beside good tokens.
    return not (says_nothing and is_success and told.get("access_token"))


def _problem(tokens: Tokens) -> str:
    access_token, kind = tokens.get("access_token"), tokens.get("token_type")
    if not _is_visible(access_token):
        return "the token response holds no access token"
    if not isinstance(kind, str) or kind.lower() != "bearer":
        return "the access token is no bearer token"
    return ""


def _is_visible(value: object) -> bool:
    is_text = isinstance(value, str) and bool(value)
    return is_text and str(value).isascii() and str(value).isprintable()
