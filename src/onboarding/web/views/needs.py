"""What a feature needs, in words: what would do instead, and what it does without."""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from onboarding.locales.texts import Texts
from onboarding.profiling.model import Decision, Plan
from onboarding.profiling.needs import Fact, Proven

if TYPE_CHECKING:
    from onboarding.profiling.catalogue import Catalogue
    from onboarding.providers.base import Provider


def closes(plan: Plan, names: Collection[str]) -> bool:
    """Tell whether a feature may stay closed by what nobody tells to questions."""
    return any(
        way.name in names and not way.is_spared and len(group.ways) == 1
        for group in plan.groups
        for way in group.ways
    )


def draw_without(names: Collection[str], texts: Texts, plan: Plan | None) -> list[str]:
    """Return what a feature does without the answers that it asks for."""
    without = plan.feature.without if plan else {}
    return [texts.say(without[name]) for name in names if name in without]


def draw_instead(
    asked: Collection[str],
    texts: Texts,
    catalogue: "Catalogue[Any]",
    decision: Decision | None,
    providers: Mapping[str, "Provider"],
) -> list[tuple[str, str]]:
    """Return the names and words of what would do instead: questions, or facts."""
    if decision is None:
        return []
    ways = [
        (first, *others)
        for first, others in decision.instead.items()
        if {first, *others} & set(asked)
    ]
    names = [name for way in ways for name in way if name not in asked]
    facts = {fact.fact: fact for fact in catalogue.facts}
    return [
        (name, draw_facts([facts[name]], texts, providers)[0][1])
        if name in facts
        else (name, _rather(name, texts, catalogue))
        for name in names
    ]


def _rather(name: str, texts: Texts, catalogue: "Catalogue[Any]") -> str:
    question = texts.say(catalogue.questions[name].ask.question)
    return texts.plain("ask.instead", question=question)


def draw_facts(
    facts: Iterable[Fact], texts: Texts, providers: Mapping[str, "Provider"]
) -> list[tuple[str, str]]:
    """Return what has to be proven: what kind it is, and what to do in words."""
    drawn = []
    for fact in facts:
        if isinstance(fact, Proven):
            drawn.append(("email", texts.say("ask.prove_email")))
        elif fact.provider and fact.provider in providers:
            title = providers[fact.provider].title
            drawn.append(("sign_in", texts.plain("ask.sign_in_with", provider=title)))
        else:
            drawn.append(("sign_in", texts.say("ask.sign_in")))
    return drawn
