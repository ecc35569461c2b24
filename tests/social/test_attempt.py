"""States: what is ours, and what nobody else can make."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from onboarding.social.attempt import ATTEMPT_COOKIE, MOST_ATTEMPTS, Attempts, overflow
from onboarding.tokens import Keys, Token

KEY = "a key for tests, of more than thirty-two bytes"
ATTEMPTS = Attempts(Keys(KEY))
TOKEN = Token.new("0123456789abcdefghjk")
OURS = ATTEMPTS.begin(TOKEN, provider="id", restarts=0)


def test_a_state_says_what_it_was_begun_with() -> None:
    """Attempt, provider and restarts can be read back, also without the cookie."""
    state = ATTEMPTS.read_state(OURS.state)
    assert state is not None
    assert (state.attempt, state.provider, state.restarts) == (TOKEN.id, "id", 0)
    assert not state.adds
    assert state.cookie_name == ATTEMPT_COOKIE + TOKEN.id


def test_an_attempt_is_the_same_at_both_ends() -> None:
    """Nothing is stored: the secret in the cookie gives the verifier again."""
    state = ATTEMPTS.read_state(OURS.state)
    assert state is not None
    assert ATTEMPTS.resume(OURS.state, state, TOKEN) == OURS


def test_the_three_secrets_are_three() -> None:
    """None follows from another, and none is the cookie's own."""
    state = ATTEMPTS.read_state(OURS.state)
    assert state is not None
    secrets = {OURS.verifier, OURS.nonce, state.binding, TOKEN.secret}
    assert len(secrets) == 4
    assert {len(secret) for secret in secrets} == {43}


@pytest.mark.parametrize(
    "token", [None, Token.new(TOKEN.id), Token("0" * 20, TOKEN.secret)]
)
def test_only_the_cookie_of_the_attempt_takes_it_up(token: Token | None) -> None:
    """No cookie, another secret, another id: nothing."""
    state = ATTEMPTS.read_state(OURS.state)
    assert state is not None
    assert ATTEMPTS.resume(OURS.state, state, token) is None


def test_a_state_is_worth_nothing_for_another_purpose_or_key() -> None:
    """Signed with another key, or by another signer of ours, it is not a state."""
    said = [TOKEN.id, "id", 0, False, "b"]
    assert ATTEMPTS.read_state(Keys(KEY).signer("visitor").sign(said)) is None
    assert ATTEMPTS.read_state(Keys(KEY * 2).signer("social.state").sign(said)) is None


@pytest.mark.parametrize(
    "said",
    [
        *(None, 7, [], {}, ["x", "id", 0, False, "b"], [TOKEN.id, "id", 0, "b"]),
        *([TOKEN.id, "id", "0", False, "b"], [TOKEN.id, "id", 0, None, "b"]),
    ],
)
def test_what_we_signed_in_another_shape_is_no_state(said: object) -> None:
    """A later release may sign something else."""
    assert ATTEMPTS.read_state(Keys(KEY).signer("social.state").sign(said)) is None


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_noise_is_no_state(text: str) -> None:
    """It is never accepted, and nothing breaks."""
    assert ATTEMPTS.read_state(text) is None


@given(st.integers(0, len(OURS.state) - 1), st.characters())
@example(0, "=")
def test_a_touched_state_says_nothing_else(place: int, letter: str) -> None:
    """One letter more, less or other: no state, or the same one in another spelling.

    base64 has more than one spelling of the same bytes (RFC 4648 §3.5 and §5).
    """
    ours = ATTEMPTS.read_state(OURS.state)
    touched = OURS.state[:place] + letter + OURS.state[place + 1 :]
    assert ATTEMPTS.read_state(touched) in (None, ours)
    assert ATTEMPTS.read_state(OURS.state + letter) in (None, ours)
    assert ATTEMPTS.read_state(OURS.state[: min(place, len(OURS.state) - 1)]) is None


def test_a_state_is_long_enough_for_its_longest_names() -> None:
    """The longest provider name still fits under the limit."""
    state = ATTEMPTS.begin(TOKEN, provider="p" * 32, restarts=1, adds=True).state
    assert ATTEMPTS.read_state(state) is not None


def test_reprs_hold_no_secret() -> None:
    """Neither the attempt nor its state."""
    state = ATTEMPTS.read_state(OURS.state)
    told = repr(OURS) + repr(state)
    assert OURS.verifier not in told
    assert OURS.nonce not in told
    assert state is not None
    assert state.binding not in told


def test_the_oldest_cookies_make_room() -> None:
    """Others' cookies are left alone."""
    names = [f"{ATTEMPT_COOKIE}{n:020}" for n in range(MOST_ATTEMPTS + 2)]
    gone = overflow([*reversed(names), "onboarding", "theirs"])
    assert [spec.name for spec in gone] == names[:3]
    assert {spec.max_age for spec in gone} == {0}
    assert overflow(names[: MOST_ATTEMPTS - 1]) == ()
