"""What a feature that an answer closes needs that answer to be, in words."""

from typing import TYPE_CHECKING, Any

from onboarding.locales.texts import Texts
from onboarding.profiling.model import Plan
from onboarding.profiling.wording import Wording
from onboarding.segments.sentences import joined

if TYPE_CHECKING:
    from onboarding.profiling.catalogue import Catalogue


def draw_tests(plan: Plan, texts: Texts, catalogue: "Catalogue[Any]") -> dict[str, str]:
    """Return what an answer must be for a feature to open, by the question."""
    wording = Wording(catalogue, texts)
    tested: dict[str, list[str]] = {}
    for group in plan.groups:
        for way in group.ways:
            if way.test is not None:
                tested.setdefault(way.name, []).append(wording.need(way.declared))
    return {
        name: texts.plain("ask.opens_where", condition=joined(said, texts, is_all=True))
        for name, said in tested.items()
    }
