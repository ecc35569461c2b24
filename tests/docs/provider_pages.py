"""One page for each provider, made of its data."""

from collections.abc import Iterator, Mapping
from typing import Any

from joserfc.jwk import ECKey

from onboarding import EmailTrust, providers
from onboarding.providers import (
    Amazon,
    Apple,
    Auth0,
    ClientKey,
    Cognito,
    Discord,
    Facebook,
    GitHub,
    GitLab,
    Google,
    Kakao,
    Keycloak,
    Line,
    LinkedIn,
    Local,
    Microsoft,
    Naver,
    Okta,
    OpenIDConnect,
    PayPal,
    Provider,
    ProviderFacts,
    Slack,
    Spotify,
    Steam,
    TikTok,
    Twitch,
    X,
    Yahoo,
)
from onboarding.providers.icons import why_none
from tests.docs.markdown import NOTE, URL, attributes, doc, lead, markdown, table

ABOUT = """\
A provider is data: endpoints, scopes, reads, and one pure mapping to an identity.
All of them go through the same sign-in, with PKCE, a state bound to the browser, and
fully checked ID tokens. Many more are rows of a table, [by name](named.md).
[Write one of your own](../how-to/provider.md) in 30 lines.
"""
ID = {"client_id": "your-id"}
SECRET = {"client_secret": "your-secret"}
APPLE_KEY = ClientKey(
    ECKey.generate_key("P-256").as_pem(private=True).decode(),
    kid="F6G7H8I9J0",
    algorithm="ES256",
)
EXAMPLES: Mapping[str, tuple[type[Provider], Mapping[str, Any]]] = {
    "google": (Google, ID | SECRET),
    "apple": (
        Apple,
        {
            "client_id": "com.example.shop",
            "team_id": "A1B2C3D4E5",
            "client_key": APPLE_KEY,
        },
    ),
    "microsoft": (Microsoft, ID | SECRET),
    "facebook": (Facebook, ID | SECRET),
    "amazon": (Amazon, ID | SECRET),
    "discord": (Discord, ID | SECRET),
    "github": (GitHub, ID | SECRET),
    "gitlab": (GitLab, ID | SECRET),
    "kakao": (Kakao, ID | SECRET),
    "line": (Line, ID | SECRET),
    "linkedin": (LinkedIn, ID | SECRET),
    "naver": (Naver, ID | SECRET),
    "paypal": (PayPal, ID | SECRET),
    "slack": (Slack, ID | SECRET),
    "spotify": (Spotify, ID | SECRET),
    "steam": (Steam, {"client_id": "https://shop.example"}),
    "tiktok": (TikTok, ID | SECRET),
    "twitch": (Twitch, ID | SECRET),
    "x": (X, ID | SECRET),
    "yahoo": (Yahoo, ID | SECRET),
    "auth0": (Auth0, {"domain": "shop.eu.auth0.com", **ID, **SECRET}),
    "cognito": (Cognito, {"pool": "eu-west-1_a1B2c3D4e", **ID, **SECRET}),
    "keycloak": (
        Keycloak,
        {"url": "https://id.shop.example", "realm": "shop", **ID, **SECRET},
    ),
    "okta": (Okta, {"domain": "shop.okta.com", **ID, **SECRET}),
    "openid-connect": (
        OpenIDConnect,
        {
            "name": "my-id",
            "title": "My ID",
            "issuer": "https://id.example",
            **ID,
            **SECRET,
        },
    ),
    "local": (
        Local,
        {
            "issuer": "http://127.0.0.1:8001",
            "client_id": "shop",
            "client_secret": "hush",
        },
    ),
}
"""What a host writes, by the name of the page."""

PROVIDERS: Mapping[str, Provider] = {
    page: kind(**given) for page, (kind, given) in EXAMPLES.items()
}
KINDS = {
    *("ClientKey", "Endpoints", "Identity", "OAuth2", "Provider", "ProviderFacts"),
    *("ProviderRequest", "Read"),
    "named",
}
"""What providers are made of, and what makes them."""

TRUST = {
    EmailTrust.NONE: "*none*: no address is taken from it",
    EmailTrust.STATED: "*stated*: whatever it says, an address of this provider proves "
    "nothing here, until you give `email_trust=`",
    EmailTrust.IMPLIED: "*implied*: it hands out confirmed addresses alone, and says "
    "it of none; it proves nothing here, until you give `email_trust=`",
    EmailTrust.VERIFIED: "*verified*, where the provider says that it checked the "
    "address",
    EmailTrust.AUTHORITATIVE: "*authoritative*, where it runs the mailbox itself; "
    "*verified*, where it says that it checked",
}


def example(page: str) -> str:
    """Return the lines that a host writes."""
    kind, given = EXAMPLES[page]
    key = given.get("client_key")
    imports = [kind.__name__]
    before, read = [], []
    if isinstance(key, ClientKey):
        imports.append("ClientKey")
        before = ["from pathlib import Path", ""]
        read = [f'pem = Path("AuthKey_{key.kid}.p8").read_text()']
    return "\n".join(
        [
            "```python",
            *before,
            f"from onboarding.providers import {', '.join(sorted(imports))}",
            "",
            *read,
            f"provider = {kind.__name__}(",
            *(f"    {name}={written(value)}," for name, value in given.items()),
            ")",
            "```",
        ]
    )


