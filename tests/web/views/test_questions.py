"""Questions as templates draw them, from values alone."""

from dataclasses import replace

from onboarding.errors import InvalidAnswer
from onboarding.locales.texts import Texts
from onboarding.profiling.catalogue import build_catalogue
from onboarding.web.views.questions import (
    QuestionForm,
    draw_form,
    draw_questions,
    feature_title,
)
from tests.web.site import FEATURES, Profile

CATALOGUE = build_catalogue(Profile, FEATURES)
ENGLISH = Texts("en")
DUTCH = Texts("nl", {"Novels": "Romans", "Open my shelf": "Open mijn plank"})


def test_a_question_is_drawn_with_the_answer_so_far() -> None:
    """In the language of the texts, with what is chosen and what is wrong."""
    wrong = InvalidAnswer("pages", "answer.too_small", {"min": 1})
    genre, pages = draw_questions(
        ["genre", "pages"],
        texts=DUTCH,
        catalogue=CATALOGUE,
        required=True,
        values={"genre": "novel", "pages": 0},
        errors=[wrong],
    )
    assert ("choice", "Romans", ("novel",)) == (
        genre.kind,
        genre.options[0].label,
        genre.chosen,
    )
    assert ("", DUTCH.say("answer.too_small", min=1)) == (genre.error, pages.error)
    assert ("0",) == pages.chosen
    assert genre.required


def test_an_error_across_fields_leads_to_the_first_question() -> None:
    """The summary above the form links to something that is there."""
    form = QuestionForm(
        feature="recommendations",
        needs=["genre"],
        wants=["birthday"],
        next="/",
        back="/",
        errors=[InvalidAnswer("", "Choose again.")],
    )
    drawn = draw_form(form, texts=ENGLISH, catalogue=CATALOGUE)
    assert [("genre", "Choose again.")] == drawn["problems"]
    assert "Open my shelf" == drawn["button"]


def test_the_summary_of_several_questions_names_each() -> None:
    """The same advice twice would say nothing; of one question it says enough."""
    errors = [InvalidAnswer(n, "answer.not_whole") for n in ("pages", "mood")]
    form = QuestionForm(
        feature="short-books",
        needs=["pages", "mood"],
        next="/",
        back="/",
        errors=errors,
    )
    drawn = draw_form(form, texts=ENGLISH, catalogue=CATALOGUE)
    assert [
        ("pages", "How many pages at most? Write a whole number."),
        ("mood", "How are you? Write a whole number."),
    ] == drawn["problems"]
    one = replace(form, needs=["pages"], errors=errors[:1])
    drawn = draw_form(one, texts=ENGLISH, catalogue=CATALOGUE)
    assert [("pages", "Write a whole number.")] == drawn["problems"]


def test_a_person_may_decline_when_every_need_may_be_declined() -> None:
    """One question that insists, and the button is not there."""
    stubborn = QuestionForm(
        feature="short-books", needs=["pages", "mood"], next="/", back="/"
    )
    easy = QuestionForm(feature="recommendations", needs=["genre"], next="/", back="/")
    assert not draw_form(stubborn, texts=ENGLISH, catalogue=CATALOGUE)["may_decline"]
    assert draw_form(easy, texts=ENGLISH, catalogue=CATALOGUE)["may_decline"]


def test_a_feature_without_a_title_is_called_by_its_name() -> None:
    """``short-books`` is "Short books"; a title is the host's own sentence."""
    assert "Short books" == feature_title("short-books", ENGLISH, CATALOGUE.plans)
    assert "Recommendations" == feature_title(
        "recommendations", ENGLISH, CATALOGUE.plans
    )
