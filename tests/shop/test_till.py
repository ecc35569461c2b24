"""Carts and orders in the database."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from examples.shop.address import Address
from examples.shop.catalogue import Catalogue
from examples.shop.till import MOST, CartChanged, Placed, Till

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BOOKS = Catalogue.load()
TO = Address(
    email="kim@example.org",
    name="Kim de Vries",
    street="Prinsengracht 12",
    postcode="1015 DK",
    town="Amsterdam",
)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    """Yield an open till that nobody has used yet."""
    till = Till(tmp_path / "shop.db", BOOKS)
    till.open()
    yield till
    till.close()


def order_cart(till: Till, attempt: str) -> Placed | None:
    """Order what stands in Kim's cart this moment."""
    seen = till.cart("kim").as_seen
    return till.place("kim", TO, attempt=attempt, as_seen=seen, at=NOW)


def test_a_cart_keeps_the_order_in_which_it_was_filled(till: Till) -> None:
    """The same book twice is one line of two."""
    for book in ("walden", "dracula", "walden"):
        till.put("kim", book, NOW)
    cart = till.cart("kim")
    assert {line.book: line.quantity for line in cart.lines} == {
        "walden": 2,
        "dracula": 1,
    }
    assert (cart.size, cart.total) == (3, 2 * 900 + 1050)


def test_a_cart_has_an_end(till: Till) -> None:
    """Nine copies of one book are enough, however often it is put in."""
    for _ in range(MOST + 5):
        till.put("kim", "walden", NOW)
    assert till.cart("kim").size == MOST


def test_a_cart_is_of_one_person(till: Till) -> None:
    """Putting in and taking out concerns nobody else."""
    till.put("kim", "walden", NOW)
    till.put("lou", "walden", NOW)
    till.remove("kim", "walden")
    assert (till.cart("kim").size, till.cart("lou").size) == (0, 1)


def test_a_book_that_is_gone_is_counted(till: Till, tmp_path: Path) -> None:
    """What is no longer for sale is not bought, and does not hide the rest."""
    till.put("kim", "walden", NOW)
    till.put("kim", "dracula", NOW)
    without = Catalogue({b.slug: b for b in BOOKS.list_books() if b.slug != "walden"})
    later = Till(tmp_path / "shop.db", without)
    later.open()
    cart = later.cart("kim")
    later.close()
    assert ([line.book for line in cart.lines], cart.gone) == (["dracula"], 1)


def test_an_order_takes_the_cart_and_leaves_it_empty(till: Till) -> None:
    """Books, prices and address stand in the order; its number is not the first."""
    till.put("kim", "walden", NOW)
    assert order_cart(till, "form-1") == Placed(number=2041, is_new=True, total=900)
    order = till.find_order(2041)
    assert order is not None
    assert (order.address, order.placed_at, order.total) == (TO, NOW, 900)
    assert [line.title for line in order.lines] == ["Walden"]
    assert till.cart("kim").size == 0


def test_the_same_form_places_one_order(till: Till) -> None:
    """Sent again, even with a new cart, it leads to the order that there is."""
    till.put("kim", "walden", NOW)
    order_cart(till, "form-1")
    till.put("kim", "dracula", NOW)
    assert order_cart(till, "form-1") == Placed(number=2041, is_new=False)
    assert till.cart("kim").size == 1
    assert [order.number for order in till.list_orders("kim")] == [2041]


def test_racing_forms_place_one_order(till: Till, tmp_path: Path) -> None:
    """Two processes that get the same form at once make one order of it."""
    till.put("kim", "walden", NOW)

    def place(_: int) -> Placed | None:
        own = Till(tmp_path / "shop.db", BOOKS)
        own.open()
        try:
            return order_cart(own, "form-1")
        finally:
            own.close()

    with ThreadPoolExecutor(4) as pool:
        placed = list(pool.map(place, range(4)))
    assert [p.number for p in placed if p] == [2041] * 4
    assert sum(p.is_new for p in placed if p) == 1


def test_somebody_elses_form_is_not_mine(till: Till) -> None:
    """The name of a form counts for one person only."""
    till.put("kim", "walden", NOW)
    order_cart(till, "form-1")
    assert till.find_attempt("lou", "form-1") is None


def test_an_empty_cart_makes_no_order(till: Till) -> None:
    """There is nothing to buy, and no number is used up."""
    assert order_cart(till, "form-1") is None
    till.put("kim", "walden", NOW)
    assert order_cart(till, "form-2") == Placed(number=2041, is_new=True, total=900)


def test_an_order_is_listed_for_its_owner_only(till: Till) -> None:
    """Who else may see one is for the pages to ask."""
    till.put("kim", "walden", NOW)
    order_cart(till, "form-1")
    assert till.list_orders("lou") == []


