"""Replies that are made of a row's own paths, and the provider of the row."""

from typing import Any

from onboarding.accounts.model import EmailTrust
from onboarding.providers import Provider, named
from onboarding.providers.places import places_in
from onboarding.providers.table import rows
from onboarding.providers.table.paths import PathStep, ReplyPath, Words
from onboarding.providers.table.rows import Says, TableRow

NAMES = rows.names()
ROWS = {name: rows.row(name) for name in NAMES}
SUBJECT = {"text": "p-4711", "number": 4711, "digits": "4711"}
ADDRESS = "kim@example.org"
PICTURE = "https://pictures.example/kim.png"


def told(row: TableRow) -> dict[str, str]:
    """Return what a row asks for."""
    return {what: asks.example.replace(" ", "-") for what, asks in row.asks.items()}


def built(name: str, **settings: Any) -> Provider:
    """Return the provider of a row."""
    row = ROWS[name]
    secret = None if row.raw.get("client_auth") == "none" else "hush-hush"
    given = {"client_id": "shop", "client_secret": secret, **told(row), **settings}
    return named(name, **given)  # type: ignore[arg-type]  # each of them


def subject(row: TableRow) -> str:
    """Return whom the replies are about."""
    return str(SUBJECT[row.says.id_is]) if row.kind == "oauth2" else "p-4711"


def replies(row: TableRow, *, is_verified: bool = True) -> dict[str, Any]:
    """Return what the provider of a row would answer about somebody."""
    made: dict[str, Any] = {name: {} for name in row.raw.get("reads", {})}
    if row.kind == "oidc":
        claims = {"email": ADDRESS, "email_verified": is_verified, "name": "Kim"}
        made = {"id_token": {"sub": "p-4711", **claims}, "userinfo": {"sub": "p-4711"}}
    for place in asked_before(row):
        reply, _, rest = place.partition(".")
        steps = tuple(PathStep(member=part) for part in rest.split("."))
        plant(made, ReplyPath(reply, steps), "x-1", once=True)
    says = row.says
    plant(made, says.id, SUBJECT[says.id_is])
    plant(made, says.email, ADDRESS)
    plant(made, says.email_verified, word(says, is_verified=is_verified))
    for where in (says.name, says.username):
        for path in parts(where):
            plant(made, path, "Kim", once=True)
    if isinstance(says.picture, str):
        for place in places_in(says.picture):
            reply, _, rest = place.partition(".")
            steps = tuple(PathStep(member=part) for part in rest.split("."))
            plant(made, ReplyPath(reply, steps), "pic-1", once=True)
    else:
        plant(made, says.picture, PICTURE)
    return made


def asked_before(row: TableRow) -> list[str]:
    """Return what the reads of a row need of earlier answers: ``token.user_id``."""
    found = [place for read in built(row.name).reads for place in places_in(read.url)]
    return [place for place in found if "." in place]


def word(says: Says, *, is_verified: bool) -> object:
    """Return what stands where the provider says whether it checked the address."""
    if says.verified_is is True:
        return is_verified
    return says.verified_is if is_verified else 0


def parts(where: Words | None) -> list[ReplyPath]:
    """Return every path of some words."""
    return [path for join in where.joins for path in join] if where else []


def plant(
    made: dict[str, Any], path: ReplyPath | None, value: object, *, once: bool = False
) -> None:
    """Put a value where a path leads; ``once`` leaves what is there."""
    if path is None or (once and path.find(made) is not None):
        return
    made[path.reply] = planted(made.get(path.reply) or None, path.steps, value)


def planted(here: Any, steps: tuple[PathStep, ...], value: object) -> Any:
    """Return a JSON value with another one in it."""
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if step.member is not None:
        return {
            **(here or {}),
            step.member: planted((here or {}).get(step.member), rest, value),
        }
    # A row that is not meant comes first, so that the first one is no answer.
    found = list(here or ([{"other": True}] if step.flag else []))
    at = step.row
    if at is None:
        flagged = [n for n, r in enumerate(found) if r.get(step.flag) is True]
        at = flagged[0] if flagged else len(found)
    while len(found) <= at:
        found.append({step.flag: True} if step.flag else {})
    found[at] = planted(found[at] or None, rest, value)
    return found


def vouches(row: TableRow) -> bool:
    """Tell whether a row takes the provider's word for an address."""
    return row.email_trust >= EmailTrust.VERIFIED
