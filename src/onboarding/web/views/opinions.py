"""Opinions in words: the lines of "My data" that say what somebody thought."""

from collections.abc import Callable, Iterable

from onboarding.feedback.model import Prompt
from onboarding.locales.texts import Texts
from onboarding.web.views.belongings import Told
from onboarding.web.views.data_rows import DataRow
from onboarding.web.views.renderer import bdi


class OpinionsView:
    """Puts responses to prompts, and the replies to them, into words.

    Args:
        texts: In which language.
        url: Returns the address of one of our pages; ``Renderer.url``.
        prompts: The application's prompts.
        site_name: What the site is called.
        date: Puts a day into words.
    """

    def __init__(
        self,
        texts: Texts,
        url: Callable[..., str],
        prompts: Iterable[Prompt],
        site_name: str,
        date: Callable[[str], str],
    ):
        self._texts = texts
        self._url = url
        self._prompts = {prompt.name: prompt for prompt in prompts}
        self._site_name = site_name
        self._date = date

    def row(self, response: Told) -> DataRow:
        """Return the line of a response."""
        t, site = self._texts, self._site_name
        prompt = self._prompts.get(response["prompt"])
        asked = t.say(prompt.question, site=site) if prompt else response["prompt"]
        score = response.get("score")
        title = (
            t("account.opinion_words", question=asked)
            if score is None
            else t("account.opinion", question=asked, score=score)
        )
        row = DataRow(title=title, about=self._replied(response))
        if prompt is None:
            return row
        reply, words = t("account.read_reply"), t("account.read_answer")
        return DataRow(
            title=title,
            about=row.about,
            href=self._url(f"prompt/{prompt.name}/thanks", next=self._url("account")),
            action=reply if "reply" in response else words,
            hidden=asked,
        )

    def _replied(self, response: Told) -> str:
        t, day = self._texts, self._date(response["given_at"])
        if "reply" not in response:
            return t("account.opinion_date", date=day)
        if (by := response.get("replied_by")) is None:
            return t("account.opinion_replied", date=day)
        return t("account.opinion_replied_by", date=day, name=bdi(by))