def test_an_order_by_phone_has_a_number_before_it_is_written(till: Till) -> None:
    """Each number is given out once, also beside orders from carts."""
    number = till.new_number()
    till.put("kim", "walden", NOW)
    placed = order_cart(till, "form-1")
    (line,) = till.list_orders("kim")[0].lines
    till.place_for("lou", number, TO, line, NOW)
    assert placed == Placed(number=2042, is_new=True, total=900)
    assert [one.number for one in till.list_orders("lou")] == [2041]
    assert till.new_number() == 2043


def test_the_tables_survive_a_restart(till: Till, tmp_path: Path) -> None:
    """Opening again makes nothing anew, and numbers go on."""
    till.put("kim", "walden", NOW)
    order_cart(till, "form-1")
    again = Till(tmp_path / "shop.db", BOOKS)
    again.open()
    again.put("kim", "dracula", NOW)
    placed = order_cart(again, "form-2")
    again.close()
    assert placed == Placed(number=2042, is_new=True, total=1050)


@pytest.mark.parametrize(
    "change",
    [
        lambda till: till.put("kim", "dracula", NOW),
        lambda till: till.put("kim", "walden", NOW),
        lambda till: till.remove("kim", "carmilla"),
        # Another book of the same price: the sum alone would not tell.
        lambda till: (
            till.remove("kim", "walden"),
            till.put("kim", "the-king-in-yellow", NOW),
        ),
    ],
    ids=["another book", "another copy", "one less", "the same sum"],
)
def test_another_cart_than_was_seen_is_not_ordered(
    till: Till, change: Callable[[Till], object]
) -> None:
    """It stays as it is, and so does the attempt: after a look it may be ordered."""
    till.put("kim", "walden", NOW)
    till.put("kim", "carmilla", NOW)
    seen = till.cart("kim").as_seen
    change(till)
    cart = till.cart("kim")
    with pytest.raises(CartChanged):
        till.place("kim", TO, attempt="form-1", as_seen=seen, at=NOW)
    assert till.cart("kim") == cart
    assert till.list_orders("kim") == []
    placed = order_cart(till, "form-1")
    assert placed is not None
    assert (placed.is_new, placed.total) == (True, cart.total)


def test_a_file_of_an_earlier_shop_is_changed(tmp_path: Path) -> None:
    """Orders, numbers and dates are what they were; who it was may be empty now."""
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(BEFORE)
    till = Till(path, BOOKS)
    for _ in range(2):  # the second time there is nothing to change
        till.open()
        order = till.find_order(2050)
        assert order is not None
        assert (order.address, order.placed_at) == (TO, NOW)
        assert ["walden"] == [line.book for line in till.cart("kim").lines]
        till.begin_checkout("kim")
        till.close()

    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE orders SET street = NULL")
        lines = db.execute("SELECT placed_at FROM order_lines").fetchall()
        number = db.execute("SELECT seq FROM sqlite_sequence").fetchall()
    assert ([(NOW.isoformat(),)], [(2060,)]) == (lines, number)


BEFORE = f"""
CREATE TABLE cart_lines (
    account_id TEXT NOT NULL, book TEXT NOT NULL, quantity INTEGER NOT NULL,
    added_at TEXT NOT NULL, PRIMARY KEY (account_id, book)
);
INSERT INTO cart_lines VALUES ('kim', 'walden', 1, '{NOW.isoformat()}');
CREATE TABLE orders (
    number INTEGER PRIMARY KEY AUTOINCREMENT, account_id TEXT NOT NULL,
    attempt TEXT NOT NULL, placed_at TEXT NOT NULL, email TEXT NOT NULL,
    name TEXT NOT NULL, street TEXT NOT NULL, postcode TEXT NOT NULL,
    town TEXT NOT NULL
);
CREATE INDEX orders_of ON orders (account_id, attempt);
CREATE TABLE order_lines (
    number INTEGER NOT NULL, account_id TEXT NOT NULL, book TEXT NOT NULL,
    title TEXT NOT NULL, author TEXT NOT NULL, price INTEGER NOT NULL,
    quantity INTEGER NOT NULL, PRIMARY KEY (number, book)
);
CREATE INDEX order_lines_of ON order_lines (account_id);
INSERT INTO orders VALUES (2050, 'kim', 'form-1', '{NOW.isoformat()}',
    'kim@example.org', 'Kim de Vries', 'Prinsengracht 12', '1015 DK', 'Amsterdam');
INSERT INTO order_lines
VALUES (2050, 'kim', 'walden', 'Walden', 'Henry David Thoreau', 900, 1);
UPDATE sqlite_sequence SET seq = 2060;
"""
