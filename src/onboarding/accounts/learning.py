"""What a provider tells of a person, beside who they are: whoever learns from it."""

from collections.abc import Sequence
from typing import Protocol

from onboarding.accounts.model import Identity
from onboarding.changes import Change


class LearnsFacts(Protocol):
    """Keeps what a provider tells of somebody, in the commit that brings them in."""

    async def learn(self, account_id: str, identity: Identity) -> Sequence[Change]:
        """Return what to commit beside a sign-in; mostly nothing is new.

        Whatever is wrong with what is told, nobody is kept out by it.

        Args:
            account_id: Who comes in; an account that is made in the same commit has
                nothing yet.
            identity: What the provider tells.
        """
        ...


class LearnsNothing:
    """Keeps nothing: for an application that asks for no claim."""

    async def learn(self, account_id: str, identity: Identity) -> Sequence[Change]:
        """Return nothing."""
        del account_id, identity
        return ()
