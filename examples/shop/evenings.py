"""The evenings in the shop: each opens once it is known what it needs."""

from starlette.requests import Request
from starlette.responses import Response

from examples.shop.profile import EVENING_NAMES, SOUP_NAMES
from examples.shop.shop import shop_of
from onboarding.errors import NotFound


async def circle(request: Request) -> Response:
    """Show the reading circle, and how its invitation comes."""
    shop = shop_of(request)
    account = shop.onboarding.account(request)
    if account is None:
        raise NotFound
    profile = await shop.onboarding.profile(account)
    return shop.page(
        request,
        "circle.html",
        evening=EVENING_NAMES[profile.evening] if profile.evening else None,
        is_rung=profile.phone is not None,
        soup=SOUP_NAMES[profile.soup] if profile.soup else None,
        book=shop.books.find("middlemarch"),
    )


async def wine(request: Request) -> Response:
    """Show the evening with wine; there is nobody on it who is under age."""
    shop = shop_of(request)
    return shop.page(request, "wine.html", book=shop.books.find("dracula"))
