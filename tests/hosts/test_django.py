"""The Django host of `examples/django_app.py`, from the outside."""

import logging
from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path
from starlette.testclient import TestClient

from examples import django_app
from examples.django_app import app, onboarding
from onboarding import ConfigError
from onboarding.errors import NotFound

SITE = "http://127.0.0.1:8000"
JSON = {"accept": "application/json"}


async def me_in_async(request: HttpRequest) -> HttpResponse:
    """Tell who is here, from a view that runs on the loop."""
    account = await onboarding.ensure_account(request)
    return HttpResponse(account.id)


def in_sync(request: HttpRequest) -> HttpResponse:
    """Open once the question is answered, from a view that runs in a thread."""
    onboarding.wait(onboarding.require(request, "shelf"))
    return HttpResponse("open")


def refused(request: HttpRequest) -> HttpResponse:
    """Refuse after a write."""
    onboarding.wait(onboarding.ensure_account(request))
    raise NotFound("no such book")


def broken(request: HttpRequest) -> HttpResponse:
    """Fail by a bug of the host's own."""
    onboarding.wait(onboarding.ensure_account(request))
    raise ZeroDivisionError


django_app.urlpatterns += [
    path("me-async", me_in_async),
    path("shelf-sync", in_sync),
    path("refused", refused),
    path("broken", broken),
]


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A browser that was never here, at the running app."""
    with TestClient(app, base_url=SITE, raise_server_exceptions=False) as client:
        yield client


def test_a_sync_view_sees_who_is_here(client: TestClient) -> None:
    """A visitor before the first write, and nothing of theirs is kept."""
    answer = client.get("/me")
    assert "visitor" == answer.text
    assert "set-cookie" not in answer.headers


def test_a_sync_view_makes_a_guest(client: TestClient) -> None:
    """The cookie comes back with Django's answer, and the same guest after it."""
    bought = client.post("/buy")
    assert "onboarding=" in bought.headers["set-cookie"]
    assert "private, no-store" == bought.headers["cache-control"]
    assert bought.text == client.post("/buy").text
    assert "guest" == client.get("/me").text


def test_an_async_view_makes_the_same_guest(client: TestClient) -> None:
    """It awaits where the other waits."""
    account = client.get("/me-async").text
    assert account == client.get("/me-async").text
    assert account == client.post("/buy").text


@pytest.mark.parametrize("page", ["/shelf", "/shelf-sync"])
def test_a_locked_view_asks_and_then_opens(client: TestClient, page: str) -> None:
    """Decorated or asking by itself: the question first, then the very page."""
    asked = client.get(page)
    assert "/welcome/ask/shelf" == asked.url.path
    assert "What do you like to read?" in asked.text
    form = {"feature": "shelf", "question": "genre", "genre": "novel", "next": page}
    opened = client.post("/welcome/answers", data=form, headers={"origin": SITE})
    assert (page, 200) == (opened.url.path, opened.status_code)


def test_a_program_gets_a_problem(client: TestClient) -> None:
    """Instead of Django's page for an exception, and never a redirect."""
    problem = client.get("/shelf", headers=JSON)
    assert (409, "unanswered") == (problem.status_code, problem.json()["code"])


def test_a_refusal_after_a_write_keeps_the_guest(client: TestClient) -> None:
    """Our answer takes the cookie along, as any other would."""
    answer = client.get("/refused")
    assert 404 == answer.status_code
    assert "guest" == client.get("/me").text


def test_djangos_own_errors_stay_its_own(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A bug is a 500 of Django's, logged by it."""
    caplog.set_level(logging.CRITICAL, "django.request")
    assert 500 == client.get("/broken").status_code
    assert 404 == client.get("/nowhere").status_code


def test_a_static_path_never_meets_the_layer(client: TestClient) -> None:
    """What is skipped is Django's alone."""
    client.post("/buy")
    assert "vary" not in client.get("/static/cover.svg").headers


def test_the_life_of_the_app_opens_and_closes_the_object() -> None:
    """Django sees no lifespan; we open with the server and close with it."""
    assert not onboarding.is_open
    with TestClient(app, base_url=SITE):
        assert onboarding.is_open
    assert not onboarding.is_open


def test_waiting_outside_a_thread_says_what_to_do() -> None:
    """Before opening there is no loop to wait for."""
    with pytest.raises(ConfigError, match="after opening; in async code write await"):
        onboarding.wait(onboarding.guests.purge())
