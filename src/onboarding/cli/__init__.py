"""``onboarding``: tables, a look over a set-up, providers, old guests, people who ask.

The library itself reads no environment variable; this command reads two, so that a
password need not stand in a shell's history: ``ONBOARDING_DATABASE`` and
``ONBOARDING_PREFIX``.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence

from onboarding.cli.loading import INTERRUPTED, USAGE, load, say
from onboarding.cli.people import add_erase, add_export
from onboarding.cli.profile import add_profile
from onboarding.cli.providers import add_providers
from onboarding.cli.purging import add_purge
from onboarding.doctor import Finding, examine
from onboarding.errors import OnboardingError
from onboarding.stores import DEFAULT_PREFIX, upgrade, upgrade_sql


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 when all is well.

    Args:
        arguments: The words behind the command's name; those of the process by
            default.
    """
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except OnboardingError as error:
        print(f"onboarding: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("stopped")
        return INTERRUPTED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onboarding", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    _add_db(commands.add_parser("db", help="make, upgrade or print the tables"))
    text = "look a set-up over and say what to change"
    doctor = commands.add_parser("doctor", help=text, description=text)
    doctor.add_argument("app", help="where the object is: shop.app:onboarding")
    doctor.set_defaults(run=_doctor)
    text = "list the providers, or begin one of your own"
    add_providers(commands.add_parser("providers", help=text, description=text))
    text = "look questions and features over: what they cost, and whether they open"
    add_profile(commands.add_parser("profile", help=text, description=text))
    text = "purge guests nobody came back to, and expired intents"
    add_purge(commands.add_parser("purge", help=text, description=text))
    text = "hand out everything known of a person, as JSON"
    add_export(commands.add_parser("export", help=text, description=text))
    text = "erase a person, after showing what goes and what must stay"
    add_erase(commands.add_parser("erase", help=text, description=text))
    return parser


def _add_db(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True, metavar="action")
    text = "make the tables, or bring them to this release"
    upgrading = commands.add_parser("upgrade", help=text, description=text)
    upgrading.add_argument(
        "--database",
        default=os.environ.get("ONBOARDING_DATABASE"),
        help="sqlite:///shop.db or postgresql://… (or ONBOARDING_DATABASE)",
    )
    upgrading.set_defaults(run=_db_upgrade)
    text = "print the SQL for a migration of your own, such as Alembic's"
    printing = commands.add_parser("sql", help=text, description=text)
    printing.add_argument(
        "--dialect", choices=("postgresql", "sqlite"), default="postgresql"
    )
    printing.add_argument(
        "--from",
        dest="since",
        type=int,
        default=0,
        metavar="REVISION",
        help="the revision that the tables have now; 0, the default, is none",
    )
    printing.set_defaults(run=_db_sql)
    text = "write down what older events are about and worth; may be run again"
    filling = commands.add_parser("backfill", help=text, description=text)
    filling.add_argument("app", help="where the object is: shop.app:onboarding")
    filling.set_defaults(run=_db_backfill)
    for command in (upgrading, printing):
        command.add_argument(
            "--prefix",
            default=os.environ.get("ONBOARDING_PREFIX", DEFAULT_PREFIX),
            help="what table names begin with (or ONBOARDING_PREFIX)",
        )


def _db_upgrade(options: argparse.Namespace) -> int:
    if not options.database:
        print(
            "onboarding: which database? Write --database postgresql://…, or set "
            "ONBOARDING_DATABASE",
            file=sys.stderr,
        )
        return USAGE
    before, after = asyncio.run(upgrade(options.database, options.prefix))
    print(f"the tables stand at revision {after}; they stood at {before}")
    return 0


def _db_sql(options: argparse.Namespace) -> int:
    print(upgrade_sql(options.dialect, options.prefix, options.since))
    return 0


def _db_backfill(options: argparse.Namespace) -> int:
    async def backfill() -> int:
        async with load(options.app) as onboarding:
            return await onboarding.journey.backfill(
                told=lambda written: print(f"{written} events written so far")
            )

    print(f"done: {asyncio.run(backfill())} events have what they are about and worth")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    findings = asyncio.run(examine(load(options.app)))
    for finding in findings:
        print(_line(finding))
    return 0 if all(finding.is_well for finding in findings) else 1


def _line(finding: Finding) -> str:
    mark = "ok  " if finding.is_well else "FIX "
    advice = f"\n       {finding.advice}" if finding.advice else ""
    return f"{mark} {finding.what}{advice}"
