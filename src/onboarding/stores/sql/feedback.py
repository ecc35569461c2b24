"""Responses in SQL, and the moments that prompts stand on."""

from collections.abc import Sequence
from datetime import datetime

from onboarding.feedback.model import Moment, Response
from onboarding.stores.sql.executor import Row
from onboarding.stores.sql.journey import FAMILY
from onboarding.stores.sql.reading import Reading
from onboarding.stores.sql.tables import Table
from onboarding.stores.sql.values import from_us, from_us_or_none, to_us, to_us_or_none

TABLES = (
    Table(
        Response,
        "onboarding_responses",
        "account_id id prompt score text given_at reply replied_by replied_at seen_at",
        lambda r: (
            r.account_id,
            r.id,
            r.prompt,
            r.score,
            r.text,
            to_us(r.given_at),
            r.reply,
            r.replied_by,
            to_us_or_none(r.replied_at),
            to_us_or_none(r.seen_at),
        ),
    ),
)

RESPONSE = """
SELECT account_id, id, prompt, score, text, given_at, reply, replied_by, replied_at,
  seen_at
FROM onboarding_responses
"""

FIND_RESPONSE = f"{RESPONSE} WHERE account_id = $1 AND id = $2"

LIST_RESPONSES = f"{RESPONSE} WHERE account_id = $1 ORDER BY given_at, id"

LIST_OPEN_RESPONSES = f"""
{RESPONSE} WHERE replied_at IS NULL ORDER BY given_at, account_id, id LIMIT $1
"""

LIST_RESPONSES_TO = f"""
{RESPONSE} WHERE prompt = $1 AND given_at >= $2 AND given_at < $3
ORDER BY given_at, account_id, id
"""


def list_moments_sql(names: int) -> str:
    """Return the question for the events of so many names."""
    places = ", ".join(f"${n}" for n in range(2, names + 2))
    return f"""{FAMILY}
SELECT e.name, e.at FROM onboarding_events AS e
INNER JOIN family AS f ON e.account_id = f.member
WHERE e.name IN ({places}) ORDER BY e.at, e.id
"""


class FeedbackReading(Reading):
    """Reads responses, and the moments that prompts stand on."""

    async def list_moments(self, account_id: str, names: Sequence[str]) -> list[Moment]:
        """Return events of these names, oldest first, merged accounts' included."""
        if not names:
            return []
        rows = await self._read(list_moments_sql(len(names)), account_id, *names)
        return [Moment(name=name, at=from_us(at)) for name, at in rows]

    async def list_responses(self, account_id: str) -> list[Response]:
        """Return the responses of an account, oldest first."""
        return [_response(r) for r in await self._read(LIST_RESPONSES, account_id)]

    async def list_open_responses(self, *, limit: int) -> list[Response]:
        """Return responses without a reply, of everybody, oldest first."""
        return [_response(r) for r in await self._scan(LIST_OPEN_RESPONSES, limit)]

    async def list_responses_to(
        self, prompt: str, *, since: datetime, until: datetime
    ) -> list[Response]:
        """Return what everybody said to a prompt in [since, until), oldest first."""
        bounds = to_us(since), to_us(until)
        rows = await self._scan(LIST_RESPONSES_TO, prompt, *bounds)
        return [_response(row) for row in rows]

    async def find_response(self, account_id: str, id: str) -> Response | None:
        """Return one response."""
        row = await self._first(FIND_RESPONSE, account_id, id)
        return _response(row) if row else None


def _response(row: Row) -> Response:
    account_id, id, prompt, score, text, given_at, reply, by, replied_at, seen_at = row
    return Response(
        id=id,
        account_id=account_id,
        prompt=prompt,
        score=score,
        text=text,
        given_at=from_us(given_at),
        reply=reply,
        replied_by=by,
        replied_at=from_us_or_none(replied_at),
        seen_at=from_us_or_none(seen_at),
    )
