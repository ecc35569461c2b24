"""Where each kind of noun is kept: the one declaration of every table of ours.

A column is a field of the noun, stored as its type says (``values``). So a new field
is a line in the noun, and one in a numbered SQL file.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from onboarding.accounts.model import (
    Account,
    AccountKind,
    Contact,
    IdentityLink,
    Intent,
    Passkey,
    ProvenAddress,
    Receipt,
    Session,
)
from onboarding.attention.model import Attention
from onboarding.events import Entry
from onboarding.feedback.model import Response
from onboarding.mail.model import Letter, MailStop
from onboarding.profiling.model import Answer
from onboarding.profiling.proposal import Proposal
from onboarding.sinks.outbox import Delivery
from onboarding.stores.sql.table import Table
from onboarding.stores.sql.values import JSON_CODEC, Codec, numbered


def _fields_in(text: str) -> dict[str, Any]:
    found: object = JSON_CODEC.read(text)
    if not isinstance(found, dict):
        raise TypeError("the fields of an event are a JSON object")
    return found


# Several texts, mostly none.
SEVERAL_TEXTS = Codec(
    lambda values: JSON_CODEC.write(list(values)) if values else None,
    lambda text: tuple(JSON_CODEC.read(text)) if text else (),
)

# Guests are most of what is kept, and say so in a number. Most events have no fields.
ACCOUNTS = Table(Account, "onboarding_accounts", codecs={"kind": numbered(AccountKind)})
SESSIONS = Table(Session, "onboarding_sessions")
RECEIPTS = Table(Receipt, "onboarding_receipts")
RESPONSES = Table(Response, "onboarding_responses")
DELIVERIES = Table(Delivery, "onboarding_deliveries")
INTENTS = Table(Intent, "onboarding_intents", found_by=("address",))
LETTERS = Table(Letter, "onboarding_letters", found_by=("address",))
EVENTS = Table(
    Entry,
    "onboarding_events",
    codecs={
        "data": Codec(
            lambda data: JSON_CODEC.write(data) if data else None,
            lambda text: _fields_in(text) if text else {},
        )
    },
    derived=("day",),
)


ANSWERS = Table(Answer, "onboarding_answers", codecs={"suggested": SEVERAL_TEXTS})
PASSKEYS = Table(
    Passkey,
    "onboarding_passkeys",
    codecs={"transports": SEVERAL_TEXTS},
    found_by=("user_handle",),
)


def _by_noun(tables: Iterable[Table[Any]]) -> dict[type, Table[Any]]:
    return {table.noun: table for table in tables}


TABLES: Mapping[type, Table[Any]] = _by_noun(
    (
        ACCOUNTS,
        SESSIONS,
        Table(IdentityLink, "onboarding_identities"),
        PASSKEYS,
        Table(Contact, "onboarding_contacts"),
        Table(ProvenAddress, "onboarding_proven_addresses"),
        INTENTS,
        RECEIPTS,
        Table(Attention, "onboarding_attention"),
        ANSWERS,
        Table(Proposal, "onboarding_proposals"),
        RESPONSES,
        EVENTS,
        DELIVERIES,
        LETTERS,
        Table(MailStop, "onboarding_mail_stops"),
    )
)
"""The table of every kind of noun."""
