"""``onboarding profile check``: what it prints and when it fails a build."""

import json
import re
from pathlib import Path

import pytest

from onboarding.cli import main

APP = """
from datetime import UTC, date, datetime
from typing import Annotated, Literal
from pydantic import BaseModel
from onboarding import Answered, Ask, Feature, Onboarding
from onboarding.profiling.needs import Linked
from onboarding.segments.model import Age, All, Any, Not
from onboarding.testing import FrozenClock

class Profile(BaseModel):
    kind: Annotated[Literal["person", "company"] | None, Ask("What?", why="w")] = None
    company: Annotated[str | None, Ask(
        "Which?", why="w", when=Answered("kind", is_in=["company"]))] = None
    born: Annotated[date | None, Ask("When?", why="w")] = None
    always: Annotated[str | None, Ask("Why?", why="w", when=Any(
        Answered("kind", is_in=["person"]),
        Not(Answered("kind", is_in=["person"]))))] = None
    never: Annotated[str | None, Ask("Why?", why="w", when=All(
        Answered("kind", is_in=["person"]), Answered("company")))] = None
    neither: Annotated[str | None, Ask("Why?", why="w", when=All(
        Answered("kind", is_in=["person"]), Answered("never")))] = None

onboarding = Onboarding(
    url="http://localhost:8000/welcome",
    secret_key="a key for tests, of more than thirty-two bytes",
    database="sqlite:///shop.db",
    providers=[],
    mailer=None,
    clock=FrozenClock(datetime(2026, 11, 3, tzinfo=UTC)),
    profile=Profile,
    features=[{features}, Feature("rest", wants=[
        "kind", "company", "born", "always", "never", "neither"])],
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
        "rest          0     0",
        (
            "note feature adult: its need 'born' of feature adult asks nothing that "
            "Age('born', at_least=18) of feature adult does not; drop it"
        ),
        "note question always: its guard is always true; drop when=",
        *(
            f"note question {name}: its guard is never true, so nobody is asked; "
            "mend when="
            for name in ("never", "neither")
        ),
        "4 of 4 features are proven to open from nothing",
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


@pytest.mark.parametrize(
    ("need", "ends"),
    [
        ('"never"', [["FIX ", "never"], ["note", "neither"]]),
        ('Any("never", "neither")', [["FIX ", "never"], ["FIX ", "neither"]]),
        ('Any("never", "kind")', [["note", "never"], ["note", "neither"]]),
    ],
    ids=["alone", "with others of the kind", "beside one that can serve"],
)
def test_a_need_that_nobody_is_asked_for_fails_the_build(
    folder: Path, capsys: pytest.CaptureFixture[str], need: str, ends: list[list[str]]
) -> None:
    """Unless another way to meet it can serve."""
    name = f"asks_{len(need)}"
    write(folder, name, f'Feature("vain", needs=[{need}])')
    has_to_be_mended = any(kind == "FIX " for kind, _ in ends)
    assert has_to_be_mended == main(["profile", "check", name])
    said = capsys.readouterr().out
    told = re.findall(r"(note|FIX ) question (\w+): its guard is never true", said)
    assert sorted(map(tuple, ends)) == sorted(told)
    assert has_to_be_mended == ("and feature vain needs it" in said)
