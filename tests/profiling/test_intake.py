"""What becomes of a batch of answers, without any store."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator

from onboarding.accounts.model import Account, AccountKind
from onboarding.attention.model import Allowance
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.catalogue import build_catalogue
from onboarding.profiling.deciding import decide
from onboarding.profiling.intake import Submitted, judge, spoken
from onboarding.profiling.model import (
    Answer,
    AnswerKind,
    Ask,
    Feature,
    Source,
)
from onboarding.profiling.rules import Present
from onboarding.segments.model import Answered
from tests.profiling.reference import VALUES, Said, Small
from tests.profiling.small import FEATURE, NOW, answered, compiled, situations

WHY = "For the test."


class Who(StrEnum):
    """Who buys."""

    PERSON = "person"
    COMPANY = "company"


class Profile(BaseModel):
    """A guarded need, a want, an insisted question, and two rules across fields."""

    vat: Annotated[
        str | None,
        Field(max_length=5),
        Ask("VAT?", WHY, when=Answered(question="who", is_in=[Who.COMPANY])),
    ] = None
    who: Annotated[Who | None, Ask("Who?", WHY)] = None
    town: Annotated[
        str | None,
        BeforeValidator(lambda v: None if v == "-" else v),
        AfterValidator(lambda v: v and v.strip("()")),
        Ask("Where?", WHY, declinable=False),
    ] = None
    low: Annotated[int | None, Ask("From?", WHY)] = None
    high: Annotated[int | None, Ask("To?", WHY)] = None

    @model_validator(mode="after")
    def _range(self) -> "Profile":
        if (self.low is None) != (self.high is None):
            raise ValueError("Tell both ends.")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("The first is above the last.")
        return self


CATALOGUE = build_catalogue(
    Profile,
    [
        Feature("invoice", needs=["vat"], wants=["town"]),
        Feature("range", needs=["low", "high"]),
        Feature("map", needs=["town"]),
    ],
)
GUEST = Account(id="g", created_at=NOW)
PERSON = Account(id="p", kind=AccountKind.REGISTERED, created_at=NOW)


def submitted(
    values: dict[str, JsonValue],
    *,
    before: tuple[Answer, ...] = (),
    declined: tuple[str, ...] = (),
    feature: str | None = None,
    account: Account = GUEST,
) -> Submitted:
    """Return what becomes of a batch."""
    return judge(
        CATALOGUE,
        account,
        before,
        values=values,
        declined=declined,
        feature=feature,
        moment=Present(now=NOW),
    )


def problems(result: Submitted) -> list[tuple[str, str]]:
    """Return what was refused, and why."""
    return [(error.question, error.problem) for error in result.invalid]


def test_good_answers_are_kept_beside_bad_ones() -> None:
    """One wrong answer costs nobody the others; what was typed is kept for the form."""
    result = submitted({"who": "company", "vat": "far too long", "town": "Delft"})
    assert result.saved == ("who", "town")
    assert problems(result) == [("vat", "answer.too_long")]
    assert result.typed == {"vat": "far too long"}
    assert "far too long" not in repr(result)


def test_an_answer_may_open_the_next_question_in_one_batch() -> None:
    """A guard turns true by an answer that stands later in the form."""
    result = submitted({"vat": "NL1", "who": "company"}, feature="invoice")
    assert result.saved == ("who", "vat")
    assert result.opened == ("invoice",)


@pytest.mark.parametrize(
    ("values", "feature", "refused"),
    [
        pytest.param({"is_admin": True}, None, "is_admin", id="no question"),
        pytest.param({"low": 1}, "invoice", "low", id="another feature's question"),
        pytest.param({"vat": "NL1"}, "invoice", "vat", id="not decided if it applies"),
        pytest.param(
            {"vat": "NL1", "who": "person"}, "invoice", "vat", id="does not apply"
        ),
        pytest.param({"vat": "NL1"}, None, "vat", id="does not apply, unasked for"),
    ],
)
def test_what_is_not_offered_is_refused(
    values: dict[str, JsonValue], feature: str | None, refused: str
) -> None:
    """Nobody assigns what was not asked of them."""
    assert (refused, "answer.not_asked") in problems(submitted(values, feature=feature))
    assert refused not in submitted(values, feature=feature).saved


@pytest.mark.parametrize("silence", [None, "-"], ids=["nothing", "a word for nothing"])
def test_silence_is_an_error_only_where_an_answer_is_needed(
    silence: JsonValue,
) -> None:
    """A need says what to do; a want that is left empty is no mistake."""
    assert problems(submitted({"town": silence}, feature="map")) == [
        ("town", "answer.missing")
    ]
    assert submitted({"town": silence}, feature="invoice").invalid == ()
    assert problems(submitted({"town": silence})) == [("town", "answer.missing")]


@pytest.mark.parametrize(
    "blank", ["", " \t\n", "\u200b", "\u2060", "\u2800", "\u3164", "\ufeff\u00a0", []]
)
def test_blank_is_more_than_white_space(blank: JsonValue) -> None:
    """Of what nobody can see nothing is known, and it opens no feature."""
    result = submitted({"town": blank}, feature="map")
    assert problems(result) == [("town", "answer.missing")]
    assert (result.saved, result.opened) == ((), ())


def test_what_a_validator_leaves_of_an_answer_may_be_blank() -> None:
    """The host's model cuts, and nothing remains."""
    result = submitted({"town": "(\u200b)"}, feature="map")
    assert problems(result) == [("town", "answer.missing")]


