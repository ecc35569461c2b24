"""Our own pages, below the mount: each address, and its handler."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.routing import BaseRoute, Match, Mount, Route, Router

from onboarding.errors import NotFound
from onboarding.web.pages import (
    account,
    choosing,
    contacts,
    guest,
    sign_in,
    static,
    typed,
    unlink,
)
from onboarding.web.pages.call import Call, PageHandler
from onboarding.web.pages.endpoint import AskedBy, PageEndpoint

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Scope

    from onboarding.core import Core


def pages(core: "Core[Any]") -> "ASGIApp":
    """Return our pages as one ASGI app, to be mounted at the path of ``url``."""
    return Router(routes(core), redirect_slashes=False)


def routes(core: "Core[Any]") -> list[BaseRoute]:
    """Return every address of ours, relative to the mount.

    A feature is on when something is declared for it: without prompts there are no
    addresses of prompts. What is no address of ours is our own "not found".
    """
    route = partial(_route, core)
    in_browser = partial(_route, core, asked_by=AskedBy.BROWSERS)
    found = [
        # Mounted, so that no other method there reaches a page: the layer skips it.
        Mount("/static", routes=[Route("/{name:path}", static.serve)]),
        in_browser("/sign-in", get=choosing.choose, post=choosing.choose_again),
        route("/sign-out", post=sign_in.sign_out),
        in_browser("/typed", post=typed.keep),
        route("/guest", get=guest.ask_contact, post=guest.give_contact),
        route("/me", get=guest.who),
        route("/account", get=account.show),
        route("/account/address/{key}", get=contacts.show, post=contacts.change),
        route("/account/way/{key}", get=unlink.show, post=unlink.unlink),
        route("/account/take-back", post=account.take_back),
        route("/account/export", post=account.export),
        route("/account/erase", get=account.before_erasure, post=account.erase),
    ]
    if core.mailer is not None:
        from onboarding.web.pages import prove, unsubscribe

        found += [
            in_browser("/sign-in/email", post=prove.ask),
            in_browser("/account/prove", post=prove.ask_contact),
            in_browser("/prove", get=prove.show, post=prove.finish),
            in_browser("/prove/again", post=prove.again),
            in_browser("/prove/{link}", get=prove.open_link),
            route(
                "/unsubscribe/{link}",
                get=unsubscribe.ask,
                post=unsubscribe.stop,
                from_anywhere=True,
            ),
        ]
    if core.has_orders:
        from onboarding.web.pages import orders

        found += [
            route("/order/{token}", get=orders.open_link),
            route("/orders", get=orders.show),
            route("/orders/claim", post=orders.claim),
        ]
        if core.mailer is not None:
            found += [route("/orders/find", post=orders.find)]
    if core.providers:
        found += [
            in_browser(
                "/sign-in/{provider}", get=sign_in.to_choice, post=sign_in.begin
            ),
            route(
                "/callback/{provider}",
                get=sign_in.finish,
                post=sign_in.finish_form,
                from_anywhere=True,
                uses_up=True,
            ),
            in_browser("/confirm", get=sign_in.ask_owner, post=sign_in.link),
        ]
        found += _signals(route)
    if core.providers and core.mailer is not None:
        from onboarding.web.pages import confirming

        found += [in_browser("/confirm/mail", post=confirming.ask_by_mail)]
    found += _apps(core, route)
    if core.has_passkeys:
        from onboarding.web.pages import passkeys

        found += [
            in_browser("/passkey/new", post=passkeys.begin_new),
            in_browser("/passkey/new/{attempt}", post=passkeys.finish_new),
            in_browser("/passkey/sign-in", post=passkeys.begin_sign_in),
            in_browser("/passkey/sign-in/{attempt}", post=passkeys.finish_sign_in),
        ]
    if core.asking is not None:
        from onboarding.web.pages import merge

        found.append(in_browser("/merge", get=merge.ask, post=merge.answer))
    if core.asks:
        from onboarding.web.pages import questions, take_back, what_we_ask

        found += [
            route("/ask/{feature}", get=questions.ask),
            route("/answers", get=questions.change, post=questions.answer),
            route("/answers/take-back", get=take_back.show, post=take_back.act),
            route("/what-we-ask", get=what_we_ask.show),
        ]
    if core.prompts:
        from onboarding.web.pages import prompts

        found += [
            route("/prompt", get=prompts.due),
            route("/prompt/{prompt}", post=prompts.act),
            route("/prompt/{prompt}/thanks", get=prompts.thank),
        ]
    return [*found, route("/{rest:path}", get=_nowhere, post=_nowhere)]


def _apps(core: "Core[Any]", route: Callable[..., Route]) -> list[BaseRoute]:
    """Return where apps and their people come; nothing where there are no apps."""
    if not core.apps:
        return []
    from onboarding.providers.oidc import native_clients
    from onboarding.web.pages import apps

    found: list[BaseRoute] = []
    if any(map(native_clients, core.providers.values())):
        from onboarding.web.pages import native

        found = [
            route("/app/nonce", post=native.give_nonce, asked_by=AskedBy.APPS),
            route("/app/id-token", post=native.take, asked_by=AskedBy.APPS),
        ]
    return [
        *found,
        route("/app/push", post=apps.push, asked_by=AskedBy.APPS),
        route(
            "/app/authorize",
            get=apps.ask,
            post=apps.answer,
            asked_by=AskedBy.BROWSERS,
        ),
        route("/app/token", post=apps.give_token, asked_by=AskedBy.APPS),
        route("/app/revoke", post=apps.revoke, asked_by=AskedBy.APPS),
        route("/account/app", post=apps.end),
    ]


def _signals(route: Callable[..., Route]) -> list[BaseRoute]:
    """Return where servers of providers tell something, and what came of it."""
    from onboarding.web.pages import signals

    return [
        route("/signals/{provider}", post=signals.take, from_anywhere=True),
        route("/signals/{provider}/status/{code}", get=signals.show),
        route("/signals/{provider}/{kind}", post=signals.take, from_anywhere=True),
    ]


def _route(
    core: "Core[Any]",
    path: str,
    *,
    get: PageHandler | None = None,
    post: PageHandler | None = None,
    from_anywhere: bool = False,
    uses_up: bool = False,
    asked_by: AskedBy = AskedBy.ANYBODY,
) -> Route:
    endpoint = PageEndpoint(
        core=core,
        get=get,
        post=post,
        from_anywhere=from_anywhere,
        uses_up=uses_up,
        asked_by=asked_by,
    )
    return Route(path, endpoint)


class PagesMount(Mount):
    """Our pages, below their path and at the bare path itself.

    Starlette answers the bare path with a redirect to whatever ``Host`` says.
    """

    def matches(self, scope: "Scope") -> "tuple[Match, Scope]":
        """Tell whether a request is for us; a bare path is one with its slash."""
        match, child = super().matches(scope)
        if match is Match.NONE:
            path = f"{scope['path']}/"
            match, child = super().matches({**scope, "path": path})
            child = {**child, "path": path} if match is Match.FULL else child
        return match, child


async def _nowhere(call: Call) -> "Response":
    del call
    raise NotFound("there is no page at this address")
