"""Further facts about a person: the standard claims, and what of them is usable.

A provider says what it likes, so each claim is read by what it is, and what is not
usable counts as not said. Nobody is asked for a claim here: it comes, or not, with the
scopes that the host has configured.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date

from onboarding.accounts.model import Identity
from onboarding.emails import normalise
from onboarding.jsonvalue import JsonValue
from onboarding.providers import replies as read
from onboarding.urls import url_problem
from onboarding.visible import JOINERS, is_blank, trim

OF_THE_IDENTITY = {
    "email": "email",
    "locale": "locale",
    "name": "name",
    "picture": "picture",
    "preferred_username": "username",
}
"""Claims that an ``Identity`` has a field for, and the field."""

FURTHER = frozenset(
    {
        *("given_name", "family_name", "middle_name", "nickname", "gender"),
        *("birthdate", "zoneinfo", "phone_number", "address", "website", "profile"),
    }
)
"""The other standard claims (OpenID Connect Core §5.1)."""

STANDARD = FURTHER | OF_THE_IDENTITY.keys()
"""The standard claims about a person that a question may be about."""

NO_FACTS = frozenset(
    {
        *("sub", "iss", "aud", "exp", "iat", "nbf", "jti", "nonce", "auth_time"),
        *("acr", "amr", "azp", "sid", "at_hash", "c_hash", "updated_at"),
        *("email_verified", "phone_number_verified"),
    }
)
"""What tokens say of themselves, of the sign-in, or of another claim."""

VERDICTS = {"phone_number": "phone_number_verified"}
"""Claims beside which another one says whether they were checked (§5.1)."""

LONGEST_CLAIM = 1000
"""Characters of a claim; a longer one is dropped, for half a fact is none."""

MOST_PARTS = 10
"""Members of an address: six are standard (§5.1.1)."""

NAME_CLAIMS = frozenset({"given_name", "family_name", "middle_name", "nickname"})
SITE_CLAIMS = frozenset({"website", "profile"})
WHOLE_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
SITE_ADDRESS = re.compile(r"https?://[^\s]+\Z")


def told(replies: Mapping[str, object]) -> dict[str, JsonValue]:
    """Return the further standard claims that stand among some claims, as they are."""
    names = (*FURTHER, *VERDICTS.values())
    return {name: _json(replies[name]) for name in names if name in replies}


def wanted(claims: Collection[str]) -> frozenset[str]:
    """Return what is to be kept of what a mapping tells, for these claims."""
    beside = {VERDICTS[name] for name in claims if name in VERDICTS}
    return frozenset(claims) | beside


def fit(claims: Mapping[str, object], names: Collection[str]) -> dict[str, JsonValue]:
    """Return those of some claims that are usable, under these names alone."""
    found = {name: _fit(name, claims[name]) for name in names if name in claims}
    return {name: value for name, value in found.items() if value is not None}


def facts(identity: Identity) -> dict[str, JsonValue]:
    """Return what a provider tells of a person, by the name of the claim."""
    of_fields = {
        claim: getattr(identity, field) for claim, field in OF_THE_IDENTITY.items()
    }
    return {
        **{claim: value for claim, value in of_fields.items() if value is not None},
        **identity.claims,
    }


def _json(value: object) -> JsonValue:
    """Return a claim as JSON that is not read yet: a text, a verdict, or an address."""
    if isinstance(value, dict):
        return {str(n): v if isinstance(v, str) else None for n, v in value.items()}
    return value if isinstance(value, str | bool) else None


def _fit(name: str, value: object) -> JsonValue:
    if name in VERDICTS.values():
        return read.is_true(value)
    if name == "address" and isinstance(value, dict):
        return _address(value)
    if not isinstance(value, str) or len(value) > LONGEST_CLAIM:
        return None
    if name in NAME_CLAIMS:
        return read.name(value)
    if name == "birthdate":
        return _day(value)
    if name in SITE_CLAIMS:
        fits = SITE_ADDRESS.match(value) and not set(value) & read.UNFIT
        return value if fits and not _site_problem(value) else None
    if name == "email":
        return value if normalise(value) else None
    return _line(value)


def _site_problem(value: str) -> str | None:
    """Return what is wrong with the address of somebody's page; plain http is fine."""
    return url_problem(value.replace("http://", "https://", 1))


def _day(value: str) -> str | None:
    """Return a day; none without its year, or without its month (§5.1: birthdate)."""
    try:
        return date.fromisoformat(value).isoformat() if WHOLE_DAY.match(value) else None
    except ValueError:  # 0000-05-03 has no year that a calendar knows
        return None


def _line(value: str, *, breaks: bool = False) -> str | None:
    shown = value.replace("\r\n", "\n").replace("\n", " ") if breaks else value
    can_be_shown = all(char.isprintable() or char in JOINERS for char in shown)
    return trim(value) if can_be_shown and not is_blank(value) else None


def _address(value: Mapping[str, object]) -> JsonValue:
    parts = {
        name: line
        for name, part in list(value.items())[:MOST_PARTS]
        if isinstance(part, str)
        and len(part) <= LONGEST_CLAIM
        and name.isidentifier()
        and (line := _line(part, breaks=True))
    }
    return {**parts} or None
