"""A question is for a feature, or says why it is there."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, create_model

from onboarding.errors import ConfigError
from onboarding.profiling.catalogue import build_catalogue
from onboarding.profiling.model import Ask, Feature
from onboarding.segments.model import Answered, Condition

HORROR = Answered("genre", is_in=["horror"])


def ask(unused: str | None = None, when: Condition | None = None) -> object:
    """Return a question that is right, but for what it is for."""
    found = Ask("What do you read?", why="We sort by it.", when=when, unused=unused)
    return (Annotated[Literal["novel", "horror"] | None, found], None)


def profile(**fields: object) -> type[BaseModel]:
    """Return a profile that asks these."""
    return create_model("Profile", **fields)  # type: ignore[call-overload,no-any-return]  # made of data


def test_a_question_that_no_feature_uses_is_refused() -> None:
    """The error names it, and both ways out."""
    with pytest.raises(ConfigError, match=r"Profile\.town is a question that no") as no:
        build_catalogue(
            profile(genre=ask(), town=ask()), [Feature("f", needs=["genre"])]
        )
    assert "needs= or wants=" in str(no.value)
    assert "unused=" in str(no.value)


def test_without_any_feature_nothing_is_used() -> None:
    """Whoever asks under "My data" alone says so."""
    with pytest.raises(ConfigError, match=r"Profile\.genre is a question that no"):
        build_catalogue(profile(genre=ask()), [])
    assert build_catalogue(profile(genre=ask("For the newsletter.")), [])


@pytest.mark.parametrize("role", ["needs", "wants"])
def test_what_a_used_question_hangs_on_is_used(role: str) -> None:
    """However deep: nobody could be asked the one without the other."""
    deep = Answered("lamp", is_in=["horror"])
    model = profile(genre=ask(), lamp=ask(when=HORROR), oil=ask(when=deep))
    assert build_catalogue(model, [Feature("f", **{role: ["oil"]})])  # type: ignore[arg-type]  # made of data


def test_what_a_question_with_a_reason_hangs_on_has_that_reason() -> None:
    """It need not say it again, and may."""
    for own in (None, "For the newsletter."):
        model = profile(genre=ask(own), lamp=ask("For the newsletter.", HORROR))
        assert build_catalogue(model, [])


def test_a_reason_is_not_for_what_is_used() -> None:
    """It would not be true any more."""
    model = profile(genre=ask("For the newsletter."), lamp=ask(when=HORROR))
    told = r"Profile\.genre says .* feature 'f' does; drop unused="
    with pytest.raises(ConfigError, match=told):
        build_catalogue(model, [Feature("f", wants=["lamp"])])


@pytest.mark.parametrize("reason", ["", "  ", "\u200b"])
def test_a_reason_says_something(reason: str) -> None:
    """What nobody can see is none."""
    with pytest.raises(ConfigError, match=r"Profile\.genre: unused= says nothing"):
        build_catalogue(profile(genre=ask(reason)), [])


def test_a_reason_is_a_text() -> None:
    """And the error shows one."""
    with pytest.raises(ConfigError, match=r'unused="Asked by the newsletter form\."'):
        build_catalogue(profile(genre=ask(True)), [])  # type: ignore[arg-type]  # the mistake


def test_questions_by_themselves_need_no_reason() -> None:
    """Where no features are given, nobody asks what they are for: a widget's test."""
    assert build_catalogue(profile(genre=ask()))
