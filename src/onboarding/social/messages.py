"""What is said in OAuth: the authorization request, and the token request.

Nothing is sent here. Authlib gives what is the same for all of them; a client of
Authlib's would send them, too, at twice the price of a sign-in's HTTP: it is built anew
for each, or one person's cookies and tokens would travel with the next one's.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qs, quote_plus, urlsplit
from uuid import uuid4

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from onboarding.errors import BadProviderReply
from onboarding.providers.base import Provider
from onboarding.providers.checking import PROTOCOL_PARAMS
from onboarding.providers.client_key import assertion_claims
from onboarding.providers.places import fill_text
from onboarding.providers.reads import AS_FORM, ProviderRequest, encoded
from onboarding.providers.replies import Replies
from onboarding.social.attempt import Attempt

BY_JWT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""What a client assertion is (RFC 7523 §2.2)."""


# ── the authorization request ────────────────────────────────────────────────


def authorization_params(
    provider: Provider, attempt: Attempt, redirect_uri: str
) -> dict[str, str]:
    """Return what the browser takes to a provider (RFC 6749 §4.1.1, with PKCE)."""
    if not provider.exchanges_code:
        return dict(provider.authorization_params(redirect_uri, attempt.state))
    ours = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": provider.scope_separator.join(provider.scopes),
        "state": attempt.state,
    }
    if provider.response_mode != "query":
        ours["response_mode"] = provider.response_mode
    if provider.pkce:
        ours["code_challenge"] = create_s256_code_challenge(attempt.verifier)
        ours["code_challenge_method"] = "S256"
    if provider.openid:
        ours["nonce"] = attempt.nonce
    if not provider.scopes:
        del ours["scope"]  # one that is empty is refused by some
    return {**provider.params, **attempt.wishes, **renamed(provider, ours)}


def renamed(provider: Provider, params: Mapping[str, str]) -> dict[str, str]:
    """Return parameters by the names that a provider has for them."""
    return {provider.names.get(name, name): value for name, value in params.items()}


def authorization_url(
    provider: Provider, endpoint: str, params: Mapping[str, str]
) -> str:
    """Return an authorization endpoint's address with what is asked there.

    Raises:
        BadProviderReply: When the endpoint's own query sets what we set.
    """
    address, mark, fragment = endpoint.partition("#")
    # A published address may bring a query of its own, but twice is ambiguous, and a
    # provider could weaken PKCE so (RFC 7636 §4.3, RFC 6749 §3.1).
    theirs = parse_qs(urlsplit(address).query, keep_blank_values=True)
    if theirs.keys() & (params.keys() | PROTOCOL_PARAMS):
        raise BadProviderReply(
            provider.name, "the authorization endpoint sets what we set"
        )
    return f"{with_query(address, params)}{mark}{fragment}"


def with_query(address: str, params: Mapping[str, str]) -> str:
    """Return an address with parameters behind those that it has."""
    between = "&" if urlsplit(address).query else "" if "?" in address else "?"
    return f"{address}{between}{encoded(params)}"


def pushed_request(
    provider: Provider, endpoint: str, params: Mapping[str, str], now: datetime
) -> ProviderRequest:
    """Return what pushes an authorization request (RFC 9126 §2.1)."""
    headers, shown = _client(provider, endpoint, now)
    body = encoded({**params, **renamed(provider, shown)})
    request = ProviderRequest("POST", endpoint, {**AS_FORM, **headers}, body)
    return request.beneath(provider.headers)


# ── the token request ────────────────────────────────────────────────────────


def token_request(
    provider: Provider,
    endpoint: str,
    attempt: Attempt,
    *,
    redirect_uri: str,
    now: datetime,
    values: Replies,
) -> ProviderRequest:
    """Return what exchanges a code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5).

    Args:
        provider: Whose code it is.
        endpoint: Where it is exchanged.
        attempt: Whose verifier goes along.
        redirect_uri: As in the authorization request.
        now: The present instant, for a client that signs.
        values: What ``exchange_params`` may ask for; ``code`` is the code.

    Raises:
        BadProviderReply: When something is missing that ``exchange_params`` ask for.
    """
    headers, shown = _client(provider, endpoint, now)
    params = {
        "grant_type": "authorization_code",
        "code": str(values["code"]),
        "redirect_uri": redirect_uri,
        **shown,
    }
    if provider.pkce:
        params["code_verifier"] = attempt.verifier
    params = renamed(provider, params)
    for name, text in provider.exchange_params.items():
        params[name] = fill_text(provider.name, text, values)
    return _called(provider, endpoint, headers, params).beneath(provider.headers)


def _called(
    provider: Provider,
    endpoint: str,
    headers: Mapping[str, str],
    params: Mapping[str, str],
) -> ProviderRequest:
    match provider.exchange_call:
        case "query":
            return ProviderRequest("GET", with_query(endpoint, params), headers)
        case "json":
            sent = {"Content-Type": "application/json", **headers}
            return ProviderRequest("POST", endpoint, sent, json.dumps(params))
        case "form":
            return ProviderRequest(
                "POST", endpoint, {**AS_FORM, **headers}, encoded(params)
            )


def _client(
    provider: Provider, endpoint: str, now: datetime
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the headers and the parameters that show who the client is."""
    client_id, secret = provider.client_id, provider.secret_at(now) or ""
    match provider.client_auth:
        case "basic":
            # RFC 6749 §2.3.1 form-encodes both before they are joined.
            pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
            basic = b64encode(pair.encode()).decode()
            return {"Authorization": f"Basic {basic}"}, {}
        case "post":
            return {}, {"client_id": client_id, "client_secret": secret}
        case "none":
            return {}, {"client_id": client_id}
        case "client_secret_jwt" | "private_key_jwt":
            return {}, {
                "client_id": client_id,
                "client_assertion_type": BY_JWT,
                "client_assertion": _assertion(provider, endpoint, now),
            }


def _assertion(provider: Provider, endpoint: str, now: datetime) -> str:
    claims = assertion_claims(provider.client_id, endpoint, now, jti=uuid4().hex)
    if provider.client_key is not None:
        return provider.client_key.sign(claims)
    from joserfc import jwt
    from joserfc.jwk import OctKey

    key = OctKey.import_key(provider.secret or "")
    return jwt.encode({"alg": "HS256"}, claims, key, ["HS256"])
