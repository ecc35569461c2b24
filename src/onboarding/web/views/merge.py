"""What a merge would mean, in people's words: one line for each thing it is about."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from onboarding.accounts.merge_plan import MergedAnswer, MergePlan, ResourcePlan, Side
from onboarding.accounts.resources import Resource
from onboarding.jsonvalue import JsonValue
from onboarding.locales.texts import Texts
from onboarding.profiling.values import value_in_words
from onboarding.web.views.belongings import BelongingsView
from onboarding.web.views.data_rows import DataRow
from onboarding.web.views.renderer import bdi

if TYPE_CHECKING:
    from onboarding.profiling.catalogue import Catalogue


class MergeView:
    """Puts a plan into words, in one language.

    Args:
        texts: In which language.
        catalogue: The questions of the application.
        resources: Everything that hangs on an account.
    """

    def __init__(
        self,
        texts: Texts,
        catalogue: "Catalogue[Any]",
        resources: Iterable[Resource],
    ):
        self._texts = texts
        self._catalogue = catalogue
        self._belongings = BelongingsView(texts, resources)

    def rows(self, plan: MergePlan) -> Iterator[DataRow]:
        """Yield a line for each resource, then one for each answer."""
        for one in plan.resources:
            if one.is_deed and not (one.name == "answers" and plan.answers):
                yield self._resource(one)
        for answer in plan.answers:
            if answer.question in self._catalogue.questions:
                yield self._answer(answer)

    def _resource(self, one: ResourcePlan) -> DataRow:
        t = self._texts
        said = [t(f"merging.{part.outcome}", count=part.count) for part in one.parts]
        return DataRow(
            title=self._belongings.name(one.name),
            about=Markup(" ").join(said),
            tag=t(f"tag.{one.parts[0].outcome}"),
        )

    def _answer(self, answer: MergedAnswer) -> DataRow:
        t, name = self._texts, answer.question
        question = self._catalogue.questions[name]
        about = (
            t("merge.declined")
            if answer.is_declined
            else t("merge.says", value=self._value(name, answer.value))
        )
        if answer.suggested:
            others = Markup("; ").join(
                self._value(name, one) for one in answer.suggested
            )
            about = Markup(" ").join((about, t("merge.suggested", values=others)))
        if answer.winner is Side.ACCOUNT:
            tag = t("tag.kept")
        else:
            tag = t("tag.newer") if answer.suggested else t("tag.added")
        return DataRow(title=t.say(question.ask.question), about=about, tag=tag)

    def _value(self, name: str, value: JsonValue) -> Markup:
        words = value_in_words(
            name, value, texts=self._texts, catalogue=self._catalogue
        )
        return bdi(words)
