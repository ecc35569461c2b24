"""Ids, secrets and signatures: what must not be guessed, forged or confused."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.errors import ConfigError
from onboarding.testing import FrozenClock
from onboarding.tokens import Ids, Keys, Token, derived_id, hash_secret, is_id, same

KEY = "the newest key, of more than thirty-two bytes"
OLD = "an older key, of more than thirty-two bytes!"


@given(steps=st.lists(st.integers(-5, 5), max_size=60))
def test_ids_sort_as_they_were_made(steps: list[int]) -> None:
    """Ids rise and never repeat, even where the clock stands still or steps back."""
    clock = FrozenClock()
    ids = Ids(clock)
    made = []
    for step in steps:
        clock.advance(timedelta(milliseconds=step))
        made.append(ids.new())

    assert sorted(set(made)) == made
    assert all(is_id(id) for id in made)


def test_ids_of_a_later_instant_sort_later_in_every_process() -> None:
    """The first ten characters tell the millisecond."""
    clock = FrozenClock()
    here, there = Ids(clock), Ids(clock)
    earlier = here.new()
    clock.advance(timedelta(milliseconds=1))

    assert earlier < there.new()


@given(st.text())
def test_a_derived_id_is_an_id_and_always_the_same(value: str) -> None:
    """The same value leads to the same id, which has the shape of an id."""
    assert is_id(derived_id(value))
    assert derived_id(value) == derived_id(value)


def test_a_token_keeps_its_secret() -> None:
    """Only `reveal` shows the secret; what is stored does not tell it."""
    token = Token.new("0" * 20)

    assert token.secret not in repr(token)
    assert token.secret not in token.hash
    assert 43 == len(token.hash) == len(token.secret)
    assert token == Token.parse(token.reveal())
    assert hash_secret(token.secret) == token.hash


@given(st.text(max_size=80))
def test_anything_else_is_no_token(text: str) -> None:
    """Text of another shape never becomes a token, and never crashes."""
    token = Token.parse(text)

    assert token is None or token.reveal() == text


def test_comparing_takes_any_text() -> None:
    """Texts are compared whole, also those outside ASCII."""
    assert same("é", "é")
    assert not same("é", "e")
    assert not same("", "a")


json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(json)
def test_what_is_signed_comes_back(value: object) -> None:
    """A JSON value survives signing."""
    signer = Keys(KEY).signer("nonce")

    assert value == signer.unsign(signer.sign(value))


@given(place=st.integers(min_value=0), mark=st.sampled_from("Ab0-_."))
def test_a_changed_byte_is_noticed(place: int, mark: str) -> None:
    """A signed value with one other character is worth nothing."""
    signer = Keys(KEY).signer("nonce")
    good = signer.sign(["kim", 1])
    place %= len(good)
    bad = good[:place] + mark + good[place + 1 :]

    # The last character of base64 has bits that decode to nothing.
    if bad != good and place < len(good) - 1:
        assert signer.unsign(bad) is None


def test_a_value_serves_its_purpose_only() -> None:
    """What was signed or derived for one purpose is nothing for another."""
    keys = Keys(KEY)

    assert keys.signer("state").unsign(keys.signer("nonce").sign("x")) is None
    assert keys.derive("state", "x") != keys.derive("nonce", "x")


def test_an_old_key_still_reads_and_no_longer_signs() -> None:
    """While a key is replaced, values of the old one stay readable."""
    old, both, new = Keys(OLD), Keys([KEY, OLD]), Keys(KEY)
    signed = old.signer("state").sign("x")

    assert "x" == both.signer("state").unsign(signed)
    assert new.signer("state").unsign(signed) is None
    assert "x" == new.signer("state").unsign(both.signer("state").sign("x"))
    assert old.derive("nonce", "x") in both.derivations("nonce", "x")
    assert new.derive("nonce", "x") == both.derivations("nonce", "x")[0]


@pytest.mark.parametrize(
    "key", ["", "short", "a" * 64, [], [KEY, "short"], b"12345678" * 3]
)
def test_a_weak_key_is_refused_with_advice(key: str | bytes | list[str]) -> None:
    """A short, empty or repeated key fails at once and says how to make one."""
    with pytest.raises(ConfigError, match="secrets.token_urlsafe"):
        Keys(key)


def test_keys_do_not_show_themselves() -> None:
    """No part of a key is in its repr."""
    assert "newest" not in repr(Keys(KEY))


@pytest.mark.parametrize("text", ["\ud800", "é", "a.\ud800", "\0"])
def test_what_cannot_be_signed_is_not_signed(text: str) -> None:
    """Half a character has no bytes, and so no signature."""
    assert (
        Keys("a key for tests, of more than thirty-two").signer("x").unsign(text)
        is None
    )


# ── sealing ──────────────────────────────────────────────────────────────────


@given(st.lists(st.text(max_size=40), max_size=4))
def test_what_is_sealed_is_read_by_nobody_and_opened_by_us(value: list[str]) -> None:
    """It fits in an address, and is another text each time."""
    sealer = Keys(KEY).sealer("mail")
    one, other = sealer.seal(value), sealer.seal(value)
    assert one != other
    assert re.fullmatch(r"[A-Za-z0-9_-]+", one)
    assert [value, value] == [sealer.open(one), sealer.open(other)]


def test_a_seal_is_of_one_purpose_and_key_and_whole() -> None:
    """Another purpose, another key, a letter changed, cut off or added: nothing."""
    sealed = Keys(KEY).sealer("mail").seal(["kim@example.org", "reply"])
    assert Keys(KEY).sealer("order").open(sealed) is None
    assert Keys(OLD).sealer("mail").open(sealed) is None
    assert Keys([OLD, KEY]).sealer("mail").open(sealed) is not None
    for broken in (
        *(
            sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
            for at in range(len(sealed) - 1)
        ),
        *("", "x", "é", "=", sealed[:20], sealed[:-4], f"{sealed}AAAA", "A" * 500),
    ):
        assert Keys(KEY).sealer("mail").open(broken) is None
