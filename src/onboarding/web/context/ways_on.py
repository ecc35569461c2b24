"""The way on from a problem: one by its code, and the quiet one home."""

from collections.abc import Callable, Mapping, Sequence
from math import ceil

from onboarding.errors import OnboardingError, ProviderError, ProviderUnreachable
from onboarding.frozen import dataclass
from onboarding.web.context.buttons import buttons_of
from onboarding.web.context.headers import is_reading
from onboarding.web.context.protection import came_from
from onboarding.web.context.request_context import RequestContext
from onboarding.web.views.problems import Problem
from onboarding.web.views.sign_in import SignInButton


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOn:
    """The one way on from a problem: a link, or a button where it must be a POST."""

    label: str
    href: str
    post: bool = False
    next: str | None = None


def action(context: RequestContext, error: OnboardingError, problem: Problem) -> WayOn:
    """Return the one way on, which is home where there is no better one."""
    make = ERROR_ACTIONS.get(error.code) or ERROR_ACTIONS.get(problem.name)
    if make is not None and "go" in problem:
        return make(context, error, problem.plain("go"))
    if wanted := wanted_of(context):
        label = context.texts.plain("sign_in.name")
        href = context.renderer.url("sign-in", next=wanted)
        return WayOn(label=label, href=href)
    return aside(context, error)


def aside(context: RequestContext, error: OnboardingError) -> WayOn:
    """Return the quiet way on: home, or where a sign-in led that is not needed."""
    wanted = wanted_of(context)
    if wanted and error.code == "identity_taken":  # who is told so is signed in
        return WayOn(label=context.texts.plain("confirm.no"), href=wanted)
    label = context.texts.plain("problem.home", site=context.core.site_name)
    return WayOn(label=label, href=context.core.home)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherWays:
    """What else lets somebody in, while the provider that they chose does not answer.

    Attributes:
        ways: The buttons of the other providers.
        has_passkeys: Whether there are passkeys.
        chooser: Where all ways are, a letter and going on as a guest among them.
        next: Where to go afterwards, a path of this site.
    """

    ways: Sequence[SignInButton]
    has_passkeys: bool
    chooser: str
    next: str


def outage_left(context: RequestContext, error: OnboardingError) -> int | None:
    """Return for how many seconds a provider is taken for down, where that is wrong.

    None for other errors, and where a setting here is why it does not answer.
    """
    if not isinstance(error, ProviderUnreachable) or error.setting:
        return None
    left = context.core.code_flow.outages.left(error.provider)
    return max(1, ceil(left.total_seconds()))


def other_ways(context: RequestContext, error: OnboardingError) -> OtherWays | None:
    """Return the other ways in, where a provider does not answer; None for others.

    Who is in already has come to add this very way, and needs no other.
    """
    if not isinstance(error, ProviderUnreachable) or error.setting:
        return None
    current = context.current
    if current is not None and not current.account.is_guest:
        return None
    return OtherWays(
        ways=[one for one in buttons_of(context) if one.name != error.provider],
        has_passkeys=context.core.has_passkeys,
        chooser=context.renderer.url("sign-in", next=wanted_of(context)),
        next=context.next or context.core.home,
    )


def wanted_of(context: RequestContext) -> str | None:
    """Return where the sign-in that went wrong was to lead, if not home anyway."""
    return context.next if context.next != context.core.home else None


def _to(path: str) -> "ActionMaker":
    return lambda context, _, label: WayOn(
        label=label, href=context.renderer.url(path, next=wanted_of(context))
    )


def _to_account(context: RequestContext, _: OnboardingError, label: str) -> WayOn:
    return WayOn(label=label, href=context.renderer.url("account"))


def _sign_in(context: RequestContext, error: OnboardingError, label: str) -> WayOn:
    """With the provider that it went wrong with, or by choosing one."""
    url, wanted = context.renderer.url, wanted_of(context)
    provider = context.core.providers.get(str(error.details().get("provider")))
    if provider is None:
        here = context.current_session()
        is_in = here is not None and not here.account.is_guest
        href = url("account") if is_in else url("sign-in", next=wanted)
        return WayOn(label=label, href=href)
    if not isinstance(error, ProviderError):
        label = context.texts.plain("sign_in.again", provider=provider.title)
    href = url(f"sign-in/{provider.name}")
    return WayOn(label=label, href=href, post=True, next=wanted)


def _sign_in_and_back(context: RequestContext, _: OnboardingError, label: str) -> WayOn:
    """To the chooser, and back here; to the page of the form, where one was sent."""
    came = came_from(context.scope["headers"], context.core.origin)
    page = context.full_path if is_reading(context.scope) else context.next or came
    href = context.renderer.url("sign-in", next=page, guest="no")
    return WayOn(label=label, href=href)


def _again(context: RequestContext, _: OnboardingError, label: str) -> WayOn:
    is_page = is_reading(context.scope)
    return WayOn(label=label, href=context.full_path if is_page else context.core.home)


ActionMaker = Callable[[RequestContext, OnboardingError, str], WayOn]

ERROR_ACTIONS: Mapping[str, ActionMaker] = {
    "sign_in_required": _sign_in_and_back,
    "state_mismatch": _sign_in,
    "cookies_blocked": _sign_in,
    "sign_in_expired": _sign_in,
    "wrong_code": _to("sign-in"),
    "last_way_in": _to("account"),
    "too_many_tries": _to("sign-in"),
    "too_many_guests": _to("sign-in"),
    "order_link_over": _to("orders"),
    "provider_error": _sign_in,
    "provider_unreachable": _sign_in,
    "sign_in_cancelled": _to("sign-in"),
    "passkey_refused": _to("sign-in"),
    "passkey_unknown": _to("sign-in"),
    "passkey_copied": _to("sign-in"),
    "confirmation_required": _to("confirm"),
    "identity_taken": _to_account,
    "store_error": _again,
    "conflict": _again,
}
"""The way on, by the code of the error or of its kind."""
