"""The contract bites: each way of breaking the promise fails one of its tests."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.errors import BadProviderReply
from onboarding.providers import Endpoints, OAuth2, Read
from onboarding.providers import replies as read
from onboarding.providers.replies import Replies
from onboarding.testing.contracts import ProviderContract

REPLY = {
    "id": "4711",
    "email": "kim@example.org",
    "verified": True,
    "name": "Kim",
    "picture": "https://sound.example/kim.png",
    "language": "nl-BE",
}


ENDPOINTS = Endpoints(
    authorization="https://sound.example/a", token="https://sound.example/t"
)


@dataclass(frozen=True, kw_only=True)
class Sound(OAuth2):
    """A provider as a plug-in author writes it."""

    name: str = "sound"
    title: str = "Sound"
    issuer: str = "https://sound.example"
    client_id: str = "shop"
    client_secret: str = "hush"
    email_trust: EmailTrust = EmailTrust.VERIFIED
    endpoints: Endpoints = ENDPOINTS
    reads: tuple[Read, ...] = (Read("user", "https://sound.example/me"),)

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is."""
        user = read.members(self.name, replies, "user")
        address, trust = read.email(
            user.get("email"), verified=user.get("verified"), trust=self.email_trust
        )
        return Identity(
            provider=self.name,
            issuer=self.issuer,
            subject=read.subject(self.name, user.get("id")),
            email=address,
            email_trust=trust,
            name=read.name(user.get("name")),
        )


class TestSound(ProviderContract):
    provider = Sound()
    replies: ClassVar = {"user": REPLY}
    subject = "4711"
    unverified: ClassVar = {"user": REPLY | {"verified": False}}


PLAYED = "test_it_signs_somebody_in"

BROKEN: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "a fall-back": lambda _: {},
    "a number": lambda _: {"subject": 4711},
    "another issuer": lambda _: {"issuer": "https://x.example"},
    "an invented address": lambda _: {"email": "4711@sound.example"},
    "a hopeful trust": lambda _: {"email_trust": EmailTrust.VERIFIED},
    "too much trust": lambda _: {"email_trust": EmailTrust.AUTHORITATIVE},
    "a raw name": lambda user: {"name": user.get("name")},
    "a raw username": lambda user: {"username": user.get("name")},
    "a raw picture": lambda user: {"picture": user.get("picture")},
    "a raw language": lambda user: {"locale": user.get("language")},
    "a raw address": lambda user: {"email": user.get("email")},
    "a file": lambda _: {"name": Path(__file__).read_text()[:3]},
    "a crash": lambda user: {"name": user["name"].strip()},
}


def broken_by(name: str) -> set[str]:
    """Return the tests of the contract that a broken provider fails."""

    @dataclass(frozen=True, kw_only=True)
    class Broken(Sound):
        def identity(self, replies: Replies) -> Identity:
            try:
                honest = Sound.identity(self, replies)
            except BadProviderReply:
                if name != "a fall-back":
                    raise
                honest = Sound.identity(self, {"user": REPLY})
            return replace(honest, **BROKEN[name](user(replies)))

    class Contract(TestSound):
        provider = Broken()

    tests = {name for name in dir(Contract) if name.startswith("test_")} - {PLAYED}
    return {test for test in tests if fails(Contract(), test)}


def fails(contract: ProviderContract, test: str) -> bool:
    """Tell whether one test of a contract fails, in whatever way."""
    try:
        getattr(contract, test)()
    except (Exception, pytest.fail.Exception):  # noqa: BLE001  # as pytest does
        return True
    return False


def user(replies: Replies) -> dict[str, Any]:
    """Return the reply, whatever it is."""
    found = replies.get("user")
    return found if isinstance(found, dict) else {}


@pytest.mark.parametrize(
    ("name", "test"),
    [
        ("a fall-back", "test_it_needs_a_subject"),
        ("a number", "test_it_tells_who_somebody_is"),
        ("another issuer", "test_it_tells_who_somebody_is"),
        ("an invented address", "test_it_trusts_an_address_no_further_than_it_says"),
        ("a hopeful trust", "test_an_address_that_is_not_verified_proves_nothing"),
        ("too much trust", "test_it_trusts_an_address_no_further_than_it_says"),
        ("a raw name", "test_nothing_hostile_breaks_it"),
        ("a raw username", "test_nothing_hostile_breaks_it"),
        ("a raw picture", "test_nothing_hostile_breaks_it"),
        ("a raw language", "test_nothing_hostile_breaks_it"),
        ("a raw address", "test_nothing_hostile_breaks_it"),
        ("a file", "test_it_does_no_io"),
        ("a crash", "test_nothing_hostile_breaks_it"),
    ],
)
def test_a_broken_promise_is_noticed(name: str, test: str) -> None:
    """By the test that names it."""
    assert test in broken_by(name)


def test_each_part_of_a_subject_is_needed() -> None:
    """A mapping that does with one of two makes one person of many."""

    @dataclass(frozen=True, kw_only=True)
    class Composed(Sound):
        def identity(self, replies: Replies) -> Identity:
            told = user(replies)
            honest = Sound.identity(self, replies)
            return replace(honest, subject=f"{told.get('team')}-{honest.subject}")

    class Careless(TestSound):
        provider = Composed()
        replies: ClassVar = {"user": REPLY | {"team": "t-1"}}
        subject = "t-1-4711"
        subject_of = ("t-1", "4711")

    assert not fails(Careless(), "test_it_tells_who_somebody_is")
    assert fails(Careless(), "test_it_needs_a_subject")


def test_the_contract_asks_for_what_is_missing() -> None:
    """A provider that vouches for addresses must show one that it does not."""

    class Incomplete(TestSound):
        unverified: ClassVar = None

    with pytest.raises(AssertionError, match="set `unverified`"):
        Incomplete().test_an_address_that_is_not_verified_proves_nothing()
