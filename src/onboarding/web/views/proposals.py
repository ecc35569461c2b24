"""What is proposed to a person, in words: beside a question, and under "My data"."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from onboarding.frozen import dataclass
from onboarding.jsonvalue import JsonValue
from onboarding.locales.texts import Texts
from onboarding.profiling.proposal import Proposal
from onboarding.profiling.values import value_in_words
from onboarding.providers.base import Provider
from onboarding.web.views.belongings import Told
from onboarding.web.views.data_rows import DataRow
from onboarding.web.views.press import Press
from onboarding.web.views.renderer import bdi

if TYPE_CHECKING:
    from onboarding.profiling.catalogue import Catalogue


IN_QUESTION = "proposal.asks", "proposal.asks_from"
IN_WORDS = "proposal.says", "proposal.says_from"
"""What a provider says, and what is known from something; as a question, or told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnProposal:
    """A proposal, ready for a template.

    Attributes:
        sentence: Who says what, and the question whether it is right.
        words: The value, as people read it.
        press: What its two buttons send: which value of which question was shown.
    """

    sentence: str
    words: str
    press: str


class ProposalsView:
    """Puts proposals into words, in one language.

    Args:
        texts: In which language.
        catalogue: The questions of the application.
        providers: Its identity providers, by name.
        proposals: What may be taken now, by question.
    """

    def __init__(
        self,
        texts: Texts,
        catalogue: "Catalogue[Any]",
        providers: Mapping[str, Provider],
        proposals: Mapping[str, Proposal],
    ):
        self._texts = texts
        self._catalogue = catalogue
        self._providers = providers
        self._proposals = proposals

    def drawn(self) -> dict[str, DrawnProposal]:
        """Return each proposal as it is shown beside its question."""
        return {
            name: DrawnProposal(
                sentence=self._asks(proposal),
                words=self._words(proposal),
                press=Press.of(proposal).text,
            )
            for name, proposal in self._proposals.items()
        }

    def described(
        self, questions: Iterable[Mapping[str, JsonValue]]
    ) -> list[Mapping[str, JsonValue]]:
        """Return questions as JSON, each with what is proposed to it, if anything is.

        Args:
            questions: As ``describe_questions`` returns them.
        """
        drawn = self.drawn()
        return [
            {**one, "proposals": [self._json(drawn[name], self._proposals[name])]}
            if (name := str(one["name"])) in drawn
            else one
            for one in questions
        ]

    def rows(self, told: Told) -> Iterator[DataRow]:
        """Yield what is said of a person and waits for their word, for "My data".

        What cannot be taken now, as of a question that is asked no more, is told, too.

        Args:
            told: What ``DataService.read`` returns.
        """
        answers = {a["question"]: a for a in told.get("answers", ())}
        for one in told.get("proposals", ()):
            if one["open"]:
                yield self._row(one, is_answered=one["question"] in answers)

    def _row(self, one: Told, *, is_answered: bool) -> DataRow:
        t, name = self._texts, one["question"]
        question = self._catalogue.questions.get(name)
        asked = t.say(question.ask.question) if question else f"{name}:"
        words = value_in_words(
            name, one.get("value"), texts=t, catalogue=self._catalogue
        )
        proposal = self._proposals.get(name)
        is_shown = proposal is not None and _says(proposal) == _told(one)
        about = ""
        if proposal is not None and is_shown:
            about = t("proposal.still" if is_answered else "proposal.unanswered")
        return DataRow(
            title=t("account.answer", question=asked, value=self._says(one, words)),
            about=about,
            hidden=words,
            take=Press.of(proposal) if proposal is not None and is_shown else None,
            is_answered=is_answered,
        )

    def _says(self, one: Told, words: str) -> str:
        return self._said(IN_WORDS, one.get("provider"), one.get("because"), words)

    def _asks(self, proposal: Proposal) -> str:
        words = self._words(proposal)
        return self._said(IN_QUESTION, proposal.provider, proposal.because, words)

    def _said(
        self,
        texts: tuple[str, str],
        provider: str | None,
        because: str | None,
        words: str,
    ) -> str:
        t, value = self._texts, bdi(words)
        by_provider, by_us = texts
        if provider is None:
            return t(by_us, because=bdi(t.say(because or "")), value=value)
        known = self._providers.get(provider)
        return t(by_provider, who=bdi(known.title if known else provider), value=value)

    def _words(self, proposal: Proposal) -> str:
        return value_in_words(
            proposal.question,
            proposal.value,
            texts=self._texts,
            catalogue=self._catalogue,
        )

    def _json(self, drawn: DrawnProposal, proposal: Proposal) -> dict[str, JsonValue]:
        because = proposal.because
        return {
            "proposal": proposal.digest,
            "value": proposal.value,
            "words": drawn.words,
            "provider": proposal.provider,
            "issuer": proposal.issuer,
            "because": because and self._texts.say(because),
            "verified": proposal.is_verified,
            "proposed_at": proposal.proposed_at.isoformat(),
        }


def _says(proposal: Proposal) -> tuple[object, ...]:
    return proposal.value, proposal.issuer, proposal.because


def _told(one: Told) -> tuple[object, ...]:
    return one.get("value"), one.get("issuer"), one.get("because")
