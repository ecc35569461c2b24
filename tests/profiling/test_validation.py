"""The host's model is the only judge of an answer, one field at a time."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FutureDate,
    PastDate,
    PlainSerializer,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from onboarding.errors import ConfigError, InvalidAnswer
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.drafts import Drafts
from onboarding.profiling.model import Answer, AnswerKind, Ask, Question, Source
from onboarding.profiling.problems import KEYS, OF_DATES, PYDANTIC
from onboarding.profiling.validation import LONGEST_ANSWER, check, stored, usable

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def asked(model: type[BaseModel]) -> dict[str, Question]:
    """Return a question for each field of a model."""
    ask = Ask("What?", "For the test.")
    fields = model.model_fields.items()
    return {n: Question(name=n, ask=ask, type=f.annotation) for n, f in fields}


class Genre(StrEnum):
    """What people read."""

    NOVEL = "novel"
    GHOST = "ghost"


def _odd(value: int) -> int:
    if value % 2:
        return value
    raise PydanticCustomError("even", "Only odd numbers up to {most}.", {"most": 9})


class Fields(BaseModel):
    """Fields with every kind of check, frozen and strict about extras."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    genre: Genre | None = None
    genres: Annotated[list[Genre] | None, Field(min_length=1, max_length=2)] = None
    week: Literal[1, 2] | None = None
    news: bool | None = None
    birthday: date | None = None
    past: PastDate | None = None
    future: FutureDate | None = None
    since: Annotated[date | None, Field(ge=date(2000, 1, 1), lt=date(2030, 1, 1))] = (
        None
    )
    until: Annotated[date | None, Field(gt=date(2000, 1, 1), le=date(2030, 1, 1))] = (
        None
    )
    town: Annotated[str | None, Field(min_length=2, max_length=9, alias="city")] = None
    code: Annotated[str, StringConstraints(pattern="^[0-9]{4}$")] | None = None
    age: Annotated[int | None, Field(ge=1, lt=150)] = None
    pages: Annotated[int | None, Field(gt=0, le=9)] = None
    odd: Annotated[int, AfterValidator(_odd)] | None = None
    share: float | None = None
    price: Annotated[Decimal | None, Field(max_digits=4)] = None
    words: str | None = None
    nickname: Annotated[
        str | None, BeforeValidator(lambda v: None if v == "-" else v)
    ] = None
    low: int | None = None
    high: int | None = None

    @field_validator("words")
    @classmethod
    def _polite(cls, value: str | None) -> str | None:
        if value == "rude":
            raise ValueError("Please say it kindly.")
        if value == "wordless":
            raise AssertionError
        return value


class Profile(Fields):
    """The same fields, and a rule across two of them."""

    @model_validator(mode="after")
    def _ordered(self) -> "Profile":
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("Low is above high.")
        return self


DRAFTS = {"each field alone": Drafts(Fields), "whole": Drafts(Profile)}
either = pytest.mark.parametrize("drafts", DRAFTS.values(), ids=DRAFTS)


def kept(drafts: Drafts[Any], name: str, value: object) -> JsonValue:
    """Return what is kept of an answer: checked, and as JSON."""
    return stored(drafts, name, check(drafts, {}, name, value))


@either
@pytest.mark.parametrize(
    ("name", "said", "value"),
    [
        ("genre", "novel", "novel"),
        ("genres", ["ghost", "novel"], ["ghost", "novel"]),
        ("week", 2, 2),
        ("news", True, True),
        ("news", "false", False),
        ("birthday", "1990-12-31", "1990-12-31"),
        ("town", "Delft", "Delft"),
        ("age", "42", 42),
        ("age", 42, 42),
        ("share", "0.5", 0.5),
        ("price", "1.50", "1.50"),
        ("odd", "3", 3),
    ],
    ids=repr,
)
def test_what_is_kept_of_an_answer(
    drafts: Drafts[Any], name: str, said: object, value: object
) -> None:
    """The model reads what a form or a client says, and JSON of it is kept."""
    found = kept(drafts, name, said)
    assert found == value
    assert type(found) is type(value)


