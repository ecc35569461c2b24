"""``onboarding purge``: by batches, with progress, and an end between two of them."""

import argparse
import asyncio
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from types import FrameType

from onboarding.cli.loading import INTERRUPTED, at_rest, say
from onboarding.guests.model import Hold, HoldKind, Purged

STUCK = 1
"""The status where something could not be moved or removed: each time, so mend it."""

BETWEEN_LINES = 2.0
"""Seconds between two lines of progress."""

STILL_HELD = {
    HoldKind.SIGN_IN: "they are signing in just now",
    HoldKind.CHANGED: "something of theirs changed meanwhile",
}


def add_purge(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.add_argument("app", help="where the object is: shop.app:onboarding")
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="say what would go, and why the rest is kept; write nothing",
    )
    parser.add_argument(
        "--batch",
        type=_at_least_one,
        default=500,
        metavar="GUESTS",
        help="how many to look at together; 500 by default",
    )
    parser.set_defaults(run=purge)


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("write 1 or more")
    return number


def purge(options: argparse.Namespace) -> int:
    """Run the command; Ctrl-C ends it after the batch that it is at."""
    run = _foresee if options.dry_run else _purge
    with _listening() as asked:
        purged = asyncio.run(run(options, asked))
    if not asked:
        return STUCK if purged.is_stuck else 0
    say("stopped between two batches; the next one goes on with the rest")
    return INTERRUPTED


@contextmanager
def _listening() -> Iterator[list[int]]:
    """Give a list that has something in it once Ctrl-C was pressed.

    Pressed again, it ends the command at once, as it always does.
    """
    asked: list[int] = []
    before = signal.getsignal(signal.SIGINT) or signal.default_int_handler

    def hear(number: int, frame: FrameType | None) -> None:
        del frame
        asked.append(number)
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, hear)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


async def _purge(options: argparse.Namespace, asked: list[int]) -> Purged:
    async with at_rest(options.app) as onboarding:
        steps = onboarding.guests.purge_in_batches(batch=options.batch)
        purged = await _follow(steps, asked)
        swept = 0 if asked else await onboarding.intents.sweep()
    for line in _report(purged, "went", "was", "were"):
        print(line)
    print(f"{_many(swept, 'expired intent')} went")
    return purged


async def _foresee(options: argparse.Namespace, asked: list[int]) -> Purged:
    async with at_rest(options.app) as onboarding:
        steps = onboarding.guests.plan_purge(batch=options.batch)
        purged = await _follow(steps, asked)
    for line in _report(purged, "would go", "would be", "would be"):
        print(line)
    return purged


async def _follow(steps: AsyncIterator[Purged], asked: list[int]) -> Purged:
    """Go from batch to batch, saying how it stands, until all is done or asked."""
    purged, said_at = Purged(), -BETWEEN_LINES
    async for purged in steps:
        if time.monotonic() - said_at >= BETWEEN_LINES:
            said_at = time.monotonic()
            looked_at = purged.gone + purged.erased + sum(purged.kept.values())
            say(f"so far: looked at {_many(looked_at, 'lapsed guest')}")
        if asked:
            break
    return purged


def _report(purged: Purged, went: str, was: str, were: str) -> Iterator[str]:
    """Yield what a purge did, or would do: the verbs say which."""

    def be(count: int) -> str:
        return was if count == 1 else were

    yield f"{_many(purged.gone, 'guest')} {went}"
    if purged.erased:
        erased = purged.erased
        yield f"{_many(erased, 'guest')} {be(erased)} erased, but for what must stay"
    for hold, count in purged.kept.items():
        yield f"{_many(count, 'guest')} {be(count)} kept: {_why(hold)}"
    if purged.settled:
        settled = purged.settled
        yield f"late rows of {_many(settled, 'ended account')} {were} settled"
    for hold, count in purged.stuck.items():
        who = _many(count, "ended account")
        yield f"rows of {who} stay where they are: {_why(hold)}"
    if purged.expired:
        yield f"{_many(purged.expired, 'row')} {went}: kept for long enough"


def _why(hold: Hold) -> str:
    if hold.kind in STILL_HELD:
        return STILL_HELD[hold.kind]
    said = [part for part in (hold.resource, hold.reason) if part]
    return ": ".join(said) or "the log says why"


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
