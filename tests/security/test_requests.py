"""Requests that no browser of an honest person sends."""

import json
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from tests.security.town import VERA, sign_in, ways, who
from tests.web.site import ORIGIN, Browser, Site

pytestmark = pytest.mark.anyio

FORGED = (
    {"host": "evil.example"},
    {"host": "shop.example:8443"},
    {"host": "shop.example@evil.example"},
    {"x-forwarded-host": "evil.example"},
    {"x-forwarded-proto": "http", "x-forwarded-port": "81"},
    {"forwarded": "host=evil.example;proto=http"},
    {"x-original-url": "//evil.example/", "x-rewrite-url": "//evil.example/"},
    {"x-forwarded-prefix": "//evil.example", "x-script-name": "//evil.example"},
)

DEEP: Any = 1
for _ in range(900):
    DEEP = {"__proto__": DEEP}

SHAPES: tuple[Any, ...] = (
    {"__proto__": {"kind": "registered"}, "constructor": {"prototype": {}}},
    {"answers": {"__proto__": {"genre": "novel"}, "__class__": "x"}},
    {"answers": {"mood": 3, "account_id": "x", "source": 3, "reply": "declined"}},
    {"answers": {"mood": {"value": 3, "source": 3}}},
    {"answers": {"mood": [3]}, "account": "x", "kind": "registered", "epoch": 9},
    {"answers": {"genre": DEEP}},
    {"answers": {"mood": True}, "do": "answer"},
    {"answers": {"mood": 10**400}},
    {"questions": [DEEP, None, 1, ["mood"]], "do": "decline"},
)


@pytest.mark.parametrize("headers", FORGED, ids=str)
async def test_no_header_moves_the_shop(
    browser: Browser, headers: dict[str, str]
) -> None:
    """Addresses come from the configuration, whatever host a request names."""
    await browser.post("/order")
    begun = await browser.post("/welcome/sign-in/lamp", None, **headers)
    pages = [
        await browser.get("/welcome/account", **headers),
        await browser.get("/welcome/sign-in", **headers),
        await browser.get("/welcome/nowhere", **headers),
        await browser.get("/recommendations", **headers),
        await browser.get("/welcome/me", **headers),
    ]

    redirect_uri = "redirect_uri=https%3A%2F%2Fshop.example%2Fwelcome%2Fcallback%2Flamp"
    assert redirect_uri in begun.headers["location"]
    assert "Secure" in begun.headers["set-cookie"]
    for page in pages:
        assert "evil" not in page.text + page.headers.get("location", "")
        assert "8443" not in page.text


async def test_another_host_name_is_no_origin_of_ours(browser: Browser) -> None:
    """Who forges both Host and Origin alike is still another site."""
    answer = await browser.client.post(
        "/welcome/account/export",
        headers={"host": "evil.example", "origin": "https://evil.example"},
    )
    assert 403 == answer.status_code


@pytest.mark.parametrize("sent", SHAPES, ids=lambda sent: json.dumps(sent)[:40])
async def test_a_body_sets_what_a_question_asks_and_nothing_else(
    site: Site, browser: Browser, sent: Any
) -> None:
    """No member of a JSON body reaches more than the answer to a question."""
    await browser.post("/order")
    me = (await browser.get_json("/welcome/account")).json()

    for path in ("answers", "guest", "prompt/first-order", "sign-in/lamp"):
        answer = await browser.post_json(f"/welcome/{path}", sent)
        assert answer.status_code < 500

    told = (await browser.get_json("/welcome/account")).json()
    assert me["account"] == told["account"]
    assert told["identities"] == told["contacts"] == told["responses"] == []
    for kept in told["answers"]:
        assert ("mood", 3) == (kept["question"], kept["value"])
        assert ("value", "guest") == (kept["reply"], kept["source"])
    account = await site.onboarding.accounts.find(await who(browser))
    assert account is not None
    assert (account.is_guest, account.epoch) == (True, 0)


async def test_fields_of_a_form_reach_questions_alone(browser: Browser) -> None:
    """A form that names what no page asked is refused whole, and keeps nothing."""
    await browser.post("/order")
    for name in ("account_id", "__class__", "kind", "mood ", "MOOD", "mood\u200b"):
        answer = await browser.post("/welcome/answers", {"question": name, name: "3"})
        assert 422 == answer.status_code
    told = (await browser.get_json("/welcome/account")).json()
    assert [] == told["answers"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "QUERY"])
async def test_only_a_post_changes_anything(
    site: Site, browser: Browser, method: str
) -> None:
    """No other method, header or field that names one, does what a POST does."""
    await browser.post("/order")
    await sign_in(browser, VERA)
    before = (await browser.get_json("/welcome/account")).json()
    headers = {"x-http-method-override": "POST", "x-http-method": "POST"}
    own = {"sec-fetch-site": "same-origin", "origin": ORIGIN}

    for path in (
        *("guest", "answers", "account/export", "account/erase", "sign-out"),
        *("sign-in/lamp", "confirm", "prompt/first-order"),
    ):
        answer = await browser.client.request(
            method, f"/welcome/{path}?_method=POST&do=dismiss", headers=own | headers
        )
        assert answer.status_code in {200, 303, 401, 404, 405}
        assert "__Host-onboarding=" not in answer.headers.get("set-cookie", "")

    assert before == (await browser.get_json("/welcome/account")).json()
    assert {("lamp", "Vera")} == await ways(browser)


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "text/plain; application/json",
        "text/plain, application/json",
        "multipart/form-data",
        "application/x-www-form-urlencoded+json",
        "application/jsonp",
        "",
    ],
)
async def test_json_cannot_be_sent_as_something_simpler(
    browser: Browser, kind: str
) -> None:
    """What a foreign form can send is never read as JSON."""
    await browser.post("/order")
    answer = await browser.client.post(
        "/welcome/answers",
        content=json.dumps({"answers": {"mood": 3}}).encode(),
        headers={"sec-fetch-site": "same-origin", "content-type": kind},
    )
    assert 415 == answer.status_code
    assert [] == (await browser.get_json("/welcome/account")).json()["answers"]


async def test_a_parameter_that_comes_twice_is_believed_by_nobody(
    browser: Browser,
) -> None:
    """Two codes, states or fields are refused before anything is looked up."""
    await browser.post("/order")
    for query in ("code=a&code=b&state=c", "state=a&state=b&code=c", "iss=a&iss=b"):
        answer = await browser.get(f"/welcome/callback/lamp?{query}")
        assert 400 == answer.status_code
    twice = await browser.post("/welcome/guest", {"email": ["a@b.example"] * 2})
    assert 400 == twice.status_code
    assert [] == (await browser.get_json("/welcome/account")).json()["contacts"]


async def test_pages_under_another_mount_trust_no_path(site: Site) -> None:
    """Where a host mounts us below a prefix of its own, links stay as configured."""
    inner = Starlette(
        routes=[site.onboarding.mount], middleware=[site.onboarding.middleware]
    )
    host = Starlette(routes=[Mount("/prefix", app=inner)])
    transport = httpx2.ASGITransport(app=host)
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        page = await client.get(
            "/prefix/welcome/account", headers={"accept": "text/html"}
        )
    assert 200 == page.status_code
    assert 'href="/welcome/' in page.text
