"""What became of the last act, in the words of the page that follows it."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from markupsafe import Markup

from onboarding.accounts.resources import Resource
from onboarding.frozen import dataclass
from onboarding.locales.texts import Texts
from onboarding.profiling.model import Plan
from onboarding.web.views.belongings import BelongingsView
from onboarding.web.views.questions import feature_title


class NoticeAct(StrEnum):
    """What a person did just now; the first five are those of ``How``."""

    REGISTERED = "registered"
    UPGRADED = "upgraded"
    SIGNED_IN = "signed_in"
    MERGED = "merged"
    LINKED = "linked"
    UNLINKED = "unlinked"
    KEPT_APART = "kept_apart"
    TAKEN_BACK = "taken_back"
    ERASED = "erased"
    SIGNED_OUT = "signed_out"
    CLAIMED = "claimed"
    ANSWER_CHANGED = "answer_changed"
    ANSWER_TAKEN_BACK = "answer_taken_back"
    PURPOSE_WITHDRAWN = "purpose_withdrawn"


OF_ANSWERS = frozenset(
    {NoticeAct.ANSWER_CHANGED, NoticeAct.ANSWER_TAKEN_BACK, NoticeAct.PURPOSE_WITHDRAWN}
)
"""What may close features."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What became of the last act, for the page that follows it.

    Attributes:
        act: What the person did.
        text: One sentence in the language of the page, as HTML that is safe to show;
            after a merge it names what came along, after an erasure what must stay.
    """

    act: NoticeAct
    text: Markup


def draw_notice(
    act: NoticeAct,
    moved: Mapping[str, str],
    texts: Texts,
    resources: Iterable[Resource],
    features: Mapping[str, Plan],
) -> Notice:
    """Return a notice in words.

    Args:
        act: What was done.
        moved: What came along, as a receipt keeps it; after an erasure, what must stay,
            with its last day (ISO 8601) where that is known; after a change of answers,
            the features that it closed.
        texts: The words of the page.
        resources: Everything that hangs on an account.
        features: What opens once its questions are answered, by name.
    """
    if act in OF_ANSWERS:
        return Notice(act=act, text=_closing(act, moved, texts, features))
    view = BelongingsView(texts, resources)
    if act is NoticeAct.ERASED and moved:
        return Notice(act=act, text=_erased(moved, texts, view))
    names = view.came_along(moved)
    key, slots = str(act), {"what": ", ".join(names)}
    if act is NoticeAct.MERGED:
        # Where nothing came along, there is nothing to say of it.
        key = ("merged" if names else "signed_in") + "_waits" * view.waits(moved)
    return Notice(act=act, text=texts(f"notice.{key}", **slots))


def _closing(
    act: NoticeAct, closed: Iterable[str], texts: Texts, features: Mapping[str, Plan]
) -> Markup:
    titles = [feature_title(name, texts, features) for name in closed]
    if not titles:
        return texts(f"notice.{act}")
    return texts(f"notice.{act}_closes", what=", ".join(titles))


def _erased(kept: Mapping[str, str], texts: Texts, view: BelongingsView) -> Markup:
    what = ", ".join(view.name(name) for name in kept)
    if not all(kept.values()):
        return texts("notice.erased_but", what=what)
    last = texts.long_date(date.fromisoformat(max(kept.values())))
    return texts("notice.erased_until", what=what, date=last)
