"""Whatever a browser sends: let in, or refused, and never an error of another kind."""

import asyncio
import copy
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.accounts.model import Passkey
from onboarding.errors import PasskeyRefused
from onboarding.passkeys.ceremony import Ceremony, credential_id
from onboarding.passkeys.model import PasskeyPolicy
from onboarding.stores import store_from
from onboarding.testing import FakeAuthenticator
from onboarding.testing.contracts.store_nouns import NOW
from tests.passkeys.scene import ORIGIN, RP_ID, Scene
from tests.world import World

CHALLENGE = "Y2hhbGxlbmdlLWNoYWxsZW5nZS1jaGFsbGVuZ2UtY2g"
HANDLE = "dXNlci1oYW5kbGUtdXNlci1oYW5kbGUtdXNlci1oYW4"
CEREMONY = Ceremony(RP_ID, rp_name="Lamplight", origin=ORIGIN, policy=PasskeyPolicy())
DEVICE = FakeAuthenticator(ORIGIN, counts=True)
MADE = DEVICE.create(
    CEREMONY.creation(challenge=CHALLENGE, user_handle=HANDLE, name="Sam", known=[])
)
USED = DEVICE.get(CEREMONY.request(CHALLENGE))

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=8,
)
MADE_PARTS = ("clientDataJSON", "attestationObject")
USED_PARTS = ("clientDataJSON", "authenticatorData", "signature")


def _flipped(data: bytes, place: int, bit: int) -> bytes:
    changed = bytearray(data)
    changed[place % len(data)] ^= 1 << bit
    return bytes(changed)


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


Answer = dict[str, Any]
Bend = Callable[[Answer], Answer]


@st.composite
def bends(draw: st.DrawFn, parts: tuple[str, ...]) -> Bend:
    """Return what makes of an answer one of which a part is not as it was."""
    kind = draw(
        st.sampled_from(["bit", "cut", "grown", "bytes", "json", "gone", "all"])
    )
    said, data = draw(JSON), draw(st.binary(min_size=1, max_size=300))
    part, inside = draw(st.sampled_from(parts)), draw(st.booleans())
    number, bit = draw(st.integers(0, 2**16)), draw(st.integers(0, 7))
    other = draw(st.dictionaries(st.text(max_size=10), JSON, max_size=5))

    def bend(sound: Answer) -> Answer:
        answer = copy.deepcopy(sound)
        holder = answer["response"] if inside else answer
        name = sorted(holder)[number % len(holder)]
        was = _bytes(answer["response"][part])
        match kind:
            case "all":
                return other
            case "json":
                holder[name] = said
            case "gone":
                del holder[name]
            case "bit":
                answer["response"][part] = _text(_flipped(was, number, bit))
            case "cut":
                answer["response"][part] = _text(was[: number % len(was)])
            case "grown":
                answer["response"][part] = _text(was + data)
            case "bytes":
                answer["response"][part] = _text(data)
        return answer

    return bend


def _asked(answer: Answer) -> list[object]:
    client_data = json.loads(_bytes(answer["response"]["clientDataJSON"]))
    return [client_data[name] for name in ("type", "challenge", "origin")]


def _kept() -> Passkey:
    made = CEREMONY.check_created(MADE, CHALLENGE)
    return Passkey(
        id=made.id,
        account_id="",
        user_handle=HANDLE,
        public_key=made.public_key,
        is_syncable=made.is_syncable,
        name="Sam",
        created_at=NOW,
        used_at=NOW,
    )


@settings(max_examples=400, deadline=None)
@given(bend=bends(MADE_PARTS))
def test_a_bent_new_passkey_is_refused(bend: Bend) -> None:
    """Or it answers what was asked: nobody vouches for the rest of a new one."""
    answer = bend(MADE)
    sound = CEREMONY.check_created(MADE, CHALLENGE)
    try:
        said = CEREMONY.check_created(answer, CHALLENGE)
    except PasskeyRefused:
        return
    assert _asked(answer) == _asked(MADE)
    assert said.public_key
    assert set(said.transports) <= set(sound.transports)


@settings(max_examples=400, deadline=None)
@given(bend=bends(USED_PARTS))
def test_a_bent_answer_of_a_passkey_is_refused(bend: Bend) -> None:
    """One bit of what is signed, or of the signature, and it says nothing at all."""
    answer, passkey = bend(USED), _kept()
    sound = CEREMONY.check_used(USED, CHALLENGE, passkey)
    try:
        said = CEREMONY.check_used(answer, CHALLENGE, passkey)
    except PasskeyRefused:
        return
    assert said == sound
    for part in USED_PARTS:
        assert _bytes(answer["response"][part]) == _bytes(USED["response"][part])


@given(answer=st.dictionaries(st.text(max_size=10), JSON, max_size=5))
def test_an_id_is_one_or_refused(answer: dict[str, Any]) -> None:
    """Nothing is looked up that no passkey could have as its id."""
    try:
        assert credential_id(answer).isascii()
    except PasskeyRefused:
        assert answer.get("id") is None or not _looks_like_an_id(answer["id"])


def _looks_like_an_id(said: object) -> bool:
    letters = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
    return isinstance(said, str) and bool(said) and set(said) <= letters


def test_a_key_that_is_none_is_refused_when_it_is_made() -> None:
    """Not at the next sign-in, when what was kept with it could not be reached."""
    answer = copy.deepcopy(MADE)
    made = _bytes(answer["response"]["attestationObject"])
    x = made.index(bytes.fromhex("215820")) + 3  # COSE: -2, a byte string of 32
    off_the_curve = made[:x] + bytes(32) + made[x + 32 :]
    answer["response"]["attestationObject"] = _text(off_the_curve)
    with pytest.raises(PasskeyRefused):
        CEREMONY.check_created(answer, CHALLENGE)


def test_an_id_has_an_end() -> None:
    """1023 bytes at most (WebAuthn §7.1): the key of a table is no novel."""
    assert len(credential_id({"id": _text(bytes(1023))})) == 1364
    with pytest.raises(PasskeyRefused):
        credential_id({"id": _text(bytes(1024))})
    options = CEREMONY.creation(
        challenge=CHALLENGE, user_handle=HANDLE, name="Sam", known=[]
    )
    long = FakeAuthenticator(ORIGIN).create(options, id=_text(bytes(1024)))
    with pytest.raises(PasskeyRefused):
        CEREMONY.check_created(long, CHALLENGE)


@settings(max_examples=40, deadline=None)
@given(bend=bends(USED_PARTS))
def test_nothing_bent_makes_an_account(bend: Bend) -> None:
    """Nor lets anybody in but whose passkey it is: through the whole service."""
    asyncio.run(_send(bend))


async def _send(bend: Bend) -> None:
    store = store_from("memory:")
    await store.open()
    try:
        scene = Scene(World(store))
        owner, thief = scene.visitor(), scene.visitor()
        made = await owner.make()
        asked = await thief.ask()
        with suppress(PasskeyRefused):
            await thief.answer(asked, bend(owner.device.get(asked.options)))
        assert await scene.count_accounts() == 1
        if thief.current is not None:
            assert thief.current.account.id == made.account.id
    finally:
        await store.close()
