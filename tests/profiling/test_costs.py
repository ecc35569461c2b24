"""What a feature costs, by its table; the rest is held in ``test_proof``."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal

import pytest
from pydantic import AfterValidator, BaseModel

from onboarding.profiling.catalogue import build_catalogue
from onboarding.profiling.costs import Cost, cost_of
from onboarding.profiling.model import Ask, Feature
from onboarding.profiling.needs import Linked, Proven
from onboarding.segments.model import Age, Answered, Any
from tests.profiling.used import the_rest

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _even(number: int) -> int:
    if number % 2:
        raise ValueError
    return number


class Profile(BaseModel):
    """What features need."""

    kind: Annotated[Literal["a", "b"] | None, Ask("What?", why="w")] = None
    more: Annotated[
        str | None, Ask("More?", why="w", when=Answered("kind", is_in=["a"]))
    ] = None
    less: Annotated[
        str | None, Ask("Less?", why="w", when=Answered("kind", is_in=["b"]))
    ] = None
    born: Annotated[date | None, Ask("When?", why="w")] = None
    even: Annotated[int | None, Ask("How many?", why="w"), AfterValidator(_even)] = None


def cost(feature: Feature, steps: int = 100) -> Cost:
    """Return what a feature costs."""
    catalogue = build_catalogue(Profile, [feature, the_rest(Profile)])
    return cost_of(catalogue, catalogue.plans[feature.name], NOW, steps)


@pytest.mark.parametrize(
    ("feature", "fewest", "most"),
    [
        pytest.param(Feature("f"), 0, 0, id="nothing"),
        pytest.param(Feature("f", needs=["kind"]), 1, 1, id="one question"),
        pytest.param(Feature("f", needs=["more"]), 1, 2, id="one that may apply"),
        pytest.param(Feature("f", needs=[Any("kind", "born")]), 1, 2, id="one of two"),
        pytest.param(Feature("f", needs=[Linked()]), 0, 0, id="a fact"),
        pytest.param(
            Feature("f", needs=[Any(Proven(), "kind")]), 0, 1, id="a fact instead"
        ),
        pytest.param(
            Feature("f", needs=[Age("born", at_least=18), "kind"]), 2, 2, id="two"
        ),
        pytest.param(
            Feature(
                "f",
                needs=[
                    Any(Age("born", at_least=65), Answered("kind", is_in=["a"])),
                    Any(Age("born", below=30), Answered("kind", is_in=["b"])),
                    Any(Age("born", below=30), Age("born", at_least=40)),
                ],
            ),
            2,
            2,
            id="two that hang together",
        ),
    ],
)
def test_what_a_feature_costs(feature: Feature, fewest: int, most: int) -> None:
    """The fewest and the most questions, of somebody of whom nothing is known."""
    found = cost(feature)
    assert (found.feature, found.fewest, found.most) == ("f", fewest, most)
    assert found.is_proven
    assert not found.never_opens


def test_what_never_opens_is_proven() -> None:
    """Whatever anybody answers."""
    shut = Feature(
        "f",
        needs=[
            Any(Age("born", at_least=65), Answered("kind", is_in=["b"])),
            Answered("kind", is_in=["a"]),
            Age("born", below=30),
        ],
    )
    assert cost(shut).never_opens
    assert cost(shut).fewest is None


@pytest.mark.parametrize(("budget", "is_over"), [(None, False), (1, True), (2, False)])
def test_a_budget_is_held_against_the_most(budget: int | None, is_over: bool) -> None:
    """Who declares none is never over it."""
    found = cost(Feature("f", needs=["more"], budget=budget))
    assert (found.budget, found.is_over) == (budget, is_over)


def test_what_takes_too_long_is_not_proven() -> None:
    """Then it may cost every question that it may ask, and its budget holds that."""
    feature = Feature("f", needs=["more", "born"], budget=2)
    steps = next(n for n in range(100) if cost(feature, n).is_proven)
    assert cost(feature, steps).most == 3
    given_up = cost(feature, steps - 1)
    assert given_up == Cost(feature="f", fewest=None, most=3, is_proven=False, budget=2)
    assert given_up.is_over
    assert not given_up.never_opens


def test_what_a_hosts_own_rule_refuses_is_not_proven() -> None:
    """It is not known whether there is an answer of that kind: all may be asked."""
    both = Feature("f", needs=["more", "less"])
    assert (cost(both).most, cost(both).is_proven) == (2, True)
    found = cost(Feature("f", needs=[*both.needs, Answered("even", above=2, below=4)]))
    assert (found.most, found.is_proven, found.never_opens) == (4, False, False)


def test_a_way_is_walked_once() -> None:
    """Needs that hang on nothing in common are walked apart: as many steps as needs."""
    feature = Feature("f", needs=["kind", "born"])
    assert not cost(feature, 1).is_proven
    assert cost(feature, 2).is_proven
