"""What this release reads of the people in ``people_of_revision_1.sql``."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from onboarding.accounts.model import (
    Account,
    AccountKind,
    Contact,
    ContactLevel,
    EmailTrust,
    Ending,
    IdentityLink,
    Intent,
    ProvenAddress,
    Purpose,
    Receipt,
    Session,
)
from onboarding.attention.model import Act, Attention
from onboarding.events import Entry
from onboarding.feedback.model import Response
from onboarding.profiling.model import Answer, AnswerKind, Source
from onboarding.sinks.outbox import Delivery

ROWS = Path(__file__).with_name("people_of_revision_1.sql").read_text("utf-8")

NOW = datetime(2026, 2, 3, 4, 5, 6, 789_123, UTC)
HOUR = timedelta(hours=1)
LATER = NOW + HOUR
MOMENT = timedelta(microseconds=1)

GUEST, PERSON, MERGED, ERASED, EXPIRED = (letter * 20 for letter in "gpmex")
HASH_A = "ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA"
HASH_B = "8BtXImJhrjdWuTk24cTmuEn5pbCTP6O5GEO_QZW52WQ"
WORDS = "Zoë’s 書店 🦉 \\ ' \" % _ ; --\n"

TOKENS = {
    f"{'1' * 20}.{'a' * 43}": GUEST,
    f"{'2' * 20}.{'b' * 43}": PERSON,
    f"{'3' * 20}.{'b' * 43}": None,  # it began before the epoch rose
    f"{'4' * 20}.{'b' * 43}": GUEST,
    f"{'1' * 20}.{'b' * 43}": None,  # another session's secret
}
"""Whom each token signs in."""

ACCOUNTS = [
    Account(id=GUEST, created_at=NOW),
    Account(
        id=PERSON,
        kind=AccountKind.REGISTERED,
        epoch=2,
        version=7,
        created_at=NOW,
        ref="customer 7",
    ),
    Account(
        id=MERGED,
        version=3,
        created_at=NOW,
        ending=Ending.MERGED,
        merged_into=PERSON,
    ),
    Account(
        id=ERASED,
        kind=AccountKind.REGISTERED,
        epoch=1,
        version=9,
        created_at=NOW,
        ending=Ending.ERASED,
    ),
    Account(id=EXPIRED, version=1, created_at=NOW, ending=Ending.EXPIRED),
]

SESSIONS = [
    Session(id="1" * 20, account_id=GUEST, secret_hash=HASH_A, epoch=0, created_at=NOW),
    Session(
        id="4" * 20,
        account_id=GUEST,
        secret_hash=HASH_B,
        epoch=0,
        created_at=NOW + MOMENT,
    ),
    Session(
        id="3" * 20,
        account_id=PERSON,
        secret_hash=HASH_B,
        epoch=1,
        created_at=NOW - HOUR,
    ),
    Session(
        id="2" * 20,
        account_id=PERSON,
        secret_hash=HASH_B,
        epoch=2,
        created_at=NOW,
        seen_after=HOUR + MOMENT,
    ),
]

IDENTITIES = [
    IdentityLink(
        issuer="https://accounts.example",
        subject="248289761001",
        account_id=PERSON,
        provider="example",
        email="zoe@example.org",
        email_trust=EmailTrust.VERIFIED,
        name=WORDS,
        linked_at=NOW,
        used_at=LATER,
    ),
    IdentityLink(
        issuer="https://github.com",
        subject="1",
        account_id=PERSON,
        provider="github",
        linked_at=LATER,
        used_at=LATER,
    ),
]

CONTACTS = [
    Contact(
        account_id=GUEST,
        address="zoe@example.org",
        typed="Zoe@Example.ORG",
        given_at=NOW,
    ),
    Contact(
        account_id=PERSON,
        address="zoe@example.org",
        typed="zoe@example.org",
        level=ContactLevel.PROVEN,
        given_at=NOW,
        proven_by="example",
        proven_at=LATER,
    ),
    Contact(
        account_id=PERSON,
        address="zoe@example.net",
        typed="zoe@example.net",
        given_at=LATER,
    ),
]

ADDRESSES = [
    ProvenAddress(address="zoe@example.com", account_id=PERSON),
    ProvenAddress(address="zoe@example.org", account_id=PERSON),
]

INTENTS = [
    Intent(
        id="5" * 20,
        purpose=Purpose.SIGN_IN,
        secret_hash=HASH_A,
        data={"provider": "example", "nonce": None},
        expires_at=NOW,
    ),
    Intent(
        id="6" * 20,
        purpose=Purpose.CONFIRM,
        secret_hash=HASH_B,
        account_id=GUEST,
        next="/orders/7?all=1",
        expires_at=LATER,
    ),
]

RECEIPTS = [
    Receipt(source=MERGED, target=PERSON, at=NOW, moved={"orders": "3 moved"}),
    Receipt(source="n" * 20, target=PERSON, at=LATER, moved={}),
]

ATTENTION = [
    Attention(
        account_id=GUEST,
        item="question:genre",
        act=Act.SHOWN,
        visit="1",
        at=NOW,
        hard=True,
    ),
    Attention(
        account_id=GUEST, item="question:genre", act=Act.SNOOZED, visit="1", at=LATER
    ),
    Attention(
        account_id=PERSON, item="prompt:nps", act=Act.DISMISSED, visit="2", at=NOW
    ),
]

ANSWERS = [
    Answer(
        account_id=PERSON,
        question="genre",
        value=["poetry", "詩"],
        source=Source.PERSON,
        feature="shelf",
        answered_at=NOW,
    ),
    Answer(
        account_id=PERSON,
        question="income",
        reply=AnswerKind.DECLINED,
        source=Source.GUEST,
        answered_at=NOW,
    ),
    Answer(
        account_id=PERSON,
        question="locale",
        value="nl",
        source=Source.PROVIDER,
        via="example",
        answered_at=NOW,
    ),
]

RESPONSES = [
    Response(id="7" * 20, account_id=GUEST, prompt="nps", text="Slow!", given_at=NOW),
    Response(
        id="8" * 20,
        account_id=PERSON,
        prompt="nps",
        score=0,
        given_at=NOW,
        reply="We are sorry.",
        replied_by="ann",
        replied_at=LATER,
        seen_at=LATER,
    ),
]

EVENTS = [
    Entry(id="1" * 20, account_id=MERGED, at=NOW, name="guest_started", data={}),
    Entry(
        id="2" * 20,
        account_id=PERSON,
        at=LATER,
        name="order_placed",
        data={"total": 8.5, "is_gift": False},
    ),
]

DELIVERIES = [
    Delivery(account_id=MERGED, event_id="1" * 20, due_at=NOW),
    Delivery(
        account_id=PERSON, event_id="2" * 20, due_at=LATER, tries=4, taken="log mail"
    ),
]

EVERYTHING: list[Any] = [
    *ACCOUNTS,
    *SESSIONS,
    *IDENTITIES,
    *CONTACTS,
    *ADDRESSES,
    *INTENTS,
    *RECEIPTS,
    *ATTENTION,
    *ANSWERS,
    *RESPONSES,
    *EVENTS,
    *DELIVERIES,
]
"""Those of one kind and account stand in the order in which a store lists them."""
