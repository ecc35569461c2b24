"""The funnel as one portable SQL text.

Runs unchanged on SQLite (3.25 and later) and PostgreSQL, and stays within what
DuckDB, ClickHouse and Spark share: times are integer microseconds, no division, no
outer join, no output named like an input, every order with a tie-breaker.

The order is that of the ids, which a process makes in the order in which things
happen; its clock may be set back between two of them, and then says otherwise. Then a
step took no time, and one that seems to lie up to an hour before the period counts.

The method: walk each person's events in order and carry along, for every step, the
*latest start* from which that step was reached in time. The next step is reached
when that start is still inside the window. The latest start is always the best one
to carry, because every other one leaves the window earlier; so one running maximum a
step is enough, without a join, in one pass over the sorted events. What is carried
comes from the events before, so that a step that stands there again takes another one.
"""

from datetime import timedelta

from onboarding.errors import ConfigError
from onboarding.events import Event
from onboarding.events.names import EVENT_NAME
from onboarding.instants import SET_BACK
from onboarding.journey.model import Funnel

MICROSECOND = timedelta(microseconds=1)

_BEFORE = """\
OVER (PARTITION BY who ORDER BY seq, moment
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"""
"""Over what came before, so that no event is two steps of one walk."""

_WALKED = """\
WITH RECURSIVE happened (holder, moment, seq, kind, heir) AS (
  SELECT logged.account_id, logged.at, logged.id, logged.name, person.merged_into
  FROM {events} AS logged
  INNER JOIN {accounts} AS person ON person.id = logged.account_id
  WHERE {wanted}
), hops (origin, target) AS (
  SELECT holder, heir FROM happened WHERE heir IS NOT NULL
  UNION
  SELECT hops.origin, further.merged_into
  FROM hops INNER JOIN {accounts} AS further ON further.id = hops.target
  WHERE further.merged_into IS NOT NULL
), walked (who, moment, seq, kind) AS (
  SELECT holder, moment, seq, kind FROM happened WHERE heir IS NULL
  UNION ALL
  SELECT survivor.id, happened.moment, happened.seq, happened.kind
  FROM happened
  INNER JOIN hops ON hops.origin = happened.holder
  INNER JOIN {accounts} AS survivor ON survivor.id = hops.target
  WHERE survivor.merged_into IS NULL
)"""
"""From the events of the period to whose they are by now, and never the other way:
over a day of a long log, that day is all that is read."""

_FIRST = """\
, reached1 AS (
  SELECT who, moment, seq, kind,
    CASE WHEN {hit} THEN 0 END AS took1,
    MAX(CASE WHEN {hit} THEN moment END) {before} AS start1,
    MAX(CASE WHEN {hit} THEN moment END) {before} AS last1
  FROM walked
)"""

_NEXT = """\
, reached{n} AS (
  SELECT who, moment, seq, kind, {earlier},
    CASE WHEN {hit} THEN CASE WHEN moment > last{m} THEN moment - last{m} ELSE 0 END
    END AS took{n},
    MAX(CASE WHEN {hit} THEN start{m} END) {before} AS start{n},
    MAX(CASE WHEN {hit} THEN CASE WHEN moment > start{m} THEN moment ELSE start{m} END
    END) {before} AS last{n}
  FROM reached{m}
)"""

_COUNTED = """\
, people AS (
  SELECT who, {quickest} FROM reached{n} GROUP BY who
), numbers AS (
  {numbers}
), each_one AS (
  SELECT who, nth, CASE nth {cases} END AS took FROM people CROSS JOIN numbers
), placed AS (
  SELECT nth, took,
    ROW_NUMBER() OVER (PARTITION BY nth ORDER BY took, who) AS place,
    COUNT(*) OVER (PARTITION BY nth) AS total
  FROM each_one WHERE took IS NOT NULL
)
SELECT nth AS step_number, MAX(total) AS people_count,
  MIN(took) AS low_median, MAX(took) AS high_median
FROM placed WHERE place * 2 BETWEEN total AND total + 2
GROUP BY nth ORDER BY nth"""


def funnel_sql(funnel: Funnel, *, events: str, accounts: str) -> str:
    """Return the text that counts a funnel; ``$1`` and ``$2`` bound its first step.

    ``$1`` (included) and ``$2`` (not included) are microseconds since 1970. Events
    belong to whom their account was merged into at last; no row is rewritten.

    Args:
        funnel: Its names and its window become literals, both checked.
        events: The table with ``id``, ``account_id``, ``at`` and ``name`` (DuckDB
            reserves ``at``: quote it where the table is made there).
        accounts: The table with ``id`` and ``merged_into``, ended ones included.

    Returns:
        A SELECT of ``step_number`` (from 1), ``people_count``, and
        ``low_median`` and ``high_median``: the one or two middle values of how many
        microseconds each person took since the step before, a person who walked
        twice counting with the quicker time. A step that nobody reached has no row.
        ``onboarding.journey.rules.funnel_report`` reads the rows.

    Raises:
        ConfigError: When the name of a step is not a plain event name.
    """
    window = funnel.within // MICROSECOND
    names = [_literal(step) for step in funnel.steps]
    count = len(names)
    walked = _WALKED.format(
        events=events,
        accounts=accounts,
        # The instant stands alone on its side, so that an index can bound it.
        wanted=f"logged.name IN ({', '.join(dict.fromkeys(names))})"
        f" AND logged.at >= CAST($1 AS BIGINT) - {SET_BACK // MICROSECOND}"
        f" AND logged.at < CAST($2 AS BIGINT) + {window}",
    )
    reached = [
        _FIRST.format(
            hit=f"kind = {names[0]} AND moment >= $1 AND moment < $2", before=_BEFORE
        ),
        *(_next(n, names[n - 1], window) for n in _to(count)[1:]),
    ]
    counted = _COUNTED.format(
        n=count,
        quickest=", ".join(f"MIN(took{n}) AS quickest{n}" for n in _to(count)),
        numbers=" UNION ALL ".join(f"SELECT {n} AS nth" for n in _to(count)),
        cases=" ".join(f"WHEN {n} THEN quickest{n}" for n in _to(count)),
    )
    return "".join([walked, *reached, counted])


def _next(n: int, name: str, window: int) -> str:
    return _NEXT.format(
        n=n,
        m=n - 1,
        earlier=", ".join(f"took{earlier}" for earlier in _to(n - 1)),
        hit=f"kind = {name} AND moment - start{n - 1} <= {window}",
        before=_BEFORE,
    )


def _to(count: int) -> range:
    return range(1, count + 1)


def _literal(step: type[Event]) -> str:
    # A class attribute can be changed after the class was checked.
    if not EVENT_NAME.match(step.name):
        raise ConfigError(f"{step.name!r} is not a name for an event")
    return f"'{step.name}'"
