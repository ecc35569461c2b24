"""Drafts leave out what nobody looks at, and nothing else."""

from enum import Enum
from typing import Annotated, Any

import pytest
from annotated_types import Len
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PlainSerializer,
    PrivateAttr,
    SerializerFunctionWrapHandler,
    Tag,
    ValidationInfo,
    create_model,
    field_serializer,
    field_validator,
    model_serializer,
    model_validator,
)

from onboarding.errors import InvalidAnswer
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.drafts import TOGETHER, Drafts
from onboarding.profiling.validation import check, stored


class Inner(BaseModel):
    """A value of its own, with a rule across its own fields."""

    street: str
    number: int

    @model_validator(mode="after")
    def _numbered(self) -> "Inner":
        if self.street and not self.number:
            raise ValueError("Which number?")
        return self


class Alone(BaseModel):
    """Every field is looked at alone."""

    model_config = ConfigDict(frozen=True, extra="allow")

    low: Annotated[int | None, Field(ge=0, alias="from")] = None
    high: Annotated[int | None, AfterValidator(lambda v: v)] = None
    home: Inner | None = None
    # Used twice, it stands apart in the schema, and the model beside it.
    shop: Inner | None = None
    since: Annotated[float | None, PlainSerializer(lambda v: v)] = None
    tags: Annotated[list[str], Field(default_factory=list)]
    # What hosts write there is no part of the schema, whatever it looks like.
    hint: dict[str, str] = {"type": "with-info"}
    note: Annotated[str, Field(json_schema_extra={"type": "with-info"})] = ""

    @field_validator("high")
    @classmethod
    def _even(cls, value: int | None) -> int | None:
        if value and value % 2:
            raise ValueError("Even numbers only.")
        return value


class ByMethod(BaseModel):
    """A validator of one field is passed the others."""

    low: int | None = None
    high: int | None = None

    @field_validator("high")
    @classmethod
    def _above(cls, value: int, info: ValidationInfo) -> int:
        return value + (info.data["low"] or 0)


class ByAnnotation(BaseModel):
    """A validator that stands in ``Annotated`` is passed the others."""

    low: int | None = None
    high: Annotated[
        int | None, BeforeValidator(lambda v, info: v + (info.data["low"] or 0))
    ] = None


class InAList(BaseModel):
    """A validator deep within a field is passed the others."""

    low: int | None = None
    high: list[Annotated[int, AfterValidator(lambda v, info: v)]] | None = None


class InATaggedUnion(BaseModel):
    """A validator of one choice of several is passed the others."""

    low: int | None = None
    high: (
        Annotated[int, AfterValidator(lambda v, info: v), Tag("number")]
        | Annotated[str, Tag("text")]
        | None
    ) = None


class Before(BaseModel):
    """A rule of the whole model comes first."""

    low: int | None = None
    high: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _before(cls, data: Any) -> Any:
        return data


class Wrap(BaseModel):
    """A rule of the whole model stands around it."""

    low: int | None = None
    high: int | None = None

    @model_validator(mode="wrap")
    @classmethod
    def _wrap(cls, data: Any, handler: ModelWrapValidatorHandler["Wrap"]) -> "Wrap":
        return handler(data)


class After(BaseModel):
    """A rule of the whole model comes last."""

    low: int | None = None
    high: int | None = None

    @model_validator(mode="after")
    def _after(self) -> "After":
        return self


class Written(BaseModel):
    """A field is written by a method of the model."""

    low: int | None = None
    high: int | None = None

    @field_serializer("high")
    def _write(self, value: int) -> int:
        return value - (self.low or 0)