def test_blanks_in_a_list_are_no_members() -> None:
    """As in a form, where an empty field adds none."""
    assert spoken(["novel", "", "\u200b"]) == ["novel"]
    assert spoken(["", "\u3164"]) is None
    assert spoken([0, False]) == [0, False]


def test_a_joiner_inside_a_word_stays() -> None:
    """A name is kept letter by letter."""
    (answer,) = submitted({"town": "علی\u200cآباد"}, feature="map").changed
    assert answer.value == "علی\u200cآباد"


def test_who_says_it_is_where_it_comes_from() -> None:
    """A guest's word and a signed-in person's word are told apart."""
    (guest,) = submitted({"town": "Delft"}, feature="map").changed
    (person,) = submitted({"town": "Delft"}, account=PERSON).changed
    assert (guest.source, guest.feature) == (Source.GUEST, "map")
    assert (person.source, person.feature) == (Source.PERSON, None)
    assert (guest.account_id, guest.answered_at) == ("g", NOW)


def test_saying_the_same_again_changes_nothing() -> None:
    """It counts as saved, and nothing is to be written (invariant 7)."""
    first = submitted({"town": "Delft"}, feature="map")
    again = submitted({"town": " Delft ".strip()}, before=first.changed, feature="map")
    assert again.saved == ("town",)
    assert (again.changed, again.opened) == ((), ())


def test_a_person_confirms_what_they_said_as_a_guest() -> None:
    """The same value from a better source is an answer of its own."""
    first = submitted({"town": "Delft"})
    again = submitted({"town": "Delft"}, before=first.changed, account=PERSON)
    assert [answer.source for answer in again.changed] == [Source.PERSON]


def test_a_change_is_another_answer() -> None:
    """The last word counts."""
    first = submitted({"town": "Delft"})
    (changed,) = submitted({"town": "Leiden"}, before=first.changed).changed
    assert changed.value == "Leiden"


def test_rather_not_say() -> None:
    """A no replaces the value, and is no answer that opens anything."""
    first = submitted({"who": "company"})
    result = submitted({}, before=first.changed, declined=("who",), feature="invoice")
    (declined,) = result.changed
    assert (declined.reply, declined.value) == (AnswerKind.DECLINED, None)
    assert result.saved == ("who",)
    assert result.opened == ("invoice",)  # its VAT number is not asked any more


def test_saying_no_twice_is_once() -> None:
    """Declining again changes nothing."""
    first = submitted({}, declined=("who",), feature="invoice")
    again = submitted({}, before=first.changed, declined=("who",), feature="invoice")
    assert again.changed == ()


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("town", "answer.not_declinable"),
        ("vat", "answer.not_asked"),
        ("low", "answer.not_asked"),
    ],
)
def test_a_feature_takes_no_for_an_answer_only_where_it_may(
    name: str, problem: str
) -> None:
    """It may insist, and nobody declines what is not asked."""
    result = submitted({}, declined=(name,), feature="invoice")
    assert problems(result) == [(name, problem)]


@pytest.mark.parametrize("name", ["town", "vat"])
def test_everything_can_be_taken_back(name: str) -> None:
    """On their own account, a person withdraws even what a page insists on or hides."""
    before = submitted({"who": "company", "vat": "NL1", "town": "Delft"}).changed
    hidden = submitted({"who": "person"}, before=before).changed
    now = (*(a for a in before if a.question != "who"), *hidden)
    (taken,) = submitted({}, before=now, declined=(name,)).changed
    assert (taken.question, taken.reply) == (name, AnswerKind.DECLINED)


def test_what_is_said_and_declined_at_once_is_declined() -> None:
    """Of two buttons the cautious one counts."""
    result = submitted({"who": "person"}, declined=("who",))
    assert [answer.reply for answer in result.changed] == [AnswerKind.DECLINED]


def test_answers_that_need_each_other_are_taken_together() -> None:
    """A rule across fields sees the whole batch before it is refused."""
    result = submitted({"low": 3, "high": 7}, feature="range")
    assert set(result.saved) == {"low", "high"}
    assert result.opened == ("range",)
    moved = submitted({"low": 8, "high": 9}, before=result.changed)
    assert set(moved.saved) == {"low", "high"}


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"low": 3}, "Tell both ends."),
        ({"low": 7, "high": 3}, "Tell both ends."),
    ],
)
def test_a_broken_rule_across_fields_is_told_once(
    values: dict[str, JsonValue], problem: str
) -> None:
    """None of its answers is kept, the others are, and it is nobody's own fault."""
    result = submitted({**values, "town": "Delft"})
    assert problems(result) == [("", problem)]
    assert result.saved == ("town",)
    assert result.typed == values