@either
@pytest.mark.parametrize(
    ("name", "said"),
    [
        *(("age", "1_0"), ("share", "1_000"), ("price", "1_0"), ("price", "1__0")),
        *(
            ("price", "١٢"),
            ("price", "１２"),
            ("share", "Infinity"),
            ("share", "1e400"),
        ),
        *(("share", "1e-400"), ("share", "9007199254740993"), ("share", 2**60 + 1)),
        *(("share", "1,5"), ("price", "1.234,5"), ("age", "1,000"), ("share", "0x10")),
    ],
)
def test_a_lenient_parser_takes_nothing_for_another_number(
    drafts: Drafts[Any], name: str, said: object
) -> None:
    """What Python reads by rules of its own is no number that people write."""
    with pytest.raises(InvalidAnswer) as refused:
        kept(drafts, name, said)
    assert refused.value.problem in {"answer.not_whole", "answer.not_a_number"}


@either
@pytest.mark.parametrize(
    ("name", "said", "value"),
    [
        *(("age", "+7", 7), ("age", "007", 7), ("age", " 7 ", 7), ("age", 7.0, 7)),
        *(("share", "5e-1", 0.5), ("share", ".5", 0.5), ("share", 1, 1.0)),
        *(("share", "0.12345678901234567890", 0.12345678901234568),),
        *(("share", "1e23", 1e23), ("price", "1.5", "1.5"), ("price", 2.5, "2.5")),
    ],
)
def test_a_number_is_one_however_it_is_spelt(
    drafts: Drafts[Any], name: str, said: object, value: object
) -> None:
    """As programs write it, in JSON and as a text in JSON."""
    assert kept(drafts, name, said) == value


class Priced(BaseModel):
    """What the host reads itself."""

    price: Annotated[
        Decimal | None,
        BeforeValidator(lambda said: str(said).removeprefix("€ ").replace("_", "")),
    ] = None


def test_a_host_may_read_numbers_as_it_likes() -> None:
    """Its validator comes first, and knows what it takes."""
    assert kept(Drafts(Priced), "price", "€ 1_000.50") == "1000.50"


@either
@pytest.mark.parametrize(
    ("name", "said", "problem", "slots"),
    [
        ("genre", "poem", "answer.choose_one", {}),
        ("genre", ["novel", "ghost"], "answer.choose_one", {}),
        ("week", "2", "answer.choose_one", {}),
        ("news", "perhaps", "answer.choose_one", {}),
        ("news", ["true", "false"], "answer.choose_one", {}),
        ("genres", "novel", "answer.choose_some", {}),
        ("genres", ["novel", "poem"], "answer.choose_one", {}),
        ("genres", [], "answer.choose_more", {"min": 1}),
        ("genres", ["novel"] * 3, "answer.choose_fewer", {"max": 2}),
        ("birthday", "31-12-1990", "answer.not_a_date", {}),
        ("birthday", "1990-02-30", "answer.no_such_day", {}),
        ("birthday", "1990-02-03T10:00:00", "answer.not_a_date", {}),
        ("birthday", ["1990-01-01"], "answer.not_a_date", {}),
        ("birthday", "86400", "answer.not_a_date", {}),
        ("birthday", 86400, "answer.not_a_date", {}),
        ("birthday", -86400, "answer.not_a_date", {}),
        ("birthday", "-86400", "answer.not_a_date", {}),
        ("past", "2999-01-01", "answer.not_past", {}),
        ("future", "1999-01-01", "answer.not_future", {}),
        ("since", "1999-12-31", "answer.too_early", {"min": "2000-01-01"}),
        ("since", "2030-01-01", "answer.not_before", {"max": "2030-01-01"}),
        ("until", "2000-01-01", "answer.not_after", {"min": "2000-01-01"}),
        ("until", "2030-01-02", "answer.too_late", {"max": "2030-01-01"}),
        ("town", "D", "answer.too_short", {"min": 2}),
        ("town", "D" * 10, "answer.too_long", {"max": 9}),
        ("town", 5, "answer.not_text", {}),
        ("town", {"a": 1}, "answer.not_text", {}),
        ("town", "\ud800\ud800", "answer.not_usable", {}),
        ("code", "12", "answer.not_usable", {}),
        ("age", "old", "answer.not_whole", {}),
        ("age", 1.5, "answer.not_whole", {}),
        ("age", "9" * 5000, "answer.not_whole", {}),
        ("age", ["1"], "answer.not_whole", {}),
        ("age", True, "answer.not_usable", {}),
        ("age", 0, "answer.too_small", {"min": 1}),
        ("age", 150, "answer.not_below", {"max": 150}),
        ("pages", 0, "answer.not_above", {"min": 0}),
        ("pages", 10, "answer.too_large", {"max": 9}),
        ("share", "much", "answer.not_a_number", {}),
        ("share", [], "answer.not_a_number", {}),
        ("share", "inf", "answer.not_a_number", {}),
        ("share", "nan", "answer.not_a_number", {}),
        ("price", "much", "answer.not_a_number", {}),
        ("price", "NaN", "answer.not_a_number", {}),
        ("price", "12345", "answer.not_usable", {}),
        (
            "words",
            "w" * (LONGEST_ANSWER + 1),
            "answer.too_long",
            {"max": LONGEST_ANSWER},
        ),
        ("words", "rude", "Please say it kindly.", {}),
        ("words", "wordless", "answer.not_usable", {}),
        ("odd", "2", "Only odd numbers up to 9.", {}),
    ],
    ids=lambda part: repr(part)[:30],
)
def test_what_is_wrong_with_an_answer(
    drafts: Drafts[Any], name: str, said: object, problem: str, slots: dict[str, object]
) -> None:
    """People read our words with their bounds, or the host's; never pydantic's."""
    with pytest.raises(InvalidAnswer) as refused:
        kept(drafts, name, said)
    assert refused.value.question == name
    assert refused.value.problem == problem
    assert refused.value.slots == slots


