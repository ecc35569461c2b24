"""The Flask host of `docs/how-to/flask.md`, through a2wsgi, from the outside."""

from collections.abc import Iterator
from types import ModuleType

import pytest
from starlette.testclient import TestClient

from onboarding.errors import ConfigError
from tests.docs.pages import Page, imported, source

HOW_TO = Page("docs/how-to/flask.md")
SITE = "http://127.0.0.1:8000"
JSON = {"accept": "application/json"}


@pytest.fixture
def shop() -> Iterator[ModuleType]:
    """The example, as it stands on the page."""
    with imported("shop", source(HOW_TO.python()), HOW_TO) as module:
        yield module


@pytest.fixture
def client(shop: ModuleType) -> Iterator[TestClient]:
    """A browser that was never here, at the running app."""
    with TestClient(shop.app, base_url=SITE, raise_server_exceptions=False) as client:
        yield client


def test_a_view_sees_who_is_here(client: TestClient) -> None:
    """From its thread, before and after the first write."""
    first = client.get("/")
    assert "Hello, visitor" == first.text
    assert "set-cookie" not in first.headers
    sold = client.post("/orders")
    assert "onboarding=" in sold.headers["set-cookie"]
    assert sold.text == client.post("/orders").text
    assert "Hello, guest" == client.get("/").text


def test_a_locked_view_asks_and_then_opens(client: TestClient) -> None:
    """The error handler hands the question over, and the layer asks it."""
    asked = client.get("/shelf")
    assert "/welcome/ask/shelf" == asked.url.path
    form = {"feature": "shelf", "question": "genre", "genre": "novel"}
    sent = form | {"next": "/shelf"}
    opened = client.post("/welcome/answers", data=sent, headers={"origin": SITE})
    assert "A shelf of novels" == opened.text


def test_a_program_gets_a_problem(client: TestClient) -> None:
    """And never a redirect."""
    problem = client.get("/shelf", headers=JSON)
    assert (409, "unanswered") == (problem.status_code, problem.json()["code"])


def test_what_is_for_people_who_signed_in_leads_there(client: TestClient) -> None:
    """In Flask as in any framework: a page that leads to the chooser, or a problem."""
    asked = client.get("/account")
    assert (401, True) == (asked.status_code, "/welcome/sign-in" in asked.text)
    assert "sign_in_required" == client.get("/account", headers=JSON).json()["code"]


def test_a_request_without_a_scope_is_named(shop: ModuleType) -> None:
    """One of a server that knows no ASGI, with what to write."""
    with (
        shop.flask.test_request_context("/"),
        pytest.raises(ConfigError, match="WSGIMiddleware of a2wsgi"),
    ):
        shop.onboarding.account(shop.request)


def test_flasks_own_errors_stay_its_own(shop: ModuleType, client: TestClient) -> None:
    """What is not there is a 404 of Flask's; a bug is its 500."""
    shop.flask.add_url_rule("/broken", view_func=lambda: 1 / 0, endpoint="broken")
    assert "Not Found" in client.get("/nowhere").text
    assert 500 == client.get("/broken").status_code
