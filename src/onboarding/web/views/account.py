"""Personal data in words: the lines of the page "My data"."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from onboarding.accounts.model import Contact, ContactLevel, IdentityLink, Receipt
from onboarding.accounts.resources import Outcome, Planned
from onboarding.feedback.model import Prompt, Response
from onboarding.locales import Texts
from onboarding.profiling.catalogue import Catalogue
from onboarding.profiling.model import Answer, Reply, Source
from onboarding.providers.base import Provider
from onboarding.web.views.personal_data import OWN_RESOURCES, PersonalData
from onboarding.web.views.renderer import bdi


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line: what it is, where it came from, and the one thing to do with it.

    Attributes:
        href: Where its link leads; nothing where there is nothing to do.
        action: The words of the link.
        hidden: What the link is about, for who hears the links alone.
        tag: Its state, in a word.
    """

    title: str
    about: str = ""
    href: str = ""
    action: str = ""
    hidden: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Lines under a heading; ``empty`` is said where there are none."""

    id: str
    title: str
    rows: Sequence[Row]
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRow:
    """What an erasure does to one resource, and why it stays where it does."""

    title: str
    reason: str
    stays: bool


class AccountView:
    """Puts personal data into words, in one language.

    Args:
        texts: In which language.
        url: Returns the address of one of our pages; :meth:`Renderer.url`.
        catalogue: The questions of the application.
        providers: Its identity providers, by name.
        prompts: Its prompts.
        site_name: What the site is called.
        now: The present instant; days of this year are written without the year.
    """

    def __init__(
        self,
        *,
        texts: Texts,
        url: Callable[..., str],
        catalogue: Catalogue[Any],
        providers: Mapping[str, Provider],
        prompts: Iterable[Prompt],
        site_name: str,
        now: datetime,
    ):
        self._texts = texts
        self._url = url
        self._catalogue = catalogue
        self._providers = providers
        self._prompts = {prompt.name: prompt for prompt in prompts}
        self._site_name = site_name
        self._now = now

    def sections(self, data: PersonalData) -> Iterator[Section]:
        """Yield the sections of "My data", in order."""
        t = self._texts
        yield Section(
            id="known",
            title=t("account.known"),
            rows=[self._answer(answer) for answer in data.answers],
            empty=t("account.known_empty"),
        )
        yield Section(
            id="ways",
            title=t("account.ways"),
            rows=[self._way(link) for link in data.identities],
            empty=t("account.ways_empty"),
        )
        yield Section(
            id="addresses",
            title=t("account.addresses"),
            rows=[self._address(contact) for contact in data.contacts],
        )
        yield Section(
            id="things",
            title=t("account.things"),
            rows=[
                Row(title=self.resource(name), tag=t("account.count", count=count))
                for name, count in data.resources
            ],
        )
        yield Section(
            id="opinions",
            title=t("account.opinions"),
            rows=[self._opinion(response) for response in data.responses],
        )
        yield Section(
            id="receipts",
            title=t("account.receipts"),
            rows=[self._receipt(receipt) for receipt in data.receipts],
        )

    def _date(self, at: datetime) -> str:
        return self._texts.short_date(at, self._now)

    # ── answers ──────────────────────────────────────────────────────────────

    def _answer(self, answer: Answer) -> Row:
        t, name = self._texts, answer.question
        question = self._catalogue.questions.get(name)
        asked = t.say(question.ask.question) if question else f"{name}:"
        action = t("account.change")
        title: str = t("account.answer", question=asked, value=self.value(answer))
        about = self._source(answer, t.say(question.ask.why) if question else "")
        if answer.reply is Reply.DECLINED:
            action = t("account.tell_after_all")
            title = t("account.declined", question=asked)
            about = t("account.not_asked_again")
        if question is None:  # asked by an older version of the application
            return Row(title=title, about=about)
        href = self._url("answers", question=name)
        return Row(title=title, about=about, href=href, action=action, hidden=asked)

    def _source(self, answer: Answer, why: str) -> str:
        day = self._date(answer.answered_at)
        match answer.source:
            case Source.PROVIDER:
                provider = self._provider(answer.via or "")
                return self._texts("account.told_by", provider=provider, why=why)
            case Source.GUEST:
                return self._texts("account.told_as_guest", date=day, why=why)
            case Source.PERSON:
                return self._texts("account.told", date=day, why=why)

    def value(self, answer: Answer) -> str:
        """Return an answer as people read it."""
        catalogue, name = self._catalogue, answer.question
        if name not in catalogue.questions:
            return str(answer.value)
        labels = {option.label for option in catalogue.controls[name].options}
        words = [
            # What somebody typed is no sentence of ours, though it reads like a key.
            self._texts.say(word) if word in labels else word
            for word in catalogue.words(name, answer.value)
        ]
        if catalogue.controls[name].kind == "date" and words:
            return self._day(words[0])
        return ", ".join(words)

    def _day(self, text: str) -> str:
        try:
            return self._texts.long_date(date.fromisoformat(text))
        except ValueError:
            return text

    # ── who, and where ───────────────────────────────────────────────────────

    def _provider(self, name: str) -> str:
        provider = self._providers.get(name)
        return provider.title if provider else name

    def _way(self, link: IdentityLink) -> Row:
        used = self._date(link.used_at)
        name = link.name or link.email
        about = (
            self._texts("account.way_as", name=bdi(name), date=used)
            if name
            else self._texts("account.way_used", date=used)
        )
        return Row(title=self._provider(link.provider), about=about)

    def _address(self, contact: Contact) -> Row:
        t = self._texts
        if contact.level is not ContactLevel.PROVEN or contact.proven_at is None:
            about = t("account.typed", date=self._date(contact.given_at))
            return Row(title=bdi(contact.typed), about=about, tag=t("account.unproven"))
        day = self._date(contact.proven_at)
        about = (
            t("account.proven_by", provider=self._provider(by), date=day)
            if (by := contact.proven_by)
            else t("account.proven_on", date=day)
        )
        return Row(title=bdi(contact.typed), about=about, tag=t("account.proven"))

    # ── opinions, and what came together ────────────────────────────────

    def _opinion(self, response: Response) -> Row:
        t, site = self._texts, self._site_name
        prompt = self._prompts.get(response.prompt)
        asked = t.say(prompt.question, site=site) if prompt else response.prompt
        title = (
            t("account.opinion_words", question=asked)
            if response.score is None
            else t("account.opinion", question=asked, score=response.score)
        )
        day = self._date(response.given_at)
        row = Row(title=title, about=self._replied(response, day))
        if prompt is None:
            return row
        reply, words = t("account.read_reply"), t("account.read_answer")
        return Row(
            title=title,
            about=row.about,
            href=self._url(f"prompt/{prompt.name}/thanks", next=self._url("account")),
            action=reply if response.reply else words,
            hidden=asked,
        )

    def _replied(self, response: Response, day: str) -> str:
        t = self._texts
        if response.reply is None:
            return t("account.opinion_date", date=day)
        if (by := response.replied_by) is None:
            return t("account.opinion_replied", date=day)
        return t("account.opinion_replied_by", date=day, name=bdi(by))

    def _receipt(self, receipt: Receipt) -> Row:
        about = Markup(" ").join(self._moved(receipt.moved))
        return Row(
            title=self._texts("account.receipt", date=self._date(receipt.at)),
            about=about or self._texts("account.receipt_empty"),
        )

    def _moved(self, moved: Mapping[str, str]) -> Iterator[str]:
        for name, report in moved.items():
            outcome, _, count = report.partition(":")
            if outcome in (Outcome.ADDED, Outcome.COMBINED, Outcome.KEPT):
                key, what = f"moved.{outcome}", self.resource(name)
                yield self._texts(key, what=what, count=int(count))

    # ── resources ────────────────────────────────────────────────────────────

    def resource(self, name: str) -> str:
        """Return what people call a resource: ``cart_lines`` is "Cart lines"."""
        if name in OWN_RESOURCES:
            return self._texts(f"resource.{name}")
        plain = name.rpartition(".")[2].replace("_", " ").capitalize()
        return self._texts.say(plain)

    def erasure(self, planned: Sequence[tuple[str, Planned]]) -> list[ErasureRow]:
        """Return what would go and what must stay, resource by resource."""
        return [
            ErasureRow(
                title=self.resource(name),
                reason=self._texts.say(plan.reason),
                stays=plan.outcome is Outcome.KEPT,
            )
            for name, plan in planned
            if plan.count
        ]
