"""How it is measured: every case once per round, in turn, by the CPU it took.

Wall time says little on a shared machine; the CPU time of this process, paired
within a round, repeats within a few per cent. What is printed is the median over
the rounds, and for a goal the median of the ratios of each round.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import process_time_ns

Case = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Rounds:
    """CPU in microseconds per run of each case, round by round."""

    taken: Mapping[str, list[float]]

    def typical(self, case: str) -> float:
        """Return the median of a case, in microseconds."""
        return median(self.taken[case])

    def added(self, case: str, bare: str) -> float:
        """Return the median of what a case adds to the bare one, in microseconds."""
        return median(
            a - b for a, b in zip(self.taken[case], self.taken[bare], strict=True)
        )

    def share(self, ours: str, peer: str, bare: str | None = None) -> float:
        """Return what we take, or add to the bare case, as a share of the peer's."""
        base = self.taken[bare] if bare else [0.0] * len(self.taken[ours])
        pairs = zip(self.taken[ours], self.taken[peer], base, strict=True)
        return median((a - c) / (b - c) for a, b, c in pairs if b > c)


async def measure(cases: Mapping[str, Case], *, rounds: int, runs: int) -> Rounds:
    """Run every case in turn, round after round.

    Args:
        cases: What to run, by name.
        rounds: How often all of them.
        runs: How often each within a round.
    """
    taken: dict[str, list[float]] = {name: [] for name in cases}
    for case in cases.values():
        await case()
    for _ in range(rounds):
        for name, case in cases.items():
            before = process_time_ns()
            for _ in range(runs):
                await case()
            taken[name].append((process_time_ns() - before) / runs / 1000)
    return Rounds(taken)


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal, and what was measured for it.

    Attributes:
        name: As in docs/benchmarks.md.
        what: What is compared, in words.
        measured: A share, or a number.
        limit: What it must not exceed.
    """

    name: str
    what: str
    measured: float
    limit: float

    @property
    def is_reached(self) -> bool:
        """Whether what was measured is within the limit."""
        return self.measured <= self.limit

    def line(self) -> str:
        """Return one line for a person."""
        verdict = "reached" if self.is_reached else "NOT REACHED"
        return (
            f"{self.name:4} {self.what:62} {self.measured:8.3g}"
            f"  (goal: at most {self.limit:.3g})  {verdict}"
        )
