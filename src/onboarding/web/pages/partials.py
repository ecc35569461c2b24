"""Our parts for a host's own pages: without a frame, from h2 on, ids prefixed.

Each returns an empty text where there is nothing to ask: for somebody who is signed
in already, where no prompt is due, or where this page asks for something else.
"""

import functools
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from onboarding.attention.rules import visit_of
from onboarding.errors import ConfigError
from onboarding.feedback.model import Prompt
from onboarding.urls import safe_next
from onboarding.web.context.buttons import buttons_of
from onboarding.web.context.grants import grants_of
from onboarding.web.context.nonce import NONCE
from onboarding.web.context.notices import take_notice
from onboarding.web.context.request_context import RequestContext
from onboarding.web.context.typed import FORM, find_typed
from onboarding.web.views.orders import OrderRow, order_row
from onboarding.web.views.prompts import draw_prompt
from onboarding.web.views.sign_in import SignInButton

if TYPE_CHECKING:
    from onboarding.accounts.typed import TypedForm

NOTHING = Markup()

MOST_PROMPTS = 3
"""Ways that the offer shows; the others are one click away."""


async def partial(
    context: RequestContext,
    name: str,
    *,
    id: str | None,
    next: str | None,
    form: str | None,
) -> Markup:
    """Return a part by its name: one of ``PARTS``.

    Args:
        context: Of the request.
        name: Which part.
        id: What every id in it begins with; None is the part's own.
        next: The path of this site to go to afterwards; None is this page.
        form: The id of a form of the host's, at ``next``, whose text comes along.

    Raises:
        ConfigError: When there is no such part, or it has no button for a form.
    """
    if name not in PARTS:
        known = ", ".join(map(repr, PARTS))
        raise ConfigError(f"there is no part {name!r}; write one of {known}")
    given = {} if id is None else {"id": id}
    if form is not None:
        if name not in WITH_BUTTONS:
            able = ", ".join(map(repr, WITH_BUTTONS))
            raise ConfigError(
                f"the part {name!r} has no button that could belong to the form "
                f"{form!r}; write form= for one of {able}"
            )
        given["form"] = form
    return await PARTS[name](context, next=next, **given)


async def prompt(
    context: RequestContext, *, id: str = "onboarding-prompt-", next: str | None = None
) -> Markup:
    """Return the prompt that is due, and record that the person saw it."""
    current = context.current_session()
    if current is None or context.asked:
        return NOTHING
    account, core = current.account, context.core
    form = f"{id}{FORM}"
    typed = await find_typed(context, form)
    # What they were writing about stays, though a sign-in began another visit.
    visit = (typed and typed.visit) or visit_of(current.session.id, core.clock())
    due = await core.feedback.due(account, visit)
    if due is None:
        return NOTHING
    context.asked = True
    context.after_response(
        functools.partial(core.feedback.shown, account, due.name, visit)
    )
    context.part_form = form
    score, text = opinion_in(typed, due)
    drawn = draw_prompt(
        due,
        texts=context.texts,
        site_name=core.site_name,
        score=score,
        text=text,
    )
    values = {"prompt": drawn, "id": id, "next": _local(context, next)}
    return context.part("onboarding/_prompt_section.html", values)


def opinion_in(typed: "TypedForm | None", prompt: Prompt) -> tuple[str, str]:
    """Return score and words that were typed about a prompt; nothing of another's."""
    if typed is None or typed.text("prompt") != prompt.name:
        return "", ""
    return typed.text("score"), typed.text("text")


async def keep_it(
    context: RequestContext,
    *,
    id: str = "onboarding-keep-",
    next: str | None = None,
    form: str = "",
) -> Markup:
    """Return the offer to keep what a guest did here, by signing in."""
    account, ways = context.account(), buttons_of(context)
    passkeys = context.core.has_passkeys
    can_keep = account is not None and account.is_guest and (ways or passkeys)
    if not can_keep or context.asked:
        return NOTHING
    context.asked = True
    values = {
        "ways": ways,
        "passkeys": passkeys,
        "most": MOST_PROMPTS,
        "more": len(ways) > MOST_PROMPTS or _is_mail_all(context, ways),
        "days": context.core.sessions.policy.guest_idle.days,
        "id": id,
        "form": form,
        "next": _local(context, next),
    }
    return context.part("onboarding/_keep_it.html", values)


def _is_mail_all(context: RequestContext, ways: Sequence[SignInButton]) -> bool:
    """Tell whether only a letter lets anybody in now, which is on the page of ways."""
    return context.core.mailer is not None and all(way.is_down for way in ways)


async def sign_in(
    context: RequestContext,
    *,
    id: str = "onboarding-sign-in-",
    next: str | None = None,
    form: str = "",
) -> Markup:
    """Return a button for each way to sign in, unless somebody is in already."""
    account, ways = context.account(), buttons_of(context)
    passkeys = context.core.has_passkeys
    if (account and not account.is_guest) or not (ways or passkeys):
        return NOTHING
    values = {
        "ways": ways,
        "passkeys": passkeys,
        "more": _is_mail_all(context, ways),
        "id": id,
        "form": form,
        "next": _local(context, next),
    }
    return context.part("onboarding/_sign_in.html", values)


async def notice(context: RequestContext, **_: str | None) -> Markup:
    """Return what became of the last act; the next page that shows it is the last."""
    last = take_notice(context)
    return (
        NOTHING
        if last is None
        else context.part("onboarding/_notice.html", {"last": last})
    )


async def claim(
    context: RequestContext,
    *,
    id: str = "onboarding-claim-",
    next: str | None = None,
    form: str = "",
) -> Markup:
    """Return the offer to keep orders that were placed as a guest, or elsewhere.

    Those that this browser opened by their links, and those placed with an address
    that who is here has proven.
    """
    core = context.core
    if not core.has_orders or context.asked:
        return NOTHING
    account = context.account()
    opened = [one for one in await open_orders(context) if not one.is_own]
    claimable = await core.orders.list_claimable(account)
    if not opened and not claimable:
        return NOTHING
    context.asked = True
    values = {
        "opened": opened,
        "claimable": claimable,
        "nonce": None if account else core.guests.new_nonce(),
        "id": id,
        "form": form,
        "next": _local(context, next),
    }
    return context.part("onboarding/_claim.html", values)


async def open_orders(context: RequestContext) -> list[OrderRow]:
    """Return the orders that this browser opened by their links."""
    core, account = context.core, context.account()
    rows = []
    for grant in grants_of(context):
        order = await core.orders.find_granted(grant.order, [grant])
        if order is not None:
            is_own = await core.orders.may_see(order.key, account, ())
            row = order_row(
                order,
                context.texts,
                core.clock(),
                page=core.orders.page,
                is_own=is_own,
            )
            rows.append(row)
    return rows


PARTS: dict[str, Callable[..., Awaitable[Markup]]] = {
    "prompt": prompt,
    "keep_it": keep_it,
    "sign_in": sign_in,
    "notice": notice,
    "claim": claim,
}

WITH_BUTTONS = ("keep_it", "sign_in", "claim")
"""Parts of buttons alone: these may belong to a form of the host's beside them."""


def field(context: RequestContext) -> Markup:
    """Return the hidden field by which a visitor's parallel writes make one guest.

    It makes the page private: a cached nonce would make two strangers one guest.
    """
    if context.account() is not None:
        return NOTHING
    return Markup('<input type="hidden" name="{}" value="{}">').format(
        NONCE, context.core.guests.new_nonce()
    )


def _local(context: RequestContext, next: str | None) -> str:
    core = context.core
    return safe_next(next or context.full_path, core.origin, core.home)
