"""What the shop asks its readers, and what opens by an answer."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, PastDate

from examples.shop.catalogue import Genre
from examples.shop.words import GENRE_HINTS, GENRE_NAMES
from onboarding import Address, Age, Answered, Any, Ask, Consent, Feature, Phone

ADULT = 18


class Evening(StrEnum):
    """When the circle meets."""

    TUESDAY = "tuesday"
    THURSDAY = "thursday"


class Soup(StrEnum):
    """What is eaten on Thursdays."""

    TOMATO = "tomato"
    PEA = "pea"


EVENING_NAMES = {
    Evening.TUESDAY: "Tuesday, with tea",
    Evening.THURSDAY: "Thursday, with soup",
}
SOUP_NAMES = {Soup.TOMATO: "Tomato", Soup.PEA: "Pea, without ham"}


class Profile(BaseModel):
    """What a reader may tell: all of it may stay empty."""

    genre: Annotated[
        Genre | None,
        Ask(
            "What do you like to read?",
            why="We sort your shelf by it, and use it for nothing else."
            " Change it or take it back under My data.",
            labels=GENRE_NAMES,
            hints=GENRE_HINTS,
            purpose="recommendations",
        ),
    ] = None
    birthday: Annotated[
        PastDate | None,
        Ask(
            "When is your birthday?",
            why="A few lines of verse wait on your shelf that day, and the evening"
            " with wine is for adults.",
            autocomplete="bday",
            purpose="age",
            propose="birthdate",
        ),
    ] = None
    phone: Annotated[
        str | None,
        Phone("NL"),
        Ask(
            "What is your phone number?",
            why="We ring you when the circle meets.",
            autocomplete="tel",
            purpose="circle",
        ),
    ] = None
    evening: Annotated[
        Evening | None,
        Ask(
            "Which evening suits you?",
            why="There are two circles, and you come to one.",
            labels=EVENING_NAMES,
            purpose="circle",
        ),
    ] = None
    soup: Annotated[
        Soup | None,
        Ask(
            "Which soup may we make?",
            why="One pot goes round, and it is to be yours as well.",
            labels=SOUP_NAMES,
            when=Answered("evening", is_in=[Evening.THURSDAY]),
            purpose="circle",
        ),
    ] = None
    home: Annotated[
        Address | None,
        Ask(
            "Where may a card come?",
            why="We send a card when the circle meets.",
            purpose="circle",
        ),
    ] = None
    may_write: Annotated[
        Consent | None,
        Ask(
            "The circle may ring me or send me a card, once a month.",
            why="We do neither before you say yes, and stop when you take it back.",
            purpose="circle",
        ),
    ] = None


PURPOSES = {
    "recommendations": "Recommending books to you",
    "age": "Birthday wishes, and an evening for adults",
    "circle": "Inviting you to the reading circle",
}
SHELF = Feature(
    "recommendations",
    needs=["genre"],
    wants=["birthday"],
    title="Recommendations",
    button="Open my shelf",
    without={"genre": "Your shelf opens then, unsorted."},
)
CIRCLE = Feature(
    "circle",
    needs=[Any("phone", "home"), "evening", "soup", "may_write"],
    title="The reading circle",
    budget=5,  # who would rather not give a number is asked where a card may come
)
WINE = Feature(
    "wine",
    needs=[Age("birthday", at_least=ADULT)],
    title="Wine and ghost stories",
    budget=1,
)
FEATURES = [SHELF, CIRCLE, WINE]
