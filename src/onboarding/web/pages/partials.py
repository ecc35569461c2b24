"""Our parts for a host's own pages: without a frame, from h2 on, ids prefixed.

Each returns an empty text where there is nothing to ask: for somebody who is signed
in already, where no prompt is due, or where this page asks for something else.
"""

from collections.abc import Awaitable, Callable
from functools import partial as later
from typing import Any

from markupsafe import Markup

from onboarding.attention.rules import visit_of as name_visit
from onboarding.errors import ConfigError
from onboarding.urls import safe_next
from onboarding.web.context.request_context import Visit
from onboarding.web.pages.call import NONCE
from onboarding.web.views.prompts import draw
from onboarding.web.views.sign_in import buttons

NOTHING = Markup()

MOST = 3
"""Ways that the offer shows; the others are one click away."""


async def partial(visit: Visit, name: str, **options: Any) -> Markup:
    """Return a part by its name: ``"prompt"``, ``"keep_it"`` or ``"sign_in"``.

    Each takes ``id``, which every id in it begins with, and ``next``, the path of
    this site to go to afterwards: by default the page that it stands on.

    Raises:
        ConfigError: When there is no such part.
    """
    if name not in PARTS:
        known = ", ".join(map(repr, PARTS))
        raise ConfigError(f"there is no part {name!r}; write one of {known}")
    return await PARTS[name](visit, **options)


async def prompt(
    visit: Visit, *, id: str = "onboarding-prompt-", next: str | None = None
) -> Markup:
    """Return the prompt that is due, and record that the person saw it."""
    current = visit.current_session()
    if current is None or visit.asked:
        return NOTHING
    account, core = current.account, visit.core
    name = name_visit(current.session.id, core.clock())
    due = await core.feedback.due(account, name)
    if due is None:
        return NOTHING
    visit.asked = True
    visit.later(later(core.feedback.shown, account, due.name, name))
    return visit.face.part(
        visit,
        "_prompt_section.html",
        prompt=draw(visit, due),
        id=id,
        next=_here(visit, next),
    )


async def keep_it(
    visit: Visit, *, id: str = "onboarding-keep-", next: str | None = None
) -> Markup:
    """Return the offer to keep what a guest did here, by signing in."""
    account, ways = visit.account(), buttons(visit.core.providers.values())
    if account is None or not account.is_guest or not ways or visit.asked:
        return NOTHING
    visit.asked = True
    return visit.face.part(
        visit,
        "_keep_it.html",
        ways=ways,
        most=MOST,
        days=visit.core.sessions.policy.guest_idle.days,
        id=id,
        next=_here(visit, next),
    )


async def sign_in(
    visit: Visit, *, id: str = "onboarding-sign-in-", next: str | None = None
) -> Markup:
    """Return a button for each way to sign in, unless somebody is in already."""
    account, ways = visit.account(), buttons(visit.core.providers.values())
    if (account and not account.is_guest) or not ways:
        return NOTHING
    return visit.face.part(
        visit, "_sign_in.html", ways=ways, id=id, next=_here(visit, next)
    )


PARTS: dict[str, Callable[..., Awaitable[Markup]]] = {
    "prompt": prompt,
    "keep_it": keep_it,
    "sign_in": sign_in,
}


def field(visit: Visit) -> Markup:
    """Return the hidden field by which a visitor's parallel writes make one guest.

    It makes the page private: a cached nonce would make two strangers one guest.
    """
    if visit.account() is not None:
        return NOTHING
    return Markup('<input type="hidden" name="{}" value="{}">').format(
        NONCE, visit.core.guests.new_nonce()
    )


def _here(visit: Visit, next: str | None) -> str:
    core = visit.core
    return safe_next(next or visit.here, core.origin, core.home)
