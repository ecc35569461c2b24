"""The face: what a host writes into its application."""

from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import FastAPI
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


def test_unlock_without_parentheses_says_what_to_write() -> None:
    """The endpoint is taken for the name of a feature, and says how it is meant."""
    onboarding: Any = build()
    with pytest.raises(ConfigError, match=r'write @onboarding\.unlock\("shelf"\)'):

        @onboarding.unlock
        async def shelf(request: Request) -> Response:
            return PlainTextResponse("open")


def test_a_feature_is_named_by_its_name() -> None:
    """The feature itself, or nothing, is told apart from a name."""
    onboarding: Any = build()
    for given in (Feature("shelf", needs=["genre"]), None, 7):
        with pytest.raises(ConfigError, match=r'named by a text.*"shelf"'):
            onboarding.unlock(given)


def test_unlock_above_no_endpoint_fails_where_it_is_written() -> None:
    """A route is no function."""
    wrong: Any = Route("/", lambda _: PlainTextResponse("open")).path
    with pytest.raises(ConfigError, match="next to def"):
        build().unlock("shelf")(wrong)


@pytest.mark.parametrize("kind", [Starlette, FastAPI])
def test_the_layer_can_be_added_to_an_app_that_is_there(
    kind: type[Starlette],
) -> None:
    """``app.add_middleware(onboarding.middleware)`` is as good as the list."""
    onboarding = build()

    async def who(request: Request) -> Response:
        account = await onboarding.ensure_account(request)
        return PlainTextResponse(account.id)

    app = kind(routes=[Route("/", who), onboarding.mount], lifespan=onboarding.lifespan)
    app.add_middleware(onboarding.middleware)
    with TestClient(app, base_url="http://localhost") as browser:
        assert browser.get("/").text == browser.get("/").text
    assert "Layer" in repr(app.user_middleware)


def test_a_lifespan_that_was_called_already_is_one_too() -> None:
    """``lifespan=onboarding.lifespan()`` opens as well, and closes."""
    onboarding = build()
    called: Any = onboarding.lifespan()
    with TestClient(Starlette(routes=[onboarding.mount], lifespan=called)):
        assert onboarding.is_open
    assert not onboarding.is_open


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


# ── for handlers, forms and templates ────────────────────────────────────────

OURS = {"sec-fetch-site": "same-origin"}
FOREIGN = {"sec-fetch-site": "cross-site"}


async def show_form(request: Request) -> Response:
    """Read a form, and tell what it held."""
    return JSONResponse(await request.app.state.onboarding.form(request))


def serve_form() -> TestClient:
    """Return a browser at an application that reads a form."""
    onboarding = build()
    browser = serve(onboarding, Route("/form", show_form, methods=["POST"]))
    browser.app.state.onboarding = onboarding  # type: ignore[attr-defined]  # Starlette
    return browser


def test_a_form_is_its_fields() -> None:
    """Each as text, the empty ones too."""
    with serve_form() as browser:
        answer = browser.post("/form", data={"book": "emma", "note": ""}, headers=OURS)
    assert {"book": "emma", "note": ""} == answer.json()


@pytest.mark.parametrize(
    ("content", "kind", "headers", "code"),
    [
        pytest.param(
            "a=1", "form", {"sec-fetch-site": "cross-site"}, "csrf", id="csrf"
        ),
        pytest.param("a=1", "form", {"origin": "null"}, "csrf", id="sandbox"),
        pytest.param("a=1&a=2", "form", OURS, "bad_request", id="field twice"),
        pytest.param("a=" + "x" * 70_000, "form", OURS, "body_too_large", id="large"),
        pytest.param("{}", "json", OURS, "unsupported_body", id="JSON"),
        pytest.param("x", "multipart", OURS, "unsupported_body", id="files"),
    ],
)
def test_a_form_that_no_page_of_the_site_sends_is_refused(
    content: str, kind: str, headers: dict[str, str], code: str
) -> None:
    """Before the handler sees anything of it."""
    kinds = {
        "form": "application/x-www-form-urlencoded",
        "json": "application/json",
        "multipart": "multipart/form-data; boundary=b",
    }
    told = JSON | {"content-type": kinds[kind]} | headers
    with serve_form() as browser:
        answer = browser.post("/form", content=content, headers=told)
    assert code == answer.json()["code"]