def test_each_mapped_error_is_one_that_pydantic_gives() -> None:
    """A new pydantic that renames an error type is noticed here."""
    assert set(KEYS) | set(OF_DATES) <= PYDANTIC


def test_a_rule_across_fields_is_nobodys_fault() -> None:
    """It sees the other answers, names no question, and has the host's words."""
    with pytest.raises(InvalidAnswer, match="''") as refused:
        check(Drafts(Profile), {"high": 3}, "low", "4")
    assert (refused.value.question, refused.value.problem) == ("", "Low is above high.")
    assert check(Drafts(Profile), {"high": 3}, "low", "2") == 2


def test_a_refused_value_goes_nowhere() -> None:
    """The instance it was tried on is thrown away; what is known stays as it is."""
    known = {"high": 3}
    with pytest.raises(InvalidAnswer):
        check(Drafts(Profile), known, "low", 4)
    assert known == {"high": 3}


def test_a_model_may_read_words_as_silence() -> None:
    """A validator that makes None of an answer says that nothing was said."""
    assert check(Drafts(Profile), {}, "nickname", "-") is None


class Buggy(BaseModel):
    """A validator that forgot that fields may be None."""

    genre: Genre | None = None
    age: int | None = None

    @model_validator(mode="after")
    def _adult(self) -> "Buggy":
        assert self.age >= 18  # type: ignore[operator]  # the mistake
        return self


def test_a_bug_of_the_hosts_is_not_hidden() -> None:
    """What is no validation error goes through, with a note that names the field."""
    with pytest.raises(TypeError) as raised:
        check(Drafts(Buggy), {}, "genre", "novel")
    assert "Buggy while genre" in raised.value.__notes__[0]


class Lossy(BaseModel):
    """A serializer whose value the validators do not take."""

    age: Annotated[int | None, PlainSerializer(lambda v: f"{v} years")] = None


def test_an_answer_that_would_be_asked_for_ever() -> None:
    """A model that does not read back what it writes is told, not asked in a loop."""
    with pytest.raises(ConfigError, match=r"Lossy\.age does not read back"):
        stored(Drafts(Lossy), "age", 3)


# ── reading back ─────────────────────────────────────────────────────────────


def questions(model: type[BaseModel]) -> dict[str, Question]:
    """Return every field of a model as a question."""
    return {
        name: Question(name=name, ask=Ask(f"{name}?"), type=field.annotation)
        for name, field in model.model_fields.items()
    }


QUESTIONS = questions(Profile)


