"""The shelf: all books, one book, and the shelf that knows what a reader likes."""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from examples.shop.catalogue import Genre
from examples.shop.shop import shop_of
from examples.shop.words import SHELF_NAMES, UNSORTED
from onboarding.errors import NotFound

IN_THE_WINDOW = ("the-count-of-monte-cristo", "treasure-island", "the-time-machine")


async def home(request: Request) -> Response:
    """Show all books, or those of one genre; sets no cookie."""
    shop = shop_of(request)
    wanted = request.query_params.get("genre", "")
    genre = Genre(wanted) if wanted in set(Genre) else None
    books = [] if wanted and genre is None else shop.books.list_books(genre)
    fan = [shop.books.find(slug) for slug in IN_THE_WINDOW]
    return shop.page(request, "shelf.html", books=books, genre=genre, fan=fan)


async def book(request: Request) -> Response:
    """Show one book."""
    shop = shop_of(request)
    found = shop.books.find(request.path_params["slug"])
    if found is None:
        raise NotFound
    return shop.page(request, "book.html", book=found)


async def recommendations(request: Request) -> Response:
    """Show the shelf with what the reader likes in front; opens once that is known.

    Who would rather not say finds all books as they stand in the shop.
    """
    shop = shop_of(request)
    account = shop.onboarding.account(request)
    if account is None:
        raise NotFound
    profile = await shop.onboarding.profile(account)
    return shop.page(
        request,
        "recommendations.html",
        page="recommendations",
        books=shop.books.list_for(profile.genre),
        shelf_name=SHELF_NAMES[profile.genre] if profile.genre else UNSORTED,
        is_birthday=_is_birthday(profile.birthday, shop.clock().date()),
    )


def _is_birthday(birthday: date | None, today: date) -> bool:
    """Whether it is the day; those of 29 February celebrate on 1 March."""
    if birthday is None:
        return False
    if (birthday.month, birthday.day) == (2, 29) and not _is_leap(today.year):
        return (today.month, today.day) == (3, 1)
    return (birthday.month, birthday.day) == (today.month, today.day)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


async def help_(request: Request) -> Response:
    """Say how the shop works."""
    return shop_of(request).page(request, "help.html")
