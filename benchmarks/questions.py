"""G10 to G12: 'which questions now?', beside GrowthBook's SDK and JsonLogic.

``decide`` is our decision alone, over the answers in hand as the peers have theirs.
``decision`` is what a request pays: the answers read from SQLite, each checked by
today's model, then decided. No peer reads or checks anything.
"""

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import engines
from benchmarks.engines import PRESENT, Case, Engine
from benchmarks.measure import Case as Timed
from benchmarks.measure import Goal, Rounds, measure
from onboarding import Onboarding
from onboarding.attention.model import Allowance
from onboarding.profiling.deciding import decide

NO_WANTS = Allowance(left=0)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PEERS = {"GrowthBook": engines.growthbook, "JsonLogic": engines.json_logic}


class Ours(NamedTuple):
    """Our two ways to ask, for one case."""

    case: Case
    decide: Engine
    decision: Timed


async def known(onboarding: Onboarding[Any], case: Case) -> Ours:
    """Return both, of a guest who has said what the case says; check their answers."""
    welcome = await onboarding.guests.start()
    account, plan = welcome.account, onboarding.catalogue.feature(PRESENT)
    await onboarding.profiling.submit(account, case.answers)
    said = await onboarding.profiling.answers(account)
    answers = {answer.question: answer for answer in said}

    def deciding() -> Sequence[str]:
        return decide(plan, answers, NO_WANTS, NOW).must

    async def decision() -> Sequence[str]:
        return (await onboarding.profiling.decide(account, PRESENT)).must

    for must in (deciding(), await decision()):
        assert list(must) == case.expected, must
    return Ours(case, deciding, decision)


async def opened(
    stack: AsyncExitStack, folder: Path, count: int, *, present: int
) -> Ours:
    """Return ours with so many questions, and print what compiling them took."""
    case = engines.case(count, present=present)
    begun = time.process_time()
    onboarding = engines.ours(case, folder / f"{count}.db")
    took = time.process_time() - begun
    print(f"     {count} questions, {present} of the feature: compiled in {took:.2f} s")
    return await known(await stack.enter_async_context(onboarding), case)


def timed(engine: Engine) -> Timed:
    """Return an engine as something that is measured."""

    async def run() -> Sequence[str]:
        return engine()

    return run


async def beside_peers(mine: Ours, *, rounds: int, runs: int) -> Rounds:
    """Measure ours and the peers, once all of them said the same."""
    cases = {"decide": timed(mine.decide), "decision": mine.decision}
    for name, make in PEERS.items():
        engine = make(mine.case)
        assert engine() == mine.case.expected, name
        cases[name] = timed(engine)
    found = await measure(cases, rounds=rounds, runs=runs)
    print("     " + ", ".join(f"{n} {found.typical(n):.1f} µs" for n in cases))
    return found


async def growing(few: Ours, many: Ours) -> Rounds:
    """Measure ours with few questions and with many, side by side."""
    cases: dict[str, Timed] = {}
    for size, mine in (("few", few), ("many", many)):
        cases[f"decide, {size}"] = timed(mine.decide)
        cases[f"decision, {size}"] = mine.decision
    return await measure(cases, rounds=15, runs=100)


def goals(few: Rounds, many: Rounds, growth: Rounds, all_on_one: Rounds) -> list[Goal]:
    """Return the goals of the four measurements."""
    return [
        Goal(
            "G10",
            "10 questions: our decide / the faster of GrowthBook, JsonLogic",
            max(few.share("decide", peer) for peer in PEERS),
            1 / 3,
        ),
        Goal(
            "G11",
            "10,000 questions, 5 of the feature: decide / the same of 10",
            growth.share("decide, many", "decide, few"),
            2,
        ),
        Goal(
            "G11",
            "the same, answers read and checked as well: decision",
            growth.share("decision, many", "decision, few"),
            2,
        ),
        Goal(
            "G11",
            "10,000 questions: our decide / the faster of GrowthBook, JsonLogic",
            max(many.share("decide", peer) for peer in PEERS),
            1 / 40,
        ),
        Goal(
            "G12",
            "1,000 questions, all of the feature: decide / GrowthBook",
            all_on_one.share("decide", "GrowthBook"),
            1 / 4,
        ),
    ]


async def compare(folder: Path) -> list[Goal]:
    """Measure ten questions, ten thousand, and a thousand of one feature."""
    async with AsyncExitStack() as stack:
        few = await opened(stack, folder, 10, present=5)
        of_few = await beside_peers(few, rounds=15, runs=300)
        many = await opened(stack, folder, 10_000, present=5)
        of_many = await beside_peers(many, rounds=3, runs=2)
        growth = await growing(few, many)
        one = await opened(stack, folder, 1000, present=1000)
        of_one = await beside_peers(one, rounds=9, runs=5)
        return goals(of_few, of_many, growth, of_one)
