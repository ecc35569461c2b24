"""The books on the shelf."""

import pytest

from examples.shop.catalogue import Book, Catalogue, Genre

BOOKS = Catalogue.load()


def test_the_shelf_is_full() -> None:
    """There are at least thirty books, and some in every genre."""
    assert len(BOOKS.list_books()) >= 30
    assert all(len(BOOKS.list_books(genre)) >= 6 for genre in Genre)


@pytest.mark.parametrize("book", BOOKS.list_books(), ids=lambda book: book.slug)
def test_a_book_is_complete(book: Book) -> None:
    """Each has a price in whole cents and two sentences in either language."""
    assert BOOKS.find(book.slug) is book
    assert 500 <= book.price <= 2000
    assert book.year < 1930
    assert book.about.keys() == {"en", "nl"}
    for text in book.about.values():
        assert text.count(".") + text.count("?") == 2
        assert not {"'", '"', "!"} & set(text)


def test_no_two_books_are_the_same() -> None:
    """A title stands on the shelf once."""
    titles = [book.title for book in BOOKS.list_books()]
    assert sorted(set(titles)) == sorted(titles)


def test_a_liked_genre_stands_in_front() -> None:
    """The shelf of a reader holds every book, those of the liked genre first."""
    shelf = BOOKS.list_for(Genre.GHOST)
    liked = BOOKS.list_books(Genre.GHOST)
    assert shelf[: len(liked)] == liked
    assert sorted(shelf, key=id) == sorted(BOOKS.list_books(), key=id)


def test_an_unknown_book_is_not_found() -> None:
    """Asking for a book that is not for sale gives nothing."""
    assert BOOKS.find("the-da-vinci-code") is None
