"""``onboarding profile check``: what it prints and when it fails a build."""

import json
from pathlib import Path

import pytest

from onboarding.cli import main

APP = """
from datetime import UTC, date, datetime
from typing import Annotated, Literal
from pydantic import BaseModel
from onboarding import Answered, Ask, Feature, Onboarding
from onboarding.profiling.needs import Linked
from onboarding.segments.model import Age, Any, Not
from onboarding.testing import FrozenClock

class Profile(BaseModel):
    kind: Annotated[Literal["person", "company"] | None, Ask("What?", why="w")] = None
    company: Annotated[str | None, Ask(
        "Which?", why="w", when=Answered("kind", is_in=["company"]))] = None
    born: Annotated[date | None, Ask("When?", why="w")] = None
    alone: Annotated[str | None, Ask("Why?", why="w")] = None
    always: Annotated[str | None, Ask("Why?", why="w", when=Any(
        Answered("kind", is_in=["person"]),
        Not(Answered("kind", is_in=["person"]))))] = None

onboarding = Onboarding(
    url="http://localhost:8000/welcome",
    secret_key="a key for tests, of more than thirty-two bytes",
    database="sqlite:///shop.db",
    providers=[],
    mailer=None,
    clock=FrozenClock(datetime(2026, 11, 3, tzinfo=UTC)),
    profile=Profile,
    features=[{features}],
)
"""


def write(folder: Path, name: str, features: str) -> None:
    """Write an application under a module name of its own."""
    (folder / f"{name}.py").write_text(APP.replace("{features}", features))


def test_a_check_prints_what_features_cost(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The fewest and the most; what is idle is noted, and fails nothing."""
    write(
        folder,
        "cheap",
        """Feature("invoice", needs=["company", Linked()], budget=2),
        Feature("adult", needs=[Age("born", at_least=18), "born"]),
        Feature("greet", needs=["always"])""",
    )
    assert 0 == main(["profile", "check", "cheap"])
    assert capsys.readouterr().out.splitlines() == [
        "feature  fewest  most  budget",
        "invoice       1     2       2",
        "adult         1     1",
        "greet         2     2",
        (
            "note feature adult: its need 'born' of feature adult asks nothing that "
            "Age('born', at_least=18) of feature adult does not; drop it"
        ),
        "note question always: its guard is always true; drop when=",
        (
            "note question alone: no feature needs or wants it, and no guard that "
            'matters looks at it: it is asked on "My data" alone; why ask?'
        ),
        "3 of 3 features are proven to open from nothing",
    ]
    assert not (folder / "shop.db").exists()


def test_a_feature_over_its_budget_fails_the_build(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The most it may cost counts, whatever the most of people answer."""
    write(folder, "dear", 'Feature("invoice", needs=["company"], budget=1)')
    assert 1 == main(["profile", "check", "dear:onboarding"])
    told = "FIX  feature invoice: it may cost 2 questions, and its budget is 1"
    assert told in capsys.readouterr().out.splitlines()


def test_a_feature_that_never_opens_fails_the_build(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its culprits are named: the two needs that cannot both be met."""
    write(
        folder,
        "shut",
        """Feature("shut", needs=[
            Any(Age("born", at_least=65), Answered("kind", is_in=["company"])),
            Answered("kind", is_in=["person"]),
            Age("born", below=30),
            Any(Age("born", at_least=30), Age("born", at_least=40))])""",
    )
    assert 1 == main(["profile", "check", "shut", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["costs"][0]["fewest"] is None
    [first, *_] = told["remarks"]
    assert first == {
        "where": "feature shut",
        "what": (
            "it never opens, whatever anybody answers: Age('born', below=30) of "
            "feature shut and Any(Age('born', at_least=30), Age('born', at_least=40)) "
            "of feature shut are never met together"
        ),
        "is_error": True,
    }
