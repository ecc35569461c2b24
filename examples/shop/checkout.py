"""From cart to order: one page, one form, one order however often it is sent."""

import secrets
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from examples.shop import address
from examples.shop.address import Address, Fault
from examples.shop.events import AddressGiven, CheckoutOpened, OrderPlaced
from examples.shop.shop import Shop, shop_of
from examples.shop.till import Cart, CartChanged, Order
from onboarding import Account
from onboarding.errors import NotFound, SignInRequired

SUMMARIES = {
    1: "One thing needs another look",
    2: "Two things need another look",
}
FORM = "checkout"
"""The id of the form in its page."""
LONGEST_ATTEMPT = 64
LONGEST_NUMBER = 19
"""Digits from which on a number is none that SQLite could have given out."""


async def checkout(request: Request) -> Response:
    """Ask where the books may go, with what the shop knows already filled in."""
    shop = shop_of(request)
    account = shop.onboarding.account(request)
    cart = shop.till.cart(account.id) if account else Cart()
    if account is None or not cart.lines:
        return RedirectResponse("/cart", 303)
    # As a web server writes its log: no page shows another thing for it. Whoever signs
    # in from here buys what they see; see CART in welcome.py.
    if shop.onboarding.is_page_view(request):
        shop.till.begin_checkout(account.id)
        await shop.onboarding.record(account, CheckoutOpened())
    # What somebody typed before they signed in wins over what is known of them.
    typed = await shop.onboarding.typed(request, FORM)
    lines = address.clean(typed) if typed else await _known_lines(shop, account)
    return _form_page(request, cart, lines, attempt=secrets.token_urlsafe(12))


async def _known_lines(shop: Shop, account: Account) -> dict[str, str]:
    """Return the address of the last order, else the e-mail address given before."""
    orders = shop.till.list_orders(account.id)
    if orders:
        return address.lines(orders[0].address)
    contacts = await shop.onboarding.accounts.list_contacts(account)
    return address.clean({"email": contacts[-1].typed} if contacts else {})


def _form_page(
    request: Request,
    cart: Cart,
    lines: dict[str, str],
    *,
    attempt: str,
    faults: Sequence[Fault] = (),
    has_changed: bool = False,
) -> Response:
    shop = shop_of(request)
    summary = SUMMARIES.get(len(faults), "{count} things need another look")
    status = 409 if has_changed else 422 if faults else 200
    return shop.page(
        request,
        "checkout.html",
        status=status,
        at="/checkout",
        account=shop.onboarding.account(request),
        cart=cart,
        lines=lines,
        attempt=attempt,
        has_changed=has_changed,
        faults={fault.field: fault for fault in faults},
        summary=shop.words(request).say(summary, count=len(faults)),
    )


async def place(request: Request) -> Response:
    """Place the order, once: the same form sent again leads to the same order."""
    shop = shop_of(request)
    account = shop.onboarding.account(request)
    form = await shop.onboarding.form(request)
    if account is None:
        return RedirectResponse("/cart", 303)
    attempt = form.get("attempt", "")[:LONGEST_ATTEMPT]
    known = shop.till.find_attempt(account.id, attempt)
    if known is not None:
        return _again(known)
    cart = shop.till.cart(account.id)
    if not cart.lines:
        return RedirectResponse("/cart", 303)
    lines = address.clean(form)
    has_changed = form.get("cart", "") != cart.as_seen
    if shop.onboarding.switches_language(request, form):
        return _form_page(
            request, cart, lines, attempt=attempt, has_changed=has_changed
        )
    faults = address.check(lines)
    if all(fault.field != "email" for fault in faults):
        await shop.onboarding.record(account, AddressGiven())
    if faults or has_changed:
        return _form_page(
            request,
            cart,
            lines,
            attempt=attempt,
            faults=faults,
            has_changed=has_changed,
        )
    try:
        return await _placed(request, account, Address(**lines), attempt, cart.as_seen)
    except CartChanged:
        cart = shop.till.cart(account.id)
        return _form_page(request, cart, lines, attempt=attempt, has_changed=True)


async def _placed(
    request: Request, account: Account, to: Address, attempt: str, saw: str
) -> Response:
    shop = shop_of(request)
    # The library first, then our own write: two writers of one SQLite file take turns.
    await shop.onboarding.guests.give_contact(account, to.email)
    order = shop.till.place(
        account.id, to, attempt=attempt, as_seen=saw, at=shop.clock()
    )
    if order is None:
        return RedirectResponse("/cart", 303)
    # With a key, so that sending the form again after an error tells it once.
    await shop.onboarding.record(
        account,
        OrderPlaced(order=order.number, cents=order.total),
        key=str(order.number),
    )
    await shop.onboarding.forget_typed(request, FORM)
    if not order.is_new:
        return _again(order.number)
    locale = shop.onboarding.locale(request)
    await shop.onboarding.mail_order_link(order.number, locale=locale)
    return RedirectResponse(f"/orders/{order.number}/placed", 303)


def _again(number: int) -> Response:
    return RedirectResponse(f"/orders/{number}?again=1", 303)


async def placed(request: Request) -> Response:
    """Say thank you, and offer to keep the order within reach."""
    shop = shop_of(request)
    order = await _order_of(request)
    return shop.page(
        request,
        "placed.html",
        order=order,
        keep_it=await shop.onboarding.partial(
            "keep_it", request, next=f"/orders/{order.number}"
        ),
    )


async def order(request: Request) -> Response:
    """Show an order to whom may see it, and at the end perhaps one question."""
    shop = shop_of(request)
    found = await _order_of(request)
    return shop.page(
        request,
        "order.html",
        page="orders",
        order=found,
        again="again" in request.query_params,
        claim=await shop.onboarding.partial("claim", request),
        prompt=await shop.onboarding.partial("prompt", request),
    )


async def orders(request: Request) -> Response:
    """List what this person bought."""
    shop = shop_of(request)
    account = shop.onboarding.account(request)
    found = shop.till.list_orders(account.id) if account else []
    return shop.page(
        request,
        "orders.html",
        page="orders",
        orders=found,
        claim=await shop.onboarding.partial("claim", request),
    )


async def _order_of(request: Request) -> Order:
    """Return an order that who is here may see: their own, or one that a link opened.

    Raises:
        SignInRequired: For a visitor, whatever the number: it may be their order,
            from a browser that is no longer open.
        NotFound: For an order that does not exist and for somebody else's alike, or
            trying numbers would tell how much the shop sells.
    """
    shop, number = shop_of(request), request.path_params["number"]
    is_number = number.isascii() and number.isdecimal() and len(number) < LONGEST_NUMBER
    if is_number and await shop.onboarding.may_see_order(request, int(number)):
        found = shop.till.find_order(int(number))
        if found is not None:
            return found
    if shop.onboarding.account(request) is None:
        raise SignInRequired
    raise NotFound
