"""What hangs on an account, in people's words: counted, brought together, erased."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from onboarding.accounts.belongings import TOLD_BESIDE, Plans
from onboarding.accounts.merge_plan import parts_of
from onboarding.accounts.planned import Outcome
from onboarding.accounts.resources import Resource
from onboarding.locales.texts import Texts
from onboarding.web.views.data_rows import DataRow, ErasureRow

Told = Mapping[str, Any]
"""JSON values, as ``DataService.read`` tells them: the page adds only words."""

COUNTED = ("attention", "proposals", "intents", "events", "letters", "mail_stops")
"""Resources of ours whose entries are counted here, and stand in the export."""

OUR_NOUNS = frozenset(
    {
        *(*TOLD_BESIDE, "identities", "passkeys", "contacts", "proven_addresses"),
        "sessions",
        *("receipts", "answers", "responses", *COUNTED),
    }
)
"""What is told of everybody; the rest hangs on an account because the host says so."""

SILENT = frozenset({*COUNTED, "sessions"})
"""What comes along at a merge and is nobody's doing: no receipt tells of it."""


NEVER_SAID = (Outcome.NOTHING, Outcome.ERASED)


def _said(moved: Mapping[str, str]) -> Iterator[tuple[str, str, int]]:
    """Yield resource, outcome and count of what a receipt has to say to people."""
    for name, report in moved.items():
        for outcome, count in parts_of(report) if name not in SILENT else ():
            if outcome in tuple(Outcome) and outcome not in NEVER_SAID:
                yield name, outcome, count


class BelongingsView:
    """Puts resources into words, in one language.

    Args:
        texts: In which language.
        resources: What of the host's hangs on an account.
    """

    def __init__(self, texts: Texts, resources: Iterable[Resource]):
        self._texts = texts
        self._pages = {one.name: one.page for one in resources}

    def counts(self, told: Told, names: Iterable[str]) -> Iterator[DataRow]:
        """Yield how many entries each resource has, with a link to see them.

        To the page that the host named, else to the button that hands them out.
        """
        t = self._texts
        for name in names:
            entries = told.get(name) or ()
            count = len(entries) if isinstance(entries, list) else bool(entries)
            if count:
                page = self._pages.get(name)
                title = self.name(name)
                yield DataRow(
                    title=title,
                    tag=t("account.count", count=int(count)),
                    href=page or "#leave",
                    action=t("account.look" if page else "account.in_file"),
                    hidden=title,
                )

    def moved(self, moved: Mapping[str, str]) -> Iterator[str]:
        """Yield what a merge brought, resource by resource.

        Args:
            moved: Outcome and count by resource, as a receipt keeps them.
        """
        for name, outcome, count in _said(moved):
            key, what = f"moved.{outcome}", self.name(name)
            yield self._texts(key, what=what, count=count)

    def came_along(self, moved: Mapping[str, str]) -> list[str]:
        """Return the names of what a merge brought, as ``moved`` counts it."""
        came = (Outcome.ADDED, Outcome.COMBINED)
        names = [name for name, outcome, _ in _said(moved) if outcome in came]
        return [self.name(name) for name in dict.fromkeys(names)]

    def waits(self, moved: Mapping[str, str]) -> bool:
        """Tell whether a merge has set anything aside."""
        aside = (Outcome.PARKED, Outcome.DISPLACED)
        return any(outcome in aside for _, outcome, _ in _said(moved))

    def name(self, name: str) -> str:
        """Return what people call a resource: ``cart_lines`` is "Cart lines"."""
        if name in OUR_NOUNS:
            return self._texts(f"resource.{name}")
        plain = name.rpartition(".")[2].replace("_", " ").capitalize()
        return self._texts.say(plain)

    def erasure(self, plans: Plans) -> list[ErasureRow]:
        """Return what would go and what must stay, resource by resource."""
        return [
            ErasureRow(
                title=self.name(resource.name),
                reason=self._texts.say(plan.reason),
                stays=plan.outcome is Outcome.KEPT,
                until=plan.until.date() if plan.until else None,
            )
            for resource, plan in plans
            if plan.count and resource.is_told
        ]
