"""The promise of a widget, as tests."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel

from onboarding.errors import InvalidAnswer
from onboarding.jsonvalue import JsonValue, canonical
from onboarding.locales import LOCALES
from onboarding.profiling.catalogue import Catalogue, build_catalogue
from onboarding.profiling.model import Question
from onboarding.profiling.validation import check, stored
from onboarding.profiling.widgets.base import Control, Widget
from onboarding.web.views.questions import draw_questions
from onboarding.web.views.renderer import Renderer

WidgetSample = tuple[str, Sequence[str], JsonValue]
"""A question, what a form sends for it, and the value that is kept of that."""

NONSENSE: Sequence[Sequence[str]] = (
    ["no such option"],
    ["<script>alert(1)</script>"],
    ["x" * 100_000],
    ["\ud800"],
    ["\0"],
    ["-1"],
    ["9" * 5_000],
    ["one", "two"],
    ["", "two"],
    ["null"],
    ["[]"],
)
"""What a form may send by mistake or by malice."""


class WidgetContract:
    """Every promise of ``onboarding.profiling.widgets.base.Widget``.

    A subclass gives the widget, a profile that uses it, and samples::

        class TestColour(WidgetContract):
            widget = Colour()
            model = Profile
            samples = [("colour", ["#f00"], "#f00")]

    Attributes:
        widget: The widget to test.
        model: A pydantic model with a question of each type that it serves.
        samples: For each of these: its name, what a form sends, what is parsed of it.
        templates: The folder of the host's templates, where the widget has its own.
    """

    widget: ClassVar[Widget]
    model: ClassVar[type[BaseModel]]
    samples: ClassVar[Sequence[WidgetSample]]
    templates: ClassVar[Path | None] = None

    @pytest.fixture
    def catalogue(self) -> Catalogue[Any]:
        """Compile the model, with the widget tried before any other."""
        return build_catalogue(self.model, widgets=[self.widget])

    def questions(self, catalogue: Catalogue[Any]) -> Iterator[Question]:
        """Yield the questions of the samples."""
        for name in dict.fromkeys(name for name, _, _ in self.samples):
            yield catalogue.questions[name]

    def test_it_is_chosen_for_its_questions(self, catalogue: Catalogue[Any]) -> None:
        """The catalogue takes it for each question of the samples."""
        chosen = {q.name: catalogue.widgets[q.name] for q in self.questions(catalogue)}
        assert chosen, "give at least one sample"
        assert set(chosen.values()) == {self.widget}

    def test_a_form_says_a_value(self, catalogue: Catalogue[Any]) -> None:
        """What a form sends becomes the value; the space around it is nothing."""
        for name, raw, value in self.samples:
            question = catalogue.questions[name]
            assert self.widget.parse(question, raw) == value
            assert self.widget.parse(question, [f" {said}\t" for said in raw]) == value

    def test_the_model_takes_what_it_parses(self, catalogue: Catalogue[Any]) -> None:
        """What is kept reads as the same question's value again."""
        for name, raw, _ in self.samples:
            said = self.widget.parse(catalogue.questions[name], raw)
            typed = check(catalogue.drafts, {}, name, said)
            kept = stored(catalogue.drafts, name, typed)
            again = self.widget.raw(catalogue.questions[name], kept)
            said = self.widget.parse(catalogue.questions[name], again)
            typed = check(catalogue.drafts, {}, name, said)
            assert stored(catalogue.drafts, name, typed) == kept

    def test_silence_says_nothing(self, catalogue: Catalogue[Any]) -> None:
        """An absent field, an empty one and one of blanks are no answer."""
        for question in self.questions(catalogue):
            for raw in ([], [""], [" \t"], ["", ""]):
                assert self.widget.parse(question, raw) is None
            assert self.widget.raw(question, None) == ()

    def test_nonsense_is_passed_on(self, catalogue: Catalogue[Any]) -> None:
        """It never raises and never hides what was said: the model refuses it."""
        for question in self.questions(catalogue):
            for raw in NONSENSE:
                said = self.widget.parse(question, raw)
                assert said is not None
                assert canonical(said)

    def test_what_it_draws_is_frozen_and_whole(self, catalogue: Catalogue[Any]) -> None:
        """A control bears the question's name, and is the same when drawn again."""
        for question in self.questions(catalogue):
            control = self.widget.control(question)
            assert control.name == question.name
            assert control == self.widget.control(question)
            assert all(isinstance(text, str) for text in control.attributes.values())
            with pytest.raises(FrozenInstanceError):
                control.name = "other"  # type: ignore[misc]  # it must not work

    def test_each_option_is_an_answer(self, catalogue: Catalogue[Any]) -> None:
        """Options differ, have words, and the model takes every one of them."""
        for question in self.questions(catalogue):
            control = self.widget.control(question)
            assert len({option.value for option in control.options}) == len(
                control.options
            )
            for value in _each(control):
                said = self.widget.parse(question, [value])
                assert check(catalogue.drafts, {}, question.name, said) is not None

    def test_each_language_has_the_same_options(
        self, catalogue: Catalogue[Any]
    ) -> None:
        """Their names and order are the language's; what the form sends is not."""
        for question in self.questions(catalogue):
            control = self.widget.control(question)
            values = {option.value for option in control.options}
            for locale in LOCALES:
                options = control.options_in(locale)
                assert {option.value for option in options} == values
                assert all(option.label for option in options)

    def test_its_template_is_accessible(self, catalogue: Catalogue[Any]) -> None:
        """The drawing names its question, and tells of an error where it is.

        One with a label or legend; a field with the name of the question; and, where
        something is wrong, ``aria-invalid`` and ``aria-describedby`` with the id of
        the error, which is there.
        """
        for question in self.questions(catalogue):
            name = question.name
            html = draw(catalogue, name, templates=self.templates, error="Mend this.")
            assert "<label" in html or "<legend" in html
            assert f'name="{name}"' in html
            assert f'id="{name}"' in html
            assert 'aria-invalid="true"' in html
            assert f'id="{name}-error"' in html
            assert "Mend this." in html
            described = re.findall(r'aria-describedby="([^"]*)"', html)
            assert any(f"{name}-error" in ids.split() for ids in described)
            right = draw(catalogue, name, templates=self.templates)
            assert "aria-invalid" not in right
            assert f"{name}-error" not in right
            for key, text in catalogue.controls[name].attributes.items():
                assert key == "maxlength" or f'{key}="{text}"' in right


def draw(
    catalogue: Catalogue[Any],
    name: str,
    *,
    templates: Path | None = None,
    error: str = "",
) -> str:
    """Return the HTML of one question, as our page of questions draws it.

    Args:
        catalogue: The questions.
        name: Which one.
        templates: The host's folder of templates.
        error: What is wrong with the answer, if anything.
    """
    renderer = Renderer(path="/welcome", site_name="Site", templates=templates)
    texts = renderer.texts("en")
    wrong = [InvalidAnswer(name, error)] if error else []
    (one,) = draw_questions(
        [name], texts=texts, catalogue=catalogue, required=True, errors=wrong
    )
    return str(renderer.render("onboarding/_asked.html", {"q": one}, locale="en"))


def _each(control: Control) -> Iterator[str]:
    for option in control.options:
        assert option.label, f"the option {option.value!r} has no words"
        yield option.value
