"""G18 to G21: decisions over wide catalogues, beside a plain scan and three peers.

A thousand people, each at one of a thousand features, with seven of ten questions
answered on the way. Ours says whether it is open, what to ask, why, and how far they
are; a peer says whether it is open, and is asked about that one feature.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Any, NamedTuple

from benchmarks import wide_peers
from benchmarks.measure import Goal
from benchmarks.wide import Wide, features, profile, said, wide
from onboarding.attention.model import Allowance
from onboarding.profiling.catalogue import Catalogue, build_catalogue
from onboarding.profiling.deciding import decide
from onboarding.profiling.keeping import profile_of
from onboarding.profiling.model import Answer, Decision, Source

SIZES = (10, 100, 1000, 10_000)
NO_WANTS = Allowance(left=0)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PEERS = {
    "OpenFeature": wide_peers.openfeature,
    "GrowthBook": wide_peers.growthbook,
    "JsonLogic": wide_peers.json_logic,
}
ROUNDS = 9
AT_ONCE = 10
"""How often each decision is made while the clock runs, which takes 2 µs to read."""

Case = Callable[[int], object]
"""Decides for one of the people."""


class Subjects(NamedTuple):
    """Everything that is measured at one size.

    Attributes:
        size: How many questions there are.
        cases: Ours, the scan and the peers, by name.
        catalogue: Our compiled one.
        people: What each said, with the feature that they open.
        compiled: What compiling took, in seconds of CPU: the median.
    """

    size: int
    cases: Mapping[str, Case]
    catalogue: Catalogue[Any]
    people: Sequence[tuple[str, Mapping[str, str | int]]]
    compiled: float


def answer(name: str, value: str | int) -> Answer:
    """Return an answer as a store keeps it."""
    return Answer(
        account_id="a",
        question=name,
        value=value,
        source=Source.PERSON,
        answered_at=NOW,
    )


def compiled(case: Wide, times: int) -> tuple[Catalogue[Any], float]:
    """Return our catalogue, and the median of what compiling it took."""
    model, opened = profile(case), features(case)
    taken = []
    for _ in range(times):
        before = time.process_time()
        catalogue = build_catalogue(model, opened)
        taken.append(time.process_time() - before)
    return catalogue, median(taken)


def subjects(count: int) -> Subjects:
    """Return ours and the others at one size, once all of them said the same."""
    dice = Random(count)  # noqa: S311, no secret
    case = wide(count, dice)
    catalogue, took = compiled(case, times=5 if count == SIZES[-1] else 1)
    people = [(feature, said(case, feature, dice)) for feature in case.features]
    known = [{n: answer(n, v) for n, v in them.items()} for _, them in people]
    plans = [catalogue.plans[feature] for feature, _ in people]

    def ours(place: int) -> Decision:
        return decide(plans[place], known[place], NO_WANTS, NOW)

    scan = wide_peers.scan(case)
    peers = {name: make(case) for name, make in PEERS.items()}
    for place, person in enumerate(people):
        decision = ours(place)
        assert sorted(scan(*person)) == sorted(decision.must), person
        for name, is_open in peers.items():
            assert is_open(*person) is decision.is_open, (name, person)
    cases: dict[str, Case] = {"ours": ours, "scan": lambda n: scan(*people[n])}
    for name, is_open in peers.items():
        cases[name] = lambda n, is_open=is_open: is_open(*people[n])  # type: ignore[misc]  # mypy cannot infer it
    return Subjects(count, cases, catalogue, people, took)


# ── measuring ────────────────────────────────────────────────────────────────


def each(case: Case, places: Sequence[int], at_once: int) -> list[float]:
    """Return the CPU of each decision, in microseconds."""
    taken = []
    for place in places:
        before = time.process_time_ns()
        for _ in range(at_once):
            case(place)
        taken.append((time.process_time_ns() - before) / at_once / 1000)
    return taken


def rounds(found: Subjects, places: Sequence[int]) -> dict[str, list[list[float]]]:
    """Return what each decision took of each, in every round."""
    taken: dict[str, list[list[float]]] = {name: [] for name in found.cases}
    for _ in range(ROUNDS):
        for name, case in found.cases.items():
            is_slow = name == "scan" and found.size == SIZES[-1]
            taken[name].append(each(case, places, 1 if is_slow else AT_ONCE))
    return taken


def share(taken: Mapping[str, list[list[float]]], peer: str) -> float:
    """Return what ours takes as a share of a peer: the median of all rounds."""
    pairs = zip(taken["ours"], taken[peer], strict=True)
    return median(sum(ours) / sum(theirs) for ours, theirs in pairs)


def growth(few: Subjects, many: Subjects) -> float:
    """Return what ours takes with many questions as a share of few, in turn."""
    everybody = range(len(few.people))
    return median(
        sum(each(many.cases["ours"], everybody, 2))
        / sum(each(few.cases["ours"], everybody, 2))
        for _ in range(ROUNDS)
    )


def typed_profile(found: Subjects) -> float:
    """Return the microseconds from stored answers to the model of a whole profile.

    As ``onboarding.profiling.profile`` makes it, without the read of the database, of
    people who said what four features hang on: thirty answers and more.
    """
    people = []
    for first in range(0, len(found.people), 20):
        known: dict[str, str | int] = {}
        for _, them in found.people[first : first + 20 : 5]:
            known |= them
        people.append([answer(name, value) for name, value in known.items()])

    def whole(place: int) -> object:
        return profile_of(found.catalogue, people[place], NOW)

    everybody = range(len(people))
    each(whole, everybody, 1)
    print(f"     a profile of {median(map(len, people)):.0f} answers", end=": ")
    took = median(median(each(whole, everybody, 2)) for _ in range(ROUNDS))
    print(f"{took:.0f} µs")
    return took


def told(found: Subjects, places: Sequence[int]) -> dict[str, list[list[float]]]:
    """Measure one size, and print it."""
    taken = rounds(found, places)
    print(f"     {found.size} questions, compiled in {found.compiled:.2f} s: ", end="")
    typical = {name: median(map(median, those)) for name, those in taken.items()}
    print(", ".join(f"{name} {took:.1f} µs" for name, took in typical.items()))
    return taken


async def compare(_: Path) -> list[Goal]:
    """Measure ten, a hundred, a thousand and ten thousand questions."""
    few = subjects(SIZES[0])
    for count in SIZES[1:-1]:
        told(subjects(count), range(0, 1000, 10))
    told(few, range(0, 1000, 10))
    many = subjects(SIZES[-1])
    taken = told(many, range(0, 1000, 10))
    # Each decision by the median of the rounds, so that p99 is of what is decided,
    # and not of what else the machine did.
    ours = [each(many.cases["ours"], range(1000), AT_ONCE) for _ in range(ROUNDS)]
    typical = [median(those) for those in zip(*ours, strict=True)]
    size = f"{SIZES[-1]:,} questions, 1,000 features"
    return [
        Goal("G18", f"{size}: decide, p50 in µs", median(typical), 10),
        Goal("G18", "the same, p99 in µs", quantiles(typical, n=100)[-1], 50),
        Goal("G18", "decide of 10,000 questions / of 10", growth(few, many), 1.3),
        Goal("G19", f"{size}: decide / a plain scan", share(taken, "scan"), 1 / 40),
        Goal(
            "G19",
            "the same / the fastest peer, asked whether one feature is open",
            max(share(taken, peer) for peer in PEERS),
            1 / 40,
        ),
        Goal("G20", f"{size}: compiled, in seconds", many.compiled, 0.5),
        Goal("G21", "a whole typed profile, in µs", typed_profile(many), 150),
    ]
