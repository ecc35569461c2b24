"""What came of each attack, in a table."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from onboarding.testing.prehijack.stage import NotTried, Stage, Target, staged


class Hijacked(AssertionError):
    """An attack went through; the message says what the attacker got."""


def hold(is_safe: object, otherwise: str) -> None:
    """Say that an attack went through, unless something holds.

    Raises:
        Hijacked: Saying what the attacker got.
    """
    if not is_safe:
        raise Hijacked(otherwise)


class AttackOutcome(StrEnum):
    """What came of an attack."""

    HELD = "held"
    HIJACKED = "HIJACKED"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One attack, which is tried on an application of its own.

    Attributes:
        name: In a word, as the test is called.
        group: Where it stands in the literature: a class, or what it is about.
        what: How it goes, in a sentence.
        play: Does it, and raises ``Hijacked`` where it goes through.
    """

    name: str
    group: str
    what: str
    play: Callable[[Stage], Awaitable[None]]

    def __str__(self) -> str:
        return self.name

    async def run(self, target: Target) -> None:
        """Try it.

        Raises:
            Hijacked: When it goes through.
            NotTried: When the application lacks what it is about.
        """
        async with staged(target) as stage:
            await self.play(stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackReport:
    """What came of one attack, and why."""

    attack: Attack
    outcome: AttackOutcome
    why: str = ""


@dataclass(frozen=True, slots=True)
class AttackMatrix:
    """What came of every attack; as text, a table."""

    reports: tuple[AttackReport, ...]

    @property
    def is_safe(self) -> bool:
        """Whether no attack went through."""
        return all(one.outcome is not AttackOutcome.HIJACKED for one in self.reports)

    def __str__(self) -> str:
        rows = [("attack", "class", "outcome"), ("---", "---", "---")]
        rows += [
            (
                one.attack.name,
                one.attack.group,
                one.outcome.value + (f": {one.why}" if one.why else ""),
            )
            for one in self.reports
        ]
        widths = [max(len(row[place]) for row in rows) for place in range(3)]
        lines = (
            " | ".join(
                cell.ljust(width) for cell, width in zip(row, widths, strict=True)
            )
            for row in rows
        )
        return "\n".join(f"| {line} |" for line in lines)


def attack(group: str) -> Callable[[Callable[[Stage], Awaitable[None]]], Attack]:
    """Make an attack of a function: its name and its docstring say what it is."""

    def made(play: Callable[[Stage], Awaitable[None]]) -> Attack:
        name = play.__name__.replace("_", " ")
        what = (play.__doc__ or "").partition("\n")[0]
        return Attack(name=name, group=group, what=what, play=play)

    return made


async def try_all(target: Target, attacks: Iterable[Attack]) -> AttackMatrix:
    """Try every attack, each on an application built anew."""
    return AttackMatrix(tuple([await _try(target, attack) for attack in attacks]))


async def _try(target: Target, attack: Attack) -> AttackReport:
    try:
        await attack.run(target)
    except Hijacked as error:
        outcome, why = AttackOutcome.HIJACKED, str(error)
    except NotTried as error:
        outcome, why = AttackOutcome.NOT_TRIED, str(error)
    else:
        outcome, why = AttackOutcome.HELD, ""
    return AttackReport(attack=attack, outcome=outcome, why=why)