def answer(
    question: str, value: JsonValue, reply: AnswerKind = AnswerKind.VALUE
) -> Answer:
    """Return an answer as it was kept once."""
    return Answer(
        account_id="a",
        question=question,
        reply=reply,
        value=value,
        source=Source.PERSON,
        answered_at=datetime(2026, 3, 1, tzinfo=UTC),
    )


def test_a_profile_is_typed() -> None:
    """What was kept as JSON is read as the model's own types, aliases or not."""
    answers = [
        answer("genre", "ghost"),
        answer("birthday", "1990-12-31"),
        answer("price", "1.50"),
        answer("town", "Delft"),
    ]
    _, typed = usable(Drafts(Profile), asked(Profile), answers, NOW)
    profile = Drafts(Profile).whole(typed)
    assert profile.genre is Genre.GHOST
    assert profile.birthday == date(1990, 12, 31)
    assert profile.price == Decimal("1.50")
    assert profile.town == "Delft"
    assert profile.age is None


@either
@pytest.mark.parametrize(
    "old",
    [
        answer("genre", "western"),
        answer("gone", "x"),
        answer("age", None),
        answer("age", {"a": [1]}),
        answer("words", "rude"),
    ],
    ids=lambda old: f"{old.question}={old.value}",
)
def test_an_old_answer_that_is_no_longer_right(
    drafts: Drafts[Any], old: Answer
) -> None:
    """It is left out, never an error; the others stay."""
    good = answer("town", "Delft")
    assert usable(drafts, asked(Profile), [old, good], NOW) == (
        {"town": good},
        {"town": "Delft"},
    )


def test_a_declined_answer_is_usable_without_a_value() -> None:
    """It counts as said, and gives the profile nothing."""
    declined = answer("genre", None, AnswerKind.DECLINED)
    assert usable(Drafts(Profile), asked(Profile), [declined], NOW) == (
        {"genre": declined},
        {},
    )


def test_rules_across_fields_do_not_undo_old_answers() -> None:
    """Both sides of a rule that is broken today are read as they were kept."""
    answers = [answer("low", 9), answer("high", 1)]
    _, typed = usable(Drafts(Profile), asked(Profile), answers, NOW)
    assert typed == {"low": 9, "high": 1}


class Pair(BaseModel):
    """A rule that a half-known profile cannot keep."""

    low: int | None = None
    high: int | None = None

    @model_validator(mode="after")
    def _both(self) -> "Pair":
        if (self.low is None) != (self.high is None):
            raise ValueError("Tell both or none.")
        return self


def test_reading_runs_no_rule_across_fields() -> None:
    """Each answer is looked at alone, so such a rule has nothing to say."""
    answers = [answer("low", 9), answer("high", "no number")]
    _, typed = usable(Drafts(Pair), asked(Pair), answers, NOW)
    assert typed == {"low": 9}


class Gate(BaseModel):
    """A rule that refuses before the field is looked at."""

    age: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _never(cls, _: object) -> object:
        raise ValueError("Closed.")


def test_a_rule_before_all_fields_leaves_nothing_to_read() -> None:
    """What was never checked is not usable."""
    assert usable(Drafts(Gate), asked(Gate), [answer("age", 3)], NOW) == ({}, {})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)


EITHER = st.sampled_from(list(DRAFTS.values()))
NAME = st.sampled_from(sorted(Profile.model_fields))


@given(drafts=EITHER, name=NAME, value=JSON)
def test_any_json_is_kept_or_refused(
    drafts: Drafts[Any], name: str, value: JsonValue
) -> None:
    """Whatever is posted is kept so that it reads back, or is an InvalidAnswer."""
    try:
        typed = check(drafts, {}, name, value)
        json = stored(drafts, name, typed)
    except InvalidAnswer:
        return
    if json is not None:
        assert usable(drafts, asked(drafts.model), [answer(name, json)], NOW)[1] == {
            name: typed
        }


@given(drafts=EITHER, name=NAME, value=JSON)
def test_reading_never_raises(drafts: Drafts[Any], name: str, value: JsonValue) -> None:
    """Whatever an older release kept, a profile can be read (invariant 17)."""
    _, typed = usable(drafts, asked(Profile), [answer(name, value)], NOW)
    assert set(Drafts(Profile).whole(typed).model_fields_set) <= {name}
