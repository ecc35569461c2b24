"""In what a provider of OAuth 2 may differ from RFC 6749, as data.

Each is a fact about some real provider, and none is read from our description of it:
what a fake learns from the code it tests proves nothing about that code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from onboarding.testing.identity_provider.model import (
    AnswerMode,
    Pkce,
    RegisteredKey,
    TokenEndpointAuth,
)

AnswerShape = Literal["standard", "untyped", "camel", "form", "form_unless_json"]
"""How a token answer looks: as RFC 6749 §5.1; without ``token_type`` (WeChat, Shopify);
with ``accessToken`` (DingTalk); form-encoded (Stack Exchange), or so unless JSON is
asked for by name (GitHub)."""

RefusalShape = Literal["standard", "error_in_200", "ok_false", "errcode", "message"]
"""How a no looks: as RFC 6749 §5.2; with status 200 (GitHub); as ``"ok": false`` with
200 (Slack); as ``errcode`` with 200 (WeChat); as ``message`` alone (Twitch)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSwitches:
    """What one read of a person needs, and how it is answered.

    Attributes:
        method: Its HTTP method.
        place: Where the access token stands; ``path`` is a part of the address
            (HubSpot).
        place_name: The header or parameter that holds it; ``Authorization`` or
            ``access_token`` when None.
        scheme: What stands before the token in a header; empty for nothing. Yandex
            says ``OAuth``, Gitea ``token``.
        headers: Headers that must be sent, with their values.
        query: Parameters that must stand in the address, with their values.
        body: JSON that must be sent; None for none.
        proof: Whether ``appsecret_proof`` must be shown: HMAC-SHA256 of the access
            token with the client secret (Facebook, where "require app secret" is on).
        status: The status of the answer, whose body is the recorded reply.
    """

    method: Literal["GET", "POST"] = "GET"
    place: Literal["header", "query", "body", "path"] = "header"
    place_name: str | None = None
    scheme: str = "Bearer"
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    query: Mapping[str, str] = field(default_factory=dict, hash=False)
    body: object = None
    proof: bool = False
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth2Switches:
    """How one provider of OAuth 2 differs from a strict one.

    Attributes:
        pkce: What it makes of PKCE.
        client_auth: The one way in which a client shows who it is.
        client_key: What checks its signature, where it signs.
        names: Its own names for parameters of the authorization request, by those of
            the standard: ``{"client_id": "client_key"}`` at TikTok.
        exchange_names: The same for the token request.
        callback_names: The same for the way back: ``{"code": "authCode"}`` at DingTalk.
        params: Further parameters of the authorization request that it knows, beside
            those in ``Provider.params``. All others are refused: RFC 6749 §3.1 would
            have them ignored, but whoever sends one made a slip.
        exchange_params: Further parameters of the token request that it knows.
        scope_separator: What stands between two scopes.
        fragment: What the authorization address must end with, after ``#`` (WeChat).
        response_mode: The one way in which it answers the browser.
        tells_state: Whether the way back repeats ``state``, as RFC 6749 §4.1.2 demands.
        names_issuer: Whether the way back names the issuer (RFC 9207).
        callback_extra: What else the way back brings, which the token request must
            show again: ``device_id`` at VK ID.
        exchange_method: The HTTP method of the token endpoint; with GET its parameters
            stand in the address.
        exchange_body: How they are written in a body.
        wants_redirect_uri: Whether the token request must repeat the redirect URI
            (RFC 6749 §4.1.3); WeChat and DingTalk do not ask.
        answer_shape: How a token answer looks.
        refusal_shape: How a no looks.
        reads: What reads need, by their name, where more than a bearer token.

    Raises:
        ValueError: When two of them contradict each other.
    """

    pkce: Pkce = "required"
    client_auth: TokenEndpointAuth = "client_secret_basic"
    client_key: RegisteredKey | None = None
    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    exchange_names: Mapping[str, str] = field(default_factory=dict, hash=False)
    callback_names: Mapping[str, str] = field(default_factory=dict, hash=False)
    params: tuple[str, ...] = ()
    exchange_params: tuple[str, ...] = ()
    scope_separator: str = " "
    fragment: str = ""
    response_mode: AnswerMode = "query"
    tells_state: bool = True
    names_issuer: bool = False
    callback_extra: Mapping[str, str] = field(default_factory=dict, hash=False)
    exchange_method: Literal["GET", "POST"] = "POST"
    exchange_body: Literal["form", "json"] = "form"
    wants_redirect_uri: bool = True
    answer_shape: AnswerShape = "standard"
    refusal_shape: RefusalShape = "standard"
    reads: Mapping[str, ReadSwitches] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """Refuse what no client could satisfy."""
        if self.exchange_method == "GET" and self.client_auth == "client_secret_post":
            raise ValueError(
                'exchange_method="GET" has no body: client_auth="client_secret_query"'
            )
