"""Our own library at the other end of a fake: from a request to an identity."""

from dataclasses import dataclass, field
from secrets import token_urlsafe
from urllib.parse import parse_qs, urlsplit

import httpx2

from onboarding.accounts.model import Identity
from onboarding.clock import Clock
from onboarding.providers import Provider
from onboarding.social import rules
from onboarding.social.attempt import Attempt
from onboarding.social.client import SocialClient
from onboarding.social.code_flow import CodeFlow


@dataclass
class Ours:
    """What an application with one provider sends, and makes of what comes back."""

    provider: Provider
    transport: httpx2.AsyncBaseTransport
    clock: Clock
    attempt: Attempt = field(init=False)

    def __post_init__(self) -> None:
        """Put our side together."""
        self.flow = CodeFlow(
            SocialClient(transport=self.transport),
            self.clock,
            providers={self.provider.name: self.provider},
            url="https://shop.example/welcome",
        )

    async def begin(self) -> str:
        """Return where the browser goes."""
        self.attempt = Attempt(
            state=token_urlsafe(), verifier=token_urlsafe(64), nonce=token_urlsafe()
        )
        return await self.flow.authorization_url(self.provider, self.attempt)

    async def finish(self, back: str) -> Identity:
        """Return whom the provider vouches for."""
        response = rules.read_response(parse_qs(urlsplit(back).query))
        assert response.state == self.attempt.state
        return await self.flow.fetch_identity(self.provider, response, self.attempt)
