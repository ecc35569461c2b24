"""Personal data in words: the lines of the page "My data"."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from onboarding.accounts.belongings import Plans
from onboarding.accounts.linking import BY_PASSKEY
from onboarding.accounts.resources import Resource
from onboarding.apps.model import App
from onboarding.feedback.model import Prompt
from onboarding.locales.texts import Texts
from onboarding.profiling.model import Answer
from onboarding.profiling.proposal import Proposal
from onboarding.providers.base import Provider
from onboarding.web.views.answers import AnswersView
from onboarding.web.views.belongings import (
    COUNTED,
    OUR_NOUNS,
    BelongingsView,
    Told,
)
from onboarding.web.views.data_rows import DataRow, ErasureRow, Section
from onboarding.web.views.opinions import OpinionsView
from onboarding.web.views.proposals import ProposalsView
from onboarding.web.views.renderer import bdi
from onboarding.web.views.sign_in import SignInButton

if TYPE_CHECKING:
    from onboarding.profiling.catalogue import Catalogue


class AccountView:
    """Puts personal data into words, in one language.

    Args:
        texts: In which language.
        url: Returns the address of one of our pages; ``Renderer.url``.
        catalogue: The questions of the application.
        providers: Its identity providers, by name.
        buttons: To sign in with each of them.
        prompts: Its prompts.
        resources: What of the host's hangs on an account.
        by_mail: Whether a proven address is a way to sign in.
        apps: What acts for people with a token of its own, by ``client_id``.
        site_name: What the site is called.
        proposals: What may be taken of what others say, by question.
        now: The present instant; days of this year are written without the year.
        today: The answers that count, by question; see ``AnswersView``.
        applying: The questions that apply; see ``AnswersView``.
    """

    def __init__(
        self,
        *,
        texts: Texts,
        url: Callable[..., str],
        catalogue: "Catalogue[Any]",
        providers: Mapping[str, Provider],
        buttons: Iterable[SignInButton],
        prompts: Iterable[Prompt],
        resources: Iterable[Resource] = (),
        by_mail: bool = False,
        apps: Mapping[str, App] | None = None,
        site_name: str,
        proposals: Mapping[str, Proposal] | None = None,
        now: datetime,
        today: Mapping[str, Answer] | None = None,
        applying: Collection[str] | None = None,
    ):
        self._texts = texts
        self._url = url
        self._providers = providers
        self._buttons = tuple(buttons)
        self._by_mail = by_mail
        self._apps = apps or {}
        self._now = now
        self._belongings = BelongingsView(texts, resources)
        self._answers = AnswersView(
            texts,
            url,
            catalogue,
            provider=self._provider,
            date=self._date,
            today=today,
            applying=applying,
        )
        self._proposals = ProposalsView(texts, catalogue, providers, proposals or {})
        self._opinions = OpinionsView(texts, url, prompts, site_name, self._date)

    def sections(self, told: Told) -> Iterator[Section]:
        """Yield the sections of "My data", in order.

        Args:
            told: What ``DataService.read`` returns.
        """
        t = self._texts

        def lines(draw: Callable[[Told], DataRow], name: str) -> list[DataRow]:
            return [draw(one) for one in told.get(name, ())]

        hosts = [name for name in told if name not in OUR_NOUNS]
        counts = self._belongings.counts
        answers, purposes = self._answers.rows(told), self._answers.purposes(told)
        ways = [*self._ways(told), *self._ways_by_mail(told)]
        addresses = lines(self._address, "contacts")
        sessions = lines(self._session, "sessions")
        opinions = lines(self._opinions.row, "responses")
        receipts = lines(self._receipt, "receipts")
        for id, title, rows, empty in (
            ("known", t("account.known"), answers, t("account.known_empty")),
            ("said", t("account.proposed"), self._proposals.rows(told), ""),
            ("purposes", t("account.purposes"), purposes, ""),
            ("ways", t("account.ways"), ways, t("account.ways_empty")),
            ("addresses", t("account.addresses"), addresses, ""),
            ("sessions", t("account.sessions"), sessions, ""),
            ("things", t("account.things"), counts(told, hosts), ""),
            ("parked", t("account.parked"), lines(self._parked, "parked"), ""),
            ("opinions", t("account.opinions"), opinions, ""),
            ("receipts", t("account.receipts"), receipts, ""),
            ("more", t("account.more"), counts(told, COUNTED), ""),
        ):
            add = self._addable(told) if id == "ways" else ()
            yield Section(id=id, title=title, rows=list(rows), empty=empty, add=add)

    def _date(self, text: str) -> str:
        return self._texts.short_date(datetime.fromisoformat(text), self._now)

    # ── who, and where ───────────────────────────────────────────────────────

    def _provider(self, name: str) -> str:
        if name == BY_PASSKEY:
            return self._texts.plain("passkey.title")
        provider = self._providers.get(name)
        return provider.title if provider else name

    def _ways(self, told: Told) -> Iterator[DataRow]:
        known = {one["user_handle"]: one for one in told.get("passkeys", ())}
        for link in told.get("identities", ()):
            if link["provider"] == BY_PASSKEY and link["subject"] in known:
                yield self._passkey(known[link["subject"]], link)
            else:
                yield self._way(link)

    def _passkey(self, passkey: Told, link: Told) -> DataRow:
        used = self._date(passkey["used_at"])
        about = "passkey.synced" if passkey["synced"] else "passkey.on_one"
        title = self._texts("passkey.named", name=bdi(passkey["name"]))
        return DataRow(
            title=title,
            about=self._texts(about, date=used),
            **self._leaving(link, title),
        )

    def _leaving(self, link: Told, title: Markup | str) -> dict[str, Any]:
        """Return the way to take a way to sign in away."""
        return {
            "href": self._url(f"account/way/{link['key']}"),
            "action": self._texts("unlink.action"),
            "hidden": title,
        }

    def _way(self, link: Told) -> DataRow:
        used = self._date(link["used_at"])
        name = link.get("name") or link.get("email")
        about = (
            self._texts("account.way_as", name=bdi(name), date=used)
            if name
            else self._texts("account.way_used", date=used)
        )
        title = self._provider(link["provider"])
        return DataRow(title=title, about=about, **self._leaving(link, title))

    def _addable(self, told: Told) -> list[SignInButton]:
        """Return a button for each way that may be added; guests sign in instead."""
        if told.get("account", {}).get("kind") != "registered":
            return []
        linked = {link["provider"] for link in told.get("identities", ())}
        return [way for way in self._buttons if way.name not in linked]

    def _ways_by_mail(self, told: Told) -> Iterator[DataRow]:
        for contact in told.get("contacts", ()) if self._by_mail else ():
            if contact["level"] == "proven":
                address = bdi(contact["typed"])
                yield DataRow(title=self._texts("account.way_by_mail", address=address))

    def _address(self, contact: Told) -> DataRow:
        t, title = self._texts, bdi(contact["typed"])
        way = {
            "href": self._url(f"account/address/{contact['key']}"),
            "action": t("address.change"),
            "hidden": contact["typed"],
        }
        if contact["level"] != "proven":
            about = t("account.typed", date=self._date(contact["given_at"]))
            return DataRow(title=title, about=about, tag=t("account.unproven"), **way)
        day = self._date(contact["proven_at"])
        about = (
            t("account.proven_by", provider=self._provider(by), date=day)
            if (by := contact.get("proven_by"))
            else t("account.proven_on", date=day)
        )
        return DataRow(title=title, about=about, tag=t("account.proven"), **way)

    def _session(self, session: Told) -> DataRow:
        t = self._texts
        since, about = (
            self._date(session["began"]),
            t("account.way_used", date=self._date(session["last_seen"])),
        )
        if (app := session.get("app")) is None:
            return DataRow(title=t("account.session", date=since), about=about)
        title = self._apps[app].shown if app in self._apps else app
        return DataRow(
            title=t("account.app", app=bdi(title), date=since),
            about=about,
            press=self._url("account/app") if self._apps else "",
            key=session["key"],
            action=t("account.app_end"),
            hidden=title,
        )

    # ── what came together ───────────────────────────────────────────────────

    def _parked(self, parked: Told) -> DataRow:
        t, title = self._texts, self._belongings.name(parked["resource"])
        day, count = self._date(parked["since"]), len(parked["rows"])
        return DataRow(
            title=title,
            about=t("account.parked_since", date=day, count=count),
            press=self._url("account/take-back"),
            key=parked["key"],
            action=t("account.take_back"),
            hidden=title,
        )

    def _receipt(self, receipt: Told) -> DataRow:
        about = Markup(" ").join(self._belongings.moved(receipt["moved"]))
        return DataRow(
            title=self._texts("account.receipt", date=self._date(receipt["at"])),
            about=about or self._texts("account.receipt_empty"),
        )

    # ── resources ────────────────────────────────────────────────────────────

    def erasure(self, plans: Plans) -> list[ErasureRow]:
        """Return what would go and what must stay, resource by resource."""
        return self._belongings.erasure(plans)
