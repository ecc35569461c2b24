"""``onboarding profile rehearse``: new questions over the answers that are kept."""

import argparse
import asyncio
import json
import time
from collections.abc import Iterator, Mapping

from onboarding.cli.loading import at_rest, load, say
from onboarding.cli.purging import BETWEEN_LINES
from onboarding.cli.tables import table
from onboarding.profiling.rehearsal import (
    FEWEST_TOLD,
    Rehearsed,
    count_live,
    rehearse,
    suppressed,
)

READ_TOGETHER = 500
"""Accounts that are read together."""

BAR = 20
"""Characters of a whole bar."""


def add_rehearse(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.add_argument("old", help="the application of today: shop.app:onboarding")
    parser.add_argument("new", help="the one to come: shop.coming:onboarding")
    parser.add_argument(
        "--fewest",
        type=_at_least,
        default=FEWEST_TOLD,
        metavar="PEOPLE",
        help=f"tell no number that is about fewer people; {FEWEST_TOLD}, the least",
    )
    parser.set_defaults(run=_rehearse)


def _at_least(text: str) -> int:
    number = int(text)
    if number < FEWEST_TOLD:
        raise argparse.ArgumentTypeError(f"write {FEWEST_TOLD} or more")
    return number


def _rehearse(options: argparse.Namespace) -> int:
    told = asyncio.run(_follow(options))
    counted = _cells(told, options.fewest)
    if options.json:
        print(json.dumps(counted, indent=2))
    else:
        for line in _report(counted):
            print(line)
    return 0


async def _follow(options: argparse.Namespace) -> Rehearsed:
    new = load(options.new).profiling.catalogue
    told, said_at = Rehearsed(), time.monotonic()
    async with at_rest(options.old) as onboarding:
        old = onboarding.profiling.catalogue
        total = await count_live(onboarding.store, batch=READ_TOGETHER)
        steps = rehearse(
            onboarding.store, onboarding.clock, old, new, batch=READ_TOGETHER
        )
        async for told in steps:
            if time.monotonic() - said_at >= BETWEEN_LINES:
                said_at = time.monotonic()
                say(bar(told.accounts, total))
    return told


def bar(done: int, total: int) -> str:
    """Return how far it is, as a line: ``[#####...............]  25 %, 500 of 2000``.

    People may come while it runs: it is never more than all.
    """
    total = max(done, total)
    share = done / total if total else 1.0
    drawn = "#" * int(share * BAR)
    return f"[{drawn:.<{BAR}}] {share:4.0%}, {done} of {total} accounts"


Cells = dict[str, list[dict[str, str | int]]]


def _cells(told: Rehearsed, fewest: int) -> Cells:
    """Return every number, none about too few people."""
    questions = {**told.kept, **told.lost, **told.asked}
    return {
        "accounts": [{"people": suppressed(told.accounts, fewest)}],
        "features": [
            {
                "feature": name,
                "today": was,
                "then": would_be,
                "people": suppressed(count, fewest),
            }
            for (name, was, would_be), count in sorted(told.moves.items())
        ],
        "questions": [
            {
                "question": name,
                "asked": suppressed(told.asked[name], fewest),
                "kept": suppressed(told.kept[name], fewest),
                "lost": suppressed(told.lost[name], fewest),
            }
            for name in sorted(questions)
        ],
    }


def _report(cells: Cells) -> Iterator[str]:
    yield f"{cells['accounts'][0]['people']} accounts; nothing was written"
    for name in ("features", "questions"):
        if cells[name]:
            yield ""
            yield from table([tuple(cells[name][0]), *map(_texts, cells[name])])


def _texts(row: Mapping[str, str | int]) -> tuple[str, ...]:
    return tuple(map(str, row.values()))
