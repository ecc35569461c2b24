"""An order that comes by phone: no browser, no account, and still a guest's order."""

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from examples.shop import address
from examples.shop.address import Address, Fault
from examples.shop.catalogue import Book
from examples.shop.events import OrderPlaced
from examples.shop.shop import shop_of
from examples.shop.till import Line

FORM = "phone"
"""The id of the form in its page."""


async def ask(request: Request) -> Response:
    """Show the form that the shopkeeper fills in while somebody is on the phone."""
    typed = await shop_of(request).onboarding.typed(request, FORM)
    return _form_page(request, address.clean(typed), book=typed.get("book", ""))


def _form_page(
    request: Request,
    lines: Mapping[str, str],
    *,
    book: str = "",
    faults: Sequence[Fault] = (),
    placed: int | None = None,
) -> Response:
    shop = shop_of(request)
    return shop.page(
        request,
        "phone.html",
        status=422 if faults else 200,
        at="/shopkeeper/phone",
        page="phone",
        books=shop.books.list_books(),
        book=book,
        lines=lines,
        faults={fault.field: fault for fault in faults},
        placed=placed,
    )


async def place(request: Request) -> Response:
    """Write the order down; whoever called takes it over by the link in their mail."""
    shop = shop_of(request)
    form = await shop.onboarding.form(request)
    book = shop.books.find(form.get("book", ""))
    lines = address.clean(form)
    if shop.onboarding.switches_language(request, form):
        return _form_page(request, lines, book=form.get("book", ""))
    faults = address.check(lines)
    if faults or book is None:
        return _form_page(request, lines, book=form.get("book", ""), faults=faults)
    number = shop.till.new_number()
    placed = await shop.onboarding.orders.register(number, email=lines["email"])
    shop.till.place_for(
        placed.account.id, number, Address(**lines), _line(book), shop.clock()
    )
    event = OrderPlaced(order=number, cents=book.price)
    await shop.onboarding.record(placed.account, event, key=str(number))
    await shop.onboarding.forget_typed(request, FORM)
    locale = shop.onboarding.locale(request)
    await shop.onboarding.mail_order_link(number, locale=locale)
    return _form_page(request, address.clean({}), placed=number)


def _line(book: Book) -> Line:
    return Line(
        book=book.slug,
        title=book.title,
        author=book.author,
        price=book.price,
        quantity=1,
    )