def test_a_host_checks_a_write_that_has_no_form() -> None:
    """Another site is refused; the site itself goes through."""
    onboarding = build()

    async def write(request: Request) -> Response:
        onboarding.check_same_site(request)
        return PlainTextResponse("written")

    with serve(onboarding, Route("/write", write, methods=["POST"])) as browser:
        foreign = browser.post("/write", headers={"origin": "https://other.example"})
        own = browser.post("/write", headers={"origin": "http://localhost"})
    assert (403, "written") == (foreign.status_code, own.text)


def serve_first_write() -> TestClient:
    """Return a browser at an application whose one handler makes guests."""
    onboarding = build()

    async def write(request: Request) -> Response:
        form = await onboarding.form(request)
        account = await onboarding.ensure_account(request, form=form)
        return PlainTextResponse(account.id)

    return serve(onboarding, Route("/write", write, methods=["POST"]))


@pytest.mark.parametrize("where", ["form", "header"])
def test_one_nonce_makes_one_guest(where: str) -> None:
    """A page sends it in the form, a script in a header; no name is to be known."""
    with serve_first_write() as browser:
        nonce = browser.get("/welcome/me").json()["nonce"]
        sent = {"onboarding-nonce": nonce}
        ids = []
        for _ in range(2):
            browser.cookies.clear()
            answer = (
                browser.post("/write", data=sent, headers=OURS)
                if where == "form"
                else browser.post("/write", headers=OURS | sent)
            )
            ids.append(answer.text)
    assert 1 == len(set(ids))


def test_two_first_writes_without_a_nonce_are_two_guests() -> None:
    """Nothing says that they are one person's."""
    with serve_first_write() as browser:
        first = browser.post("/write", headers=OURS).text
        browser.cookies.clear()
        second = browser.post("/write", headers=OURS).text
    assert first != second


def test_a_handler_for_who_has_signed_in_refuses_others() -> None:
    """A visitor and a guest are asked to sign in."""
    onboarding = build()

    async def mine(request: Request) -> Response:
        return PlainTextResponse(onboarding.registered(request).id)

    async def write(request: Request) -> Response:
        return PlainTextResponse((await onboarding.ensure_account(request)).id)

    routes = Route("/mine", mine), Route("/write", write, methods=["POST"])
    with serve(onboarding, *routes) as browser:
        visitor = browser.get("/mine", headers=JSON)
        browser.post("/write")
        guest = browser.get("/mine", headers=JSON)
    for refused in (visitor, guest):
        assert (401, "sign_in_required") == (
            refused.status_code,
            refused.json()["code"],
        )


def test_a_page_of_the_host_stands_in_our_frame(tmp_path: Path) -> None:
    """In the language of the request, with the headers of our own pages."""
    (tmp_path / "help.html").write_text(
        '{% extends "onboarding/_base.html" %}'
        "{% block main %}<p>{{ status }}: {{ t.locale }}</p>"
        "{% endblock %}"
    )
    onboarding = build(templates=tmp_path)

    async def show(request: Request) -> Response:
        values = {"status": f"<{onboarding.locale(request)}>"}
        return onboarding.render(request, "help.html", values, status=418)

    with serve(onboarding, Route("/help", show)) as browser:
        page = browser.get("/help?lang=nl")
        ours = browser.get("/welcome/sign-in?lang=nl")
    assert 418 == page.status_code
    assert "<p>&lt;nl&gt;: nl</p>" in page.text
    assert 'href="/help?lang=en"' in page.text
    for name in ("content-security-policy", "cache-control", "x-frame-options"):
        assert ours.headers[name] == page.headers[name]


@pytest.mark.parametrize(
    ("method", "headers", "expected"),
    [
        pytest.param("GET", {}, "yes", id="a person"),
        pytest.param("GET", {"sec-purpose": "prefetch"}, "no", id="a prefetch"),
        pytest.param("POST", {}, "no", id="a write"),
    ],
)
def test_a_page_view_is_what_a_person_sees(
    method: str, headers: dict[str, str], expected: str
) -> None:
    """So that a host counts people, and not what browsers fetch ahead."""
    onboarding = build()

    async def count(request: Request) -> Response:
        return PlainTextResponse("yes" if onboarding.is_page_view(request) else "no")

    with serve(onboarding, Route("/", count, methods=["GET", "POST"])) as browser:
        assert expected == browser.request(method, "/", headers=headers).text
