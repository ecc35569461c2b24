"""The README's example, run as it stands, with the network cut off."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.docs.pages import Page, imported, source

README = Page("README.md")
ORIGIN = {"origin": "http://localhost:8000"}
JSON = {"accept": "application/json"}

_cut: list[bool] = []
_hooked: list[bool] = []


def _refuse(event: str, _: tuple[object, ...]) -> None:
    if _cut and event in {"socket.connect", "socket.getaddrinfo"}:
        raise AssertionError(f"the example went to the network: {event}")


@contextmanager
def offline() -> Iterator[None]:
    """Let every connection fail while the context lasts."""
    if not _hooked:
        _hooked.append(True)  # a hook stays for the life of the process
        sys.addaudithook(_refuse)
    _cut.append(True)
    try:
        yield
    finally:
        _cut.clear()


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A browser at the example's app, in an empty folder, offline."""
    monkeypatch.chdir(tmp_path)
    text = source(README.python())
    with (
        imported("shop", text, README) as shop,
        offline(),
        TestClient(shop.app, base_url=ORIGIN["origin"]) as client,
    ):
        yield client


def test_a_stranger_buys_as_a_guest(client: TestClient) -> None:
    """The first write makes the account, and its cookie; a second one keeps it."""
    first = client.post("/buy")
    assert "onboarding" in client.cookies
    assert first.json()["order"] == "2041"
    assert first.json() == client.post("/buy").json()
    assert "guest" == client.get("/welcome/me").json()["kind"]


def test_a_locked_page_asks_and_then_opens(client: TestClient) -> None:
    """The question comes with its reason, and leads to the page that was wanted."""
    asked = client.get("/recommendations")
    assert asked.url.path == "/welcome/ask/recommendations"
    assert "What do you like to read?" in asked.text
    assert "We sort your shelf by it." in asked.text
    form = {
        "feature": "recommendations",
        "question": "genre",
        "genre": "novels",
        "next": "/recommendations",
    }
    opened = client.post("/welcome/answers", data=form, headers=ORIGIN)
    assert "/recommendations" == opened.url.path
    assert {"shelf": "novels"} == opened.json()


def test_a_program_is_told_what_to_ask(client: TestClient) -> None:
    """A problem carries the question as JSON Schema, and where to answer."""
    problem = client.get("/recommendations", headers=JSON)
    assert 409 == problem.status_code
    [question] = problem.json()["questions"]
    assert {"type": "string"} == question["schema"]
    answer = {"feature": "recommendations", "answers": {"genre": "novels"}}
    client.post(problem.json()["answer_at"], json=answer, headers=ORIGIN | JSON)
    assert {"shelf": "novels"} == client.get("/recommendations", headers=JSON).json()


def test_everybody_sees_what_is_known_of_them(client: TestClient) -> None:
    """The page of one's data is there, in both languages."""
    client.post("/buy")
    assert 200 == client.get("/welcome/account").status_code
    dutch = client.get("/welcome/account", headers={"accept-language": "nl"})
    assert 'lang="nl"' in dutch.text


def test_the_ways_to_sign_in_stand_there(client: TestClient) -> None:
    """One button for each provider, in order."""
    page = client.get("/welcome/sign-in").text
    assert page.index("Google") < page.index("GitHub")
