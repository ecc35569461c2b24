"""Whether a feature is open, by each peer, and what to ask, by a plain scan.

One flag a feature, with all that our plan looks at as its condition: every need is
answered, or does not apply, and so do the questions that decide about that. The peers
say open or not; what to ask they do not tell. OpenFeature's provider in memory has no
language for conditions, so a host writes functions: these are the host's, and what is
measured is the SDK around them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from growthbook import GrowthBook
from json_logic import jsonLogic
from openfeature import api
from openfeature.evaluation_context import EvaluationContext
from openfeature.flag_evaluation import FlagResolutionDetails
from openfeature.provider.in_memory_provider import InMemoryFlag, InMemoryProvider

from benchmarks.wide import OF_AGE, Guard, Wide

Said = Mapping[str, str | int]
IsOpen = Callable[[str, Said], bool]
"""Tells whether a feature is open for somebody who said this."""

Scan = Callable[[str, Said], list[str]]
"""Returns what is still to be asked for a feature."""

Logic = tuple[Any, ...]
"""``("and", …)``, ``("or", …)``, ``("not", …)``, ``("has", …)``, ``("is", …)``."""


# ── the condition of a feature ───────────────────────────────────────────────


def applies(case: Wide, name: str) -> list[Logic]:
    """Return what is true together where a question applies."""
    guard = case.guards[name]
    if guard is None:
        return []
    return [*applies(case, guard.question), ("has", guard.question), ("is", guard)]


def is_absent(case: Wide, name: str) -> list[Logic]:
    """Return of what one is true where a question does not apply."""
    guard = case.guards[name]
    if guard is None:
        return []
    above = guard.question
    here = ("and", *applies(case, above), ("has", above), ("not", ("is", guard)))
    return [*is_absent(case, above), here]


def is_met(case: Wide, name: str) -> Logic:
    """Return the condition of a need."""
    answered: Logic = ("and", *applies(case, name), ("has", name))
    absent = is_absent(case, name)
    return ("or", *absent, answered) if absent else ("has", name)


def condition(case: Wide, feature: str) -> Logic:
    """Return the condition of a feature."""
    return ("and", *(is_met(case, name) for name in case.features[feature]))


# ── the peers ────────────────────────────────────────────────────────────────


def growthbook(case: Wide) -> IsOpen:
    """Return GrowthBook's SDK, made once: each feature is a flag."""

    def told(logic: Logic) -> dict[str, Any]:
        match logic:
            case ("has", name):
                return {name: {"$exists": True}}
            case ("is", Guard() as guard):
                among = {"$in": list(guard.texts)} if guard.texts else {"$gte": OF_AGE}
                return {guard.question: among}
            case ("not", part):
                return {"$not": told(part)}
            case (joined, *parts):
                return {f"${joined}": [told(part) for part in parts]}
        raise ValueError(logic)

    def flag(feature: str) -> dict[str, Any]:
        rules = [{"condition": told(condition(case, feature)), "force": True}]
        return {"defaultValue": False, "rules": rules}

    sdk = GrowthBook(features={name: flag(name) for name in case.features})

    def is_open(feature: str, known: Said) -> bool:
        sdk.set_attributes(dict(known))
        return bool(sdk.is_on(feature))

    return is_open


def json_logic(case: Wide) -> IsOpen:
    """Return panzi-json-logic, in Python alone: each feature is a rule."""

    def told(logic: Logic) -> dict[str, Any]:
        match logic:
            case ("has", name):
                return {"!==": [{"var": name}, None]}
            case ("is", Guard() as guard):
                value = {"var": guard.question}
                return (
                    {"in": [value, list(guard.texts)]}
                    if guard.texts
                    else {">=": [value, OF_AGE]}
                )
            case ("not", part):
                return {"!": [told(part)]}
            case (joined, *parts):
                return {joined: [told(part) for part in parts]}
        raise ValueError(logic)

    rules = {name: told(condition(case, name)) for name in case.features}

    def is_open(feature: str, known: Said) -> bool:
        return bool(jsonLogic(rules[feature], known))

    return is_open


def openfeature(case: Wide) -> IsOpen:
    """Return OpenFeature's SDK with its provider in memory: each feature is a flag."""

    def holds(logic: Logic, known: Said) -> bool:
        match logic:
            case ("has", name):
                return name in known
            case ("is", Guard() as guard):
                return is_as(guard, known[guard.question])
            case ("not", part):
                return not holds(part, known)
            case ("or", *parts):
                return any(holds(part, known) for part in parts)
            case (_, *parts):
                return all(holds(part, known) for part in parts)
        raise ValueError(logic)

    def flag(feature: str) -> InMemoryFlag[bool]:
        logic = condition(case, feature)

        def evaluate(
            _: InMemoryFlag[bool], context: EvaluationContext
        ) -> FlagResolutionDetails[bool]:
            return FlagResolutionDetails(holds(logic, context.attributes))

        return InMemoryFlag(
            "off", {"on": True, "off": False}, context_evaluator=evaluate
        )

    flags = {name: flag(name) for name in case.features}
    api.set_provider_and_wait(InMemoryProvider(flags), str(len(case.guards)))
    client = api.get_client(str(len(case.guards)))

    def is_open(feature: str, known: Said) -> bool:
        context = EvaluationContext(attributes=dict(known))
        return bool(client.get_boolean_value(feature, False, context))

    return is_open


# ── written down plainly ─────────────────────────────────────────────────────


def is_as(guard: Guard, value: str | int) -> bool:
    """Tell whether an answer is as a guard says."""
    return value in guard.texts if guard.texts else int(value) >= OF_AGE


Rule = Mapping[str, Any]


def scan(case: Wide) -> Scan:
    """Return what looks through all rules, one a question, as a host may write it."""
    needed: dict[str, set[str]] = {name: set() for name in case.guards}
    for feature, names in case.features.items():
        for name in names:
            needed[name].add(feature)
    rules = [
        {"question": name, "features": needed[name], "when": guard}
        for name, guard in case.guards.items()
    ]
    by_name: dict[str, Rule] = {str(rule["question"]): rule for rule in rules}

    def ask(feature: str, known: Said) -> list[str]:
        found: dict[str, None] = {}
        for rule in rules:
            if feature in rule["features"]:  # type: ignore[operator]  # a set
                does = truth(by_name, rule, known)
                if does is None or (does and rule["question"] not in known):
                    found[first_open(by_name, rule, known)] = None
        return list(found)

    return ask


def truth(rules: Mapping[str, Rule], rule: Rule, known: Said) -> bool | None:
    """Tell whether a question applies; None where it is not known."""
    when = rule["when"]
    if when is None:
        return True
    above = truth(rules, rules[when.question], known)
    if above is not True:
        return above
    return is_as(when, known[when.question]) if when.question in known else None


def first_open(rules: Mapping[str, Rule], rule: Rule, known: Said) -> str:
    """Return what can be asked now and moves a question on."""
    while truth(rules, rule, known) is None:
        rule = rules[rule["when"].question]
    return str(rule["question"])