class Gift(BaseModel):
    """A rule over an answer that may be hidden."""

    gift: Annotated[bool | None, Ask("A gift?", WHY)] = None
    card: Annotated[
        str | None, Ask("Words?", WHY, when=Answered(question="gift", is_in=[True]))
    ] = None
    bill: Annotated[bool | None, Ask("A bill?", WHY)] = None

    @model_validator(mode="after")
    def _no_bill(self) -> "Gift":
        if self.card and self.bill:
            raise ValueError("A gift with a card comes without a bill.")
        return self


@pytest.mark.parametrize(("gift", "saved"), [(True, ()), (False, ("bill",))])
def test_rules_across_fields_see_no_hidden_answer(
    gift: bool, saved: tuple[str, ...]
) -> None:
    """What does not apply any more forbids nothing."""
    catalogue = build_catalogue(Gift)
    said: dict[str, JsonValue] = {"gift": gift, "card": "For you"}
    before = tuple(
        Answer(
            account_id="g",
            question=name,
            value=value,
            source=Source.GUEST,
            answered_at=NOW,
        )
        for name, value in said.items()
    )
    result = judge(
        catalogue,
        GUEST,
        before,
        values={"bill": True},
        declined=(),
        feature=None,
        moment=Present(now=NOW),
    )
    assert result.saved == saved


def test_only_what_becomes_open_is_told() -> None:
    """A feature that was open stays silent; all others that open are named."""
    result = submitted({"town": "Delft"})
    assert result.opened == ("map",)
    moved = submitted({"town": "Leiden"}, before=result.changed)
    assert moved.opened == ()


def test_an_unusable_old_answer_does_not_count_as_known() -> None:
    """Answering a question whose old answer went bad opens its feature."""
    old = Answer(
        account_id="g",
        question="who",
        value="robot",
        source=Source.GUEST,
        answered_at=NOW - timedelta(days=900),
    )
    result = submitted({"who": "person"}, before=(old,), feature="invoice")
    assert result.opened == ("invoice",)


@pytest.mark.parametrize("said", ["person", "company", None])
def test_whoever_answers_again_has_no_suggestion_left(said: str | None) -> None:
    """Also where they say the same, or would rather not say: it is their word now."""
    old = Answer(
        account_id="g",
        question="who",
        value="person",
        source=Source.GUEST,
        answered_at=NOW - timedelta(days=9),
        suggested=("company",),
    )
    result = (
        submitted({}, before=(old,), declined=["who"])
        if said is None
        else submitted({"who": said}, before=(old,))
    )
    (changed,) = result.changed
    assert (changed.value, changed.suggested) == (said, ())
    again = submitted({"who": said}, before=(changed,)) if said else result
    assert again.changed == (() if said else (changed,))


SAID = st.dictionaries(
    st.sampled_from([*Profile.model_fields, "no_such"]),
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["company", "x"]),
)


@given(first=SAID, second=SAID, feature=st.sampled_from([None, "invoice", "range"]))
def test_a_batch_sent_twice_is_sent_once(
    first: dict[str, JsonValue], second: dict[str, JsonValue], feature: str | None
) -> None:
    """Nothing is left to write the second time, and the same is refused (7)."""
    before = submitted(first).changed
    once = submitted(second, before=before, feature=feature)
    kept = {answer.question: answer for answer in (*before, *once.changed)}
    twice = submitted(second, before=tuple(kept.values()), feature=feature)
    assert (twice.changed, twice.opened) == ((), ())
    assert set(twice.saved) >= set(once.saved)


@given(said=SAID, feature=st.sampled_from([None, "invoice", "range", "map"]))
def test_everything_said_is_saved_or_told(
    said: dict[str, JsonValue], feature: str | None
) -> None:
    """No answer disappears: it stands, or it is put before the person again."""
    result = submitted(said, feature=feature)
    assert set(result.saved) | set(result.typed) == set(said)
    assert not set(result.saved) & set(result.typed)
    assert all(error.problem for error in result.invalid)
    assert {answer.question for answer in result.changed} <= set(result.saved)


@settings(max_examples=25)  # each example builds a pydantic model
@given(situation=situations(), data=st.data())
def test_what_is_asked_is_taken(
    situation: tuple[Small, Said], data: st.DataObject
) -> None:
    """Whatever a page offers, filled in or declined, is accepted (invariant 8)."""
    small, said = situation
    catalogue, answers = compiled(small), answered(said)
    decision = decide(catalogue.plans[FEATURE], answers, Allowance(left=9), NOW)
    offered = (*decision.page, *decision.wants)
    declined = [n for n in offered if data.draw(st.booleans())]
    result = judge(
        catalogue,
        GUEST,
        list(answers.values()),
        values={n: data.draw(st.sampled_from(VALUES)) for n in offered},
        declined=declined,
        feature=FEATURE,
        moment=Present(now=NOW),
    )
    assert set(result.saved) == set(offered)
    assert result.invalid == ()
    after = answers | {answer.question: answer for answer in result.changed}
    again = decide(catalogue.plans[FEATURE], after, Allowance(left=9), NOW)
    assert not set(again.must) & set(offered)
