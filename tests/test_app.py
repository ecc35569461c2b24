"""The face: what a host writes into its application."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from onboarding import Ask, ConfigError, Feature, Onboarding

KEY = "a key for tests, of more than thirty-two bytes"
URL = "http://localhost/welcome"
JSON = {"accept": "application/json"}


class Profile(BaseModel):
    """One question."""

    genre: Annotated[str | None, Ask("What do you read?", why="We sort by it.")] = None


def build(**changed: Any) -> Onboarding[Profile]:
    """Return a face over memory, with one feature."""
    return Onboarding(
        url=URL,
        secret_key=KEY,
        database="memory:",
        profile=Profile,
        features=[Feature("shelf", needs=["genre"])],
        **changed,
    )


def serve(onboarding: Onboarding[Profile], *routes: Route) -> TestClient:
    """Return a browser at an application with these routes."""
    app = Starlette(
        routes=[*routes, onboarding.mount],
        middleware=[onboarding.middleware],
        lifespan=onboarding.lifespan,
    )
    return TestClient(app, base_url="http://localhost", follow_redirects=False)


def endpoints(onboarding: Onboarding[Profile]) -> list[Route]:
    """The same feature behind every kind of endpoint."""
    unlock = onboarding.unlock("shelf")

    @unlock
    async def later(request: Request) -> Response:
        return PlainTextResponse("open")

    @unlock
    def plain(request: Request) -> Response:
        return PlainTextResponse("open")

    class Class(HTTPEndpoint):
        @unlock
        async def get(self, request: Request) -> Response:
            return PlainTextResponse("open")

    return [Route("/async", later), Route("/sync", plain), Route("/class", Class)]


@pytest.mark.parametrize("path", ["/async", "/sync", "/class"])
def test_unlock_asks_first_and_then_shows_the_very_page(path: str) -> None:
    """Functions, plain functions and methods are locked alike, and open alike."""
    onboarding = build()
    with serve(onboarding, *endpoints(onboarding)) as browser:
        locked = browser.get(path)
        assert 303 == locked.status_code
        assert f"/welcome/ask/shelf?next=%2F{path[1:]}" == locked.headers["location"]

        answered = browser.post(
            "/welcome/answers",
            data={
                "feature": "shelf",
                "next": path,
                "question": "genre",
                "genre": "sea",
            },
            headers={"sec-fetch-site": "same-origin"},
        )

        assert (303, path) == (answered.status_code, answered.headers["location"])
        assert "open" == browser.get(path).text


def test_an_unknown_feature_fails_where_it_is_written() -> None:
    """A typo in unlock is a ConfigError with the feature that was meant."""
    with pytest.raises(ConfigError, match="shelf"):
        build().unlock("shlef")


def test_an_endpoint_without_a_request_fails_where_it_is_written() -> None:
    """Without a request there is nothing to look at; FastAPI's way is named."""

    async def blind() -> None: ...

    with pytest.raises(ConfigError, match="Dependencies"):
        build().unlock("shelf")(blind)


def test_a_request_that_never_passed_the_layer_says_which_line_to_add() -> None:
    """Forgetting the middleware is told at the first look."""
    onboarding = build()

    async def who(request: Request) -> Response:
        return JSONResponse(str(onboarding.account(request)))

    app = Starlette(routes=[Route("/", who)], lifespan=onboarding.lifespan)
    with (
        TestClient(app, base_url="http://localhost") as browser,
        pytest.raises(ConfigError, match="onboarding.middleware"),
    ):
        browser.get("/")


def test_a_request_before_opening_says_which_line_to_add() -> None:
    """Forgetting the lifespan is told at the first request."""
    onboarding = build()
    app = Starlette(routes=[onboarding.mount], middleware=[onboarding.middleware])

    with pytest.raises(ConfigError, match="lifespan=onboarding.lifespan"):
        TestClient(app, base_url="http://localhost").get("/welcome/me")


def test_around_is_layer_pages_and_lifespan_in_one() -> None:
    """Any ASGI app gets all three by being wrapped."""
    onboarding = build()

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        assert "http" == scope["type"]
        account = await onboarding.ensure_account(scope)
        await PlainTextResponse(account.id)(scope, receive, send)

    with TestClient(onboarding.around(inner), base_url="http://localhost") as browser:
        made = browser.get("/deep/inside?x=1")
        me = browser.get("/welcome/me", headers=JSON)

    assert "onboarding" in made.cookies
    assert "guest" == me.json()["kind"]


def test_json_callers_get_the_questions_as_a_problem() -> None:
    """A locked feature tells a program what to ask and where to post it."""
    onboarding = build()
    with serve(onboarding, *endpoints(onboarding)) as browser:
        locked = browser.get("/async", headers=JSON)

    assert 409 == locked.status_code
    assert "application/problem+json" == locked.headers["content-type"]
    assert "unanswered" == locked.json()["code"]
