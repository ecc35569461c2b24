"""What a feature asks, and in which order: a need and all that its guard looks at."""

from collections import Counter
from collections.abc import Iterable, Mapping

from onboarding.errors import ConfigError
from onboarding.names import by_name, unknown
from onboarding.profiling.grammar import FEATURE
from onboarding.profiling.model import Feature, Plan, Question


def compile_features(
    questions: Mapping[str, Question],
    order: Mapping[str, int],
    features: Iterable[Feature],
) -> dict[str, Plan]:
    """Compile every feature, by its name.

    Raises:
        ConfigError: When two have one name, and as ``plan``.
    """
    declared = by_name(
        "features", features, "give one another name, or put their needs together"
    )
    return {name: plan(questions, order, feature) for name, feature in declared.items()}


def plan(
    questions: Mapping[str, Question], order: Mapping[str, int], feature: Feature
) -> Plan:
    """Compile one feature.

    Args:
        questions: By name.
        order: The place of each, after the one that its guard looks at.
        feature: What opens.

    Raises:
        ConfigError: When it names a question that is not there, or one twice, or
            cannot stand in an address.
    """
    where = f"Feature {feature.name!r}"
    if not FEATURE.match(feature.name):
        raise ConfigError(
            f"{where}: its name stands in an address; write lower case letters, "
            "digits, - and _, beginning with a letter, at most 64"
        )
    for name, times in Counter((*feature.needs, *feature.wants)).items():
        if name not in questions:
            raise ConfigError(f"{where} names {unknown('question', name, questions)}")
        if times > 1:
            raise ConfigError(f"{where} names {name!r} twice; write it once")
    hard = path(questions, order, feature.needs)
    return Plan(
        feature=feature,
        path=path(questions, order, (*hard, *feature.wants)),
        hard=frozenset(hard),
    )


def path(
    questions: Mapping[str, Question], order: Mapping[str, int], names: Iterable[str]
) -> dict[str, Question]:
    """Return some questions and all that their guards hang on, in order."""
    found: set[str] = set()
    for name in names:
        here = name
        while here not in found:
            found.add(here)
            guard = questions[here].guard
            here = guard.question if guard else here
    return {name: questions[name] for name in sorted(found, key=order.__getitem__)}


def dependents(
    questions: Iterable[str], plans: Mapping[str, Plan]
) -> dict[str, frozenset[str]]:
    """Return the features whose needs hang on a question, by its name."""
    found: dict[str, list[str]] = {name: [] for name in questions}
    for feature, plan in plans.items():
        for name in plan.hard:
            found[name].append(feature)
    return {name: frozenset(features) for name, features in found.items()}
