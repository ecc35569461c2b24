"""What can be known of a provider before anybody signs in."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from onboarding.errors import ConfigError
from onboarding.names import by_name
from onboarding.providers.endpoints import ADDRESSES
from onboarding.providers.icons import ICON_PATH, find_icon
from onboarding.providers.reads import read_problem
from onboarding.providers.secret import Secret
from onboarding.shapes import UNSET, check_fields
from onboarding.urls import url_problem
from onboarding.visible import is_blank

if TYPE_CHECKING:
    from onboarding.providers.base import Provider

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?\Z")
"""A provider's name: it stands in addresses and in cookies."""

VISIBLE = re.compile(r"[!-~](?:[ -~]*[!-~])?\Z")
"""Printable ASCII without a space at either end (RFC 6749 appendix A.1, A.2)."""

SCOPE = re.compile(r"[!#-\[\]-~]+\Z")
"""One scope (RFC 6749 §3.3)."""

PROTOCOL_PARAMS = frozenset(
    (
        *("client_id", "redirect_uri", "response_type", "response_mode", "scope"),
        *("state", "nonce", "code_challenge", "code_challenge_method"),
        *("request", "request_uri"),
    )
)
"""Parameters of the authorization request that nobody else may set."""

TOKEN_PARAMS = frozenset(
    (
        *("grant_type", "code", "redirect_uri", "code_verifier"),
        *("client_id", "client_secret", "client_assertion", "client_assertion_type"),
    )
)
"""Parameters of the token request that nobody else may set."""

RENAMED = (PROTOCOL_PARAMS | TOKEN_PARAMS) - {"state", "redirect_uri"}
"""What a provider may call otherwise. The two that bind an answer to its attempt are
the same everywhere."""

ASYMMETRIC = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "Ed25519", "EdDSA"),
)
"""What may sign an ID token. Our list, never the token's word: ``none`` proves nothing,
and with HMAC a public key would be the secret (RFC 8725 §3.1, §3.2)."""

SYMMETRIC = ("HS256", "HS384", "HS512")
"""What may sign one with the client secret, where a provider declares it."""

LISTED = {
    "scopes": '("openid", "email")',
    "reads": '(Read("user", "https://…"),)',
    "params": '{"prompt": "select_account"}',
    "endpoints": "Endpoints(authorization=…, token=…)",
    "algorithms": '("HS256",)',
    "secret_expires": "date(2027, 3, 31)",
}
"""What to write in a provider's settings, where something else stands."""

LEAST_SECRET = 32
"""Bytes of a secret that signs with HMAC (RFC 7518 §3.2)."""


def tidy(provider: "Provider") -> None:
    """Make tuples of lists, find the icon, wrap the secret; nothing is checked yet.

    Raises:
        ConfigError: When a field holds something of another kind.
    """
    for name in ("scopes", "reads", "algorithms", "told_once"):
        if isinstance(getattr(provider, name), list):
            object.__setattr__(provider, name, tuple(getattr(provider, name)))
    where = type(provider).__name__
    check_fields(provider, where, examples=LISTED)
    if provider.endpoints is not None:
        check_fields(provider.endpoints, f"{where}: Endpoints")
    for read in provider.reads:
        check_fields(read, f"{where}: Read")
    if isinstance(provider.secret_expires, datetime):
        object.__setattr__(provider, "secret_expires", provider.secret_expires.date())
    if provider.icon is None:
        object.__setattr__(provider, "icon", find_icon(provider.brand))
    held = provider.client_secret
    if not isinstance(held, str | None) and not hasattr(held, "get_secret_value"):
        raise ConfigError(
            f"{where}: client_secret is a {type(held).__name__}; write the text that "
            "you got with the client_id, or a SecretStr of it"
        )
    if held is not None:
        object.__setattr__(provider, "client_secret", Secret.of(held))


def check(provider: "Provider") -> str | None:
    """Return why a provider can never work, with what to write; or None.

    Raises:
        ConfigError: When two reads have one name, or a key signs nothing.
    """
    for find in CHECKS:
        if problem := find(provider):
            return problem
    return None


def _name(provider: "Provider") -> str | None:
    if not SLUG.match(provider.name):
        return (
            f"name={provider.name!r} cannot stand in an address: use lower-case "
            'letters, digits and "-", for example name="my-shop-id"'
        )
    if is_blank(provider.title):
        return 'title is empty: write what people call it, "My Shop ID"'
    if provider.icon and not ICON_PATH.match(provider.icon):
        return (
            'icon is no path of an SVG: write what stands in d="…", and nothing else, '
            'icon="M12 2 22 22H2Z", in a square of 24 by 24'
        )
    return None


