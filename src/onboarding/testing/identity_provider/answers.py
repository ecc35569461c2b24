"""What the provider says when it is honest: values in, JSON or URLs out."""

from datetime import datetime
from typing import get_args
from urllib.parse import urlencode, urlsplit

from starlette.responses import JSONResponse, Response

from onboarding.testing.id_tokens import Json, at_hash
from onboarding.testing.identity_provider.grants import TOKEN_LIFE, Grant
from onboarding.testing.identity_provider.model import TokenEndpointAuth, TokenRefused

SCOPES = frozenset({"openid", "profile", "email"})
"""The scopes that mean something here; others are ignored (OIDC Core §3.1.2.1)."""

NO_STORE = {"Cache-Control": "no-store"}


def metadata(issuer: str) -> Json:
    """Return the discovery document (OpenID Connect Discovery §3)."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "scopes_supported": sorted(SCOPES),
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": list(get_args(TokenEndpointAuth)),
        "code_challenge_methods_supported": ["S256"],
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
    }


def id_token_claims(
    issuer: str, grant: Grant, access_token: str, now: datetime
) -> Json:
    """Return the claims of the ID token (OpenID Connect Core §2 and §3.1.3.6)."""
    issued = int(now.timestamp())
    claims = grant.person.claims(grant.request.scopes) | {
        "iss": issuer,
        "aud": grant.request.client.client_id,
        "iat": issued,
        "exp": issued + int(TOKEN_LIFE.total_seconds()),
        "auth_time": int(grant.at.timestamp()),
        "at_hash": at_hash(access_token),
    }
    nonce = grant.request.nonce
    return claims if nonce is None else claims | {"nonce": nonce}


def token_answer(grant: Grant, access_token: str, id_token: str) -> Json:
    """Return what the token endpoint says to a code that was good (§3.1.3.3)."""
    return {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": int(TOKEN_LIFE.total_seconds()),
        "scope": " ".join(sorted(grant.request.scopes & SCOPES)),
        "id_token": id_token,
    }


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


def callback(redirect_uri: str, told: Json) -> str:
    """Return the URL that takes the browser back to the client."""
    joint = "&" if urlsplit(redirect_uri).query else "?"
    return f"{redirect_uri}{joint}{urlencode(told)}"
