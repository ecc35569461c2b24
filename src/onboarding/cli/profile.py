"""``onboarding profile``: what features cost, and what a change of questions does."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict

from onboarding.cli.loading import load
from onboarding.cli.rehearsing import add_rehearse
from onboarding.cli.tables import table
from onboarding.profiling.costs import Cost
from onboarding.profiling.lint import Checked, look_over

TO_MEND = 1
"""Exit status where something has to be mended: a build of the host's fails by it."""


def add_profile(parser: argparse.ArgumentParser) -> None:
    """Describe the commands."""
    commands = parser.add_subparsers(required=True, metavar="action")
    text = (
        "print the fewest and the most questions that each feature costs; fail where "
        "one can never open, or may cost more than its budget"
    )
    checking = commands.add_parser("check", help=text, description=text)
    checking.add_argument("app", help="where the object is: shop.app:onboarding")
    add_json(checking)
    checking.set_defaults(run=_check)
    text = (
        "run other questions over the answers that are kept: who would be asked what, "
        "and what would close; writes nothing"
    )
    rehearsing = commands.add_parser("rehearse", help=text, description=text)
    add_json(rehearsing)
    add_rehearse(rehearsing)


def add_json(parser: argparse.ArgumentParser) -> None:
    """Let a command print for programs."""
    parser.add_argument(
        "--json", action="store_true", help="print JSON, for a program to read"
    )


def _check(options: argparse.Namespace) -> int:
    onboarding = load(options.app)
    checked = look_over(onboarding.profiling.catalogue, onboarding.clock())
    if options.json:
        print(json.dumps(asdict(checked), indent=2))
    else:
        for line in _report(checked):
            print(line)
    return 0 if checked.is_well else TO_MEND


def _report(checked: Checked) -> Iterator[str]:
    rows = [("feature", "fewest", "most", "budget"), *map(_row, checked.costs)]
    yield from table(rows)
    for remark in checked.remarks:
        yield f"{'FIX ' if remark.is_error else 'note'} {remark.where}: {remark.what}"
    opening = sum(cost.is_proven and cost.fewest is not None for cost in checked.costs)
    yield f"{opening} of {len(checked.costs)} features are proven to open from nothing"


def _row(cost: Cost) -> tuple[str, ...]:
    unknown = "never" if cost.is_proven else "?"
    fewest = unknown if cost.fewest is None else str(cost.fewest)
    most = str(cost.most) if cost.is_proven else f"≤{cost.most}"
    return cost.feature, fewest, most, "" if cost.budget is None else str(cost.budget)
