"""Every row of the table keeps what any provider promises."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding import providers
from onboarding.accounts.model import EmailTrust
from onboarding.errors import BadProviderReply
from onboarding.providers import Provider
from onboarding.providers.table import rows
from onboarding.providers.table.described import parse_tokens, subject_of
from onboarding.providers.table.rows import IdKind, TokenReply
from onboarding.testing.contracts import ProviderContract
from onboarding.testing.contracts.plays import SignInCheck, checks_of, played
from onboarding.testing.contracts.provider_mapping import problem
from tests.providers.table.made import (
    ADDRESS,
    NAMES,
    ROWS,
    built,
    replies,
)
from tests.providers.table.played import contract_of

EVERY = pytest.mark.parametrize("name", NAMES)


# What of the played checks depends on a row alone; the rest is the class's, and is
# played in full with a row of each shape.
OF_A_ROW = {
    "somebody signs in",
    "an address that is not verified proves nothing",
    "who shares no address comes in all the same",
    "a code of nobody's is refused",
    "missing access token signs nobody in",
    "a 404 signs nobody in",
}


def promises(contract: ProviderContract) -> Iterator[Callable[[], None]]:
    """Yield the tests of a contract that play nothing."""
    for name in dir(contract):
        if name.startswith("test_") and name != "test_it_signs_somebody_in":
            yield getattr(contract, name)


@EVERY
def test_a_row_keeps_what_any_provider_promises(name: str) -> None:
    """What it says of itself, and what it makes of replies."""
    for promise in promises(contract_of(name)):
        promise()


@EVERY
def test_somebody_signs_in_with_a_row(name: str) -> None:
    """And nobody does where what the row says leads nowhere."""
    contract = contract_of(name)
    about = re.compile("replies about nobody")
    checks = [
        check
        for check in checks_of(contract)
        if check.name in OF_A_ROW or about.match(check.scene)
    ]
    assert len(checks) >= 4
    assert failures(contract, checks) == []


def shape(name: str) -> object:
    """Return in what a row is not like others, as far as code depends on it."""
    provider, row = built(name), ROWS[name]
    return (
        *(row.kind, row.token_reply, provider.exchange_call, provider.pkce),
        *(bool(provider.exchange_params), provider.says_token_type),
    )


SHAPES = {shape(name): name for name in reversed(NAMES)}


@pytest.mark.parametrize("name", sorted(SHAPES.values()))
def test_each_shape_of_row_stands_whatever_a_provider_does(name: str) -> None:
    """The whole of what is played, with one row of each shape."""
    contract = contract_of(name)
    checks = checks_of(contract)
    assert len(checks) > 30
    assert failures(contract, checks) == []


def failures(contract: ProviderContract, checks: list[SignInCheck]) -> list[str]:
    """Return what fails of what is played."""
    try:
        failed = played(contract.stage(), checks)
    finally:
        contract.teardown_class()
    return [f"{error!r}, {error.__notes__}" for error in failed]


@EVERY
def test_an_address_is_worth_what_the_row_says(name: str) -> None:
    """And every row that knows of one finds it."""
    row = ROWS[name]
    identity = built(name).identity(replies(row))
    knows = row.says.email is not None or row.kind == "oidc"
    assert (identity.email == ADDRESS) is (knows and row.email_trust > EmailTrust.NONE)
    assert identity.email_trust == row.email_trust


@EVERY
def test_people_see_what_the_row_finds(name: str) -> None:
    """A name, a picture, and what they are called there."""
    says, identity = ROWS[name].says, built(name).identity(replies(ROWS[name]))
    assert (identity.name is not None) is (
        says.name is not None or ROWS[name].kind == "oidc"
    )
    assert (identity.username is not None) is (says.username is not None)
    assert (identity.picture is not None) is (says.picture is not None)


@EVERY
def test_a_row_says_when_and_with_what_it_was_compared(name: str) -> None:
    """And nobody says of it that it was tried who did not try it."""
    row = ROWS[name]
    assert isinstance(row.checked, date)
    assert row.against
    assert row.tried_live is False
    assert row.key.endswith(".")
    assert re.match(r"(\S.*[.}]|)\Z", row.note), "a note is a sentence"


def texts(value: object) -> Iterator[str]:
    """Yield every text of a row."""
    if isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
    elif isinstance(value, str):
        yield value


@EVERY
def test_every_address_of_a_row_is_https(name: str) -> None:
    """Wherever it stands."""
    assert [text for text in texts(ROWS[name].raw) if text.startswith("http:")] == []
    provider = built(name)
    ends = provider.endpoints
    urls = [provider.issuer, *(read.url for read in provider.reads)]
    urls += [ends.authorization, ends.token] if ends else []
    assert {urlsplit(url).scheme for url in urls} == {"https"}


def vendors() -> Iterator[tuple[str, str]]:
    """Yield name and issuer of the providers that are classes."""
    for name in providers.__all__:
        kind = getattr(providers, name)
        if isinstance(kind, type) and issubclass(kind, Provider):
            known = {f.name: f.default for f in fields(kind)}
            if isinstance(known["issuer"], str) and isinstance(known["name"], str):
                yield known["name"], known["issuer"]


def test_no_two_providers_are_called_alike_or_have_one_issuer() -> None:
    """A name leads to one of them, and a key of an identity to one person.

    Those that anybody may run would be at one host, too.
    """
    at_home = {"domain": "home.example"}
    free = [n for n, row in ROWS.items() if "domain" in row.asks]
    free = [name for name in free if not ROWS[name].asks["domain"].like]
    one_host = [built(name, **at_home) for name in free]
    others = [built(name) for name in NAMES if name not in free]
    found = [(p.name, p.issuer) for p in (*one_host, *others)] + list(vendors())
    assert len(free) > 3
    assert ("google", "https://accounts.google.com") in found
    for one in (0, 1):
        # An issuer that is made of a setting stands in no class.
        listed = [each[one] for each in found if each[one]]
        assert sorted(set(listed)) == sorted(listed)
    assert {name for name, _ in vendors()} & {*rows.absent(), *NAMES} == set()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.sampled_from(NAMES), st.data())
def test_whatever_is_answered_is_somebody_or_refused(
    name: str, data: st.DataObject
) -> None:
    """Any JSON in the place of any reply, or of any value in one."""
    row = ROWS[name]
    made = replies(row)
    for reply in made:
        told = made[reply]
        keys = sorted(told) if isinstance(told, dict) else []
        if keys and data.draw(st.booleans()):
            made[reply] = {**told, data.draw(st.sampled_from(keys)): data.draw(JSON)}
        elif data.draw(st.booleans()):
            made[reply] = data.draw(JSON)
    try:
        identity = built(name).identity(made)
    except BadProviderReply:
        return
    assert problem(identity) is None


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_a_token_response_is_it_is_read_or_refused(body: bytes) -> None:
    """As a form, as JSON, and by whatever name of the token."""
    for reply in (TokenReply(), TokenReply(is_form=True), TokenReply(refused_by="e")):
        try:
            told = parse_tokens(reply, body)
        except ValueError:
            continue
        assert not isinstance(told, dict) or {"access_token", "error"} & told.keys()


def test_a_number_is_one_person_however_it_is_written() -> None:
    """As text or as a number."""
    assert {subject_of("row", "digits", one) for one in ("4711", 4711)} == {"4711"}


ODD: tuple[object, ...] = (
    *("007", "0", "-1", "7.0", " 7", "\u0663", "7\n", "", "1" * 21),
    *(0, True, 7.0, None, ["7"]),
)


@pytest.mark.parametrize(
    ("kind", "values"),
    [("digits", ODD), ("number", (*ODD, "4711")), ("text", (4711, "", None, True))],
)
def test_what_is_no_id_of_its_kind_is_nobody(
    kind: IdKind, values: tuple[object, ...]
) -> None:
    """Two texts for one number would be two people, or one of two."""
    for value in values:
        with pytest.raises(BadProviderReply):
            subject_of("row", kind, value)