def _client(provider: "Provider") -> str | None:
    if not _is_visible(provider.client_id):
        hint = "" if provider.client_id else UNSET
        return (
            "client_id must be the text you got when you registered this "
            f"application, in ASCII and without spaces around it{hint}"
        )
    if provider.client_auth == "private_key_jwt":
        if provider.client_key is None:
            return (
                "client_key is missing: private_key_jwt signs with a key, "
                'client_key=ClientKey(pem, kid="…")'
            )
        provider.client_key.check()
    return _secret(provider)


def _secret(provider: "Provider") -> str | None:
    secret, auth = provider.secret, provider.client_auth
    is_shown = auth not in {"none", "private_key_jwt"}
    if secret is None:
        # One that is made at each moment needs none, but what it is made of.
        if is_shown and provider.exchanges_code and not _makes_secret(provider):
            return (
                f"client_secret is missing{UNSET}: give it, or write "
                'client_auth="none" for a public client, which has none'
            )
        return None
    if not is_shown and not set(provider.algorithms) & set(SYMMETRIC):
        return (
            f'a client_secret is never shown with client_auth="{auth}": write '
            '"basic" or "post"'
        )
    if not _is_visible(secret):
        return (
            "client_secret holds something outside printable ASCII, or a space "
            "around it, or nothing at all: copy it again (RFC 6749 appendix A.2)"
        )
    if auth == "client_secret_jwt" and len(secret) < LEAST_SECRET:
        return (
            f"client_secret has fewer than {LEAST_SECRET} characters, too few to sign "
            "with (RFC 7518 §3.2)"
        )
    return None


def _makes_secret(provider: "Provider") -> bool:
    from onboarding.providers.base import Provider

    return type(provider).secret_at is not Provider.secret_at


def _urls(provider: "Provider") -> str | None:
    known = {"issuer": provider.issuer}
    if provider.endpoints is not None:
        known |= {
            f"endpoints.{part}": url.partition("#")[0]
            for part in ADDRESSES
            if (url := getattr(provider.endpoints, part))
        }
        if provider.exchanges_code and not provider.endpoints.token:
            return "endpoints.token is missing: where a code is exchanged"
    for what, url in known.items():
        if problem := url_problem(url):
            return f"{what}={url!r} {problem}"
    for read in provider.reads:
        if problem := read_problem(read):
            return f"reads {read.name!r}={read.url!r} {problem}"
    if urlsplit(provider.issuer).query:
        return "issuer must have no query (OpenID Connect Core §2)"
    issuer, found, _ = provider.issuer.partition("/.well-known")
    if found:
        return (
            "issuer is the address of its discovery document; write what stands "
            f"before /.well-known: issuer={issuer!r}"
        )
    return None


def _request(provider: "Provider") -> str | None:
    if not all(map(SCOPE.match, provider.scopes)):
        return 'scopes must be a tuple of words: ("openid", "email")'
    by_name(f"reads of {type(provider).__name__}", provider.reads, "rename one")
    if taken := sorted({"token", "callback"} & {read.name for read in provider.reads}):
        return (
            f"reads must not be called {', '.join(taken)}: that reply has the name "
            'already; write another one, Read("person", "https://…")'
        )
    taken = sorted(PROTOCOL_PARAMS & set(provider.params))
    # What it has another name for, it may want once more under the usual one.
    ours = TOKEN_PARAMS - set(provider.names)
    taken += sorted(ours & set(provider.exchange_params))
    if taken:
        return (
            f"params must not set {', '.join(taken)}: this library does, and your "
            "value would undo a check"
        )
    if unknown := sorted(set(provider.names) - RENAMED):
        return f"names must not rename {', '.join(unknown)}"
    return None


def _weakened(provider: "Provider") -> str | None:
    for name in ("pkce", "echoes_nonce"):
        if not getattr(provider, name) and is_blank(provider.reasons.get(name, "")):
            return (
                f"{name}=False turns a check off: say why, "
                f'reasons={{"{name}": "…"}}, which onboarding doctor prints'
            )
    if unknown := sorted(set(provider.algorithms) - {*ASYMMETRIC, *SYMMETRIC}):
        return f"algorithms holds {', '.join(unknown)}, which nothing here checks"
    if set(provider.algorithms) & set(SYMMETRIC) and provider.secret is None:
        return "algorithms names one that is signed with the client_secret: give it"
    return None


CHECKS: tuple[Callable[["Provider"], str | None], ...] = (
    *(_name, _client, _urls, _request, _weakened),
)


def _is_visible(value: object) -> bool:
    # Settings that were never set arrive as None, whatever the types say.
    return isinstance(value, str) and VISIBLE.match(value) is not None
