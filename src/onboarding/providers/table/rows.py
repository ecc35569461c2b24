"""The table of providers: what a row says, read from ``named.toml`` and checked.

A key of a row that is a field of ``Provider`` means what it means there. The others:

``title``, ``kind``     what people call it; ``oauth2``, or ``oidc`` by discovery
``authorization``, ``token``  its endpoints, where they are not discovered
``reads``               by name, an address or the arguments of ``Read``; a path that
                        names no reply is about the first one
``id``, ``id_is``       the subject, a path: ``text``, a ``number``, or ``digits`` that
                        come as either
``email``, ``email_verified``, ``verified_is``  the address, and what says that it was
                        checked, where that is not a plain true
``name``, ``username``, ``picture``  for people; a picture is a path, or an address with
                        places
``token_reply``, ``access_token``, ``refused_by``  how a token response is written:
                        ``form``; what it calls the access token; which member is a
                        refusal with status 200
``asks``                what else ``named`` has to be told: an ``example``, a
                        ``default``, and what it is ``like``
``key``, ``note``       why this is the subject; what people should know
``checked``, ``against``, ``tried_live``  when the facts were compared, with what, and
                        whether anybody signed in there with this row
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from onboarding.accounts.model import EmailTrust
from onboarding.errors import ConfigError
from onboarding.providers.table.paths import (
    ReplyPath,
    Words,
    parse_path,
    parse_words,
)

ABSENT = "absent"
"""The table of those that are no rows, with the reason."""

PASSED = (
    *("scopes", "scope_separator", "client_auth", "params", "headers", "names"),
    *("exchange_call", "exchange_params", "says_token_type", "pkce", "reasons"),
    *("response_mode", "echoes_nonce", "userinfo"),
)
"""What of a row goes to the provider as it stands."""

OWN = (
    *("title", "kind", "issuer", "authorization", "token", "reads", "email_trust"),
    *("id", "id_is", "email", "email_verified", "verified_is"),
    *("name", "username", "picture", "token_reply", "access_token", "refused_by"),
    *("asks", "key", "note", "checked", "against", "tried_live"),
)
"""What of a row is read here."""

TRUSTS = {trust.name.lower(): trust for trust in EmailTrust}

IdKind = Literal["text", "number", "digits"]
"""How a provider writes the ids of people."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Says:
    """Where a provider says who somebody is.

    Attributes:
        id: The subject; None where the standard says it.
        id_is: How it is written.
        email: The address.
        email_verified: What says that the provider checked it.
        verified_is: What stands there then.
        picture: A path, or an address with places as ``Read`` has them.
    """

    id: ReplyPath | None = None
    id_is: IdKind = "text"
    email: ReplyPath | None = None
    email_verified: ReplyPath | None = None
    verified_is: bool | int | str = True
    name: Words | None = None
    username: Words | None = None
    picture: ReplyPath | str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenReply:
    """How a token response is written, where it is not as RFC 6749 §5.1 has it.

    Attributes:
        is_form: Whether it is a form, and no JSON.
        access_token: What it calls the access token.
        refused_by: Which member says that it is a refusal, with status 200.
    """

    is_form: bool = False
    access_token: str = "access_token"  # noqa: S105  # a name
    refused_by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asks:
    """What a row has to be told beside id and secret.

    Attributes:
        example: For people.
        default: What it is when nothing is said; None where it must be.
        like: A pattern that the whole of it must match; empty for none.
    """

    example: str
    default: str | None = None
    like: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TableRow:
    """What the table says of one provider.

    Attributes:
        kind: ``oidc`` or ``oauth2``.
        raw: The row as it is written, places for ``asks`` not filled.
        against: With what the facts were compared.
    """

    name: str
    title: str
    kind: str
    email_trust: EmailTrust
    says: Says
    token_reply: TokenReply
    asks: Mapping[str, Asks]
    key: str
    note: str
    checked: date
    against: tuple[str, ...]
    tried_live: bool
    raw: Mapping[str, Any] = field(repr=False)


@cache
def table() -> Mapping[str, Any]:
    """Return the whole table, as it is written."""
    text = (files(__package__) / "named.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def names() -> list[str]:
    """Return the name of every row, in the order of the alphabet."""
    return sorted(table().keys() - {ABSENT})


def absent() -> Mapping[str, str]:
    """Return who is no row, and why."""
    found: Mapping[str, str] = table()[ABSENT]
    return found


def row(name: str) -> TableRow:
    """Return one row.

    Raises:
        ConfigError: When it is not written as a row is.
    """
    raw = table()[name]
    try:
        return _read(name, raw)
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"named.toml, [{name}]: {error}") from error


def _read(name: str, raw: Mapping[str, Any]) -> TableRow:
    if strange := sorted(raw.keys() - {*PASSED, *OWN}):
        raise ValueError(f"{', '.join(strange)} is no key of a row")
    kind = raw.get("kind", "oauth2")
    if kind not in {"oauth2", "oidc"}:
        raise ValueError(f"kind = {kind!r} is neither oauth2 nor oidc")
    says = _says(raw, _first_reply(kind, raw))
    if (says.id is None) is not (kind == "oidc"):
        raise ValueError("id is missing, or stands where an ID token says it")
    trust = TRUSTS[raw["email_trust"]]
    claims = says.email_verified is not None or kind == "oidc"
    if trust > EmailTrust.STATED and not claims:
        raise ValueError("it vouches for addresses, but nothing says for which")
    return TableRow(
        name=name,
        title=raw["title"],
        kind=kind,
        email_trust=trust,
        says=says,
        token_reply=TokenReply(
            is_form=raw.get("token_reply", "json") == "form",
            access_token=raw.get("access_token", "access_token"),
            refused_by=raw.get("refused_by", ""),
        ),
        asks={what: Asks(**told) for what, told in raw.get("asks", {}).items()},
        key=raw["key"],
        note=raw.get("note", ""),
        checked=raw["checked"],
        against=tuple(raw["against"]),
        tried_live=raw["tried_live"],
        raw=raw,
    )


def _first_reply(kind: str, raw: Mapping[str, Any]) -> str:
    """Return what a path is about that names no reply."""
    if kind == "oidc":
        return "userinfo"
    return next(iter(raw.get("reads", {})), "token")


def _says(raw: Mapping[str, Any], reply: str) -> Says:
    def path(what: str) -> ReplyPath | None:
        return parse_path(raw[what], reply) if what in raw else None

    def words(what: str) -> Words | None:
        return parse_words(raw[what], reply) if what in raw else None

    picture = raw.get("picture")
    if picture is not None and not picture.startswith("https://"):
        picture = parse_path(picture, reply)
    id_is = raw.get("id_is", "text")
    if id_is not in {"text", "number", "digits"}:
        raise ValueError(f"id_is = {id_is!r} is no text, number or digits")
    return Says(
        id=path("id"),
        id_is=id_is,
        email=path("email"),
        email_verified=path("email_verified"),
        verified_is=raw.get("verified_is", True),
        name=words("name"),
        username=words("username"),
        picture=picture,
    )
