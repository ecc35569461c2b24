"""One of everything that a store keeps, for the store contract."""

from onboarding.accounts.model import (
    AccountKind,
    Contact,
    ContactLevel,
    Ending,
    Intent,
    ProvenAddress,
    Purpose,
    Receipt,
)
from onboarding.attention.model import Act, Attention
from onboarding.changes import Add
from onboarding.feedback.model import Response
from onboarding.mail.model import Letter, MailStop
from onboarding.profiling.model import Answer, AnswerKind, Source
from onboarding.profiling.proposal import Proposal
from onboarding.sinks.outbox import Delivery
from onboarding.testing.contracts.store_nouns import (
    FIRST,
    HOUR,
    NOW,
    SECOND,
    THIRD,
    WORDS,
    Sample,
    account,
    entry,
    session,
)
from onboarding.testing.contracts.store_ways import IDENTITIES_SAMPLE, PASSKEYS_SAMPLE

ACCOUNTS_SAMPLE = Sample(
    full=account(
        kind=AccountKind.REGISTERED,
        epoch=3,
        version=7,
        ending=Ending.MERGED,
        merged_into=SECOND,
        ref=WORDS,
        locale="pt-BR",
    ),
    bare=account(),
    other=account(SECOND),
)

SESSIONS_SAMPLE = Sample(
    full=session(epoch=2, seen_at=NOW + HOUR, app="shop-ios"),
    bare=session(),
    other=session(SECOND, account_id=SECOND),
    first=[Add(account(FIRST)), Add(account(SECOND)), Add(account(THIRD))],
)

CONTACTS_SAMPLE = Sample(
    full=Contact(
        account_id=FIRST,
        address="zoë@example.org",
        typed="Zoë@Example.org",
        level=ContactLevel.PROVEN,
        given_at=NOW,
        proven_by="example",
        proven_at=NOW + HOUR,
    ),
    bare=Contact(
        account_id=FIRST, address="zoë@example.org", typed=WORDS, given_at=NOW
    ),
    other=Contact(account_id=SECOND, address="b@example.org", typed="b", given_at=NOW),
)

PROVEN_ADDRESSES_SAMPLE = Sample(
    full=ProvenAddress(address="zoë@example.org", account_id=FIRST),
    bare=ProvenAddress(address="zoë@example.org", account_id=FIRST),
    other=ProvenAddress(address="b@example.org", account_id=SECOND),
)

INTENTS_SAMPLE = Sample(
    full=Intent(
        id=FIRST,
        purpose=Purpose.CONFIRM,
        secret_hash="h" * 43,
        account_id=FIRST,
        data={"subject": WORDS, WORDS: None},
        next=f"/{WORDS}",
        expires_at=NOW,
        tries=3,
    ),
    bare=Intent(
        id=FIRST, purpose=Purpose.SIGN_IN, secret_hash="h" * 43, expires_at=NOW
    ),
    other=Intent(
        id=SECOND,
        purpose=Purpose.SIGN_IN,
        secret_hash="h" * 43,
        account_id=SECOND,
        expires_at=NOW,
    ),
)

RECEIPTS_SAMPLE = Sample(
    full=Receipt(source=FIRST, target=SECOND, at=NOW, moved={"cart": WORDS}),
    bare=Receipt(source=FIRST, target=SECOND, at=NOW, moved={}),
    other=Receipt(source=THIRD, target=SECOND, at=NOW, moved={}),
)

LINES_SAMPLE = Sample(
    full=Attention(
        account_id=FIRST,
        item="question:genre",
        act=Act.SNOOZED,
        visit="one",
        at=NOW,
        hard=True,
    ),
    bare=Attention(
        account_id=FIRST,
        item="question:genre",
        act=Act.SNOOZED,
        visit="one",
        at=NOW + HOUR,
    ),
    other=Attention(
        account_id=SECOND, item="prompt:nps", act=Act.SHOWN, visit="two", at=NOW
    ),
)

