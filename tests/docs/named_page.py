"""The page of the table of providers, and the list of its names for editors."""

from collections.abc import Iterator

from onboarding import EmailTrust
from onboarding.providers.table import rows
from onboarding.providers.table.rows import TableRow
from tests.docs.markdown import NOTE, URL, table
from tests.docs.pages import ROOT

NAMES = ROOT / "src/onboarding/providers/table/names.py"

ABOUT = f"""\
# By name

{{count}} more providers are rows of one table, and not classes: addresses, scopes, and
the places in their replies where they say who somebody is. Everything else is as with
any provider: PKCE, a state bound to the browser, and the same sign-in.

```python
from onboarding.providers import named

providers = [
    named("deezer", client_id="your-id", client_secret="your-secret"),
    named(
        "mastodon",
        domain="mastodon.social",
        client_id="your-id",
        client_secret="your-secret",
    ),
]
```

The redirect URI is your `url` and `/callback/` with the name: `{URL}/callback/deezer`.
Any setting of a provider can be given, too: `name=` where you name one row twice,
`scopes=`, `email_trust=`. What you give in `params=` and `headers=` is added to what
the row has. Nothing of the table is loaded before `named` is called. `onboarding
providers list` prints it, and `onboarding providers new acme` begins [a file of your
own](../how-to/provider.md).

**How far to believe a row.** Each was compared, on the day under *checked*, with the
source of the libraries that have it, and its mapping is tested against replies made of
its own paths. That says that it agrees with them, and not that the provider still does:
*tried* says whether somebody signed in there with this row. Try yours before you ship
it.
"""
ABOUT_KEYS = """\
## Why this is the key

With the issuer, this is who somebody is; it never changes and is never given to
somebody else. Who comes from another library reads here whether its keys are ours.
"""
ABOUT_ABSENT = """\
## Not there, and why
"""
TRUST = {
    EmailTrust.NONE: "gives none",
    EmailTrust.STATED: "*stated*: proves nothing",
    EmailTrust.VERIFIED: "*verified*, where it says that it checked",
}


def named_page() -> str:
    """Return the page of the table."""
    found = [rows.row(name) for name in rows.names()]
    facts = ("name", "who", "protocol", "its word about an address", "scopes")
    keys = [(f"`{row.name}`", row.key, " ".join(remarks(row))) for row in found]
    absent = [(f"`{name}`", f"{why}.") for name, why in rows.absent().items()]
    return "\n".join(
        [
            NOTE + ABOUT.format(count=len(found)),
            table((*facts, "checked", "tried"), *map(line, found)),
            ABOUT_KEYS,
            table(("name", "the key", "to know"), *keys),
            ABOUT_ABSENT,
            table(("name", "why"), *absent),
        ]
    )


def line(row: TableRow) -> tuple[str, ...]:
    """Return the line of one row."""
    scopes = row.raw.get("scopes", ["openid", "email"] if row.kind == "oidc" else [])
    return (
        f"`{row.name}`",
        row.title,
        "OpenID Connect" if row.kind == "oidc" else "OAuth 2",
        TRUST[row.email_trust],
        " ".join(f"`{scope}`" for scope in scopes),
        f"{row.checked.isoformat()}: {', '.join(row.against)}",
        "yes" if row.tried_live else "no",
    )


def remarks(row: TableRow) -> Iterator[str]:
    """Yield what people should know of a row."""
    for what, asks in row.asks.items():
        default = f", {asks.default} by default" if asks.default else ""
        yield f'Give `{what}="{asks.example}"`{default}.'
    if row.note:
        yield row.note
    for what, why in row.raw.get("reasons", {}).items():
        yield f"Goes without `{what}`: {why}."


def names_module() -> str:
    """Return the module that tells editors the names."""
    listed = "\n".join(f'    "{name}",' for name in rows.names())
    return (
        '"""The names of the table, for editors; made by '
        '``python -m tests.docs.generate``."""\n\n'
        f"from typing import Literal\n\nProviderName = Literal[\n{listed}\n]\n"
        '"""What ``named`` can be given."""\n'
    )
