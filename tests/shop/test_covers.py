"""The covers, drawn from title and author."""

import re
import xml.etree.ElementTree as ET

import pytest

from examples.shop.catalogue import Book, Catalogue
from examples.shop.covers import MOTIFS, PALETTES, cover

BOOKS = Catalogue.load().list_books()


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.slug)
def test_a_cover_passes_a_strict_policy(book: Book) -> None:
    """It is well-formed SVG without style, script, id or outside address."""
    drawn = cover(book.title, book.author)
    tree = ET.fromstring(drawn)
    assert tree.attrib["aria-hidden"] == "true"
    attributes = {name for part in tree.iter() for name in part.attrib}
    assert not {"style", "id", "href", "onload"} & attributes
    assert {part.tag for part in tree.iter()} <= {"svg", "path", "circle", "text", "g"}
    assert len(drawn) < 1100


def test_title_and_author_stand_on_it() -> None:
    """Every word of the title and the author can be read on the cover."""
    for book in BOOKS:
        tree = ET.fromstring(cover(book.title, book.author))
        words = " ".join(part.text or "" for part in tree.iter("text")).split()
        assert words == f"{book.title} {book.author}".split()


def test_markup_in_a_title_stays_text() -> None:
    """A title that looks like markup is drawn as text."""
    drawn = cover("<b>Bold</b> & brave", "A. <i>N.</i>")
    tree = ET.fromstring(drawn)
    assert {part.tag for part in tree.iter()} <= {"svg", "path", "circle", "text", "g"}


def test_the_same_book_has_the_same_cover() -> None:
    """Nothing about a cover is left to chance."""
    assert cover("Walden", "Thoreau") == cover("Walden", "Thoreau")
    assert len({cover(book.title, book.author) for book in BOOKS}) == len(BOOKS)


def test_every_motif_can_be_drawn() -> None:
    """Each motif is well-formed at both ends of its noise, in its own two colours."""
    for draw in MOTIFS:
        for level in (0.0, 0.5, 1.0):
            art = ET.fromstring(f"<g>{draw([level] * 16, '#000', '#fff')}</g>")
            fills = {part.get("fill") or part.get("stroke") for part in art.iter()}
            assert {"#000", "#fff"} & fills, draw


def luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance of #rrggbb."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", PALETTES)
def test_the_lettering_can_be_read(palette: tuple[str, str, str, str]) -> None:
    """Ink on ground has a contrast of 4.5 at least."""
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in palette)
    dark, light = sorted((luminance(palette[0]), luminance(palette[3])))
    assert (light + 0.05) / (dark + 0.05) >= 4.5
