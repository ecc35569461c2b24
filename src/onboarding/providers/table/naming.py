"""``named("deezer", …)``: the provider of a row, built."""

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, overload
from urllib.parse import quote

from onboarding.errors import ConfigError
from onboarding.names import unknown
from onboarding.providers.base import Provider
from onboarding.providers.checking import VISIBLE
from onboarding.providers.endpoints import Endpoints
from onboarding.providers.reads import Read
from onboarding.providers.table import rows
from onboarding.providers.table.described import NamedOAuth2, NamedOpenID
from onboarding.providers.table.plug_ins import PlugIn, plug_in, plug_ins
from onboarding.providers.table.rows import PASSED, Asks, TableRow

if TYPE_CHECKING:
    from pydantic import SecretStr

    from onboarding.providers.table.names import ProviderName

ROW_HOST = re.compile(
    r"(?=[^:]{1,253}(?::|\Z))(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+"
    r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?(?::[1-9][0-9]{0,4})?\Z"
)
"""A host name with a dot (RFC 1123 §2.1), and perhaps a port; no address of numbers."""

MERGED = ("params", "headers", "reasons")
"""What a host says in addition to the row, and not instead."""


@overload
def named(
    provider: "ProviderName",
    /,
    *,
    client_id: str,
    client_secret: "SecretStr | str | None" = None,
    **settings: Any,
) -> Provider: ...


@overload
def named(
    provider: str,
    /,
    *,
    client_id: str,
    client_secret: "SecretStr | str | None" = None,
    **settings: Any,
) -> Provider: ...


def named(
    provider: str,
    /,
    *,
    client_id: str,
    client_secret: "SecretStr | str | None" = None,
    **settings: Any,
) -> Provider:
    """Return a provider by its name: ``named("deezer", client_id=…, …)``.

    Args:
        provider: A row of the table, or a plug-in that is installed here; ``onboarding
            providers list`` prints them all.
        client_id: As it was given to you there.
        client_secret: As it was given to you there; None where there is none.
        settings: What the row asks for (``domain="mastodon.social"``), and any setting
            of ``Provider``: ``name=``, ``scopes=``, ``email_trust=``. What you give in
            ``params``, ``headers`` and ``reasons`` is added to what the row has.

    Raises:
        ConfigError: When there is no such provider or setting, or it cannot work; a
            plug-in that is broken is named, with the distribution that brings it.
    """
    secrets = {"client_id": client_id, "client_secret": client_secret}
    if (found := _plugged(str(provider))) is not None:
        told = {what: one for what, one in secrets.items() if one is not None}
        return found.build({**settings, **told})
    return _of_row(_row(str(provider)), {**settings, **secrets})


def _of_row(row: TableRow, settings: dict[str, Any]) -> Provider:
    """Return the provider of a row, with settings that may be added to it."""
    kind = NamedOpenID if row.kind == "oidc" else NamedOAuth2
    known = {one.name for one in fields(kind)} - {"row"} | row.asks.keys()
    for what in settings:
        if what not in known:
            problem = unknown("setting", what, sorted(known))
            raise ConfigError(f"named({row.name!r}) is given {problem}")
    given = {what: _told(row, what, settings.pop(what, None)) for what in row.asks}
    built = _built(row, given)
    for what in MERGED:
        if isinstance(settings.get(what), Mapping):
            settings[what] = {**built.get(what, {}), **settings[what]}
    return kind(**{**built, **settings, "row": row})


def _plugged(name: str) -> PlugIn | None:
    """Return the plug-in of this name, where the name is none of ours."""
    return None if ours(name) else plug_in(name)


def ours(name: str) -> str:
    """Return what a name stands for that no plug-in can have; empty for any other."""
    if name in rows.names():
        return "a row of this library's table"
    kind = _class(name)
    return f"{kind} of this library" if kind else ""


def _class(name: str) -> str | None:
    from onboarding import providers

    classes = {one.lower(): one for one in providers.__all__}
    return classes.get(name.replace("-", ""))


def _row(name: str) -> TableRow:
    """Return the row of this name.

    Raises:
        ConfigError: When there is none; says where it is, or why it is not there.
    """
    known = rows.names()
    if name in known:
        return rows.row(name)
    if why := rows.absent().get(name):
        raise ConfigError(f"named({name!r}) cannot be: {why}")
    if (kind := _class(name)) is not None:
        also = "".join(
            f"; the one of {one.distribution} cannot have that name"
            for one in plug_ins()
            if one.name == name
        )
        raise ConfigError(
            f"{name!r} is a class of its own: from onboarding.providers import {kind}"
            f"{also}"
        )
    plugged = [one.name for one in plug_ins()]
    raise ConfigError(f"you named {unknown('provider', name, [*known, *plugged])}")


def _told(row: TableRow, what: str, value: object) -> str:
    """Return what a row asks for, checked.

    Raises:
        ConfigError: When it is missing, or cannot be.
    """
    asks = row.asks[what]
    value = asks.default if value is None else value
    call = f"named({row.name!r}, {what}={asks.example!r}, …)"
    if value is None:
        raise ConfigError(f"{row.name!r} has to be told {what}: write {call}")
    text = value.lower() if what == "domain" and isinstance(value, str) else value
    if not isinstance(text, str) or not _fits(what, asks, text):
        kind = "host name" if what == "domain" else "text that can be sent"
        raise ConfigError(f"{what}={value!r} is no {kind} of {row.title}; write {call}")
    return text


def _fits(what: str, asks: Asks, text: str) -> bool:
    shape = ROW_HOST if what == "domain" else VISIBLE
    is_like = not asks.like or re.fullmatch(asks.like, text) is not None
    return shape.match(text) is not None and is_like


def _built(row: TableRow, given: Mapping[str, str]) -> dict[str, Any]:
    """Return what the row says, as settings of a provider."""
    raw: Mapping[str, Any] = _filled(row.raw, given)
    built = {what: raw[what] for what in PASSED if what in raw}
    built |= {"name": row.name.replace("_", "-"), "title": row.title}
    built |= {"issuer": raw["issuer"], "email_trust": row.email_trust}
    if "authorization" in raw:
        built["endpoints"] = Endpoints(
            authorization=raw["authorization"], token=raw.get("token", "")
        )
    built["reads"] = tuple(_read(*one) for one in raw.get("reads", {}).items())
    if "scopes" in built:
        built["scopes"] = tuple(built["scopes"])
    return built


def _read(name: str, told: str | Mapping[str, Any]) -> Read:
    if isinstance(told, str):
        return Read(name, told)
    # TOML has no null: an empty scheme is none.
    changed = {"scheme": told.get("scheme", "Bearer") or None}
    changed["statuses"] = tuple(told.get("statuses", ()))
    return Read(name, **{**told, **changed})


def _filled(value: Any, given: Mapping[str, str]) -> Any:  # noqa: ANN401  # any TOML
    """Return a part of a row with what was asked for put in."""
    if isinstance(value, Mapping):
        return {key: _filled(part, given) for key, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, given) for part in value]
    if not isinstance(value, str):
        return value
    is_address = value.startswith("https://")
    for what, text in given.items():
        # A host stands as it is; anything else must not leave its place.
        fit = quote(text, "") if is_address and what != "domain" else text
        value = value.replace(f"{{{what}}}", fit)
    return value
