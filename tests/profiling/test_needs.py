"""The ways to meet a need, each by its table: several, tested, proven, spared."""

from typing import Any as Anything

import pytest

from onboarding.attention.model import Allowance
from onboarding.profiling.model import AnswerState, Feature, Status
from onboarding.profiling.needs import Need, Proven
from onboarding.profiling.rules import status
from onboarding.segments.model import All, Answered, Any, Condition, Declined, Not
from tests.profiling import naive
from tests.profiling.naive import DECLINED, Asked, Known, Wide
from tests.profiling.wide import NOW, answers_of, decided, plans

A, B = Answered("choice", is_in=["a"]), Answered("choice", is_in=["b"])


def wide(*needs: Need, **more: Anything) -> Wide:
    """Return a feature with these needs; a number is asked after "a" alone."""
    questions = {
        "choice": Asked(),
        "other": Asked(),
        "born": Asked(),
        "number": Asked(A),
        "several": Asked(A),
    }
    return Wide(questions, (Feature("f", needs=needs, **more),))


def known(facts: tuple[str, ...] = (), **said: Anything) -> Known:
    """Return what somebody said just now, and what is proven of them."""
    return Known(said, dict.fromkeys(said, NOW), frozenset(facts), NOW)


ONE_OF_TWO = wide(Any("choice", "other"))
HIDDEN = wide(Any("number", "several"))
TESTED = wide(A)
EITHER = wide(Any(A, "other"))
SPARED = wide("choice", "other", without={"choice": "We do it otherwise."})
SPARED_TEST = wide(Any(A, "other"), without={"choice": "We do it otherwise."})
FACTS = wide(Proven(), "choice")
FACT_OR = wide(Any(Proven(), "choice"))
TWO_GROUPS = wide("born", Any("choice", "other"))
SHARED = wide("other", Any("choice", "other"))


@pytest.mark.parametrize(
    ("one", "now", "result"),
    [
        pytest.param(ONE_OF_TWO, known(), "ask", id="any of two"),
        pytest.param(ONE_OF_TWO, known(other="a"), "open", id="one is enough"),
        pytest.param(ONE_OF_TWO, known(other=DECLINED), "ask", id="one is left"),
        pytest.param(
            ONE_OF_TWO, known(other=DECLINED, choice=DECLINED), "denied", id="none left"
        ),
        pytest.param(HIDDEN, known(choice="b"), "open", id="no way applies"),
        pytest.param(HIDDEN, known(choice=DECLINED), "open", id="nor after a no"),
        pytest.param(HIDDEN, known(choice="a"), "ask", id="both apply"),
        pytest.param(
            HIDDEN, known(choice="a", number=DECLINED), "ask", id="one applies still"
        ),
        pytest.param(TESTED, known(choice="a"), "open", id="as it is tested"),
        pytest.param(TESTED, known(choice="b"), "denied", id="not as it is tested"),
        pytest.param(TESTED, known(choice=DECLINED), "denied", id="a test is declined"),
        pytest.param(EITHER, known(choice="b"), "ask", id="another way is left"),
        pytest.param(
            EITHER, known(choice="b", other=DECLINED), "denied", id="closed both ways"
        ),
        pytest.param(SPARED, known(choice=DECLINED), "ask", id="spared one of two"),
        pytest.param(
            SPARED, known(choice=DECLINED, other="a"), "open", id="a no that is spared"
        ),
        pytest.param(SPARED, known(other=DECLINED), "denied", id="the other is not"),
        pytest.param(SPARED, known(other="a"), "ask", id="silence is no no"),
        pytest.param(
            SPARED_TEST, known(choice=DECLINED), "open", id="a no to a test is spared"
        ),
        pytest.param(FACTS, known(), "ask", id="to prove and to answer"),
        pytest.param(FACTS, known(choice="a"), "ask", id="to prove"),
        pytest.param(FACTS, known(("proven:email",)), "ask", id="to answer"),
        pytest.param(
            FACTS, known(("proven:email",), choice="a"), "open", id="both are there"
        ),
        pytest.param(
            FACTS, known(("linked:",), choice="a"), "ask", id="another fact is proven"
        ),
        pytest.param(
            FACT_OR, known(choice=DECLINED), "ask", id="a fact can be proven still"
        ),
        pytest.param(FACT_OR, known(("proven:email",)), "open", id="proven instead"),
        pytest.param(wide(), known(), "open", id="no needs"),
    ],
)
def test_a_need(one: Wide, now: Known, result: str) -> None:
    """Each kind of need, over each kind of answer; by every way of telling."""
    decision = decided(one, now)
    plan = plans(one)["f"]
    assert decision.status is Status(result)
    assert status(plan, answers_of(plan, now), NOW, now.facts) is Status(result)
    assert naive.status(one, now) == result


@pytest.mark.parametrize(
    ("one", "now", "must", "instead"),
    [
        pytest.param(
            ONE_OF_TWO, known(), ("choice",), {"choice": ("other",)}, id="the first"
        ),
        pytest.param(
            ONE_OF_TWO, known(choice=DECLINED), ("other",), {}, id="the one left"
        ),
        pytest.param(
            HIDDEN, known(), ("choice",), {}, id="what decides on both is asked once"
        ),
        pytest.param(
            FACT_OR,
            known(),
            ("choice",),
            {"choice": ("proven:email",)},
            id="a question before a fact",
        ),
        pytest.param(
            TWO_GROUPS,
            known(),
            ("born", "choice"),
            {"choice": ("other",)},
            id="one of each need",
        ),
        pytest.param(
            SHARED, known(), ("other",), {}, id="what another need asks will do"
        ),
        pytest.param(
            TWO_GROUPS, known(choice="a"), ("born",), {}, id="not where one is met"
        ),
    ],
)
def test_what_is_asked_of_several(
    one: Wide, now: Known, must: tuple[str, ...], instead: dict[str, tuple[str, ...]]
) -> None:
    """The first that may still do is asked, and the others are offered instead."""
    decision = decided(one, now)
    assert (decision.must, decision.instead) == (must, instead)


