"""Conditions as sentences: what people read is what is asked."""

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel

from onboarding.locales import LOCALES
from onboarding.locales.texts import Texts
from onboarding.profiling.catalogue import Catalogue, build_catalogue
from onboarding.profiling.guards import Reader
from onboarding.profiling.model import Ask
from onboarding.profiling.needs import Linked, Need, Proven
from onboarding.profiling.wording import Wording
from onboarding.segments.model import Age, All, Answered, Any, Condition, Declined, Not


class Colour(Enum):
    """Something with values of its own."""

    RED = "r"
    BLUE = "b"


class Profile(BaseModel):
    """One question of each kind that a condition looks at."""

    genre: Annotated[
        Literal["novel", "poem"] | None,
        Ask("What do you read?", why="w", labels={"novel": "Novels", "poem": "Poems"}),
    ] = None
    topics: Annotated[
        list[Literal["art", "law"]] | None, Ask("Which topics?", why="w")
    ] = None
    colour: Annotated[
        Colour | None, Ask("Which colour?", why="w", labels={"r": "Red", "b": "Blue"})
    ] = None
    member: Annotated[bool | None, Ask("Are you a member?", why="w")] = None
    income: Annotated[Decimal | None, Ask("How much?", why="w")] = None
    born: Annotated[date | None, Ask("When were you born?", why="w")] = None


CATALOGUE: Catalogue[Profile] = build_catalogue(Profile)
ENGLISH = Wording(CATALOGUE, Texts("en"))
DUTCH = Wording(
    CATALOGUE,
    Texts("nl", {"What do you read?": "Wat lees je?", "Novels": "Romans"}),
)
NOVEL = Answered("genre", is_in=["novel"])


def told(condition: Condition, wording: Wording = ENGLISH) -> str:
    """Return a condition as words, as it is once it was read."""
    reader = Reader(CATALOGUE.drafts, CATALOGUE.questions)
    return wording.condition(reader.compiled("here", condition).condition)


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        (Answered("genre"), "“What do you read?” is answered"),
        (NOVEL, "the answer to “What do you read?” is Novels"),
        (
            Answered("genre", is_in=["novel", "poem"]),
            "the answer to “What do you read?” is one of these: Novels, Poems",
        ),
        (
            Answered("colour", is_in=[Colour.RED]),
            "the answer to “Which colour?” is Red",
        ),
        (
            Answered("topics", has=["art", "law"]),
            "the answer to “Which topics?” has one of these in it: art, law",
        ),
        (
            Answered("topics", is_in=[["art", "law"]]),
            "the answer to “Which topics?” is art, law",
        ),
        (
            Answered("member", is_in=[True]),
            "the answer to “Are you a member?” is Yes",
        ),
        (
            Answered("income", above=Decimal("1.5"), at_most=4),
            (
                "the answer to “How much?” is at most 4 "
                "and the answer to “How much?” is more than 1.5"
            ),
        ),
        (
            Answered("born", below=date(2001, 2, 3)),
            "the answer to “When were you born?” is earlier than 3 February 2001",
        ),
        (Age("born", at_least=18), "you are at least 18"),
        (
            Age("born", at_least=18, below=65),
            "you are at least 18 and you are younger than 65",
        ),
        (Declined("genre"), "you would rather not answer “What do you read?”"),
        (Not(Age("born", at_least=18)), "this is not so: you are at least 18"),
        (
            All(Age("born", at_least=18), Any(NOVEL, Declined("genre"))),
            (
                "you are at least 18 and (the answer to “What do you read?” is Novels "
                "or you would rather not answer “What do you read?”)"
            ),
        ),
        (
            Any(Age("born", at_least=18, below=65), NOVEL),
            (
                "(you are at least 18 and you are younger than 65) or the answer to "
                "“What do you read?” is Novels"
            ),
        ),
    ],
)
def test_a_condition_reads_as_it_is_asked(condition: Condition, sentence: str) -> None:
    """With the host's words for its questions and its options."""
    assert sentence == told(condition)


def test_a_condition_speaks_the_language_of_the_page() -> None:
    """The host's words are translated as they are everywhere else."""
    condition = All(NOVEL, Not(Age("born", below=18)))
    assert (
        "het antwoord op “Wat lees je?” is Romans en "
        "dit is niet zo: je bent jonger dan 18 jaar"
    ) == told(condition, DUTCH)


@pytest.mark.parametrize(
    ("need", "sentence"),
    [
        ("genre", "“What do you read?” is answered"),
        (Proven(), "you have proven that an email address is yours"),
        (Linked(), "you are signed in"),
        (
            Any("genre", Answered("colour", is_in=[Colour.BLUE]), Linked("google")),
            (
                "“What do you read?” is answered or the answer to “Which colour?” is "
                "Blue or you are signed in with google"
            ),
        ),
    ],
)
def test_a_need_reads_as_it_was_declared(need: Need, sentence: str) -> None:
    """Also with values as the host's model holds them."""
    assert sentence == ENGLISH.need(need)


@pytest.mark.parametrize("locale", LOCALES)
def test_braces_in_a_hosts_words_are_words(locale: str) -> None:
    """A question is put into a sentence, and is none that has slots."""
    own = {"What do you read?": "What {now} do you read?"}
    wording = Wording(CATALOGUE, Texts(locale, own))
    assert "What {now} do you read?" in told(NOVEL, wording)
