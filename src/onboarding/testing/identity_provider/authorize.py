"""Which requests to sign somebody in are sound (RFC 6749 §4.1.1, OIDC Core §3.1.2.1).

Pure: values in, a request or a refusal out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from onboarding.testing.identity_provider.model import (
    AnswerMode,
    AuthorizationRefused,
    AuthorizationRequest,
    Client,
    Parameters,
    Pkce,
    SentBack,
)

S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}\Z")
"""A SHA-256 in base64url without padding is 43 characters (RFC 7636 §4.2)."""

NOT_SUPPORTED = {
    "request": "request_not_supported",
    "request_uri": "request_uri_not_supported",
    "registration": "registration_not_supported",
}
"""Parameters that are refused by a name of their own (OIDC Core §3.1.2.6)."""

WhyUnsound = tuple[str, str]
"""An error code, and a sentence about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundness:
    """What one provider demands of an authorization request.

    Attributes:
        pkce: What it makes of PKCE.
        response_mode: The one way in which it answers.
        scopes: The scopes that there are; None ignores unknown ones, and demands
            ``openid`` (OpenID Connect Core §3.1.2.1).
        separator: What stands between two scopes.
        names: The parameters that there are; None ignores unknown ones.
    """

    pkce: Pkce = "required"
    response_mode: AnswerMode = "query"
    scopes: frozenset[str] | None = None
    separator: str = " "
    names: frozenset[str] | None = None

    def read(
        self, parameters: Parameters, clients: Mapping[str, Client]
    ) -> AuthorizationRequest:
        """Return the request that the parameters make up.

        Raises:
            AuthorizationRefused: When client or redirect URI are not registered.
            SentBack: When anything else is wrong, PKCE above all.
        """
        client, redirect_uri = _way_back(parameters, clients)
        state = parameters.get("state")
        if reason := self._reason_to_refuse(parameters):
            raise SentBack(*reason, redirect_uri=redirect_uri, state=state)
        refuses = self.pkce == "refused"
        return AuthorizationRequest(
            client=client,
            redirect_uri=redirect_uri,
            scopes=self._scopes(parameters),
            state=state,
            nonce=parameters.get("nonce"),
            code_challenge=None if refuses else parameters.get("code_challenge"),
            prompts=_words(parameters, "prompt"),
            login_hint=parameters.get("login_hint"),
        )

    def _scopes(self, parameters: Parameters) -> frozenset[str]:
        told = parameters.get("scope") or ""
        return frozenset(filter(None, told.split(self.separator)))

    def _reason_to_refuse(self, parameters: Parameters) -> WhyUnsound | None:
        if name := parameters.repeated():
            return "invalid_request", f"{name} was sent more than once"
        for name, error in NOT_SUPPORTED.items():
            if parameters.get(name) is not None:
                return error, f"{name} is not supported"
        if self.names is not None and (strange := parameters.names - self.names):
            return "invalid_request", f"{min(strange)} means nothing here"
        return (
            self._wrong_flow(parameters)
            or self._wrong_scope(parameters)
            or self._wrong_pkce(parameters)
            or _wrong_question(parameters)
        )

    def _wrong_flow(self, parameters: Parameters) -> WhyUnsound | None:
        kind, mode = parameters.get("response_type"), parameters.get("response_mode")
        if kind is None:
            return "invalid_request", "response_type is missing"
        if kind != "code":
            return "unsupported_response_type", "only response_type=code is supported"
        # The default for a code is the query (Multiple Response Types §2.1).
        if (mode or "query") != self.response_mode:
            return "invalid_request", f"response_mode must be {self.response_mode}"
        return None

    def _wrong_scope(self, parameters: Parameters) -> WhyUnsound | None:
        asked = self._scopes(parameters)
        if self.scopes is None and "openid" not in asked:
            return "invalid_scope", "the scope must contain openid"
        if self.scopes is not None and (strange := asked - self.scopes):
            return "invalid_scope", f"there is no scope {min(strange)}"
        return None

    def _wrong_pkce(self, parameters: Parameters) -> WhyUnsound | None:
        challenge = parameters.get("code_challenge")
        if self.pkce == "refused":
            return None
        if challenge is None and self.pkce == "required":
            return "invalid_request", "code_challenge is required"
        if challenge is None:
            return None
        # A missing method means "plain" (RFC 7636 §4.3), which shows the verifier to
        # everybody who sees the URL.
        if parameters.get("code_challenge_method") != "S256":
            return "invalid_request", "code_challenge_method must be S256"
        if not S256_CHALLENGE.match(challenge):
            return "invalid_request", "code_challenge is no SHA-256 in base64url"
        return None


def _way_back(
    parameters: Parameters, clients: Mapping[str, Client]
) -> tuple[Client, str]:
    repeated = parameters.repeated()
    if repeated in {"client_id", "redirect_uri"}:
        raise AuthorizationRefused(f"{repeated} was sent more than once")
    client = clients.get(parameters.get("client_id") or "")
    if client is None:
        raise AuthorizationRefused("this client_id is not registered here")
    redirect_uri = parameters.get("redirect_uri")
    if redirect_uri not in client.redirect_uris:
        raise AuthorizationRefused("this redirect_uri is not registered for the client")
    return client, redirect_uri


def _wrong_question(parameters: Parameters) -> WhyUnsound | None:
    prompts = _words(parameters, "prompt")
    if "none" in prompts and len(prompts) > 1:
        return "invalid_request", "prompt=none goes with no other prompt"
    max_age = parameters.get("max_age")
    if max_age is not None and not re.fullmatch(r"[0-9]+", max_age):
        return "invalid_request", "max_age must be a number of seconds"
    # Nobody is ever signed in at this provider, so it must always show its page.
    if "none" in prompts:
        return "login_required", "prompt=none, and nobody is signed in"
    return None


def _words(parameters: Parameters, name: str) -> frozenset[str]:
    return frozenset((parameters.get(name) or "").split())


def denied(request: AuthorizationRequest) -> SentBack:
    """Return the refusal of a person who pressed Cancel (RFC 6749 §4.1.2.1)."""
    return SentBack(
        "access_denied",
        "the person pressed Cancel",
        redirect_uri=request.redirect_uri,
        state=request.state,
    )
