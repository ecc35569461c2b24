"""What time alone makes of answers: their two edges, and when a decision changes."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from onboarding.attention.model import Allowance, Quiet, Verdict, question_item
from onboarding.profiling.model import Feature, Status
from onboarding.segments.model import Age, Any, Declined, Not
from tests.profiling.naive import DECLINED, Asked, Known, Wide
from tests.profiling.wide import FREE, NOW, decided

DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
BOTH = Asked(fresh_for=10 * DAY, valid_for=40 * DAY)
NEEDED = Wide({"choice": BOTH}, (Feature("f", needs=["choice"]),))
WANTED = Wide({"choice": BOTH}, (Feature("f", wants=["choice"]),))


def said(value: str, ago: timedelta) -> Known:
    """Return one answer, and how long ago it was given."""
    return Known({"choice": value}, {"choice": NOW - ago}, frozenset(), NOW)


@pytest.mark.parametrize(
    ("ago", "status", "again", "change"),
    [
        pytest.param(0 * DAY, "open", False, 10 * DAY, id="said now"),
        pytest.param(10 * DAY - TICK, "open", False, TICK, id="fresh to the last"),
        pytest.param(10 * DAY, "open", True, 30 * DAY, id="at the first edge"),
        pytest.param(40 * DAY - TICK, "open", True, TICK, id="valid to the last"),
        pytest.param(40 * DAY, "ask", False, None, id="at the second edge"),
    ],
)
def test_an_answer_has_two_edges(
    ago: timedelta, status: str, *, again: bool, change: timedelta | None
) -> None:
    """Past the first it is asked again and counts; past the second it does not."""
    needed, wanted = (decided(one, said("a", ago)) for one in (NEEDED, WANTED))
    assert needed.status is Status(status)
    assert needed.again == needed.wants == (("choice",) if again else ())
    assert needed.next_change_at == (None if change is None else NOW + change)
    assert (wanted.again, wanted.next_change_at) == (
        needed.again,
        needed.next_change_at,
    )
    assert bool(wanted.wants) == (again or status == "ask")


@pytest.mark.parametrize("ago", [0 * DAY, 10 * DAY, 40 * DAY, 4000 * DAY])
def test_a_no_has_no_edges(ago: timedelta) -> None:
    """It is neither asked again nor forgotten: people change it by themselves."""
    decision = decided(NEEDED, said(DECLINED, ago))
    assert (decision.status, decision.again) == (Status.DENIED, ())
    assert decision.next_change_at is None
    assert decided(WANTED, said(DECLINED, ago)).wants == ()


@pytest.mark.parametrize("one", [NEEDED, WANTED])
def test_attention_holds_back_what_is_asked_again(one: Wide) -> None:
    """Until then: the end of the rest is when the decision changes, or an edge."""
    for days, change in ((3, 3), (31, 30)):
        rests = Verdict(because=Quiet.SNOOZED, until=NOW + days * DAY)
        allowed = Allowance(left=9, own={question_item("choice"): rests})
        decision = decided(one, said("a", 10 * DAY), allowed)
        assert decision.status is Status.OPEN
        assert (decision.wants, decision.again) == ((), ())
        assert decision.withheld == {"choice": rests}
        assert decision.next_change_at == NOW + change * DAY
    assert decided(one, said("a", 10 * DAY), FREE).withheld == {}


OLD_ENOUGH = datetime.combine(date(2026, 3, 5), time(), UTC)


@pytest.mark.parametrize(
    "feature",
    [
        Feature("f", needs=[Age("born", at_least=18)]),
        Feature("f", needs=[Any(Age("born", below=18), "choice")]),
        Feature("f", needs=["number"]),
        Feature("f", wants=["number"]),
    ],
    ids=["a need", "one of several", "a guard", "the guard of a want"],
)
def test_a_day_of_age_changes_a_decision(feature: Feature) -> None:
    """At midnight in UTC, wherever the age stands."""
    guard = Any(Not(Age("born", at_least=18)), Declined("choice"))
    one = Wide({"born": Asked(), "choice": Asked(), "number": Asked(guard)}, (feature,))
    said = {"born": "2008-03-05"}
    known = Known(said, dict.fromkeys(said, NOW), frozenset(), NOW)
    before = decided(one, known)
    assert before.next_change_at == OLD_ENOUGH
    day = Known(said, known.since, frozenset(), OLD_ENOUGH)
    last = Known(said, known.since, frozenset(), OLD_ENOUGH - TICK)
    assert decided(one, last) == before
    after = decided(one, day)
    told = (before.status, before.must, before.wants)
    assert (after.status, after.must, after.wants) != told
    assert after.next_change_at is None


def test_the_first_of_all_changes_is_told() -> None:
    """Of edges and ages, whichever comes first; those that are past do not count."""
    one = Wide(
        {"choice": BOTH, "other": BOTH, "born": Asked()},
        (Feature("f", needs=["choice", "other", Age("born", at_least=18)]),),
    )
    told = {"choice": "a", "other": "a", "born": "2008-03-05"}
    since = {"choice": NOW - 20 * DAY, "other": NOW - 9 * DAY, "born": NOW}
    now = NOW
    for end in (NOW + DAY, OLD_ENOUGH, NOW + 20 * DAY):
        decision = decided(one, Known(told, since, frozenset(), now))
        assert decision.next_change_at == end
        now = end
