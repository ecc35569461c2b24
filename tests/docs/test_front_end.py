"""The exchanges of `docs/how-to/front-end.md`, played against its app."""

from starlette.testclient import TestClient

from tests.docs.exchanges import exchanges, play
from tests.docs.pages import Page, imported, source

PAGE = Page("docs/how-to/front-end.md")


def test_each_exchange_goes_as_it_is_written() -> None:
    """In the order of the page, in one browser whose cookies are kept."""
    known: dict[str, str] = {}
    with (
        imported("shop", source(PAGE.python()), PAGE) as shop,
        TestClient(
            shop.app,
            base_url="https://shop.example",
            headers={"origin": "https://shop.example", "accept": "*/*"},
        ) as client,
    ):
        for exchange in exchanges(PAGE):
            try:
                play(client, exchange, known)
            except AssertionError as error:
                error.add_note(f"{PAGE.name}:{exchange.line}")
                raise
