"""The same questions asked by each engine: ours, GrowthBook's and a JsonLogic one.

One rule a question: *this feature is opened, the answer is missing, and the plan is
one of three*. The peers know no "which of these matter now", so a host asks them one
rule after another; a careful one would sort the rules by feature first, and then has
the figures of ten rules, not of ten thousand. They get what is known as a dictionary.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from growthbook import GrowthBook
from json_logic import jsonLogic
from pydantic import BaseModel, create_model

from benchmarks.requests import KEY, URL
from onboarding import Answered, Ask, Feature, Onboarding

PLAN = "gold"
ALL_BUT_GOLD = ("free", "bronze", "silver")
WITH_GOLD = ("bronze", "silver", "gold")
PRESENT = "feature-0"

Engine = Callable[[], Sequence[str]]
"""Decides once: the names of the questions to ask now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a question is asked.

    Attributes:
        feature: What has to be opened.
        plans: Which plans it applies to; None means all.
    """

    question: str
    feature: str
    plans: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Rules, and what is known of the person who opens the present feature."""

    rules: tuple[Rule, ...]
    answers: Mapping[str, str]

    @property
    def expected(self) -> list[str]:
        """What every engine must say."""
        return [
            rule.question
            for rule in self.rules
            if rule.feature == PRESENT
            and rule.question not in self.answers
            and PLAN in (rule.plans or ())
        ]


def case(count: int, *, present: int) -> Case:
    """Return so many rules, five to a feature, or all on the present one.

    Of five on the present feature one is answered, one is for other plans, and three
    are to be asked. The rules of other features have no condition on the plan: every
    engine has left them before it would come to that.
    """
    rules = []
    for n in range(count):
        if n < present:
            plans = ALL_BUT_GOLD if n % 5 == 1 else WITH_GOLD
            rules.append(Rule(question=f"q{n}", feature=PRESENT, plans=plans))
        else:
            rules.append(
                Rule(question=f"q{n}", feature=f"feature-{n // 5}", plans=None)
            )
    answers = {f"q{n}": "yes" for n in range(0, present, 5)}
    return Case(rules=tuple(rules), answers={"plan": PLAN, **answers})


# ── the peers ────────────────────────────────────────────────────────────────


def facts(case: Case) -> dict[str, str]:
    """Return what the peers are told."""
    return {"opened": PRESENT, **case.answers}


def growthbook(case: Case) -> Engine:
    """Return GrowthBook's SDK, made once: each question is a flag."""

    def flag(rule: Rule) -> dict[str, Any]:
        condition: dict[str, Any] = {
            "opened": rule.feature,
            rule.question: {"$exists": False},
        }
        if rule.plans:
            condition["plan"] = {"$in": list(rule.plans)}
        rules = [{"condition": condition, "force": True}]
        return {"defaultValue": False, "rules": rules}

    names = [rule.question for rule in case.rules]
    known = facts(case)
    sdk = GrowthBook(features={rule.question: flag(rule) for rule in case.rules})

    def decide() -> list[str]:
        sdk.set_attributes(known)
        return [name for name in names if sdk.is_on(name)]

    return decide


def json_logic(case: Case) -> Engine:
    """Return panzi-json-logic, in Python alone: each question is a rule."""

    def logic(rule: Rule) -> dict[str, Any]:
        conditions: list[Any] = [
            {"==": [{"var": "opened"}, rule.feature]},
            {"missing": [rule.question]},
        ]
        if rule.plans:
            conditions.append({"in": [{"var": "plan"}, list(rule.plans)]})
        return {"and": conditions}

    rules = [(rule.question, logic(rule)) for rule in case.rules]
    known = facts(case)

    def decide() -> list[str]:
        return [name for name, rule in rules if jsonLogic(rule, known)]

    return decide


# ── ours ─────────────────────────────────────────────────────────────────────


def profile(case: Case) -> type[BaseModel]:
    """Return the profile model with these questions."""

    def field(rule: Rule) -> Any:
        when = Answered(question="plan", is_in=rule.plans) if rule.plans else None
        ask = Ask("What is it?", why="A benchmark asks.", when=when)
        return (Annotated[str | None, ask], None)

    fields: dict[str, Any] = {rule.question: field(rule) for rule in case.rules}
    plan = Ask("Which plan?", why="A benchmark asks.")
    fields["plan"] = (Annotated[str | None, plan], None)
    return create_model("Profile", **fields)


def features(case: Case) -> list[Feature]:
    """Return the features with their needs."""
    needs: dict[str, list[str]] = {}
    for rule in case.rules:
        needs.setdefault(rule.feature, []).append(rule.question)
    return [Feature(name, needs=names) for name, names in needs.items()]


def ours(case: Case, database: Path) -> Onboarding[Any]:
    """Return our library with these questions, on a SQLite file."""
    return Onboarding(
        url=URL,
        secret_key=KEY,
        database=f"sqlite:///{database}",
        profile=profile(case),
        features=features(case),
    )
