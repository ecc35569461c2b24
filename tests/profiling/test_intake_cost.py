"""What judging costs: as much for each answer, however many there are."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, BaseModel, create_model, model_validator

from onboarding.accounts.model import Account
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.catalogue import Catalogue, build_catalogue
from onboarding.profiling.intake import judge, judge_visitor
from onboarding.profiling.model import Ask, Feature
from onboarding.profiling.rules import Present
from onboarding.segments.model import Answered

NOW = datetime(2026, 3, 14, tzinfo=UTC)
FEATURE = "shelf"


class Ruled(BaseModel):
    """A model with a rule across several fields, which looks at all of them."""

    @model_validator(mode="after")
    def _rule(self) -> "Ruled":
        return self


def catalogue_of(
    size: int, base: type[BaseModel], *, is_chained: bool, checked: list[str]
) -> Catalogue[Any]:
    """Return so many questions, each behind the one before it if they are chained."""

    def check(value: str | None) -> str | None:
        checked.append(value or "")
        return value

    fields: dict[str, Any] = {}
    for n in range(size):
        guard = Answered(question=f"q{n - 1}", is_in=["yes"]) if n else None
        ask = Ask(f"Question {n}?", "A test.", when=guard if is_chained else None)
        fields[f"q{n}"] = (Annotated[str | None, AfterValidator(check), ask], None)
    model = create_model("Profile", __base__=base, **fields)
    return build_catalogue(model, [Feature(FEATURE, needs=list(fields))])


def calls_in(work: Callable[[], object]) -> int:
    """Return how many functions of Python a piece of work calls."""
    calls = 0

    def count(_: object, event: str, __: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("is_chained", [False, True], ids=["flat", "chained"])
@pytest.mark.parametrize("base", [BaseModel, Ruled])
def test_twice_the_answers_cost_twice_as_much(
    base: type[BaseModel], *, is_chained: bool
) -> None:
    """Neither guards nor rules across fields make it quadratic."""

    def cost(size: int) -> int:
        catalogue = catalogue_of(size, base, is_chained=is_chained, checked=[])
        values: dict[str, JsonValue] = {f"q{n}": "yes" for n in range(size)}
        known = judge(
            catalogue,
            Account(id="ann", created_at=NOW),
            [],
            values=values,
            declined=(),
            feature=FEATURE,
            moment=Present(now=NOW),
        )
        assert len(known.saved) == size
        return calls_in(
            lambda: judge(
                catalogue,
                Account(id="ann", created_at=NOW),
                known.changed,
                values=values | {"q0": "yes"},
                declined=(),
                feature=FEATURE,
                moment=Present(now=NOW),
            )
        )

    assert cost(120) < 2.2 * cost(60)


def test_a_visitors_answers_are_not_judged_twice() -> None:
    """Before there is an account it is looked for one that can be kept, not for all."""
    checked: list[str] = []
    catalogue = catalogue_of(60, Ruled, is_chained=False, checked=checked)
    checked.clear()
    values: dict[str, JsonValue] = {f"q{n}": "yes" for n in range(60)}
    found = judge_visitor(
        catalogue, values=values, declined=(), feature=FEATURE, now=NOW
    )
    assert found is None
    assert len(checked) <= 3  # it is checked, written, and read back


def test_what_a_visitor_says_in_vain_is_judged_whole() -> None:
    """Each answer that is refused has its reason, and nothing is kept."""
    catalogue = catalogue_of(3, Ruled, is_chained=False, checked=[])
    values: dict[str, JsonValue] = {"q0": 1, "q1": [], "q2": {}}
    found = judge_visitor(
        catalogue, values=values, declined=(), feature=FEATURE, now=NOW
    )
    assert found is not None
    assert [error.question for error in found.invalid] == ["q0", "q1", "q2"]
