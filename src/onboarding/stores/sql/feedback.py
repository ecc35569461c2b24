"""Responses of everybody in SQL, and the moments that prompts stand on."""

from collections.abc import Sequence
from datetime import datetime

from onboarding.feedback.model import Moment, Response
from onboarding.stores.sql.journey import FAMILY
from onboarding.stores.sql.reading import Reading
from onboarding.stores.sql.tables import RESPONSES
from onboarding.stores.sql.values import from_us, to_us

RESPONSE = f"SELECT {RESPONSES.listed('r')} FROM onboarding_responses AS r"

LIST_OPEN_RESPONSES = f"""
{RESPONSE} WHERE r.replied_at IS NULL
ORDER BY r.given_at, r.account_id, r.id LIMIT $1
"""

LIST_RESPONSES_TO = f"""
{RESPONSE} WHERE r.prompt = $1 AND r.given_at >= $2 AND r.given_at < $3
ORDER BY r.given_at, r.account_id, r.id
"""


def list_moments_sql(names: int) -> str:
    """Return the question for the events of so many names."""
    places = ", ".join(f"${n}" for n in range(2, names + 2))
    return f"""{FAMILY}
SELECT e.name, e.at FROM onboarding_events AS e
INNER JOIN family AS f ON e.account_id = f.member
WHERE e.name IN ({places}) ORDER BY e.id, e.account_id
"""


class FeedbackReading(Reading):
    """Reads everybody's responses, and the moments that prompts stand on."""

    async def list_moments(self, account_id: str, names: Sequence[str]) -> list[Moment]:
        """Return events of these names, oldest first, merged accounts' included."""
        if not names:
            return []
        rows = await self._read(list_moments_sql(len(names)), account_id, *names)
        return [Moment(name=name, at=from_us(at)) for name, at in rows]

    async def list_open_responses(self, *, limit: int) -> list[Response]:
        """Return responses without a reply, of everybody, oldest first."""
        return [RESPONSES.read(r) for r in await self._scan(LIST_OPEN_RESPONSES, limit)]

    async def list_responses_to(
        self, prompt: str, *, since: datetime, until: datetime
    ) -> list[Response]:
        """Return what everybody said to a prompt in [since, until), oldest first."""
        bounds = to_us(since), to_us(until)
        rows = await self._scan(LIST_RESPONSES_TO, prompt, *bounds)
        return [RESPONSES.read(row) for row in rows]
