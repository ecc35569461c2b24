"""Typed dependencies for FastAPI, made from the one object.

::

    from onboarding.fastapi import Dependencies

    who = Dependencies(onboarding)

    @app.get("/cart")
    async def cart(account: Annotated[Account | None, Depends(who.account)]): ...

    @app.get("/export", dependencies=[Depends(who.unlocked("export"))])
    async def export(profile: Annotated[Profile, Depends(who.profile)]): ...
"""

from collections.abc import Awaitable, Callable
from typing import Generic

from fastapi.requests import HTTPConnection

from onboarding.accounts.model import Account
from onboarding.app import Onboarding
from onboarding.on_demand import P


class Dependencies(Generic[P]):
    """What an endpoint may depend on; ``P`` is the host's profile model.

    Each is a coroutine function: FastAPI sends plain functions to a thread, which
    costs more than looking at who is here.

    Args:
        onboarding: The one object of the application.
    """

    def __init__(self, onboarding: Onboarding[P]):
        self._onboarding = onboarding

    async def account(self, request: HTTPConnection) -> Account | None:
        """Give who is here, or None for a visitor."""
        return self._onboarding.account(request)

    async def guest(self, request: HTTPConnection) -> Account:
        """Give who is here, or make a guest: for an endpoint that writes."""
        return await self._onboarding.ensure_account(request)

    async def registered(self, request: HTTPConnection) -> Account:
        """Give who has signed in.

        Raises:
            SignInRequired: For a visitor or a guest.
        """
        return self._onboarding.registered(request)

    async def profile(self, request: HTTPConnection) -> P:
        """Give what is known of who is here; a visitor's profile is empty."""
        return await self._onboarding.profile(self._onboarding.account(request))

    def unlocked(self, feature: str) -> Callable[[HTTPConnection], Awaitable[None]]:
        """Let an endpoint run once a feature's questions are answered.

        Raises:
            ConfigError: When there is no such feature, at once.
        """
        self._onboarding.catalogue.feature(feature)

        async def dependency(request: HTTPConnection) -> None:
            await self._onboarding.require(request, feature)

        return dependency
