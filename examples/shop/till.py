"""Carts and orders, in the database file that onboarding uses too.

The shop opens its own connection, as any host would. Its statements take
microseconds, so they run in the event loop; each write is one transaction, begun
and ended without an ``await`` in between, so that the two never wait for each other.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path

from examples.shop.address import Address
from examples.shop.catalogue import Catalogue

SCHEMA = Path(__file__).with_name("schema.sql")
UPGRADE = Path(__file__).with_name("upgrade.sql")
ADD_STATE = "ALTER TABLE cart_lines ADD COLUMN state TEXT NOT NULL DEFAULT 'browsing'"
MOST = 9
"""How many copies of one book a cart may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Copies of one book; ``price`` is for one, in euro cents."""

    book: str
    title: str
    author: str
    price: int
    quantity: int

    @property
    def total(self) -> int:
        """What the line costs, in euro cents."""
        return self.price * self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Cart:
    """What somebody means to buy.

    Attributes:
        gone: How many books in it are no longer for sale.
    """

    lines: tuple[Line, ...] = ()
    gone: int = 0

    @property
    def size(self) -> int:
        """How many books are in it."""
        return sum(line.quantity for line in self.lines)

    @property
    def total(self) -> int:
        """What it costs, in euro cents."""
        return sum(line.total for line in self.lines)

    @property
    def as_seen(self) -> str:
        """What a form carries, so that nobody buys another cart than they saw.

        Not the sum alone: two carts may cost the same.
        """
        lines = (f"{line.quantity} {line.book} {line.price}" for line in self.lines)
        return ", ".join(lines)


class CartChanged(Exception):
    """The cart is another one than the person saw; nothing was ordered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody bought, and where it goes."""

    number: int
    placed_at: datetime
    address: Address
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        """What it cost, in euro cents."""
        return sum(line.total for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The outcome of placing an order; ``is_new`` is False for a repeated attempt.

    ``total`` is what a new order costs, in euro cents.
    """

    number: int
    is_new: bool
    total: int = 0


