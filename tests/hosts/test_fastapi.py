"""The FastAPI host of `examples/fastapi_app.py`, from the outside."""

from collections.abc import Iterator
from inspect import iscoroutinefunction
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, Request
from starlette.testclient import TestClient

from examples.fastapi_app import app, onboarding
from onboarding import ConfigError
from onboarding.errors import NotFound
from onboarding.fastapi import Dependencies

SITE = "http://127.0.0.1:8000"
JSON = {"accept": "application/json"}
OURS = JSON | {"origin": SITE}


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A browser that was never here, at the running app."""
    with TestClient(app, base_url=SITE) as client:
        yield client


def test_a_visitor_stays_one_until_the_first_write(client: TestClient) -> None:
    """Looking costs no cookie; buying makes a guest, and the same one again."""
    looked = client.get("/me")
    assert '"visitor"' == looked.text
    assert "set-cookie" not in looked.headers
    first = client.post("/orders/emma").json()
    assert '"guest"' == client.get("/me").text
    assert first == client.post("/orders/dracula").json()


def test_an_answer_that_names_somebody_is_private(client: TestClient) -> None:
    """A shared cache keeps neither a page of one person nor a cookie."""
    answer = client.post("/orders/emma")
    assert "private, no-store" == answer.headers["cache-control"]
    assert "Cookie" in answer.headers["vary"]


def test_a_locked_feature_tells_a_program_what_to_ask(client: TestClient) -> None:
    """A problem with the questions as JSON Schema; the answer opens it."""
    locked = client.get("/shelf", headers=JSON)
    assert (409, "application/problem+json") == (
        locked.status_code,
        locked.headers["content-type"],
    )
    problem = locked.json()
    assert "unanswered" == problem["code"]
    [question] = problem["questions"]
    assert {"enum": ["novel", "adventure"], "type": "string"} == question["schema"]
    told = client.post(
        problem["answer_at"],
        json={"feature": problem["feature"], "answers": {"genre": "novel"}},
        headers=OURS,
    ).json()
    assert ("open", 1, 1) == (told["state"], told["known"], told["total"])
    assert "a shelf of novels" == client.get("/shelf", headers=JSON).json()


def test_a_locked_feature_leads_a_person_to_its_question(client: TestClient) -> None:
    """And back to the page that was asked for."""
    page = client.get("/shelf")
    assert "/welcome/ask/shelf?next=%2Fshelf" == page.url.raw_path.decode()


def test_a_wrong_answer_is_told_by_name(client: TestClient) -> None:
    """Which question, what to do, and what was kept all the same."""
    answer = {"feature": "shelf", "answers": {"genre": "poem"}}
    wrong = client.post("/welcome/answers", json=answer, headers=OURS)
    assert 422 == wrong.status_code
    assert [{"question": "genre", "problem": "Choose one of these."}] == (
        wrong.json()["problems"]
    )
    assert 409 == client.get("/shelf", headers=JSON).status_code


def test_a_guest_is_not_registered(client: TestClient) -> None:
    """What needs a sign-in says so, to visitors and to guests."""
    assert 401 == client.get("/orders", headers=JSON).status_code
    client.post("/orders/emma")
    problem = client.get("/orders", headers=JSON)
    assert (401, "sign_in_required") == (problem.status_code, problem.json()["code"])


def test_wrong_methods_are_refused_by_whom_they_belong_to(client: TestClient) -> None:
    """FastAPI answers for its own addresses, we for ours; both name what works."""
    theirs, ours = client.delete("/me"), client.put("/welcome/me", headers=JSON)
    assert (405, "GET") == (theirs.status_code, theirs.headers["allow"])
    assert (405, "GET, HEAD") == (ours.status_code, ours.headers["allow"])
    assert "method_not_allowed" == ours.json()["code"]


def test_another_site_cannot_answer_for_somebody(client: TestClient) -> None:
    """A state change from elsewhere is refused before anything is written."""
    client.post("/orders/emma")
    answer = {"answers": {"genre": "novel"}}
    foreign = JSON | {"origin": "https://elsewhere.example"}
    refused = client.post("/welcome/answers", json=answer, headers=foreign)
    assert (403, "csrf") == (refused.status_code, refused.json()["code"])
    assert 409 == client.get("/shelf", headers=JSON).status_code


def test_a_websocket_knows_who_is_here(client: TestClient) -> None:
    """A visitor without the cookie, a guest with it."""
    live = "ws://127.0.0.1:8000/live"
    with client.websocket_connect(live) as socket:
        assert "visitor" == socket.receive_text()
    client.post("/orders/emma")
    with client.websocket_connect(live) as socket:
        assert "guest" == socket.receive_text()


def test_our_parts_stay_out_of_the_hosts_openapi(client: TestClient) -> None:
    """Dependencies add no parameters, and our pages no paths."""
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/me", "/orders/{book}", "/shelf", "/orders"} == set(paths)
    assert "parameters" not in paths["/me"]["get"]


def test_no_dependency_is_run_in_a_thread() -> None:
    """FastAPI runs plain functions in one, which costs more than the look itself."""
    who = Dependencies(onboarding)
    methods = {
        name: getattr(who, name) for name in vars(Dependencies) if name[0] != "_"
    }
    dependencies = methods | {"unlocked": who.unlocked("shelf")}
    plain = [n for n, d in dependencies.items() if not iscoroutinefunction(d)]
    assert {"account", "guest", "registered", "profile"} <= set(dependencies)
    assert [] == plain


def test_a_form_is_a_dependency_too() -> None:
    """As a method of the one object, without a package that parses forms."""
    shop = FastAPI(middleware=[onboarding.middleware], lifespan=onboarding.lifespan)

    @shop.post("/cart")
    async def put(form: Annotated[dict[str, str], Depends(onboarding.form)]) -> str:
        return form["book"]

    with TestClient(shop, base_url=SITE) as client:
        sent = client.post("/cart", data={"book": "emma"}, headers={"origin": SITE})
    assert "emma" == sent.json()


def test_an_unknown_feature_fails_when_the_app_is_built() -> None:
    """Not at the first request, and with the name that was meant."""
    with pytest.raises(ConfigError, match="did you mean 'shelf'"):
        Dependencies(onboarding).unlocked("shelfs")


def test_only_a_framework_inside_ours_hands_errors_over() -> None:
    """Whoever can raise is told to."""
    plain = FastAPI(middleware=[onboarding.middleware], lifespan=onboarding.lifespan)

    @plain.get("/")
    def hand_over(request: Request) -> None:
        onboarding.refuse(request, NotFound())

    with (
        TestClient(plain, base_url=SITE) as client,
        pytest.raises(ConfigError, match="raise the error, and it is answered"),
    ):
        client.get("/")


def test_without_the_layer_the_error_says_which_line_to_add() -> None:
    """A forgotten middleware is told at the first look."""
    bare = FastAPI()
    bare.get("/", dependencies=[Depends(Dependencies(onboarding).account)])(list)
    with pytest.raises(ConfigError, match=r"middleware=\[onboarding\.middleware\]"):
        TestClient(bare).get("/")
