"""What the provider says when it is honest: values in, JSON or URLs out."""

import json
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from starlette.responses import JSONResponse, Response

from onboarding.testing.identity_provider.grants import TOKEN_LIFE, Grant
from onboarding.testing.identity_provider.model import (
    AnswerMode,
    TokenRefused,
    WayBack,
)
from onboarding.testing.identity_provider.switches import OpenIDSwitches
from onboarding.testing.people import Person
from onboarding.testing.signing import Json, SigningAlgorithm, at_hash

SCOPES = frozenset({"openid", "profile", "email"})
"""The scopes that mean something here; others are ignored (OIDC Core §3.1.2.1)."""

AUTH_METHODS = (
    *("client_secret_basic", "client_secret_post"),
    *("client_secret_jwt", "private_key_jwt"),
)
"""The ways of showing who one is that have a name in OpenID Connect Core §9."""

NO_STORE = {"Cache-Control": "no-store"}


def metadata(
    issuer: str, algorithm: SigningAlgorithm, switches: OpenIDSwitches
) -> Json:
    """Return the discovery document (OpenID Connect Discovery §3)."""
    base = issuer.removesuffix("/")
    told: Json = {
        "issuer": switches.tenant_issuer or issuer,
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/token",
        "userinfo_endpoint": f"{base}/userinfo",
        "jwks_uri": f"{base}/jwks",
        "response_types_supported": ["code"],
        "response_modes_supported": [switches.response_mode],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "scopes_supported": sorted(SCOPES),
        "id_token_signing_alg_values_supported": [algorithm],
        "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "request_uri_parameter_supported": False,
    }
    if switches.pkce != "refused":
        told["code_challenge_methods_supported"] = ["S256"]
    if switches.names_issuer:
        told["authorization_response_iss_parameter_supported"] = True
    if switches.signed_userinfo:
        told["userinfo_signing_alg_values_supported"] = [algorithm]
    if switches.pushed_requests:
        told["pushed_authorization_request_endpoint"] = f"{base}/pushed"
        told["require_pushed_authorization_requests"] = True
    return told


def id_token_claims(
    issuer: str,
    grant: Grant[Person],
    access_token: str,
    now: datetime,
    algorithm: SigningAlgorithm,
) -> Json:
    """Return the claims of the ID token (OpenID Connect Core §2 and §3.1.3.6).

    What is told of the person, and the nonce, come beside them.
    """
    issued = int(now.timestamp())
    return {
        "iss": issuer,
        "aud": grant.request.client.client_id,
        "iat": issued,
        "exp": issued + int(TOKEN_LIFE.total_seconds()),
        "auth_time": int(grant.at.timestamp()),
        "at_hash": at_hash(access_token, algorithm),
    }


def token_answer(grant: Grant[Person], access_token: str, id_token: str) -> Json:
    """Return what the token endpoint says to a code that was good (§3.1.3.3)."""
    return {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": int(TOKEN_LIFE.total_seconds()),
        "scope": " ".join(sorted(grant.request.scopes & SCOPES)),
        "id_token": id_token,
    }


def user_field(person: Person, scopes: frozenset[str]) -> str | None:
    """Return Apple's form field ``user``, or None where nothing of it was asked."""
    first, _, last = (person.name or "").partition(" ")
    told: Json = {}
    if "name" in scopes:
        told["name"] = {"firstName": first, "lastName": last}
    if "email" in scopes and person.email is not None:
        told["email"] = person.email
    return json.dumps(told) if told else None


def token_error(refused: TokenRefused) -> Response:
    """Return what the token endpoint says when it refuses (RFC 6749 §5.2)."""
    headers = dict(NO_STORE)
    if refused.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="token"'
    body = {"error": refused.error, "error_description": refused.description}
    return JSONResponse(body, refused.status, headers)


def no_bearer(access_token: str) -> Response:
    """Return what userinfo says without a living token (RFC 6750 §3)."""
    why = ', error="invalid_token"' if access_token else ""
    headers = {"WWW-Authenticate": f'Bearer realm="userinfo"{why}'}
    return Response(status_code=401, headers=headers)


def way_back(redirect_uri: str, told: Json, mode: AnswerMode) -> WayBack:
    """Return what takes the browser back to the client, with what is told."""
    if mode == "form_post":
        return WayBack(redirect_uri, {name: str(value) for name, value in told.items()})
    joint = "&" if urlsplit(redirect_uri).query else "?"
    return WayBack(f"{redirect_uri}{joint}{urlencode(told)}")
