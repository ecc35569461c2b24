"""``onboarding providers``: who there is, and the beginning of one of your own."""

import argparse
import json
import keyword
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from onboarding import providers
from onboarding.accounts.model import EmailTrust
from onboarding.cli.loading import say
from onboarding.cli.provider_files import text_of, text_of_test
from onboarding.errors import ConfigError
from onboarding.providers.checking import SLUG
from onboarding.providers.table import rows
from onboarding.providers.table.naming import ours
from onboarding.providers.table.plug_ins import misnamed, plug_ins

TRUST_WORDS = {
    EmailTrust.NONE: "none",
    EmailTrust.STATED: "stated",
    EmailTrust.IMPLIED: "implied",
    EmailTrust.VERIFIED: "verified",
    EmailTrust.AUTHORITATIVE: "authoritative",
}
"""What a provider's word about an address is worth, at most."""

TITLE = re.compile(r"[^\s\"\\{}](?:[^\n\r\"\\{}]*[^\s\"\\{}])?\Z")
"""What stands between quotes in Python as it is."""

HEAD = ("name", "use", "protocol", "e-mail", "checked", "tried", "from")

THIS_LIBRARY = "onboarding"


def add_providers(parser: argparse.ArgumentParser) -> None:
    """Describe the commands."""
    commands = parser.add_subparsers(required=True, metavar="action")
    text = "list every provider that can be named, and what is known of it"
    listing = commands.add_parser("list", help=text, description=text)
    listing.add_argument("--json", action="store_true", help="for a program")
    listing.set_defaults(run=list_providers)
    text = "begin a provider of your own: one file, and its test"
    making = commands.add_parser("new", help=text, description=text)
    making.add_argument("name", help="what it is called in addresses: acme")
    making.add_argument("--title", help="what people call it; made of the name")
    making.add_argument(
        "--issuer",
        help="its issuer, where it is one of OpenID Connect: https://id.acme.example",
    )
    making.set_defaults(run=new_provider)


# ── list ─────────────────────────────────────────────────────────────────────


def list_providers(options: argparse.Namespace) -> int:
    """Print every provider, as a table or as JSON; what is broken, beside it."""
    for problem in misnamed(ours):
        say(problem)
    here = [*_classes(), *_rows(), *_plug_ins()]
    found = sorted(here, key=lambda one: str(one["name"]))
    if options.json:
        print(json.dumps(found, indent=2))
        return 0
    lines = [HEAD, *(_cells(one) for one in found)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = zip(line, widths, strict=True)
        print("  ".join(cell.ljust(width) for cell, width in cells).rstrip())
    return 0


def _cells(one: dict[str, Any]) -> tuple[str, ...]:
    tried = {True: "yes", False: "no", None: "–"}[one["tried_live"]]
    facts = (one["name"], one["use"], one["protocol"], one["email"])
    return (*facts, one["checked"] or "–", tried, one["from"])


def _rows() -> Iterator[dict[str, Any]]:
    for row in map(rows.row, rows.names()):
        told = "".join(f", {what}=…" for what, a in row.asks.items() if not a.default)
        yield {
            "name": row.name,
            "title": row.title,
            "use": f'named("{row.name}"{told})',
            "protocol": "OpenID Connect" if row.kind == "oidc" else "OAuth 2",
            "email": TRUST_WORDS[row.email_trust],
            "checked": row.checked.isoformat(),
            "tried_live": row.tried_live,
            "from": THIS_LIBRARY,
        }


def _classes() -> Iterator[dict[str, Any]]:
    for called in providers.__all__:
        kind = getattr(providers, called)
        if not isinstance(kind, type) or not issubclass(kind, providers.Provider):
            continue
        told = _told(kind, called, THIS_LIBRARY)
        if isinstance(told["name"], str):  # others are kinds to build on
            yield told


def _plug_ins() -> Iterator[dict[str, Any]]:
    for one in plug_ins():
        if ours(one.name):
            continue
        try:
            kind = one.load()
        except ConfigError as error:
            say(str(error))
            continue
        told = _told(kind, f'named("{one.name}")', one.distribution)
        yield {**told, "name": one.name}


def _told(kind: type[providers.Provider], use: str, by: str) -> dict[str, Any]:
    """Return what is known of a class."""
    said = {one.name: one.default for one in fields(kind)}
    title, trust = said["title"], said["email_trust"]
    return {
        "name": said["name"],
        "title": title if isinstance(title, str) else None,
        "use": use,
        "protocol": _protocol(kind),
        "email": TRUST_WORDS[trust] if isinstance(trust, EmailTrust) else None,
        "checked": None,
        "tried_live": None,
        "from": by,
    }


def _protocol(kind: type[providers.Provider]) -> str:
    if not kind.exchanges_code:
        return "OpenID 2.0"
    return "OpenID Connect" if kind.openid else "OAuth 2"


# ── new ──────────────────────────────────────────────────────────────────────


def new_provider(options: argparse.Namespace) -> int:
    """Write one file and its test into this folder, over nothing that is there.

    Raises:
        ConfigError: When the name or the issuer cannot be, or a file is there.
    """
    name, title = options.name, options.title or options.name.replace("-", " ").title()
    module = _module(name)
    kind = "".join(part.capitalize() for part in re.split(r"[-_]", name))
    if not kind.isidentifier():
        raise ConfigError(
            f"{name!r} begins with a digit, and no class does: add a word"
        )
    if not TITLE.match(title):
        raise ConfigError(f"--title {title!r} cannot stand in the files: write a name")
    if options.issuer:
        _check_issuer(name, title, options.issuer)
    texts = {
        Path(f"{module}.py"): text_of(name, title, kind, options.issuer),
        Path(f"test_{module}.py"): text_of_test(module, kind, options.issuer),
    }
    if there := [str(path) for path in texts if path.exists()]:
        raise ConfigError(f"{' and '.join(there)} is there already; nothing is written")
    for path, text in texts.items():
        # "x" once more, for whoever made one meanwhile.
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
        print(f"wrote {path}")
    if name in rows.names():
        say(f'{name} is a row of the table, too: named("{name}", client_id=…)')
    print(f"prove it: pytest test_{module}.py; its redirect URI ends in {_back(name)}")
    entry = f'[project.entry-points."onboarding.providers"] {name} = "{module}:{kind}"'
    print(f"in a package of its own, named() finds it by {entry}")
    return 0


def _back(name: str) -> str:
    return f"/callback/{name}"


def _module(name: str) -> str:
    """Return what a file is called.

    Raises:
        ConfigError: When it cannot be imported, or something else would not be.
    """
    if not SLUG.match(name):
        raise ConfigError(
            f"{name!r} cannot stand in an address: use lower-case letters, digits and "
            '"-", for example acme-id'
        )
    module = name.replace("-", "_")
    taken = {*sys.stdlib_module_names, "onboarding", "pytest"}
    if keyword.iskeyword(module) or module in taken:
        raise ConfigError(
            f"{module}.py would stand in the way of Python's own: add a word"
        )
    return module


def _check_issuer(name: str, title: str, issuer: str) -> None:
    providers.OpenIDConnect(
        name=name, title=title, issuer=issuer, client_id="x", client_auth="none"
    )