def written(value: object) -> str:
    """Return a setting as a host writes it."""
    if isinstance(value, ClientKey):
        return f'ClientKey(pem, kid="{value.kid}", algorithm="{value.algorithm}")'
    return f'"{value}"'


def protocol(provider: Provider) -> str:
    """Return what a provider speaks."""
    if not provider.exchanges_code:
        return "OpenID 2.0"
    return "OpenID Connect" if provider.openid else "OAuth 2"


def provider_page(page: str) -> str:
    """Return the page of one provider, from its data."""
    provider = PROVIDERS[page]
    kind = type(provider)
    said_of_it = markdown(doc(kind).split("\n\nAttributes:")[0].split("\n\nRaises:")[0])
    parts = [
        NOTE + f"# {kind.__name__}\n",
        f"{said_of_it}\n",
        f"{example(page)}\n",
        "Put the object into `providers=[…]`.\n",
        *settings(kind),
        *registering(provider),
        *known(kind.facts),
        "## As data\n",
        table(("what", "value"), *provider_facts(provider)),
    ]
    return "\n".join(parts)


def settings(kind: type[Provider]) -> Iterator[str]:
    """Yield what a provider has settings of its own for."""
    own = attributes(kind) if kind.__doc__ and "Attributes:" in kind.__doc__ else {}
    if own:
        yield table(("setting", "is"), *((f"`{n}`", says) for n, says in own.items()))


def registering(provider: Provider) -> Iterator[str]:
    """Yield how an application is registered there."""
    path = f"/callback/{provider.name}"
    callback = f"The redirect URI is your `url` and `{path}`: `{URL}{path}`."
    yield "## Register your application\n"
    if provider.facts is None:
        yield f"{callback}\n"
        return
    yield f"At <{provider.facts.register}>. {callback}\n"
    yield listed(provider.facts.steps, "1.")
    yield f"What it says of this itself: <{provider.facts.documentation}>.\n"


def known(facts: ProviderFacts | None) -> Iterator[str]:
    """Yield what is otherwise there, what its word is worth, and how that is known."""
    if facts is None:
        return
    if facts.quirks:
        yield "## What is otherwise there\n"
        yield listed(facts.quirks, "-")
    yield "## Its word about an address\n"
    yield f"{facts.address}\n"
    yield "## How well this is known\n"
    tried = (
        "A person has signed in there through this library."
        if facts.tried_live
        else "Nobody has signed in there through this library yet: it was tried with "
        "replies as they are documented, and not against the service."
    )
    yield f"{tried} Its facts were compared on {facts.checked} with:\n"
    yield listed(tuple(map(linked, facts.against)), "-")


def linked(source: str) -> str:
    """Return a source as a link, where it is one."""
    return f"<{source}>" if source.startswith("https://") else source


def listed(lines: tuple[str, ...], mark: str) -> str:
    """Return lines as a list."""
    return "".join(f"{mark} {line}\n" for line in lines)


def provider_facts(provider: Provider) -> Iterator[tuple[str, str]]:
    """Yield what a provider is made of."""
    yield "protocol", protocol(provider)
    yield "name, in addresses", f"`{provider.name}`"
    yield "issuer: with the subject, the key of an identity", issuer_of(provider)
    if provider.scopes:
        yield "scopes", " ".join(f"`{scope}`" for scope in provider.scopes)
    yield from addresses(provider)
    if provider.leads_on:
        yield "leads on to another host", "perhaps; people leave for it by a link"
    if provider.response_mode != "query":
        yield "the answer comes", f"as a form (`{provider.response_mode}`)"
    for read in provider.reads:
        said = ", ".join(str(status) for status in read.statuses)
        fate = f" (may be missing: {said})" if said else ""
        yield f"reads `{read.name}`", f"`{read.url}`{fate}"
    yield "client authentication", f"`{provider.client_auth}`"
    yield "its word about an address", TRUST[provider.email_trust]
    if provider.exchanges_code:
        yield "PKCE", "S256" if provider.pkce else "none"
    if provider.icon:
        yield "on its button", "its icon, in one colour"
    elif why := why_none(provider.brand):
        yield "on its button", f"its name alone: {why}"
    for what, why in provider.weakened().items():
        yield f"goes without a check: `{what}`", why


def addresses(provider: Provider) -> Iterator[tuple[str, str]]:
    """Yield where a provider answers."""
    if isinstance(provider, OpenIDConnect):
        if provider.endpoints is None:
            yield "endpoints", f"read from `{provider.discovery}`"
        yield "userinfo is asked", "yes" if provider.userinfo else "no"
    if known := provider.endpoints:
        yield "authorization", f"`{known.authorization}`"
    if known and known.token:
        yield "token", f"`{known.token}`"


def issuer_of(provider: Provider) -> str:
    """Return under which issuer people are kept."""
    kept = getattr(type(provider), "_issuer", None)
    if kept in (None, OpenIDConnect._issuer):
        return f"`{provider.issuer}`"
    return f"that of each tenant; asked at `{provider.issuer}`"


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
