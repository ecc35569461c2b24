"""The cart: what somebody means to buy. Its first book makes a visitor a guest."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from examples.shop.events import CartFilled
from examples.shop.shop import shop_of
from examples.shop.till import Cart
from onboarding import Account
from onboarding.errors import NotFound


async def cart(request: Request) -> Response:
    """Show the cart, and what was put in or taken out just now."""
    shop = shop_of(request)
    account = shop.onboarding.account(request)
    holds = shop.till.cart(account.id) if account else Cart()
    inside = {line.book for line in holds.lines}
    added, removed = (request.query_params.get(key, "") for key in ("added", "removed"))
    return shop.page(
        request,
        "cart.html",
        page="cart",
        cart=holds,
        account=account,
        added=shop.books.find(added) if added in inside else None,
        lost=shop.books.find(added) if _keeps_nothing(request, account) else None,
        removed=shop.books.find(removed) if removed not in inside else None,
    )


def _keeps_nothing(request: Request, account: Account | None) -> bool:
    """Tell whether a browser comes from putting a book in, and brings no cookie along.

    A link to this page that somebody was sent says nothing about their browser.
    """
    came_from_here = request.headers.get("sec-fetch-site", "same-origin")
    return account is None and not request.cookies and came_from_here == "same-origin"


async def put(request: Request) -> Response:
    """Put a book into the cart: the first thing worth keeping about a visitor."""
    shop = shop_of(request)
    form = await shop.onboarding.form(request)
    book = shop.books.find(form.get("book", ""))
    if book is None:
        raise NotFound
    account = await shop.onboarding.ensure_account(request, form=form)
    shop.till.put(account.id, book.slug, shop.clock())
    await shop.onboarding.record(account, CartFilled(book=book.slug))
    return RedirectResponse(f"/cart?added={book.slug}", 303)


async def take_out(request: Request) -> Response:
    """Take a book out of the cart; a visitor has none, and nothing happens."""
    shop = shop_of(request)
    form = await shop.onboarding.form(request)
    account = shop.onboarding.account(request)
    book = shop.books.find(form.get("book", ""))
    if account is None or book is None:
        return RedirectResponse("/cart", 303)
    shop.till.remove(account.id, book.slug)
    return RedirectResponse(f"/cart?removed={book.slug}", 303)
