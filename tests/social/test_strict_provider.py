"""A whole sign-in with a provider that we did not write, over real sockets.

Canaille is an identity server in its own right, and a strict one: it refuses a used
code, a wrong verifier or none, another redirect URI and a wrong secret.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_urlsafe

import httpx2
import pytest
from canaille.core.models import User
from pytest_iam import Server

from onboarding.accounts.outcome import How
from onboarding.clock import system_clock
from onboarding.deadlines import Deadlines
from onboarding.errors import ProviderDenied
from onboarding.providers import Local
from onboarding.providers.base import ClientAuth
from onboarding.social.attempt import Attempt
from onboarding.social.client import SocialClient
from onboarding.social.code_flow import CodeFlow
from onboarding.social.discovery import Discovery
from onboarding.social.granted import TokenHandover
from onboarding.social.messages import (
    authorization_params,
    authorization_url,
    token_request,
)
from onboarding.social.service import SocialService
from onboarding.social.token_responses import Tokens
from onboarding.social.waiting import WaitingIdentities
from onboarding.stores import store_from
from onboarding.testing import FrozenClock
from onboarding.tokens import Ids
from tests.social.scene import taken_apart
from tests.world import World

pytestmark = pytest.mark.anyio

ORIGIN = "http://127.0.0.1:8000"
URL = f"{ORIGIN}/welcome"
SECRET = "a-secret-that-both-sides-know"


@dataclass
class Strict:
    """The server, an app that is registered there, and our side of it."""

    server: Server
    user: User
    world: World
    auth: ClientAuth

    def __post_init__(self) -> None:
        """Put our side together."""
        self.provider = Local(
            issuer=self.server.url.rstrip("/"),
            client_id=f"shop-{self.auth}",
            client_secret=SECRET,
            client_auth=self.auth,
        )
        self.client = SocialClient()
        self.social = self.service(self.provider)

    def service(self, provider: Local) -> SocialService:
        """Return the service with this provider."""
        providers = {"local": provider}
        return SocialService(
            self.world.store,
            self.world.clock,
            Ids(self.world.clock),
            accounts=self.world.accounts,
            intents=self.world.intents,
            keys=self.world.keys,
            flow=CodeFlow(self.client, self.world.clock, providers=providers, url=URL),
            waiting=WaitingIdentities(
                self.world.accounts, self.world.intents, providers
            ),
            handover=TokenHandover(None, Deadlines(), self.world.clock),
            origin=ORIGIN,
        )

    async def visit(self, location: str) -> str:
        """Open the address, signed in there; return the way back."""
        async with httpx2.AsyncClient(trust_env=False) as browser:
            answer = await browser.get(location)
        return str(answer.headers["location"])


@pytest.fixture(scope="module")
def user(iam_server: Server) -> Iterator[User]:
    """Yield somebody who is signed in at the server."""
    kim = iam_server.random_user(
        user_name="kim", emails=["kim@example.org"], formatted_name="Kim de Vries"
    )
    iam_server.login(kim)
    yield kim
    iam_server.logout()


@pytest.fixture(params=["basic", "post"])
async def strict(
    request: pytest.FixtureRequest, iam_server: Server, user: User, tmp_path: Path
) -> AsyncIterator[Strict]:
    """Yield both sides, with either way of showing the secret."""
    registered = iam_server.models.Client(
        client_id=f"shop-{request.param}",
        client_secret=SECRET,
        client_name="Shop",
        client_uri=URL,
        redirect_uris=[f"{URL}/callback/local"],
        grant_types=["authorization_code"],
        response_types=["code"],
        token_endpoint_auth_method=f"client_secret_{request.param}",
        scope=["openid", "profile", "email"],
    )
    iam_server.backend.save(registered)
    registered.audience = [registered]  # its tokens are for itself
    iam_server.backend.save(registered)
    iam_server.consent(user, registered)
    store = store_from(f"sqlite:///{tmp_path / 'shop.db'}")
    await store.open()
    found = Strict(
        iam_server, user, World(store, FrozenClock(system_clock())), request.param
    )
    yield found
    await found.client.close()
    await store.close()
    iam_server.backend.delete(registered)


async def test_somebody_signs_in_and_comes_back(strict: Strict) -> None:
    """Discovery, PKCE, code, ID token, keys and userinfo all fit together."""
    hows = []
    for _ in range(2):
        started = await strict.social.begin("local", next="/cart")
        name, params = taken_apart(await strict.visit(started.location))
        assert params.keys() == {"code", "state", "iss"}
        cookies = {started.cookie.name: started.cookie.value}
        finished = await strict.social.finish(name, params, cookies, None)
        assert finished.signed_in is not None
        hows.append(finished.signed_in.how)
        [link] = await strict.world.accounts.list_identities(finished.signed_in.account)
        assert (link.email, link.name) == ("kim@example.org", "Kim de Vries")
    assert hows == [How.REGISTERED, How.SIGNED_IN]


async def test_it_refuses_another_secret(strict: Strict) -> None:
    """Our secret is really shown, and its refusal has its name."""
    liar = replace(strict.provider, client_secret="quite another one")
    social = strict.service(liar)
    started = await social.begin("local")
    name, params = taken_apart(await strict.visit(started.location))
    cookies = {started.cookie.name: started.cookie.value}
    with pytest.raises(ProviderDenied) as caught:
        await social.finish(name, params, cookies, None)
    assert caught.value.reason == "invalid_client"


@pytest.mark.parametrize("wrong", ["verifier", "redirect_uri"])
async def test_it_holds_us_to_the_attempt(strict: Strict, wrong: str) -> None:
    """What we send with a code is what it was given for, once, and checked there."""
    endpoints = await Discovery(strict.client, strict.world.clock).find(strict.provider)
    attempt = Attempt(state="state", verifier="v" * 43, nonce=token_urlsafe())
    back = f"{URL}/callback/local"
    asked = authorization_params(strict.provider, attempt, back)
    way = authorization_url(strict.provider, endpoints.authorization, asked)
    _, params = taken_apart(await strict.visit(way))

    async def exchange(attempt: Attempt, back: str) -> Tokens:
        request = token_request(
            strict.provider,
            endpoints.token,
            attempt,
            redirect_uri=back,
            now=strict.world.clock(),
            values={"code": params["code"][0]},
        )
        return await strict.client.exchange(strict.provider, endpoints.token, request)

    changed = {
        "verifier": (replace(attempt, verifier="w" * 43), back),
        "redirect_uri": (attempt, f"{back}2"),
    }
    with pytest.raises(ProviderDenied) as caught:
        await exchange(*changed[wrong])
    assert caught.value.reason == "invalid_grant"
    assert "access_token" in await exchange(attempt, back)
    with pytest.raises(ProviderDenied) as caught:
        await exchange(attempt, back)
    assert caught.value.reason == "invalid_grant"
