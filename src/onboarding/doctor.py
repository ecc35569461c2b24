"""Looks a set-up over, as ``onboarding doctor`` does, and says what to change."""

from collections.abc import AsyncIterator
from typing import Any

from onboarding.core import Core
from onboarding.errors import ConfigError, ProviderError, StoreError
from onboarding.frozen import dataclass
from onboarding.log_lines import log_line
from onboarding.providers.base import Provider
from onboarding.social.code_flow import CodeFlow


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: What was found, a sentence.
        advice: What to do, or to know; empty where there is nothing.
        is_well: Whether nothing needs to be done.
    """

    what: str
    advice: str = ""
    is_well: bool = True


async def examine(core: Core[Any]) -> list[Finding]:
    """Look at the address, the database, every provider, and what asks.

    Calls the providers' discovery addresses; changes nothing anywhere.
    """
    return [finding async for finding in _findings(core)]


async def _findings(core: Core[Any]) -> AsyncIterator[Finding]:
    yield _address(core)
    yield await _database(core)
    if not core.providers:
        yield Finding(
            what="no provider: guests cannot keep what they did",
            advice="add one: providers=[Google(client_id=…, client_secret=…)]",
            is_well=False,
        )
    for provider in core.providers.values():
        yield await _provider(core.code_flow, provider)
    if core.providers:
        yield Finding(
            what="our sign-in buttons on pages of yours need this in your policy:",
            advice="form-action 'self' " + " ".join(core.code_flow.form_origins()),
        )
    await core.code_flow.close()
    yield _asking(core)


def _address(core: Core[Any]) -> Finding:
    if core.secure:
        return Finding(what=f"{core.url}: cookies are Secure and bound to this host")
    return Finding(
        what=f"{core.url}: this machine only",
        advice='for people, write url="https://…"; cookies are then Secure',
    )


async def _database(core: Core[Any]) -> Finding:
    try:
        await core.store.open()
    except StoreError as error:
        what = "the database cannot be used"
        return Finding(what=what, advice=str(error), is_well=False)
    try:
        await core.belongings.check(core.store)
    except (ConfigError, StoreError) as error:
        what = "a table of yours does not fit its resource"
        return Finding(what=what, advice=str(error), is_well=False)
    finally:
        await core.store.close()
    return Finding(what="the database opens, and its tables are of this release")


async def _provider(flow: CodeFlow, provider: Provider) -> Finding:
    callback = f"register this redirect URI there: {flow.redirect_uri(provider)}"
    try:
        await flow.prepare(provider)
    except ProviderError as error:
        return Finding(
            what=f"{provider.title}: {error.code}, {log_line(error)}",
            advice="see that the issuer is right and reachable from here; " + callback,
            is_well=False,
        )
    return Finding(what=f"{provider.title}: ready", advice=callback)


def _asking(core: Core[Any]) -> Finding:
    return Finding(
        what=(
            f"{len(core.catalogue.questions)} questions, "
            f"{len(core.catalogue.plans)} features, {len(core.prompts)} prompts, "
            f"{len(core.funnels)} funnels"
        )
    )
