"""What people complain of elsewhere, and what must not happen here: one test a kind."""

from dataclasses import replace
from datetime import timedelta

from onboarding.attention.model import Act, Attention, AttentionPolicy, question_item
from onboarding.attention.rules import allowance
from onboarding.profiling.model import Feature, Status
from onboarding.segments.model import All, Answered
from tests.profiling.naive import DECLINED, Asked, Known, Wide
from tests.profiling.wide import NOW, also, decided

NOBODY = Known({}, {}, frozenset(), NOW)


def asking(questions: dict[str, Asked], *before: Feature, **feature: object) -> Wide:
    """Return a catalogue with one feature that is looked at."""
    return Wide(questions, (*before, Feature("f", **feature)))  # type: ignore[arg-type]  # made of data


GOLD = Answered("choice", is_in=("a",))


def test_no_page_without_anything_to_fill_in() -> None:
    """Where all that is needed does not apply, there is a door and no page."""
    wide = asking({"choice": Asked(), "number": Asked(GOLD)}, needs=("number",))
    decision = decided(wide, also(NOBODY, {"choice": "b"}))
    assert (decision.status, decision.page) == (Status.OPEN, ())


def test_one_requirement_never_swallows_another() -> None:
    """What the feature before needs is needed beside what it needs itself."""
    before = Feature("p", needs=("choice",))
    wide = asking(
        {"choice": Asked(), "other": Asked()}, before, needs=("other",), after=("p",)
    )
    assert decided(wide, NOBODY).must == ("choice", "other")


def test_what_was_answered_is_not_asked_for_ever() -> None:
    """Neither an answer nor a no is asked for again."""
    wide = asking({"choice": Asked(), "other": Asked()}, needs=("choice", "other"))
    assert decided(wide, also(NOBODY, {"choice": "a"})).must == ("other",)
    denied = decided(wide, also(NOBODY, {"choice": DECLINED}))
    assert (denied.status, denied.must) == (Status.DENIED, ())


def test_wants_alone_never_hold_anybody_up() -> None:
    """A feature with wants only is open, and asks for them all the same."""
    decision = decided(asking({"choice": Asked()}, wants=("choice",)), NOBODY)
    assert (decision.status, decision.wants) == (Status.OPEN, ("choice",))


def test_a_hidden_need_is_neither_required_nor_counted() -> None:
    """What does not apply is not asked, and takes nothing of the progress."""
    wide = asking(
        {"choice": Asked(), "number": Asked(GOLD), "other": Asked()},
        needs=("number", "other"),
    )
    decision = decided(wide, also(NOBODY, {"choice": "b"}))
    assert (decision.must, decision.known, decision.total) == (("other",), 1, 2)


def test_a_deep_chain_repeats_no_ancestor() -> None:
    """A guard says what it looks at; what hides that hides it too, and none is lost."""
    wide = asking(
        {
            "choice": Asked(),
            "other": Asked(GOLD),
            "number": Asked(Answered("other", is_in=("b",))),
        },
        needs=("number",),
    )
    known = also(NOBODY, {"choice": "a", "other": "b"})
    assert decided(wide, known).must == ("number",)
    hidden = replace(known, said={**known.said, "choice": "b"})
    assert decided(wide, hidden).is_open
    assert decided(wide, known).must == ("number",)


def test_caps_hold_across_the_visit_and_never_on_needs() -> None:
    """So many wants a visit; a need is asked for whatever was shown."""
    wide = asking(
        {"choice": Asked(), "other": Asked(), "number": Asked()},
        needs=("number",),
        wants=("choice", "other"),
    )
    policy = AttentionPolicy(per_visit=1)
    decision = decided(wide, NOBODY, allowance([], policy, NOW, "now"))
    assert (decision.must, decision.wants) == (("number",), ("choice",))


def test_put_off_is_not_answered_and_comes_back() -> None:
    """A want that was put off rests, and says until when."""
    wide = asking({"choice": Asked()}, wants=("choice",))
    line = Attention(
        account_id="a",
        item=question_item("choice"),
        act=Act.SNOOZED,
        visit="earlier",
        at=NOW - timedelta(hours=1),
    )
    policy = AttentionPolicy()
    rests = decided(wide, NOBODY, allowance([line], policy, NOW, "now"))
    assert rests.wants == ()
    until = rests.next_change_at
    assert until is not None
    later = replace(NOBODY, now=until)
    again = decided(wide, later, allowance([line], policy, until, "later"))
    assert again.wants == ("choice",)


def test_people_who_were_here_before_a_rule_are_asked_once() -> None:
    """A need that is added asks for itself alone, and of those who were here too."""
    known = also(NOBODY, {"choice": "a"})
    questions = {"choice": Asked(), "other": Asked()}
    assert decided(asking(questions, needs=("choice",)), known).is_open
    wider = asking(questions, needs=("choice", "other"))
    assert decided(wider, known).must == ("other",)
    assert decided(wider, also(known, {"other": "a"})).is_open


def test_a_door_that_opened_does_not_lock_on_the_next_answer() -> None:
    """While it is not known whether a need applies, the door is not open."""
    both = All(GOLD, Answered("other", is_in=("a",)))
    wide = asking(
        {"choice": Asked(), "other": Asked(), "number": Asked(both)}, needs=("number",)
    )
    assert decided(wide, also(NOBODY, {"choice": "a"})).must == ("other",)
    assert decided(wide, also(NOBODY, {"other": "b"})).is_open