@pytest.mark.parametrize(
    ("one", "now", "progress"),
    [
        pytest.param(ONE_OF_TWO, known(), (0, 1), id="of several one counts"),
        pytest.param(ONE_OF_TWO, known(other="a"), (1, 1), id="whichever it is"),
        pytest.param(FACTS, known(), (0, 2), id="a fact counts as a question"),
        pytest.param(FACTS, known(("proven:email",)), (1, 2), id="also once proven"),
        pytest.param(
            FACTS, known(("proven:email",), choice="a"), (2, 2), id="up to the end"
        ),
        pytest.param(HIDDEN, known(), (0, 2), id="with what decides on it"),
        pytest.param(HIDDEN, known(choice="a"), (1, 2), id="as it is answered"),
        pytest.param(TESTED, known(choice="b"), (0, 1), id="what closes is missing"),
        pytest.param(
            EITHER,
            known(choice="b", other=DECLINED),
            (0, 1),
            id="one of what closes",
        ),
        pytest.param(SHARED, known(), (0, 1), id="one that meets two needs is one"),
        pytest.param(FACT_OR, known(choice="a"), (1, 1), id="nor a fact beside it"),
        pytest.param(
            wide(Any("number", Answered("other", is_in=["a"]))),
            known(choice="b", other="b"),
            (1, 2),
            id="what closes, not what does not apply",
        ),
        pytest.param(SPARED, known(choice=DECLINED), (0, 1), id="a no is no answer"),
    ],
)
def test_how_far_somebody_is(one: Wide, now: Known, progress: tuple[int, int]) -> None:
    """Known, of all on the way: a need counts once, with what decides on it."""
    decision = decided(one, now)
    assert (decision.known, decision.total) == progress


@pytest.mark.parametrize("facts", [(), ("proven:email",)])
def test_what_is_closed_asks_for_nothing(facts: tuple[str, ...]) -> None:
    """Neither questions nor facts: no way leads on, though some needs are open."""
    one = wide("choice", Any("other", "born"), Proven(), wants=["several"])
    decision = decided(one, known(facts, choice=DECLINED))
    assert decision.status is Status.DENIED
    assert (decision.must, decision.page, decision.instead) == ((), (), {})
    assert (decision.facts, decision.wants) == ((), ())
    open_ones = ["other", *([] if facts else ["proven:email"])]
    assert [r.need for r in decision.reasons if r.ask] == open_ones
    assert [r.need for r in decision.reasons if not r.ask] == ["choice"]


@pytest.mark.parametrize(
    ("one", "now", "reason"),
    [
        pytest.param(
            EITHER,
            known(choice="b", other=DECLINED),
            ("choice", AnswerState.VALUE, None, ("choice", "other")),
            id="the first that closes it",
        ),
        pytest.param(
            wide(Any("number", "other")),
            known(choice="b", other=DECLINED),
            ("other", AnswerState.DECLINED, None, ("number", "other")),
            id="not one that does not apply",
        ),
        pytest.param(
            EITHER,
            known(choice="b"),
            ("other", AnswerState.UNKNOWN, "other", ("choice", "other")),
            id="the one that is left",
        ),
        pytest.param(
            HIDDEN,
            known(),
            ("number", AnswerState.UNKNOWN, "choice", ("number", "several")),
            id="with what decides on it",
        ),
    ],
)
def test_why_it_is_not_open(
    one: Wide,
    now: Known,
    reason: tuple[str, AnswerState, str | None, tuple[str, ...]],
) -> None:
    """One reason for a need, however many ways it has."""
    [found] = decided(one, now).reasons
    assert (found.need, found.state, found.ask, found.among) == reason


@pytest.mark.parametrize("left", range(4))
def test_as_many_wants_as_attention_permits(left: int) -> None:
    """The first ones; the others are held back, and nothing that is needed is."""
    wants = ["choice", "other", "born"]
    decision = decided(wide("number", wants=wants), known(), Allowance(left=left))
    assert decision.must == ("choice",)
    free = decided(wide(wants=wants), known(), Allowance(left=left))
    assert free.wants == tuple(wants[:left])
    assert list(free.withheld) == wants[left:]
    assert free.is_open


@pytest.mark.parametrize(
    ("when", "said", "asked"),
    [
        pytest.param(
            Any(A, Answered("other")), {"choice": "b"}, "other", id="one left"
        ),
        pytest.param(
            All(Any(A, Answered("other")), Declined("born")),
            {"choice": "a"},
            "born",
            id="not in a part that is true",
        ),
        pytest.param(
            Any(All(A, Answered("other")), Declined("born")),
            {"choice": "b"},
            "born",
            id="nor in one that is false",
        ),
        pytest.param(
            Not(All(A, Answered("other"))), {}, "choice", id="the first of its words"
        ),
    ],
)
def test_what_a_guard_waits_for_is_asked(
    when: Condition, said: dict[str, Anything], asked: str
) -> None:
    """In its order; a part of it that is decided waits for nothing."""
    questions = {name: Asked() for name in ("choice", "other", "born")}
    one = Wide({**questions, "number": Asked(when)}, (Feature("f", needs=["number"]),))
    assert decided(one, known(**said)).must == (asked,)
