"""Every mistake in a profile or feature fails when it is compiled, and says how to."""

from collections.abc import Callable
from datetime import date
from enum import Enum, StrEnum
from typing import Annotated, Optional

import pytest
from pydantic import BaseModel, Field, SecretStr, create_model

from onboarding.errors import ConfigError
from onboarding.profiling.catalogue import build_catalogue
from onboarding.profiling.model import Ask, Feature
from onboarding.segments.model import Answered

WHY = "We sort your shelf by it."


class Genre(StrEnum):
    """What people read."""

    NOVEL = "novel"
    GHOST = "ghost"


def ask(**more: object) -> Ask:
    """Return a question that is right, but for what is given."""
    return Ask(**{"question": "What do you read?", "why": WHY, **more})  # type: ignore[arg-type]  # made of data


def profile(**fields: tuple[object, object]) -> type[BaseModel]:
    """Return a profile with these fields: annotation and default."""
    return create_model("Profile", **fields)  # type: ignore[call-overload,no-any-return]  # made of data


def genre(**more: object) -> tuple[object, object]:
    """Return a field that is right, but for what is given to its Ask."""
    return (Annotated[Genre | None, ask(**more)], None)


class NoQuestions(BaseModel):
    """A model that asks nothing."""


def _unresolved() -> type[BaseModel]:
    class Profile(BaseModel):
        genre: Annotated["Nowhere | None", ask()] = None  # type: ignore[name-defined]  # noqa: F821  # the mistake

    return Profile


FIELDS: dict[str, tuple[Callable[[], object], str]] = {
    "no model": (lambda: dict, "profile=.* write class Profile\\(BaseModel\\)"),
    "an instance": (NoQuestions, "not a pydantic model"),
    "Ask inside Optional": (
        lambda: profile(genre=(Optional[Annotated[Genre, ask()]], None)),  # noqa: UP045  # the mistake
        r"Profile\.genre: Ask stands inside .* Annotated\[X \| None, Ask\(…\)\] = None",
    ),
    "Ask inside a list": (
        lambda: profile(genre=(list[Annotated[Genre, ask()]] | None, None)),
        r"Profile\.genre: Ask stands inside",
    ),
    "Ask without arguments": (
        lambda: profile(genre=(Annotated[Genre | None, Ask], None)),
        r'Profile\.genre: write one Ask\("…", why="…"\)',
    ),
    "two Asks": (
        lambda: profile(genre=(Annotated[Genre | None, ask(), ask()], None)),
        r"Profile\.genre: write one Ask",
    ),
    "no question": (
        lambda: profile(genre=genre(question=" ")),
        "genre: Ask has no que",
    ),
    "no why": (
        lambda: profile(genre=genre(why="")),
        r'genre: Ask has no why.*Ask\("What do you read\?", why=',
    ),
    "a secret": (
        lambda: profile(pin=(Annotated[SecretStr | None, ask()], None)),
        r"Profile\.pin: a secret is stored as asterisks",
    ),
    "a secret in a list": (
        lambda: profile(pins=(list[SecretStr] | None, None)),
        r"Profile\.pins: a secret",
    ),
    "a required question": (
        lambda: profile(genre=(Annotated[Genre | None, ask()], ...)),
        r"Profile\.genre is required.*genre: Annotated\[X \| None, Ask\(…\)\] = None",
    ),
    "another required field": (
        lambda: profile(town=(str, ...)),
        r"Profile\.town is required.*town: X \| None = None",
    ),
    "False by default": (
        lambda: profile(news=(Annotated[bool, ask()], False)),
        r"Profile\.news defaults to False, an answer that nobody gave; write news",
    ),
    "empty text by default": (
        lambda: profile(town=(Annotated[str | None, ask()], "")),
        r"Profile\.town defaults to ''",
    ),
    "a made default": (
        lambda: profile(
            days=(Annotated[list[Genre] | None, ask()], Field(default_factory=list))
        ),
        r"Profile\.days defaults to a made-up value",
    ),
    "None not allowed": (
        lambda: profile(genre=(Annotated[Genre, ask()], None)),
        r"Profile\.genre does not allow None",
    ),
    "a union without None": (
        lambda: profile(genre=(Annotated[Genre | int, ask()], None)),
        r"Profile\.genre does not allow None",
    ),
    "frozen": (
        lambda: profile(
            genre=(Annotated[Genre | None, ask()], Field(None, frozen=True))
        ),
        r"Profile\.genre is frozen",
    ),
    "excluded": (
        lambda: profile(
            genre=(Annotated[Genre | None, ask()], Field(None, exclude=True))
        ),
        r"Profile\.genre is excluded",
    ),
    "a name that is nowhere": (
        _unresolved,
        r"Profile\.genre: its type refers to 'Nowhere'.*model_rebuild\(\)",
    ),
    "a name outside ASCII": (
        lambda: profile(größe=genre()),
        r"Profile\.größe: a question's name",
    ),
    "a name of the form's own": (
        lambda: profile(next=genre()),
        r"Profile\.next: our forms have a field 'next' already.*next_",
    ),
    "no widget for the type": (
        lambda: profile(range=(Annotated[tuple[int, int] | None, ask()], None)),
        r'Profile\.range: no widget draws .* widget="text"',
    ),
    "an unknown widget": (
        lambda: profile(genre=genre(widget="choise")),
        r"Profile\.genre: 'choise', .* no such widget; did you mean 'choice'\?",
    ),
    "a label of nothing": (
        lambda: profile(genre=genre(labels={"novell": "Novels"})),
        r"Profile\.genre: a label is for 'novell', .* did you mean 'novel'\?",
    ),
    "a hint of nothing": (
        lambda: profile(genre=genre(hints={"thriller": "brr"})),
        r"Profile\.genre: a label is for 'thriller'",
    ),
    "a guard on nothing": (
        lambda: profile(
            genre=genre(),
            pace=genre(when=Answered(question="gerne", is_in=["novel"])),
        ),
        r"Profile\.pace: its guard .* 'gerne', .* did you mean 'genre'\?",
    ),
    "a guard on a field that is not asked": (
        lambda: profile(
            town=(str | None, None),
            genre=genre(when=Answered(question="town", is_in=["Delft"])),
        ),
        r"Profile\.genre: its guard looks at 'town'",
    ),
    "a guard on itself": (
        lambda: profile(genre=genre(when=Answered(question="genre", is_in=["novel"]))),
        r"Profile\.genre: guards go round in a circle \(genre → genre\)",
    ),
    "guards in a circle": (
        lambda: profile(
            a=genre(when=Answered(question="b", is_in=["novel"])),
            b=genre(when=Answered(question="c", is_in=["novel"])),
            c=genre(when=Answered(question="a", is_in=["novel"])),
        ),
        r"guards go round in a circle \(a → b → c → a\)",
    ),
    "a guard without answers": (
        lambda: profile(a=genre(), b=genre(when=Answered(question="a", is_in=[]))),
        r"Profile\.b: list the answers",
    ),
    "a guard with one text": (
        lambda: profile(a=genre(), b=genre(when=Answered(question="a", is_in="novel"))),
        r'Profile\.b: list the answers .*is_in=\["…"\]',
    ),
    "a guard for what is never answered": (
        lambda: profile(
            a=genre(), b=genre(when=Answered(question="a", is_in=["poem"]))
        ),
        r"Profile\.b: 'poem' is never an answer to 'a'",
    ),
}


