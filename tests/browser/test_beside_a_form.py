"""Buttons to sign in that belong to a form of the host's, without any script."""

from collections.abc import Callable, Iterator

import pytest
from markupsafe import Markup
from playwright.sync_api import Browser
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from typing_extensions import override

from tests.browser.person import Person, coming, on_phone_and_desktop
from tests.browser.test_ways import Inn, serving

FORM = "stay"
PAGE = Markup(
    '<!doctype html><html lang="en"><title>The Inn</title><h1>A room for {who}</h1>'
    '<form id="{form}" method="post" action="/checkout"><label>Name '
    '<input name="name" value="{name}"></label><button>Book</button></form>{ways}'
)


class Desk(Inn):
    """An inn whose one page has a form, and the ways to sign in beside it."""

    @override
    async def room(self, request: Request) -> Response:
        """Ask for a name, and show what was typed before a sign-in."""
        account = self.onboarding.account(request)
        typed = await self.onboarding.typed(request, FORM)
        ways = await self.onboarding.partial(
            "sign_in", request, form=FORM, next="/checkout"
        )
        page = PAGE.format(
            form=FORM,
            who="nobody" if account is None else account.kind.value,
            name=typed.get("name", "") if typed else "",
            ways=ways,
        )
        return HTMLResponse(page)


@pytest.fixture
def new_guest(chromium: Browser) -> Iterator[Callable[..., Person]]:
    """Let people come to an inn."""
    with coming(chromium) as come:
        yield come


@on_phone_and_desktop
def test_a_way_to_sign_in_beside_a_form_keeps_what_was_typed(
    new_guest: Callable[..., Person], size: str, theme: str
) -> None:
    """By one press; also where it stops at the provider first."""
    with serving(Desk()) as desk:
        sam = new_guest(desk, script=False, size=size, theme=theme)
        sam.open("/checkout")
        sam.fill(name="Sam Bakker")
        sam.press("Go on with Lamplight ID")
        sam.press("Cancel")
        sam.sees("You stopped at Lamplight ID. Nothing changed.")
        sam.press("Go on with Lamplight ID")
        sam.continue_as("Sam Bakker")
        sam.is_at("/checkout")
        sam.sees_heading("A room for registered")
        sam.sees_field("name", "Sam Bakker")
