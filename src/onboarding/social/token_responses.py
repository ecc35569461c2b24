"""What a provider answers to a token request, and to a request that was pushed."""

import json
from collections.abc import Callable, Mapping

from onboarding.errors import BadProviderReply
from onboarding.providers.base import Provider
from onboarding.social import blame
from onboarding.social.blame import Asked
from onboarding.visible import is_blank

Tokens = Mapping[str, object]
"""A token response (RFC 6749 §5.1); ``access_token`` is a text."""


def read_pushed(asked: Asked, status: int, body: bytes) -> str:
    """Return the name of a request that was pushed (RFC 9126 §2.2, §2.3).

    Raises:
        ProviderUnreachable: When the provider is down or too busy.
        ProviderDenied: When it refuses the request, or us.
        BadProviderReply: When it names none.
    """
    told = _object(json.loads, body)
    _check_status(asked, status, told)
    uri = (told or {}).get("request_uri")
    if not isinstance(uri, str) or not _is_visible(uri):
        problem = "the response names no request_uri"
        raise BadProviderReply(asked.provider, problem, endpoint=asked.endpoint)
    return uri


def read_tokens(provider: Provider, asked: Asked, status: int, body: bytes) -> Tokens:
    """Return the tokens of a token response (RFC 6749 §5.1, §5.2).

    Args:
        provider: Whose it is; it says how it is to be read.
        asked: What was asked, for errors.
        status: The HTTP status.
        body: As it came.

    Raises:
        ProviderUnreachable: When the provider is down or too busy.
        ProviderDenied: When it refuses the code, or us.
        BadProviderReply: When it is no token response.
    """
    told = _object(provider.parse_token_response, body)
    _check_status(asked, status, told)
    if told is None:
        problem = "the response is no JSON"
        raise BadProviderReply(asked.provider, problem, endpoint=asked.endpoint)
    problem = _problem(told, says_type=provider.says_token_type)
    if problem:
        raise BadProviderReply(asked.provider, problem, endpoint=asked.endpoint)
    return told


def _check_status(asked: Asked, status: int, told: Tokens | None) -> None:
    """Refuse a response that is a refusal (RFC 6749 §5.2)."""
    is_success = 200 <= status < 300
    if status < 500 and told is not None and _names_error(told, is_success=is_success):
        raise blame.denial(asked, told)
    if not is_success:
        raise blame.refusal(asked, status)


def _object(parse: Callable[[bytes], object], body: bytes) -> Tokens | None:
    try:
        told = parse(body)
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


def _problem(tokens: Tokens, *, says_type: bool) -> str:
    access_token, kind = tokens.get("access_token"), tokens.get("token_type")
    if not _is_visible(access_token):
        return "the token response holds no access token"
    if kind is None and not says_type:
        return ""
    if not isinstance(kind, str) or kind.lower() != "bearer":
        return "the access token is no bearer token"
    return ""


def _is_visible(value: object) -> bool:
    is_text = isinstance(value, str) and bool(value)
    return is_text and str(value).isascii() and str(value).isprintable()