@pytest.mark.parametrize("case", FIELDS)
def test_a_field_that_cannot_be_asked(case: str) -> None:
    """The error names the field, and says what to write instead."""
    make, told = FIELDS[case]
    with pytest.raises(ConfigError, match=told):
        build_catalogue(make())  # type: ignore[arg-type]  # some are no model


FEATURES: dict[str, tuple[Callable[[], list[Feature]], str]] = {
    "an unknown need": (
        lambda: [Feature("shelf", needs=["gerne"])],
        r"Feature 'shelf' names 'gerne', .* did you mean 'genre'\?",
    ),
    "an unknown want": (
        lambda: [Feature("shelf", wants=["shoe_size"])],
        r"Feature 'shelf' names 'shoe_size', .* nothing of this kind is near",
    ),
    "needed and wanted": (
        lambda: [Feature("shelf", needs=["genre"], wants=["genre"])],
        "'shelf' names 'genre' twice",
    ),
    "twice the same name": (
        lambda: [Feature("shelf"), Feature("shelf")],
        "two features are called 'shelf'",
    ),
    "a name with a slash": (lambda: [Feature("my/shelf")], "stands in an address"),
    "a name in capitals": (lambda: [Feature("Shelf")], "stands in an address"),
    "an empty name": (lambda: [Feature("")], "stands in an address"),
    "one text for needs": (
        lambda: [Feature("shelf", needs="genre")],
        r'write needs=\["genre"\], a list',
    ),
    "one text for wants": (
        lambda: [Feature("shelf", wants="genre")],
        r'write wants=\["genre"\], a list',
    ),
    "an empty page": (lambda: [Feature("shelf", per_page=0)], "per_page must be at l"),
}


@pytest.mark.parametrize("case", FEATURES)
def test_a_feature_that_cannot_open(case: str) -> None:
    """The error names the feature, and says what to write instead."""
    make, told = FEATURES[case]
    with pytest.raises(ConfigError, match=told):
        build_catalogue(profile(genre=genre()), make())


def test_a_feature_that_the_code_names_wrongly() -> None:
    """Naming a feature that is not declared says which may be meant."""
    catalogue = build_catalogue(NoQuestions, [Feature("shelf")])
    assert catalogue.feature("shelf").feature == Feature("shelf")
    with pytest.raises(ConfigError, match=r"'shlf', .* did you mean 'shelf'"):
        catalogue.feature("shlf")


class Size(Enum):
    """A type whose members a guard may name as they are."""

    SMALL = 1
    LARGE = 2


def test_what_is_right_is_accepted() -> None:
    """The plain, the guarded and the unasked field stand side by side."""

    class Profile(BaseModel):
        genre: Annotated[Genre | None, ask()] = None
        size: Annotated[Size | None, ask()] = None
        birthday: Annotated[
            date | None, ask(when=Answered(question="size", is_in=[Size.LARGE, 1]))
        ] = None
        town: str | None = None
        theme: str = "light"

    catalogue = build_catalogue(
        Profile, [Feature("shelf", needs=["birthday"], wants=["genre"])]
    )
    assert list(catalogue.questions) == ["genre", "size", "birthday"]
    guard = catalogue.questions["birthday"].guard
    assert guard is not None
    assert guard.condition == Answered("size", is_in=[2, 1])
