"""The books on the shelf, read once from books.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

BOOKS = Path(__file__).with_name("books.toml")


class Genre(StrEnum):
    """The four walls of the shop; also what a reader may say to like."""

    NOVEL = "novel"
    ADVENTURE = "adventure"
    GHOST = "ghost"
    THOUGHT = "thought"


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A book for sale.

    Attributes:
        slug: Its name in addresses and tables.
        year: When it first came out.
        price: In euro cents.
        about: Two sentences, by locale.
    """

    slug: str
    title: str
    author: str
    year: int
    price: int
    genre: Genre
    about: Mapping[str, str]


class Catalogue:
    """All books, in the order in which they stand on the shelf."""

    def __init__(self, books: Mapping[str, Book]) -> None:
        self._books = books

    @classmethod
    def load(cls, path: Path = BOOKS) -> "Catalogue":
        """Read the catalogue; a book that lacks something fails here."""
        rows = tomllib.loads(path.read_text("utf-8"))
        return cls({slug: _book(slug, row) for slug, row in rows.items()})

    def find(self, slug: str) -> Book | None:
        """Return a book, or None when it is not for sale."""
        return self._books.get(slug)

    def list_books(self, genre: Genre | None = None) -> list[Book]:
        """Return the books of a genre, or all."""
        books = self._books.values()
        return [book for book in books if genre is None or book.genre is genre]

    def list_for(self, genre: Genre | None) -> list[Book]:
        """Return all books, those of a liked genre first."""
        return sorted(self._books.values(), key=lambda book: book.genre is not genre)


def _book(slug: str, row: Mapping[str, object]) -> Book:
    return Book(
        slug=slug,
        title=str(row["title"]),
        author=str(row["author"]),
        year=int(str(row["year"])),
        price=int(str(row["price"])),
        genre=Genre(str(row["genre"])),
        about={"en": str(row["en"]), "nl": str(row["nl"])},
    )
