"""``onboarding export`` and ``onboarding erase``: for whoever answers people's mail.

By an address only who has *proven* it is found: to have typed it grants nothing, or
anybody could have somebody else's data handed out, or erased.
"""

import argparse
import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path

from onboarding.accounts.belongings import Plans
from onboarding.accounts.data import Holder
from onboarding.accounts.model import Account
from onboarding.accounts.planned import Outcome
from onboarding.app import Onboarding
from onboarding.cli.loading import USAGE, at_rest, say
from onboarding.emails import normalise

NOT_DONE = 1
"""Exit status where nobody was found, or the answer was no."""

YES = "erase"
"""What to type, so that nobody erases with a key that was pressed by habit."""


def add_export(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    _add_person(parser)
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="write there, for the owner's eyes only; a file that is there is kept",
    )
    parser.set_defaults(run=_export)


def add_erase(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    _add_person(parser)
    parser.add_argument(
        "--yes", action="store_true", help="do not ask, after showing what goes"
    )
    parser.set_defaults(run=_erase)


def _add_person(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("app", help="where the object is: shop.app:onboarding")
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--account", metavar="ID", help="the id of their account")
    who.add_argument(
        "--email",
        type=_address,
        metavar="ADDRESS",
        help="an address that they have proven",
    )


def _address(text: str) -> str:
    plain = normalise(text)
    if plain is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no e-mail address")
    return plain


# ── whose it is ──────────────────────────────────────────────────────────────


async def _find(onboarding: Onboarding, options: argparse.Namespace) -> Account | None:
    """Return the live account that is meant, or say why there is none."""
    if options.email is not None:
        found = await onboarding.data.find_holder(options.email)
        for line in _about(found):
            say(line)
        return found.account
    account = await onboarding.accounts.find(options.account)
    if account is None:
        say("there is no account of that id")
    elif not account.is_live:
        say(f"account {account.id} has ended: it is {account.ending}")
    elif account.id != options.account:
        say(f"that account was merged into {account.id}: this is about both")
    return account if account is not None and account.is_live else None


def _about(found: Holder) -> Iterator[str]:
    """Yield what to know of an address beside the account that has proven it."""
    if found.account is None:
        yield "no account has proven that address"
    if found.typed:
        many = "1 account" if found.typed == 1 else f"{found.typed} accounts"
        yield (
            f"{many} merely typed it. That proves nothing, and nothing of theirs is "
            "touched: an account is asked for by its id, --account"
        )


# ── take along ───────────────────────────────────────────────────────────────


def _export(options: argparse.Namespace) -> int:
    output: Path | None = options.output
    if output is not None and output.exists():
        say(f"{output} is there already; name another file")
        return USAGE
    text = asyncio.run(_take_along(options))
    if text is None:
        return NOT_DONE
    if output is None:
        print(text)
        return 0
    # Personal data of somebody: of all users of this machine, for this one alone.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(output, flags, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{text}\n")
    say(f"it is in {output}")
    return 0


async def _take_along(options: argparse.Namespace) -> str | None:
    async with at_rest(options.app) as onboarding:
        account = await _find(onboarding, options)
        if account is None:
            return None
        told = await onboarding.data.export(account)
    return json.dumps(told, ensure_ascii=False, indent=2, default=str)


# ── erase ────────────────────────────────────────────────────────────────────


def _erase(options: argparse.Namespace) -> int:
    with asyncio.Runner() as runner:
        account_id = runner.run(_show(options))
        if account_id is None:
            return NOT_DONE
        # Nobody waits for an answer with the database open, or with a loop that keeps
        # Ctrl-C for itself.
        if not options.yes and not _is_sure():
            say("nothing was erased")
            return NOT_DONE
        runner.run(_do(options, account_id))
    return 0


async def _show(options: argparse.Namespace) -> str | None:
    """Say what goes and what stays, and return whose it is."""
    async with at_rest(options.app) as onboarding:
        account = await _find(onboarding, options)
        if account is None:
            return None
        since = f"{account.created_at:%Y-%m-%d}"
        print(f"account {account.id}, {account.kind} since {since}")
        for line in _told(await onboarding.data.plan_erase(account), "goes", "stays"):
            print(line)
        return account.id


async def _do(options: argparse.Namespace, account_id: str) -> None:
    async with at_rest(options.app) as onboarding:
        plans = await onboarding.data.erase(account_id)
    print("erased")
    for line in _told(plans, "", "stays"):
        print(line)


def _told(plans: Plans, goes: str, stays: str) -> Iterator[str]:
    """Yield what becomes of each resource; of what goes only where it has a word."""
    for resource, plan in plans:
        is_kept = plan.outcome is Outcome.KEPT
        word = stays if is_kept else goes
        if not plan.count or not resource.is_told or not word:
            continue
        until = f" until {plan.until:%Y-%m-%d}" if plan.until else ""
        reason = f": {plan.reason}" if is_kept else ""
        yield f"  {word}  {resource.name} ({plan.count}){until}{reason}"


def _is_sure() -> bool:
    try:
        return input(f'Type "{YES}" to erase it for good: ').strip() == YES
    except EOFError:  # nobody is there to answer
        return False
