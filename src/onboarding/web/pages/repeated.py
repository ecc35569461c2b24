"""A JSON request with an ``Idempotency-Key``: done once, answered the same again."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from onboarding.accounts.model import Account
from onboarding.accounts.repeats import KeptResponse
from onboarding.errors import BadRequest, InvalidAnswer
from onboarding.jsonvalue import JsonValue, canonical
from onboarding.locales.texts import Texts
from onboarding.profiling.intake import Submitted
from onboarding.profiling.problems import GENERAL
from onboarding.web.context.body import Body
from onboarding.web.context.headers import header_values
from onboarding.web.pages.call import Call

IDEMPOTENCY_KEY = b"idempotency-key"

KEY_VALUE = re.compile(rb"[ ]*\"((?:[ !#-\[\]-~]|\\[\"\\]){1,255})\"[ ]*")
"""A string of structured fields (RFC 9651 §3.3.3), with up to 255 characters in it."""


def read_key(call: Call) -> str | None:
    """Return the key of a request, or None where it has none.

    Raises:
        BadRequest: When there are several, or it is not written as the draft wants it.
    """
    values = header_values(call.request.scope["headers"], IDEMPOTENCY_KEY)
    if not values:
        return None
    found = KEY_VALUE.fullmatch(values[0]) if len(values) == 1 else None
    if found is None:
        raise BadRequest(
            'Idempotency-Key is one text in quotes of up to 255 characters: "8e03978e…"'
        )
    return found[1].decode("ascii")


async def submitted_once(
    call: Call,
    account: Account,
    sent: Body,
    key: str | None,
    keep: Callable[[], Awaitable[Submitted]],
) -> Submitted:
    """Keep what somebody says, or return what became of it the first time.

    What was refused in the host's own words is not kept with its words, which may
    repeat what was typed: a repetition hears that the answer cannot be used.

    Raises:
        KeyReused, RequestRunning: As ``RepeatService.once``.
    """
    if key is None:
        return await keep()
    fresh: list[Submitted] = []

    async def act() -> KeptResponse:
        submitted = await keep()
        fresh.append(submitted)
        return _as_told(submitted, call.texts)

    body = canonical(cast("JsonValue", dict(sent.json or {})))
    told = await call.core.repeats.once(account, key, f"answers {body}", act)
    return fresh[0] if fresh else _from_told(told)


def _as_told(submitted: Submitted, texts: Texts) -> KeptResponse:
    """Return what is kept: names, and sentences of ours by their keys. No answer."""
    return {
        "saved": list(submitted.saved),
        "closed": list(submitted.closed),
        "invalid": [
            [e.question, e.problem, dict(e.slots)]
            if e.problem in texts
            else [e.question, GENERAL, {}]
            for e in submitted.invalid
        ],
    }


def _from_told(told: Mapping[str, Any]) -> Submitted:
    return Submitted(
        saved=tuple(told["saved"]),
        changed=(),
        invalid=tuple(
            InvalidAnswer(question, problem, slots)
            for question, problem, slots in told["invalid"]
        ),
        typed={},
        opened=(),
        closed=tuple(told["closed"]),
    )
