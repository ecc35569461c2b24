"""A provider of ours to be, and a client that sends what a test says, no more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from onboarding.accounts.model import Identity
from onboarding.providers import Endpoints, OAuth2, Read
from onboarding.providers import replies as read
from onboarding.providers.replies import Replies
from onboarding.testing import FakeOAuth2, FrozenClock, OAuth2Switches, WayBack

CALLBACK = "https://shop.example/welcome/callback/acme"
AUTHORIZE = "https://acme.example/oauth/authorize"
TOKEN = "https://acme.example/oauth/token"
ME = "https://api.acme.example/me"
VERIFIER = "v" * 43
MAILS = Read("mails", f"{ME}/mails?all=1")
KIM: dict[str, Any] = {"id": "u-4711", "mail": "kim@example.org", "checked": True}
GONE = None


class Acme(OAuth2):
    """A provider as a plug-in's author writes it."""

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is."""
        person = read.members(self.name, replies, "me")
        address, trust = read.email(
            person.get("mail"), verified=person.get("checked"), trust=self.email_trust
        )
        return Identity(
            provider=self.name,
            issuer=self.issuer,
            subject=read.subject(self.name, person.get("id")),
            email=address,
            email_trust=trust,
        )


def acme(**changes: Any) -> Acme:
    """Return the provider."""
    usual: dict[str, Any] = {
        "name": "acme",
        "title": "Acme",
        "issuer": "https://acme.example",
        "client_id": "shop",
        "client_secret": "s3cret+with/signs",
        "scopes": ("profile", "email"),
        "endpoints": Endpoints(authorization=AUTHORIZE, token=TOKEN),
        "reads": (Read("me", ME),),
    }
    return Acme(**usual | changes)


@dataclass
class Plain:
    """One client, by hand.

    Attributes:
        fake: The provider.
        provider: What the fake is made of.
    """

    switches: OAuth2Switches = field(default_factory=OAuth2Switches)
    clock: FrozenClock = field(default_factory=FrozenClock)
    replies: Mapping[str, object] = field(default_factory=lambda: {"me": KIM})
    provider: Acme = field(default_factory=acme)

    def __post_init__(self) -> None:
        """Build the fake."""
        self.fake = FakeOAuth2(
            self.provider,
            redirect_uri=CALLBACK,
            replies=self.replies,
            clock=self.clock,
            switches=self.switches,
        )

    def url(self, end: str = "", **changes: str | None) -> str:
        """Return an authorization request; None leaves a parameter out."""
        usual: dict[str, str | None] = {
            "response_type": "code",
            "client_id": "shop",
            "redirect_uri": CALLBACK,
            "scope": "profile email",
            "state": "state-1",
            "code_challenge": create_s256_code_challenge(VERIFIER),
            "code_challenge_method": "S256",
        }
        query = {n: v for n, v in (usual | changes).items() if v is not None}
        return f"{AUTHORIZE}?{urlencode(query)}{end}"

    def form(self, back: WayBack, **changes: str | None) -> dict[str, str]:
        """Return the parameters of a token request, without the secret."""
        told = back.form or told_by(back)
        usual: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": told.get("code"),
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        }
        return {n: v for n, v in (usual | changes).items() if v is not None}

    async def ask(self, method: str, url: str, **options: Any) -> httpx2.Response:
        """Send one request to wherever the fake lives."""
        async with httpx2.AsyncClient(transport=self.fake.transport) as http:
            return await http.request(method, url, **options)

    async def exchange(
        self, form: Mapping[str, str], *, basic: bool = True, **options: Any
    ) -> httpx2.Response:
        """Post a token request, with the secret in the header unless told not to."""
        if basic:
            options["auth"] = httpx2.BasicAuth("shop", "s3cret%2Bwith%2Fsigns")
        return await self.ask("POST", TOKEN, data=form, **options)

    async def token(self, replies: Mapping[str, object] | None = None) -> str:
        """Return an access token of this person, honestly come by."""
        back = self.fake.approve(self.url(), replies)
        answer = await self.exchange(self.form(back))
        assert answer.status_code == 200, answer.text
        found: str = answer.json()["access_token"]
        return found

    async def read(
        self, token: str, url: str = ME, method: str = "GET", **options: Any
    ) -> httpx2.Response:
        """Ask for a read with the token in the header."""
        headers = {"authorization": f"Bearer {token}"} | options.pop("headers", {})
        return await self.ask(method, url, headers=headers, **options)


def told_by(url: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return {name: value for name, [value] in parse_qs(urlsplit(url).query).items()}


def plain(**switches: Any) -> Plain:
    """Return a client of a provider with these switches."""
    return Plain(OAuth2Switches(**switches))