ANSWERS_SAMPLE = Sample(
    full=Answer(
        account_id=FIRST,
        question="genre",
        value={"deep": [WORDS, 1, 2.5, True, None, {"": []}]},
        source=Source.PROVIDER,
        via="example",
        because=WORDS,
        feature="recommendations",
        answered_at=NOW,
        suggested=(WORDS, {"deep": [None, 2.5]}, False),
        purpose="recommendations",
        version=2,
        withdrawn=True,
    ),
    bare=Answer(
        account_id=FIRST,
        question="genre",
        reply=AnswerKind.DECLINED,
        source=Source.PERSON,
        answered_at=NOW,
    ),
    other=Answer(
        account_id=SECOND,
        question="birthday",
        value="2000-02-29",
        source=Source.GUEST,
        answered_at=NOW,
    ),
)

PROPOSALS_SAMPLE = Sample(
    full=Proposal(
        account_id=FIRST,
        question="genre",
        digest="d" * 43,
        value={"deep": [WORDS, 1, 2.5, True, None]},
        provider="example",
        issuer="https://id.example",
        because=WORDS,
        is_verified=True,
        proposed_at=NOW + HOUR,
    ),
    bare=Proposal(
        account_id=FIRST,
        question="genre",
        digest="d" * 43,
        proposed_at=NOW,
        is_open=False,
    ),
    other=Proposal(
        account_id=SECOND,
        question="birthday",
        digest="e" * 43,
        value="2000-02-29",
        proposed_at=NOW,
    ),
)

RESPONSES_SAMPLE = Sample(
    full=Response(
        id=FIRST,
        account_id=FIRST,
        prompt="first-order",
        score=10,
        text=WORDS,
        given_at=NOW,
        reply=WORDS,
        replied_by="Zoë",
        replied_at=NOW + HOUR,
        seen_at=NOW + 2 * HOUR,
    ),
    bare=Response(id=FIRST, account_id=FIRST, prompt="first-order", given_at=NOW),
    other=Response(id=SECOND, account_id=SECOND, prompt="first-order", given_at=NOW),
)

DELIVERIES_SAMPLE = Sample(
    full=Delivery(
        account_id=FIRST, event_id=FIRST, due_at=NOW + HOUR, tries=3, taken="log"
    ),
    bare=Delivery(account_id=FIRST, event_id=FIRST, due_at=NOW),
    other=Delivery(account_id=SECOND, event_id=SECOND, due_at=NOW),
    # Each account has both events: a delivery moves only with its event.
    events=[
        entry(e, account_id=a) for a in (FIRST, SECOND, THIRD) for e in (FIRST, SECOND)
    ],
)

LETTERS_SAMPLE = Sample(
    full=Letter(
        id=FIRST,
        kind="prove",
        address="zoë@example.org",
        typed="Zoë@example.org",
        account_id=FIRST,
        locale="nl",
        data={"intent": FIRST, WORDS: None},
        due_at=NOW,
        until=NOW + HOUR,
        tries=2,
    ),
    bare=Letter(
        id=FIRST,
        kind="prove",
        address="zoë@example.org",
        typed="zoë@example.org",
        locale="en",
        due_at=NOW,
        until=NOW,
    ),
    other=Letter(
        id=SECOND,
        kind="prove",
        address="b@example.org",
        typed="b@example.org",
        account_id=SECOND,
        locale="en",
        due_at=NOW,
        until=NOW,
    ),
)

MAIL_STOPS_SAMPLE = Sample(
    full=MailStop(address="zoë@example.org", kind="reply", stopped_at=NOW + HOUR),
    bare=MailStop(address="zoë@example.org", kind="reply", stopped_at=NOW),
    other=MailStop(address="b@example.org", kind="reply", stopped_at=NOW),
)


SAMPLES = (
    ACCOUNTS_SAMPLE,
    SESSIONS_SAMPLE,
    IDENTITIES_SAMPLE,
    PASSKEYS_SAMPLE,
    CONTACTS_SAMPLE,
    PROVEN_ADDRESSES_SAMPLE,
    INTENTS_SAMPLE,
    RECEIPTS_SAMPLE,
    LINES_SAMPLE,
    ANSWERS_SAMPLE,
    PROPOSALS_SAMPLE,
    RESPONSES_SAMPLE,
    DELIVERIES_SAMPLE,
    LETTERS_SAMPLE,
    MAIL_STOPS_SAMPLE,
)
OWNED = tuple(sample for sample in SAMPLES if sample.is_owned)
FACTS = tuple(sample for sample in SAMPLES if sample.is_fact)
GUARDED = tuple(sample for sample in SAMPLES if sample.kind.GUARD)
