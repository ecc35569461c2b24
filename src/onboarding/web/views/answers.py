"""Answers in words: the lines of "My data" that say what somebody told, what for."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from onboarding.locales.texts import Texts
from onboarding.profiling.model import Answer, AnswerKind
from onboarding.profiling.values import value_in_words
from onboarding.web.views.belongings import Told
from onboarding.web.views.data_rows import DataRow
from onboarding.web.views.questions import (
    feature_title,
    suggestions,
)
from onboarding.web.views.renderer import bdi

if TYPE_CHECKING:
    from onboarding.profiling.catalogue import Catalogue


class AnswersView:
    """Puts answers into words, in one language.

    Args:
        texts: In which language.
        url: Returns the address of one of our pages; ``Renderer.url``.
        catalogue: The questions of the application.
        provider: Returns what a provider is called.
        date: Puts a day into words.
        today: The answers that count, by question, as they read today; None where
            nobody knows, and each is told as it is kept.
        applying: The questions that apply, by the answers to others; None where nobody
            knows, and all are taken to. An answer to another one is kept and not read,
            and there is nothing to change: it would be refused.
    """

    def __init__(
        self,
        texts: Texts,
        url: Callable[..., str],
        catalogue: "Catalogue[Any]",
        *,
        provider: Callable[[str], str],
        date: Callable[[str], str],
        today: Mapping[str, Answer] | None = None,
        applying: Collection[str] | None = None,
    ):
        self._texts = texts
        self._url = url
        self._catalogue = catalogue
        self._provider = provider
        self._date = date
        self._today = today
        self._applying = applying

    def rows(self, told: Told) -> Iterator[DataRow]:
        """Yield each answer, and below it what the same person said otherwise."""
        for answer in self._in_order(told):
            yield self._row(answer)
            others = suggestions(
                answer["question"],
                answer.get("suggested", ()),
                texts=self._texts,
                catalogue=self._catalogue,
            )
            for other in others:
                title = self._texts("account.suggested", value=bdi(other.words))
                yield DataRow(title=title, use=other if other.fields else None)

    def _in_order(self, told: Told) -> list[Told]:
        """Return the answers in the order of the questions; old ones come last."""
        places = self._catalogue.order
        answers: list[Told] = list(told.get("answers", ()))
        return sorted(answers, key=lambda one: places.get(one["question"], len(places)))

    def _row(self, answer: Told) -> DataRow:
        t, name = self._texts, answer["question"]
        question = self._catalogue.questions.get(name)
        asked = t.say(question.ask.question) if question else f"{name}:"
        is_declined = answer["reply"] == "declined"
        back = "" if is_declined else self._url("answers/take-back", question=name)
        value = bdi(self._words(answer))
        row = DataRow(
            title=t("account.declined", question=asked)
            if is_declined
            else t("account.answer", question=asked, value=value),
            about=self._about(answer, is_declined=is_declined),
            hidden=asked,
            take_back=back,
        )
        # Asked by an older version of the application, or not for the time being.
        if question is None or not self._applies(name):
            return row
        action = "account.tell_after_all" if is_declined else "account.change"
        return row.leading(self._url("answers", question=name), t(action))

    def _applies(self, name: str) -> bool:
        return self._applying is None or name in self._applying

    def _words(self, answer: Told) -> str:
        name, value = answer["question"], answer["value"]
        today = (self._today or {}).get(name)
        if today is not None and today.reply is AnswerKind.VALUE:
            value = today.value
        return value_in_words(name, value, texts=self._texts, catalogue=self._catalogue)

    def _about(self, answer: Told, *, is_declined: bool) -> str:
        t, name = self._texts, answer["question"]
        if is_declined and answer.get("withdrawn"):
            return t.plain("account.withdrawn")
        if is_declined:
            return t.plain("account.not_asked_again")
        said = [self._source(answer)]
        if (purpose := self._purpose(answer)) is not None:
            said.append(t.plain("account.purpose", purpose=purpose))
        if features := using(name, self._texts, self._catalogue):
            said.append(t.plain("account.used_by", features=", ".join(features)))
        if self._today is not None and name not in self._today:
            said.append(t.plain("account.unused"))
        elif not self._applies(name):
            said.append(t.plain("account.hidden"))
        return " ".join(said)

    def _purpose(self, answer: Told) -> str | None:
        question = self._catalogue.questions.get(answer["question"])
        asked_for = question.ask.purpose if question else None
        purpose = answer.get("purpose") or asked_for
        return purpose and purpose_words(purpose, self._texts, self._catalogue)

    def _source(self, answer: Told) -> str:
        t, day = self._texts, self._date(answer["answered_at"])
        question = self._catalogue.questions.get(answer["question"])
        why = t.say(question.ask.why) if question else ""
        if answer["source"] == "provider":
            provider = self._provider(answer["via"] or "")
            return t.plain("account.told_by", provider=provider, why=why).strip()
        is_guests = answer["source"] == "guest"
        if by := answer["via"]:
            who = self._provider(by)
            return t.plain("account.confirmed", who=who, date=day, why=why).strip()
        if because := answer.get("because"):
            of, key = t.say(because), "account.confirmed_from"
            return t.plain(key, because=of, date=day, why=why).strip()
        key = "account.told_as_guest" if is_guests else "account.told"
        return t.plain(key, date=day, why=why).strip()

    def purposes(self, told: Told) -> Iterator[DataRow]:
        """Yield each purpose that something is asked for, and its way back."""
        answers: Iterable[Told] = told.get("answers", ())
        taken = {one.get("purpose") for one in answers if one.get("withdrawn")}
        given = {one.get("purpose") for one in answers if one["reply"] == "value"}
        for purpose in self._catalogue.purposes:
            words = purpose_words(purpose, self._texts, self._catalogue)
            is_over = purpose in taken and purpose not in given
            back = self._url("answers/take-back", purpose=purpose)
            yield DataRow(
                title=words,
                about=self._texts.plain("account.purpose_over") if is_over else "",
                hidden=words,
                take_back="" if is_over else back,
            )


def using(name: str, texts: Texts, catalogue: "Catalogue[Any]") -> list[str]:
    """Return what the features are called that use an answer, in their order."""
    plans = catalogue.plans
    return [feature_title(f, texts, plans) for f, p in plans.items() if name in p.path]


def purpose_words(purpose: str, texts: Texts, catalogue: "Catalogue[Any]") -> str:
    """Return what a purpose is, in words; one that is declared no more is its name."""
    return texts.say(catalogue.purposes.get(purpose, purpose))
