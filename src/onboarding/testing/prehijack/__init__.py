"""Attacks on accounts that wait for their owners, tried on your own application.

``await prehijack(Target(build=…))`` builds your application anew for each attack, plays
it over HTTP, and returns a table that prints. In a test of yours::

    @pytest.mark.parametrize("attack", ATTACKS, ids=str)
    async def test_nobody_is_hijacked(attack):
        await attack.run(Target(build=build, write="/cart"))

The attacks are those of Sudhodanan and Paverd, "Pre-hijacked accounts" (USENIX Security
2022), what guests add to them, and the general ones that shops had to mend.
"""

from onboarding.testing.prehijack.classes import CLASS_ATTACKS
from onboarding.testing.prehijack.general import GENERAL_ATTACKS
from onboarding.testing.prehijack.guests import GUEST_ATTACKS
from onboarding.testing.prehijack.matrix import (
    Attack,
    AttackMatrix,
    AttackOutcome,
    AttackReport,
    Hijacked,
    try_all,
)
from onboarding.testing.prehijack.stage import NotTried, PlaceOrder, Target, Visitor

ATTACKS: tuple[Attack, ...] = (*CLASS_ATTACKS, *GUEST_ATTACKS, *GENERAL_ATTACKS)
"""Every attack, in the order of the table."""


async def prehijack(target: Target) -> AttackMatrix:
    """Try every attack on an application, and return what came of each.

    Args:
        target: How it is built, and where its doors are.
    """
    return await try_all(target, ATTACKS)


__all__ = [
    "ATTACKS",
    "Attack",
    "AttackMatrix",
    "AttackOutcome",
    "AttackReport",
    "Hijacked",
    "NotTried",
    "PlaceOrder",
    "Target",
    "Visitor",
    "prehijack",
]