class WrittenWhole(BaseModel):
    """The model writes itself."""

    low: int | None = None
    high: int | None = None

    @model_serializer(mode="wrap")
    def _write(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        return written


class Private(BaseModel):
    """Something is made along with every instance."""

    low: int | None = None
    high: int | None = None
    _made: int = PrivateAttr(default=1)


class Derived(BaseModel):
    """The default of one field is made of another one."""

    low: int | None = None
    high: Annotated[int | None, Field(default_factory=lambda data: data["low"] or None)]


class Tree(BaseModel):
    """A model that refers to itself."""

    low: int | None = None
    high: "Tree | None" = None


WATCHED: list[type[BaseModel]] = [
    ByMethod,
    ByAnnotation,
    InAList,
    InATaggedUnion,
    Before,
    Wrap,
    After,
    Written,
    WrittenWhole,
    Private,
    Derived,
    Tree,
]


@pytest.mark.parametrize("model", WATCHED)
def test_where_something_looks_around_a_draft_has_every_field(
    model: type[BaseModel],
) -> None:
    """Validators and serializers find what they would find on any instance."""
    drafts = Drafts(model)
    assert drafts.are_whole
    expected = model.model_construct(low=3)
    assert drafts.make({"low": 3}).__dict__ == expected.__dict__


@pytest.mark.parametrize("model", [ByMethod, ByAnnotation])
def test_a_validator_is_passed_the_other_fields(model: type[BaseModel]) -> None:
    """What is known, and None for what is not; never a hole."""
    assert check(Drafts(model), {"low": 1}, "high", 2) == 3
    assert check(Drafts(model), {}, "high", 2) == 2


def test_a_serializer_that_is_a_method_finds_every_field() -> None:
    """It reads None where nothing is known, and does not fail."""
    assert stored(Drafts(Written), "high", 5) == 5


def test_where_nothing_looks_around_a_draft_has_what_is_known() -> None:
    """However many fields a model has, to check one copies no others."""
    drafts = Drafts(Alone)
    assert not drafts.are_whole
    assert drafts.make({"low": 3}).__dict__ == {"low": 3}


def test_drafts_know_nothing_of_each_other() -> None:
    """What was put on one is not on the next."""
    drafts = Drafts(Alone)
    used = drafts.make({"low": 3})
    check(drafts, {}, "high", 2)
    used.__dict__["high"] = 4
    assert drafts.make({}).__dict__ == {}


SAID: list[tuple[str, JsonValue]] = [
    ("low", 3),
    ("low", -1),
    ("high", 2),
    ("high", 3),
    ("home", {"street": "Oude Delft", "number": 1}),
    ("home", {"street": "Oude Delft", "number": 0}),
    ("since", 1.5),
]


class Watched(Alone):
    """The same fields, with a rule of the whole model that refuses nothing."""

    @model_validator(mode="after")
    def _pass(self) -> "Watched":
        return self


def told(model: type[BaseModel], name: str, value: JsonValue) -> object:
    """Return what is kept of an answer, or what is wrong with it."""
    drafts = Drafts(model)
    try:
        return stored(drafts, name, check(drafts, {}, name, value))
    except InvalidAnswer as error:
        return error.question, error.problem, error.slots


@pytest.mark.parametrize(("name", "value"), SAID, ids=repr)
def test_both_kinds_of_draft_say_the_same(name: str, value: JsonValue) -> None:
    """Fields that are left out change no answer."""
    assert told(Alone, name, value) == told(Watched, name, value)


class Genre(Enum):
    """Stands apart in the schema, since many fields have it."""

    NOVEL = "novel"
    POETRY = "poetry"


class Tree(BaseModel):
    """Refers to itself."""

    left: "Tree | None" = None
    genre: Genre | None = None


@pytest.mark.parametrize("count", [1, TOGETHER, TOGETHER + 1, 3 * TOGETHER - 1])
def test_of_many_fields_each_is_checked_as_the_model_does(count: int) -> None:
    """Whichever stand together, with all that their types refer to, and its config."""
    kinds: list[Any] = [Genre | None, Tree | None, Annotated[str | None, Len(0, 2)]]
    fields: dict[str, Any] = {
        f"f{n}": (kinds[n % len(kinds)], None) for n in range(count)
    }
    config = ConfigDict(str_strip_whitespace=True)
    model = create_model("Many", __config__=config, **fields)
    drafts = Drafts(model)
    assert not drafts.are_whole
    said = ["novel", {"left": {"genre": "poetry"}}, " ab "]
    for n in range(count):
        one = {f"f{n}": said[n % len(kinds)]}
        expected = getattr(model.model_validate(one), f"f{n}")
        assert check(drafts, {}, f"f{n}", said[n % len(kinds)]) == expected
        with pytest.raises(InvalidAnswer):
            check(drafts, {}, f"f{n}", "prose")


@pytest.mark.parametrize("model", [Alone, ByMethod])
def test_a_whole_instance_is_what_pydantic_constructs(model: type[BaseModel]) -> None:
    """What is given stands in it, and no two of them share a default."""
    known = {"high": 4}
    drafts: Drafts[Any] = Drafts(model)
    one, other = drafts.whole(known), drafts.whole(known)
    expected = model.model_construct(None, **known)
    assert one == expected
    assert one.model_fields_set == expected.model_fields_set
    if model is Alone:
        one.tags.append("new")
        assert [other.tags, drafts.whole(known).tags] == [[], []]