class Till:
    """Keeps carts and orders by account id."""

    def __init__(self, path: Path, books: Catalogue) -> None:
        self._path = path
        self._books = books

    def open(self) -> None:
        """Open the file; make or change the tables that are not there, or older."""
        self._db = sqlite3.connect(self._path, timeout=5, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        if self._lacks("order_lines", "placed_at"):
            self._db.executescript(f"BEGIN; {UPGRADE.read_text('utf-8')} COMMIT;")
        if self._lacks("cart_lines", "state"):
            self._db.execute(ADD_STATE)
        self._db.executescript(SCHEMA.read_text("utf-8"))

    def _lacks(self, table: str, column: str) -> bool:
        """Tell whether an earlier shop made a table without a column."""
        sql = "SELECT name FROM pragma_table_info(?)"
        columns = [row["name"] for row in self._db.execute(sql, (table,)).fetchall()]
        return bool(columns) and column not in columns

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # ── the cart ─────────────────────────────────────────────────────────────

    def cart(self, account_id: str) -> Cart:
        """Return what is in a cart, in the order in which it was put there."""
        rows = self._db.execute(
            "SELECT book, quantity FROM cart_lines WHERE account_id = ?"
            " ORDER BY added_at, book",
            (account_id,),
        ).fetchall()
        books = [(self._books.find(row["book"]), row["quantity"]) for row in rows]
        lines = tuple(
            Line(
                book=book.slug,
                title=book.title,
                author=book.author,
                price=book.price,
                quantity=quantity,
            )
            for book, quantity in books
            if book is not None
        )
        return Cart(lines=lines, gone=len(rows) - len(lines))

    def put(self, account_id: str, book: str, at: datetime) -> None:
        """Put one copy into a cart; beyond nine it stays at nine.

        Whoever puts a book in is browsing again.
        """
        with self._writing():
            self._db.execute(
                "INSERT INTO cart_lines (account_id, book, quantity, added_at, state)"
                " VALUES (?, ?, 1, ?, 'browsing') ON CONFLICT (account_id, book)"
                " DO UPDATE SET quantity = min(quantity + 1, ?)",
                (account_id, book, at.isoformat(), MOST),
            )
            self._set_state(account_id, "browsing")

    def begin_checkout(self, account_id: str) -> None:
        """Write down that somebody means to buy what is in their cart."""
        self._set_state(account_id, "checkout")

    def _set_state(self, account_id: str, state: str) -> None:
        self._db.execute(
            "UPDATE cart_lines SET state = ? WHERE account_id = ? AND state <> ?",
            (state, account_id, state),
        )

    def remove(self, account_id: str, book: str) -> None:
        """Take a book out of a cart, all copies of it."""
        self._db.execute(
            "DELETE FROM cart_lines WHERE account_id = ? AND book = ?",
            (account_id, book),
        )

    # ── orders ───────────────────────────────────────────────────────────────

    def find_attempt(self, account_id: str, attempt: str) -> int | None:
        """Return the number of the order that this very form has placed already."""
        row = self._db.execute(
            "SELECT number FROM orders WHERE account_id = ? AND attempt = ?",
            (account_id, attempt),
        ).fetchone()
        return None if row is None else int(row["number"])

    def place(
        self,
        account_id: str,
        address: Address,
        *,
        attempt: str,
        as_seen: str,
        at: datetime,
    ) -> Placed | None:
        """Make an order of the cart and empty it; once for one attempt.

        Args:
            attempt: What the form carries; sent twice, it is still one order.
            as_seen: The cart that the person saw; see ``Cart.as_seen``.

        Returns:
            None when there is nothing in the cart to buy.

        Raises:
            CartChanged: When the cart is another one by now. Compared in the
                transaction that orders: another tab may be as fast as a finger.
        """
        with self._writing():
            known = self.find_attempt(account_id, attempt)
            if known is not None:
                return Placed(number=known, is_new=False)
            cart = self.cart(account_id)
            if not cart.lines:
                return None
            if cart.as_seen != as_seen:
                raise CartChanged
            number = self._insert(account_id, address, attempt, at, cart.lines)
            self._db.execute(
                "DELETE FROM cart_lines WHERE account_id = ?", (account_id,)
            )
        return Placed(number=number, is_new=True, total=cart.total)

    def _insert(
        self,
        account_id: str,
        address: Address,
        attempt: str,
        at: datetime,
        lines: tuple[Line, ...],
        *,
        number: int | None = None,
    ) -> int:
        number = self._db.execute(
            "INSERT INTO orders (number, account_id, attempt, placed_at, email, name,"
            " street, postcode, town) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, account_id, attempt, at.isoformat(), *astuple(address)),
        ).lastrowid
        if number is None:
            raise RuntimeError("SQLite gave no number to an order")
        self._db.executemany(
            "INSERT INTO order_lines (number, account_id, placed_at,"
            " book, title, author, price, quantity) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(number, account_id, at.isoformat(), *astuple(line)) for line in lines],
        )
        return number

    def find_order(self, number: int) -> Order | None:
        """Return an order, whoever it belongs to: ask first who may see it."""
        row = self._db.execute(
            "SELECT * FROM orders WHERE number = ?", (number,)
        ).fetchone()
        return None if row is None else self._order(row)

    def new_number(self) -> int:
        """Return the number of an order that is still to be written."""
        with self._writing():
            self._db.execute(
                "UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'orders'"
            )
            row = self._db.execute(
                "SELECT seq FROM sqlite_sequence WHERE name = 'orders'"
            ).fetchone()
        return int(row["seq"])

    def place_for(
        self, account_id: str, number: int, to: Address, line: Line, at: datetime
    ) -> None:
        """Write an order that came by phone, under a number that was taken for it."""
        with self._writing():
            attempt = f"by phone {number}"
            self._insert(account_id, to, attempt, at, (line,), number=number)

    def list_orders(self, account_id: str) -> list[Order]:
        """Return the orders of an account, the latest first."""
        rows = self._db.execute(
            "SELECT * FROM orders WHERE account_id = ? ORDER BY number DESC",
            (account_id,),
        )
        return [self._order(row) for row in rows.fetchall()]

    def _order(self, row: sqlite3.Row) -> Order:
        lines = self._db.execute(
            "SELECT book, title, author, price, quantity FROM order_lines"
            " WHERE number = ? ORDER BY rowid",
            (row["number"],),
        ).fetchall()
        return Order(
            number=row["number"],
            placed_at=datetime.fromisoformat(row["placed_at"]),
            address=Address(
                email=row["email"],
                name=row["name"],
                street=row["street"],
                postcode=row["postcode"],
                town=row["town"],
            ),
            lines=tuple(Line(**dict(line)) for line in lines),
        )
