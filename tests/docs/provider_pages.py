"""One page for each provider, made of its data."""

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any

from onboarding import EmailTrust, providers
from onboarding.providers import (
    GitHub,
    Google,
    Local,
    OpenIDConnect,
    Provider,
    Steam,
)
from tests.docs.markdown import NOTE, URL, doc, lead, markdown, table

ABOUT = """\
A provider is data: endpoints, scopes, reads, and one pure mapping to an identity.
All of them go through the same sign-in, with PKCE, a state bound to the browser, and
fully checked ID tokens. Many more are rows of a table, [by name](named.md).
[Write one of your own](../how-to/provider.md) in 30 lines.
"""
PROVIDERS: Mapping[str, Provider] = {
    "google": Google(client_id="your-id", client_secret="your-secret"),
    "github": GitHub(client_id="your-id", client_secret="your-secret"),
    "steam": Steam(client_id="https://shop.example"),
    "openid-connect": OpenIDConnect(
        name="my-id",
        title="My ID",
        issuer="https://id.example",
        client_id="your-id",
        client_secret="your-secret",
    ),
    "local": Local(
        issuer="http://127.0.0.1:8001", client_id="shop", client_secret="hush"
    ),
}
KINDS = {
    *("ClientKey", "Endpoints", "OAuth2", "Provider", "ProviderRequest", "Read"),
    "named",
}
"""What providers are made of, and what makes them."""

TRUST = {
    EmailTrust.NONE: "it gives none",
    EmailTrust.STATED: "*stated*: whatever it says, an address of this provider proves "
    "nothing here, until you give `email_trust=`",
    EmailTrust.IMPLIED: "*implied*: it hands out confirmed addresses alone, and says "
    "it of none; it proves nothing here, until you give `email_trust=`",
    EmailTrust.VERIFIED: "*verified*, where the provider says that it checked the "
    "address",
    EmailTrust.AUTHORITATIVE: "*authoritative*, where it runs the mailbox itself; "
    "*verified*, where it says that it checked",
}


def example(provider: Provider) -> str:
    """Return the line that a host writes."""
    kind = type(provider)
    given = {
        f.name: getattr(provider, f.name)
        for f in fields(kind)
        if f.default is not MISSING and getattr(provider, f.name) != f.default
    } | {f.name: getattr(provider, f.name) for f in fields(kind) if required(f)}
    given["client_secret"] = provider.secret
    order = ("name", "title", "issuer", "client_id", "client_secret")
    words = [f'    {name}="{given[name]}",' for name in order if given.get(name)]
    return "\n".join(
        [
            "```python",
            f"from onboarding.providers import {kind.__name__}",
            "",
            f"provider = {kind.__name__}(",
            *words,
            ")",
            "```",
        ]
    )


def protocol(provider: Provider) -> str:
    """Return what a provider speaks."""
    if not provider.exchanges_code:
        return "OpenID 2.0"
    return "OpenID Connect" if provider.openid else "OAuth 2"


def required(field: Any) -> bool:
    """Tell whether a field of a provider must be given."""
    return field.default is MISSING and field.default_factory is MISSING


def provider_page(provider: Provider) -> str:
    """Return the page of one provider, from its data."""
    kind = type(provider)
    said_of_it = markdown(doc(kind).split("\n\nAttributes:")[0].split("\n\nRaises:")[0])
    module = inspect.getdoc(inspect.getmodule(kind)) or ""
    place = re.search(r"Register at (\S+)\.$", module.splitlines()[0])
    register = f"Register your application at <{place[1]}>. " if place else ""
    path = f"/callback/{provider.name}"
    callback = f"The redirect URI is your `url` and `{path}`: `{URL}{path}`."
    said_of_it = re.sub(r"Facts: (\S+)", r"Facts: <\1>.", said_of_it)
    return "\n".join(
        [
            NOTE + f"# {kind.__name__}\n",
            f"{said_of_it}\n",
            f"{example(provider)}\n",
            f"{register}{callback} Put the object into `providers=[…]`.\n",
            table(("what", "value"), *provider_facts(provider)),
        ]
    )


def provider_facts(provider: Provider) -> Iterator[tuple[str, str]]:
    """Yield what a provider is made of."""
    yield "protocol", protocol(provider)
    yield "name, in addresses", f"`{provider.name}`"
    yield "issuer: with the subject, the key of an identity", f"`{provider.issuer}`"
    if provider.scopes:
        yield "scopes", " ".join(f"`{scope}`" for scope in provider.scopes)
    if isinstance(provider, OpenIDConnect):
        yield "endpoints", f"read from `{provider.discovery}`"
        yield "userinfo is asked", "yes" if provider.userinfo else "no"
    if known := provider.endpoints:
        yield "authorization", f"`{known.authorization}`"
    if known and known.token:
        yield "token", f"`{known.token}`"
    for read in provider.reads:
        said = ", ".join(str(status) for status in read.statuses)
        fate = f" (may be missing: {said})" if said else ""
        yield f"reads `{read.name}`", f"`{read.url}`{fate}"
    yield "client authentication", f"`{provider.client_auth}`"
    yield "its word about an address", TRUST[provider.email_trust]
    if provider.exchanges_code:
        yield "PKCE", "S256" if provider.pkce else "none"
    for what, why in provider.weakened().items():
        yield f"goes without a check: `{what}`", why


def providers_index() -> str:
    """Return the list of providers."""
    rows = [
        (
            f"[{type(provider).__name__}]({name}.md)",
            protocol(provider),
            lead(type(provider)),
        )
        for name, provider in PROVIDERS.items()
    ]
    return "\n".join(
        [
            NOTE + "# Providers\n",
            ABOUT,
            table(("class", "protocol", "what it is"), *rows),
        ]
    )


def vendors() -> set[str]:
    """Return the providers that a host may name, without the kinds to build on."""
    return set(providers.__all__) - KINDS
