"""The truth table: what conditions and features make of answers, asked of the code."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from typing import Any as Anything

from pydantic import BaseModel

from onboarding import Age, All, Answered, Any, Ask, Declined, Feature, Not
from onboarding.attention.model import Allowance
from onboarding.profiling.catalogue import Catalogue, build_catalogue
from onboarding.profiling.deciding import decide
from onboarding.profiling.model import Answer, AnswerKind, Decision, Source, Status
from onboarding.profiling.rules import met, seen, state
from onboarding.profiling.validation import usable
from onboarding.segments.model import Condition, Mark, Seen, Truth
from onboarding.segments.rules import compiled
from tests.docs.markdown import NOTE, table

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
TODAY = NOW.date()
SAID: Mapping[Truth, object] = {
    Truth.TRUE: "yes",
    Truth.FALSE: "no",
    Truth.UNKNOWN: Mark.UNKNOWN,
}
"""What makes ``is_in=["yes"]`` each of the three."""

ABOUT = """\
A condition over answers is true, false, or **unknown**: not decided yet. Two values
would take a guard over an unanswered question for false, open the feature, and lock it
again when the person answers. With three, what is true or false stays so whatever is
answered next (S. C. Kleene, *Introduction to Metamathematics*, §64). This page is made
by asking the code; what the words mean is in
[What a feature may need](how-to/needs.md).
"""
ABOUT_ATOMS = """\
What each says of a question, by what is known of it. Beside `Declined`, every atom is
false of what was refused and of what does not apply; so `Not(…)` of it is true there.
Write what you mean: "answered, and not with *free*" is
`All(Answered("plan"), Not(Answered("plan", is_in=["free"])))`. Ages are those of the
15th of June 2026.
"""
ABOUT_KNOWN = """\
What is known of a question is what was said, seen through its guard. An answer that is
behind a guard is kept and not read; it comes back when the guard turns true.
"""
ABOUT_FEATURES = """\
By what was said to its one question, whose guard is true or which has none. A soft
question comes as far as `attention=` permits, and is never in the way.
"""
ABOUT_SEVERAL = """\
A feature opens when all of its needs are true, is closed when one is false, and asks
otherwise. Of `Any(…)` in `needs=`, what does not apply is passed over:
"""


def truth_page() -> str:
    """Return the page."""
    return "\n".join(
        [
            NOTE + "# Truth table\n",
            ABOUT,
            "## And, or, not\n",
            table(*_joined("All", All)),
            table(*_joined("Any", Any)),
            table(*_negated()),
            "## What an atom says\n",
            ABOUT_ATOMS,
            table(*_atoms()),
            "## What is known of a question\n",
            ABOUT_KNOWN,
            table(*_known()),
            "## What a feature does\n",
            ABOUT_FEATURES,
            table(*_features()),
            "## Several needs\n",
            ABOUT_SEVERAL,
            table(*_several()),
        ]
    )


# ── and, or, not ─────────────────────────────────────────────────────────────


def _word(truth: Truth) -> str:
    return truth.name.lower()


def _is(condition: Condition, known: Seen) -> str:
    return _word(compiled(condition).test(known, TODAY))


def _yes(name: str) -> Answered:
    return Answered(name, is_in=["yes"])


def _joined(name: str, join: type[All | Any]) -> Iterator[tuple[str, ...]]:
    yield (f"`{name}(a, b)`", *(f"b is {_word(truth)}" for truth in SAID))
    for one, a in SAID.items():
        both = join(_yes("a"), _yes("b"))
        cells = [_is(both, {"a": a, "b": b}) for b in SAID.values()]  # type: ignore[dict-item]  # JSON or a mark
        yield (f"a is {_word(one)}", *cells)


def _negated() -> Iterator[tuple[str, ...]]:
    yield ("", *(f"a is {_word(truth)}" for truth in SAID))
    yield ("`Not(a)`", *(_is(Not(_yes("a")), {"a": a}) for a in SAID.values()))  # type: ignore[dict-item]  # as above


# ── atoms ────────────────────────────────────────────────────────────────────

ATOMS: tuple[tuple[str, Condition, object, object], ...] = (
    ('`Answered("plan")`', Answered("q"), "gold", None),
    ('`… is_in=["gold"]`', Answered("q", is_in=["gold"]), "gold", "free"),
    ('`… has=["poem"]`', Answered("q", has=["poem"]), ["poem", "novel"], ["novel"]),
    ("`… at_least=6`", Answered("q", at_least=6), 6, 5),
    ("`… above=6`", Answered("q", above=6), 7, 6),
    ('`Age("born", at_least=18)`', Age("q", at_least=18), "2008-06-15", "2008-06-16"),
    ('`Age("born", below=18)`', Age("q", below=18), "2008-06-16", "2008-06-15"),
    ('`Declined("plan")`', Declined("q"), None, "gold"),
    ('`Not(Answered("plan"))`', Not(Answered("q")), None, "gold"),
)
"""Each with an answer that meets it and one that does not; None where there is none."""


def _atoms() -> Iterator[tuple[str, ...]]:
    marks = {
        "rather not say": Mark.DECLINED,
        "nothing said": Mark.UNKNOWN,
        "does not apply": Mark.ABSENT,
    }
    yield ("", "such an answer", "another answer", *marks)
    for text, atom, such, another in ATOMS:
        answers = [
            "–" if value is None else f"{_is(atom, {'q': value})}: `{value}`"  # type: ignore[dict-item]  # JSON
            for value in (such, another)
        ]
        yield (text, *answers, *(_is(atom, {"q": mark}) for mark in marks.values()))


# ── what was said ────────────────────────────────────────────────────────────


def _ask(**more: Anything) -> Ask:
    return Ask("Which plan?", why="For the table.", **more)


Plan = Literal["free", "gold"]


class Asked(BaseModel):
    """A question with everything that may make an answer to it old."""

    opener: Annotated[Plan | None, _ask()] = None
    plain: Annotated[
        Plan | None,
        _ask(
            fresh_for=timedelta(days=180),
            valid_for=timedelta(days=730),
            purpose="table",
            version=2,
            convert={1: lambda old: None},
        ),
    ] = None
    guarded: Annotated[Plan | None, _ask(when=Answered("opener", is_in=["gold"]))] = (
        None
    )


CATALOGUE: Catalogue[Asked] = build_catalogue(
    Asked,
    [
        Feature("needs", needs=["plain"]),
        Feature("test", needs=[Answered("plain", is_in=["gold"])]),
        Feature("without", needs=["plain"], without={"plain": "Then without."}),
        Feature("wants", wants=["plain"]),
        Feature("rest", wants=["opener", "guarded"]),
    ],
    purposes={"table": "Making this page"},
)


def _answer(value: object, *, question: str = "plain", **more: Anything) -> Answer:
    told = AnswerKind.DECLINED if value is None else AnswerKind.VALUE
    known = {"answered_at": NOW, "purpose": "table", "version": 2, **more}
    return Answer(
        account_id="",
        question=question,
        reply=told,
        value=value,  # type: ignore[arg-type]  # JSON
        source=Source.PERSON,
        **known,
    )


def _ago(days: int) -> Mapping[str, datetime]:
    return {"answered_at": NOW - timedelta(days=days)}


SAYINGS: Mapping[str, Answer | None] = {
    "an answer that the test takes (`gold`)": _answer("gold"),
    "an answer that it does not take (`free`)": _answer("free"),
    "such an answer, past `fresh_for`": _answer("gold", **_ago(200)),
    "such an answer, past `valid_for`": _answer("gold", **_ago(800)),
    "“I’d rather not say”": _answer(None),
    "“I’d rather not say”, past `valid_for`": _answer(None, **_ago(800)),
    "the purpose was taken back": _answer(None, withdrawn=True),
    "such an answer, for another purpose": _answer("gold", purpose="other"),
    "such an answer, to a version that is not converted": _answer("gold", version=1),
    "an answer that the model does not take any more": _answer("silver"),
    "nothing": None,
}


def _decided(feature: str, said: Answer | None) -> Decision:
    answers, _ = usable(
        CATALOGUE.drafts, CATALOGUE.questions, [said] if said else [], NOW
    )
    return decide(CATALOGUE.plans[feature], answers, Allowance(left=9), NOW)


DOES = {Status.OPEN: "open", Status.ASK: "asks", Status.DENIED: "closed"}


def _does(feature: str, said: Answer | None) -> str:
    decision = _decided(feature, said)
    assert (decision.status is Status.ASK) == bool(decision.must)
    softly = " again" if decision.again else ""
    return DOES[decision.status] + f"; asks softly{softly}" * bool(decision.wants)


def _features() -> Iterator[tuple[str, ...]]:
    heads = ("`needs=` it", "`needs=` a test of it", "… `without=` it", "`wants=` it")
    yield ("what was said", *heads)
    for text, said in SAYINGS.items():
        names = ("needs", "test", "without", "wants")
        yield (text, *(_does(name, said) for name in names))


def _known() -> Iterator[tuple[str, ...]]:
    sayings = {
        "an answer": "gold",
        "“I’d rather not say”": None,
    }
    yield ("its guard is", *sayings, "nothing")
    for truth, opener in {"true": "gold", "unknown": None, "false": "free"}.items():
        cells = []
        for said in (*sayings.values(), ""):
            more = {"question": "guarded", "version": 1, "purpose": None}
            answers = {} if said == "" else {"guarded": _answer(said, **more)}
            if opener:
                answers["opener"] = _answer(opener, question="opener")
            known = seen(CATALOGUE.steps, answers, TODAY)
            cells.append(state(known["guarded"]).value)
        yield (truth, *cells)


# ── several needs ────────────────────────────────────────────────────────────

WAYS: Mapping[str, object] = {
    "true": "gold",
    "false": "free",
    "unknown": Mark.UNKNOWN,
    "does not apply": Mark.ABSENT,
}


def _several() -> Iterator[tuple[str, ...]]:
    gold = [Answered(name, is_in=["gold"]) for name in ("opener", "plain")]
    feature = Feature("any", needs=[Any(*gold)], wants=["guarded"])
    [group] = build_catalogue(Asked, [feature]).plans["any"].groups
    yield ("`Any(a, b)` in `needs=`", *(f"b: {way}" for way in WAYS))
    for text, a in WAYS.items():
        found = [{"opener": a, "plain": b} for b in WAYS.values()]
        yield (f"a: {text}", *(_word(met(group, known, TODAY)) for known in found))  # type: ignore[arg-type]  # JSON or a mark
