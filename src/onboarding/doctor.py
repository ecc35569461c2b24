"""Looks a set-up over, as ``onboarding doctor`` does, and says what to change."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from onboarding.core import Core
from onboarding.errors import ConfigError, ProviderError, StoreError
from onboarding.frozen import dataclass
from onboarding.log_lines import log_line
from onboarding.providers.base import Provider
from onboarding.social import fitting
from onboarding.social.rules import LEEWAY

NAME_PROXIES = (
    'a proxy in front has to be named, proxies=["…"], unless your server reads its '
    "headers; "
)


SET_CLOCK = (
    "let it be set by NTP (on Linux: timedatectl set-ntp true); where the clocks "
    f"differ by more than {LEEWAY.seconds} s, ID tokens are refused"
)


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
    """Look at address, database, every provider, limits, and what asks.

    Calls the providers' discovery and key addresses; changes nothing anywhere.
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
        yield await _provider(core, provider)
    if core.providers:
        yield Finding(
            what="our sign-in buttons on pages of yours need this in your policy:",
            advice="form-action 'self' " + " ".join(core.code_flow.form_origins()),
        )
    await core.code_flow.close()
    yield await _limits(core)
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


async def _provider(core: Core[Any], provider: Provider) -> Finding:
    flow = core.code_flow
    callback = f"register this redirect URI there: {flow.redirect_uri(provider)}"
    try:
        await flow.prepare(provider)
    except ProviderError as error:
        return Finding(
            what=f"{provider.title}: {error.code}, {log_line(error)}",
            advice="see that the issuer is right and reachable from here; " + callback,
            is_well=False,
        )
    title = provider.title
    if clock := _clock(title, flow.clock_ahead(provider)):
        return Finding(what=clock, advice=SET_CLOCK, is_well=False)
    if expiring := fitting.expiring(provider, core.clock().date()):
        return Finding(what=f"{title}: {expiring}", advice=callback, is_well=False)
    if wrong := flow.misfits(provider):
        what = f"{provider.title}: its settings do not fit what it says of itself"
        return Finding(what=what, advice="; ".join([*wrong, callback]), is_well=False)
    for what, why in provider.weakened().items():
        callback += f"; it goes without a check, {what}: {why}"
    return Finding(what=f"{provider.title}: ready", advice=callback)


def _clock(title: str, ahead: timedelta | None) -> str:
    """Say that the clocks differ by more than ID tokens are let."""
    if ahead is None or abs(ahead) <= LEEWAY:
        return ""
    seconds = int(abs(ahead).total_seconds())
    which = "ahead of" if ahead > timedelta(0) else "behind"
    return f"{title}: this machine's clock is {seconds} s {which} that of {title}"


async def _limits(core: Core[Any]) -> Finding:
    limits = core.limits
    if limits.is_off:
        return Finding(
            what="no limits: anybody makes guests and asks for letters without end",
            advice="leave LimitPolicy.off() to tests, or limit them at your proxy",
        )
    try:
        limits.open()
    except ConfigError as error:
        what = "limits cannot be counted"
        return Finding(what=what, advice=str(error), is_well=False)
    try:
        is_counting = await limits.is_counting()
    finally:
        await limits.close()
    if not is_counting:
        return Finding(
            what="limits: Redis does not answer, so each process counts by itself",
            advice="see to the server that LimitPolicy(storage=…) names",
            is_well=False,
        )
    known = "" if limits.proxies.are_named else NAME_PROXIES
    if limits.is_shared:
        return Finding(what="limits are counted in Redis, together", advice=known)
    return Finding(
        what="limits are counted in memory",
        advice=f"{known}several workers count each by itself; to count together, write "
        'limits=LimitPolicy(storage="redis://…")',
    )


def _asking(core: Core[Any]) -> Finding:
    return Finding(
        what=(
            f"{len(core.catalogue.questions)} questions, "
            f"{len(core.catalogue.plans)} features, {len(core.prompts)} prompts, "
            f"{len(core.funnels)} funnels"
        )
    )
