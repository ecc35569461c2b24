"""What attention still permits, as a table and as laws."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.attention.model import (
    Act,
    Allowance,
    Attention,
    AttentionPolicy,
    Quiet,
    Verdict,
)
from onboarding.attention.rules import allowance, unheard, visit_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POLICY = AttentionPolicy(per_visit=2, any_gap=HOUR, item_gap=7 * DAY, snooze=14 * DAY)
ITEM = "question:genre"
OTHER = "prompt:nps"


def line(
    act: Act,
    ago: timedelta,
    *,
    item: str = ITEM,
    visit: str = "earlier",
    hard: bool = False,
) -> Attention:
    """Return a line of the ledger, some time ago."""
    return Attention(
        account_id="a", item=item, act=act, visit=visit, at=NOW - ago, hard=hard
    )


SHOWN, ANSWERED, SNOOZED = Act.SHOWN, Act.ANSWERED, Act.SNOOZED
DECLINED, DISMISSED = Act.DECLINED, Act.DISMISSED
FREE = Verdict()


def held(because: Quiet, until: datetime | None = None) -> Verdict:
    """Return a verdict that keeps back."""
    return Verdict(because=because, until=until)


@pytest.mark.parametrize(
    ("ledger", "verdict"),
    [
        pytest.param([], FREE, id="nothing happened"),
        pytest.param([line(SHOWN, 8 * DAY)], FREE, id="shown long ago"),
        pytest.param(
            [line(SHOWN, 6 * DAY)],
            held(Quiet.ITEM_GAP, NOW + DAY),
            id="shown this week",
        ),
        pytest.param([line(SHOWN, 7 * DAY)], FREE, id="the gap ends on the instant"),
        *(
            pytest.param([line(act, -365 * DAY)], FREE, id=f"{act}, a clock was ahead")
            for act in (SHOWN, SNOOZED)
        ),
        pytest.param(
            [line(SHOWN, -365 * DAY), line(SHOWN, 6 * DAY)],
            held(Quiet.ITEM_GAP, NOW + DAY),
            id="a clock was ahead once",
        ),
        pytest.param(
            [line(SHOWN, -HOUR / 2)],
            held(Quiet.ITEM_GAP, NOW + 7 * DAY + HOUR / 2),
            id="a clock was set back a little",
        ),
        pytest.param([line(SHOWN, 6 * DAY, hard=True)], FREE, id="shown as a hard ask"),
        pytest.param([line(SHOWN, 2 * DAY, item=OTHER)], FREE, id="another, long ago"),
        pytest.param(
            [line(SHOWN, HOUR / 2, item=OTHER)],
            held(Quiet.ANY_GAP, NOW + HOUR / 2),
            id="another, just now",
        ),
        pytest.param(
            [line(SHOWN, HOUR / 2, item=OTHER, hard=True)], FREE, id="another, hard"
        ),
        pytest.param(
            [line(SHOWN, 6 * DAY), line(SHOWN, HOUR / 2, item=OTHER)],
            held(Quiet.ITEM_GAP, NOW + DAY),
            id="the later of two ends counts",
        ),
        pytest.param(
            [line(SHOWN, 7 * DAY - HOUR / 4), line(SHOWN, HOUR / 2, item=OTHER)],
            held(Quiet.ANY_GAP, NOW + HOUR / 2),
            id="the later of two ends counts, the other way round",
        ),
        pytest.param(
            [line(SHOWN, HOUR / 2, visit="now")], FREE, id="stays where it is"
        ),
        pytest.param(
            [
                line(SHOWN, 8 * HOUR, item="question:a", visit="now"),
                line(SHOWN, 9 * HOUR, item="question:b", visit="now"),
            ],
            held(Quiet.BUDGET),
            id="the visit has had its share",
        ),
        pytest.param(
            [line(SNOOZED, DAY)],
            held(Quiet.SNOOZED, NOW + 13 * DAY),
            id="not now",
        ),
        pytest.param([line(SNOOZED, 14 * DAY)], FREE, id="the snooze is over"),
        pytest.param(
            [line(SNOOZED, DAY, hard=True)],
            held(Quiet.SNOOZED, NOW + 13 * DAY),
            id="not now, to a hard ask, rests as a soft one",
        ),
        pytest.param(
            [line(SHOWN, HOUR, visit="now"), line(SNOOZED, HOUR / 2, visit="now")],
            held(Quiet.SNOOZED, NOW + 14 * DAY - HOUR / 2),
            id="what was snoozed does not stay",
        ),
        pytest.param(
            [line(SNOOZED, 20 * DAY), line(SNOOZED, DAY)],
            held(Quiet.SNOOZED, NOW + 13 * DAY),
            id="the last snooze counts",
        ),
        pytest.param(
            [line(SNOOZED, 2 * DAY), line(ANSWERED, DAY)], FREE, id="answered after all"
        ),
        pytest.param(
            [line(ANSWERED, 2 * DAY), line(SNOOZED, DAY)],
            held(Quiet.SNOOZED, NOW + 13 * DAY),
            id="snoozed when asked again",
        ),
        pytest.param([line(DECLINED, 900 * DAY)], held(Quiet.DECLINED), id="declined"),
        pytest.param(
            [line(DECLINED, 2 * DAY), line(ANSWERED, DAY)], FREE, id="told after all"
        ),
        pytest.param(
            [line(ANSWERED, 2 * DAY), line(DECLINED, DAY)],
            held(Quiet.DECLINED),
            id="taken back",
        ),
        pytest.param(
            [line(DISMISSED, 900 * DAY), line(ANSWERED, DAY)],
            held(Quiet.DISMISSED),
            id="dismissed is for good",
        ),
        pytest.param(
            [line(DISMISSED, DAY), line(SHOWN, HOUR, visit="now")],
            held(Quiet.DISMISSED),
            id="what was dismissed does not stay",
        ),
    ],
)
def test_the_ledger_keeps_an_item_back(
    ledger: list[Attention], verdict: Verdict
) -> None:
    """Each act keeps an item back for its own time, and says until when."""
    assert allowance(ledger, POLICY, NOW, "now").verdict(ITEM) == verdict


def test_two_new_asks_at_once_would_leave_no_gap() -> None:
    """A budget of two gives one at a time while there is a gap, else both."""
    items = ["question:a", "question:b", "question:c"]
    with_gap = allowance([], POLICY, NOW, "now").grant(items)
    without = AttentionPolicy(per_visit=2, any_gap=timedelta(0))
    at_once = allowance([], without, NOW, "now").grant(items)
    assert with_gap[0] == {"question:a"}
    assert at_once[0] == {"question:a", "question:b"}
    assert at_once[1] == {"question:c": held(Quiet.BUDGET)}


def test_what_stays_needs_no_share() -> None:
    """An item that this visit has shown leaves the budget to the next one."""
    shown = Allowance(left=1, shown=frozenset({ITEM}))
    assert shown.grant([OTHER, ITEM, "question:b"])[0] == {OTHER, ITEM}


def test_a_visit_is_one_session_on_one_day() -> None:
    """Its name depends on both, by the calendar of UTC, and shows neither."""
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    evening = datetime(2026, 3, 1, 20, tzinfo=timezone(-5 * HOUR))  # the 2nd in UTC
    assert visit_of("s1", noon) == visit_of("s1", noon + 11 * HOUR)
    assert visit_of("s1", noon) != visit_of("s1", evening)
    assert visit_of("s1", noon) != visit_of("s2", noon)
    assert "s1" not in visit_of("s1", noon)


@pytest.mark.parametrize(
    ("earlier", "now", "is_news"),
    [
        pytest.param(None, line(SHOWN, HOUR), True, id="the first"),
        pytest.param(line(SHOWN, DAY), line(SHOWN, HOUR), False, id="the same again"),
        pytest.param(
            line(SHOWN, DAY), line(SHOWN, HOUR, visit="v2"), True, id="next visit"
        ),
        pytest.param(line(SHOWN, DAY), line(SNOOZED, HOUR), True, id="another act"),
        pytest.param(
            line(SHOWN, DAY), line(SHOWN, HOUR, item=OTHER), True, id="another item"
        ),
        pytest.param(
            line(SHOWN, DAY, hard=True),
            line(SHOWN, HOUR),
            True,
            id="soft after hard counts from now on",
        ),
        pytest.param(
            line(SHOWN, DAY),
            line(SHOWN, HOUR, hard=True),
            False,
            id="hard after soft has counted already",
        ),
        pytest.param(
            line(SHOWN, DAY, hard=True),
            line(SHOWN, HOUR, hard=True),
            False,
            id="hard again",
        ),
    ],
)
def test_a_visit_says_a_thing_once(
    earlier: Attention | None, now: Attention, is_news: bool
) -> None:
    """A line is written once per item, act and visit."""
    ledger = [earlier] if earlier else []
    assert unheard(ledger, [now]) == ([now] if is_news else [])


# ── laws ─────────────────────────────────────────────────────────────────────

ITEMS = [f"question:{name}" for name in "abcd"]
LINES = st.builds(
    line,
    st.sampled_from(Act),
    st.timedeltas(timedelta(0), timedelta(days=30)),
    item=st.sampled_from(ITEMS),
    visit=st.sampled_from(["now", "v1", "v2"]),
    hard=st.booleans(),
)
LEDGERS = st.lists(LINES, max_size=12)
POLICIES = st.builds(
    AttentionPolicy,
    per_visit=st.integers(0, 3),
    any_gap=st.sampled_from([timedelta(0), HOUR, DAY]),
    item_gap=st.sampled_from([timedelta(0), DAY, 7 * DAY]),
    snooze=st.sampled_from([timedelta(0), DAY, 14 * DAY]),
)


@given(ledger=LEDGERS, policy=POLICIES)
def test_the_budget_holds(ledger: list[Attention], policy: AttentionPolicy) -> None:
    """A visit never shows more new soft asks than its budget, and keeps every gap."""
    allowed = allowance(ledger, policy, NOW, "now")
    granted, withheld = allowed.grant(ITEMS)
    soft = [one for one in ledger if one.act is SHOWN and not one.hard]
    here = {one.item for one in soft if one.visit == "now"}
    fresh = granted - here
    assert granted | set(withheld) == set(ITEMS)
    assert len(here | fresh) <= max(policy.per_visit, len(here))
    if fresh and policy.any_gap:
        assert len(fresh) == 1
        assert all(one.at + policy.any_gap <= NOW for one in soft)
    for one in soft:
        assert one.item not in fresh or one.at + policy.item_gap <= NOW
    for one in ledger:
        assert one.act is not DISMISSED or one.item not in granted


@given(ledger=LEDGERS, policy=POLICIES, later=st.timedeltas(timedelta(0), 40 * DAY))
def test_a_verdict_holds_until_its_instant(
    ledger: list[Attention], policy: AttentionPolicy, later: timedelta
) -> None:
    """Within a visit only time frees an item, and never before ``until``."""
    now, then = (allowance(ledger, policy, at, "now") for at in (NOW, NOW + later))
    for item in ITEMS:
        before, after = now.verdict(item), then.verdict(item)
        if before.is_allowed:
            assert after.is_allowed
        elif before.until is None or NOW + later < before.until:
            assert not after.is_allowed


@given(ledger=LEDGERS, policy=POLICIES, data=st.data())
def test_the_order_of_lines_does_not_matter(
    ledger: list[Attention], policy: AttentionPolicy, data: st.DataObject
) -> None:
    """A merge may bring lines in any order: the sum is the same."""
    mixed = data.draw(st.permutations(ledger))
    one, other = (allowance(these, policy, NOW, "now") for these in (ledger, mixed))
    assert [one.verdict(i) for i in ITEMS] == [other.verdict(i) for i in ITEMS]


@given(ledger=LEDGERS, policy=POLICIES)
def test_hard_impressions_cost_nothing(
    ledger: list[Attention], policy: AttentionPolicy
) -> None:
    """Leaving out what people opened themselves changes no verdict."""
    soft = [one for one in ledger if one.act is not SHOWN or not one.hard]
    one, other = (allowance(these, policy, NOW, "now") for these in (ledger, soft))
    assert [one.verdict(i) for i in ITEMS] == [other.verdict(i) for i in ITEMS]
