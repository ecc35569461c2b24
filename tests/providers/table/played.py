"""The contract of a row: its provider, what is made up for it, and what it demands.

What it demands is made of the row itself, so it proves that the library does what a row
says, and not that the row is right: ``checked`` and ``against`` stand for that.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from onboarding.providers import Provider, Read
from onboarding.providers.table.rows import TableRow
from onboarding.testing import OAuth2Switches, OpenIDSwitches, ReadSwitches
from onboarding.testing.contracts import ProviderContract
from onboarding.testing.identity_provider.model import TokenEndpointAuth
from tests.providers.table.made import ROWS, built, replies, subject, vouches

AUTHS: Mapping[str, TokenEndpointAuth] = {
    "basic": "client_secret_basic",
    "post": "client_secret_post",
    "none": "none",
}
IN_EXCHANGE = ("client_id", "client_secret", "code", "grant_type")
TOKEN = "{access_token}"


def contract_of(name: str) -> ProviderContract:
    """Return the contract of a row, filled in."""
    row, provider = ROWS[name], built(name)
    told = {
        "provider": provider,
        "subject": subject(row),
        "replies": replies(row),
        "unverified": replies(row, is_verified=False) if vouches(row) else None,
        "switches": switches_of(row, provider),
        "client_auth": auth_of(provider),
    }
    return type(f"Row_{name}", (ProviderContract,), told)()


def auth_of(provider: Provider) -> TokenEndpointAuth:
    """Return how a row shows its secret; what goes by GET has no body for it."""
    is_query = provider.exchange_call == "query"
    return "client_secret_query" if is_query else AUTHS[provider.client_auth]


def switches_of(row: TableRow, provider: Provider) -> OAuth2Switches | OpenIDSwitches:
    """Return what a provider demands that is as its row says, and no more."""
    pkce: Any = "required" if provider.pkce else "refused"
    if row.kind == "oidc":
        return OpenIDSwitches(pkce=pkce, nonce=provider.echoes_nonce)
    assert provider.endpoints is not None
    names, also = dict(provider.names), provider.exchange_params
    in_exchange = {n: names[n] for n in IN_EXCHANGE if n in names}
    # DingTalk is told twice who asks, by its own names and by those of the standard.
    twice = {"clientId": "client_id"} if "clientId" in also else {}
    in_exchange |= {ours: theirs for theirs, ours in twice.items()}
    is_told_twice = "code" in also
    if is_told_twice:
        in_exchange.pop("code", None)
    return OAuth2Switches(
        pkce=pkce,
        names={n: v for n, v in names.items() if n in {"client_id", "scope"}},
        exchange_names=in_exchange,
        callback_names={n: v for n, v in names.items() if n == "code"},
        exchange_params=(names["code"], "client_id") if is_told_twice else (),
        scope_separator=provider.scope_separator,
        fragment=urlsplit(provider.endpoints.authorization).fragment,
        callback_extra={n: "d-1" for n, v in also.items() if v.startswith("{callback")},
        exchange_method="GET" if provider.exchange_call == "query" else "POST",
        exchange_body="json" if provider.exchange_call == "json" else "form",
        answer_shape=shape_of(row, provider),
        refusal_shape="errcode" if row.token_reply.refused_by else "standard",
        reads={read.name: needs(read, provider) for read in provider.reads},
    )


def shape_of(row: TableRow, provider: Provider) -> Any:
    """Return how a token response of a row is written."""
    if row.token_reply.is_form:
        return "form"
    if row.token_reply.access_token != "access_token":
        return "camel"
    return "standard" if provider.says_token_type else "untyped"


def needs(read: Read, provider: Provider) -> ReadSwitches:
    """Return what a read of a row demands."""
    headers = {**provider.headers, **read.headers}
    told = {n: v.replace("{client_id}", provider.client_id) for n, v in headers.items()}
    usual = {
        "method": read.method,
        "headers": {n: v for n, v in told.items() if v != TOKEN},
        "body": json.loads(read.body) if isinstance(read.body, str) else None,
    }
    return ReadSwitches(**{**usual, **where(read, told)})


def where(read: Read, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return where the access token of a read stands."""
    if read.scheme is not None:
        return {"scheme": read.scheme}
    parts = urlsplit(read.url)
    if TOKEN in parts.path:
        return {"place": "path"}
    form = read.body if isinstance(read.body, Mapping) else {}
    told = {"query": dict(parse_qsl(parts.query)), "body": form, "header": headers}
    for place, values in told.items():
        for name, value in values.items():
            if value == TOKEN:
                return {"place": place, "place_name": name, "scheme": ""}
    raise AssertionError(f"{read.name} goes without a token")
