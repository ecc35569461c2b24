"""How every page of ours is sent, and how a host makes it its own."""

import re
from pathlib import Path

import pytest

from onboarding import ConfigError
from onboarding.web.views.renderer import TEMPLATE_FOLDER, Renderer
from tests.web.site import Browser, open_site, words

pytestmark = pytest.mark.anyio

PAGES = [
    "/welcome/sign-in?next=/cart",
    "/welcome/account",
    "/welcome/account/erase",
    "/welcome/ask/recommendations?next=/recommendations",
    "/welcome/answers?question=birthday",
    "/welcome/prompt",
    "/welcome/nope",
]


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_sent_with_care(browser: Browser, path: str) -> None:
    """A strict policy, no sniffing, no framing, no cache, and a careful referrer."""
    await browser.post("/order")
    answer = await browser.get(path)
    headers = answer.headers

    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["cache-control"] == "private, no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "form-action 'self' https://id.example https://other.example"
    )
    assert "Accept" in headers.get_list("vary")


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_holds_script_style_or_an_outside_address(
    browser: Browser, path: str
) -> None:
    """Everything the policy forbids is not there; the only script is a file of ours."""
    await browser.post("/order")
    html = (await browser.get(path)).text

    barred = r"<style|\sstyle=|\son[a-z]+=|https?://|javascript:|data:"
    (script,) = re.findall(r"<script[^>]*>", html)

    assert not re.search(barred, html)
    assert script.startswith('<script type="module" src="/welcome/static/onboarding.js')
    assert len(html.encode()) < 15_000
    assert html.count("<h1") == 1
    assert len(re.findall(r'class="ob-button( ob-button-wide)?"', html)) <= 1


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_asks_for_one_thing(browser: Browser, path: str) -> None:
    """An offer, a question and a prompt never stand on one page."""
    await browser.post("/order")
    html = (await browser.get(path)).text
    asks = ['action="/welcome/answers"', 'name="score"', "Keep this within reach"]
    assert sum(ask in html for ask in asks) <= 1


async def test_a_post_or_an_unknown_method_says_what_works(browser: Browser) -> None:
    """405 with ``Allow``, as a page and as a problem (RFC 9110 §15.5.6)."""
    page = await browser.get("/welcome/sign-out")
    problem = await browser.client.delete(
        "/welcome/account/erase", headers={"accept": "application/json"}
    )
    assert (page.status_code, page.headers["allow"]) == (405, "POST")
    assert "This address works another way" in page.text
    assert (problem.status_code, problem.headers["allow"]) == (405, "GET, HEAD, POST")
    assert problem.json()["code"] == "method_not_allowed"


async def test_head_answers_as_get(browser: Browser) -> None:
    """The same headers, and no impression."""
    answer = await browser.client.head("/welcome/account")
    assert answer.status_code == 200
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize(
    "path",
    ["/welcome", "/welcome/", "/welcome/nope", "/welcome/account/", "/welcome//me"],
)
async def test_an_unknown_address_is_our_not_found(browser: Browser, path: str) -> None:
    """Below the mount nobody else answers."""
    answer = await browser.client.get(path, follow_redirects=True)
    assert answer.status_code == 404
    assert "This page is not on our shelves" in words(answer.text)


async def test_what_is_not_declared_has_no_address() -> None:
    """No providers, no questions, no prompts: none of their pages."""
    nothing: dict[str, object] = {
        "providers": [],
        "profile": None,
        "features": [],
        "prompts": [],
    }
    async with open_site(**nothing) as site:
        browser = site.browser()
        for path in ("ask/recommendations", "answers", "prompt", "confirm"):
            assert (await browser.get(f"/welcome/{path}")).status_code == 404
        for path in ("sign-in/lamp", "answers", "prompt/first-order"):
            assert (await browser.post(f"/welcome/{path}")).status_code == 404
        sign_in = await browser.get("/welcome/sign-in")
        assert "There is no way to sign in here yet." in sign_in.text
        assert "form-action 'self'" in sign_in.headers["content-security-policy"]


# ── a host's templates ───────────────────────────────────────────────────────


def write(folder: Path, **files: str) -> Path:
    """Write templates, by their names without ``.html``, and return their folder."""
    for name, text in files.items():
        path = folder / f"{name}.html"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


NAV = "{% block nav %}<p>Our shop</p>{% endblock %}"
OLD = [
    {"_base": '{% include "_languages.html" %}'},
    {"account": '{% extends "_base.html" %}', "_mine": ""},
    {"_base": "", "erase": "{%- import '_parts.html' as p with context %}"},
]
PERHAPS = [
    {"_base": '{% extends "onboarding/_base.html" %}'},
    {"letter-reply": "Ahoy"},
    {"_control_colour": "<input>"},
]
OWN = [
    {},
    {"orders": "<p>Ours</p>", "prompt": "<p>When?</p>"},
    {"_base": "", "account": '{% extends "_base.html" %}'},
    {"_base": '{% include "onboarding/_door.html" %}'},
    {"onboarding/_base": '{% extends "_base.html" %}', "_base": ""},
    {
        "onboarding/_base": '{% extends "onboarding/_base.html" %}',
        "_base": '{% extends "onboarding/_base.html" %}',
    },
]


async def test_a_host_replaces_the_frame(tmp_path: Path) -> None:
    """By a file of the same name, which may extend the one that it stands in for."""
    frame = '{% extends "onboarding/_base.html" %}' + NAV
    async with open_site(
        templates=write(tmp_path, **{"onboarding/_base": frame})
    ) as site:
        answer = await site.browser().get("/welcome/sign-in")
    assert "<p>Our shop</p>" in answer.text
    assert "Good to see you" in answer.text
    assert "</html>" in answer.text


async def test_our_pages_stand_in_a_frame_of_the_hosts_own(tmp_path: Path) -> None:
    """That of their pages, which need not know of ours."""
    frame = "<body>Our shop{% block main %}{% endblock %}</body>"
    ours = '{% extends "_base.html" %}'
    folder = write(tmp_path, **{"_base": frame, "onboarding/_base": ours})
    async with open_site(templates=folder) as site:
        answer = await site.browser().get("/welcome/sign-in")
    assert answer.text.startswith("<body>Our shop")
    assert "Good to see you" in answer.text


async def test_no_page_of_the_hosts_is_taken_for_one_of_ours(tmp_path: Path) -> None:
    """Whatever it is called, and the other way round."""
    names = {path.stem for path in TEMPLATE_FOLDER.glob("*.html")}
    async with open_site(
        templates=write(tmp_path, **dict.fromkeys(names, "X"))
    ) as site:
        browser = site.browser()
        for path in ("sign-in", "account", "nowhere"):
            answer = await browser.get(f"/welcome/{path}")
            assert "</html>" in answer.text
    renderer = Renderer(path="/welcome", site_name="Shop", templates=tmp_path)
    assert "X" == renderer.render("account.html", {}, locale="en")


@pytest.mark.parametrize("files", OLD)
def test_what_stands_on_ours_by_their_bare_name_is_refused(
    tmp_path: Path, files: dict[str, str]
) -> None:
    """At the start, with where to move it and what to write."""
    renderer = Renderer(path="/", site_name="Shop", templates=write(tmp_path, **files))
    with pytest.raises(ConfigError, match=r"write that\. .* move it to .*/onboarding/"):
        renderer.warm(["en"])


@pytest.mark.parametrize("files", PERHAPS)
def test_what_may_have_been_meant_for_ours_is_told(
    tmp_path: Path, files: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """It stands in for nothing where it is."""
    renderer = Renderer(path="/", site_name="Shop", templates=write(tmp_path, **files))
    renderer.warm(["en"])
    (line,) = [one.getMessage() for one in caplog.records]
    (name,) = files
    assert line.startswith(
        f"template_unused: {tmp_path / name}.html stands in for none"
    )
    assert line.endswith(f"move it to {tmp_path / 'onboarding' / name}.html")


@pytest.mark.parametrize("files", OWN)
def test_nothing_is_said_of_the_hosts_own_pages(
    tmp_path: Path, files: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """Nor of what stands where it is to stand."""
    renderer = Renderer(path="/", site_name="Shop", templates=write(tmp_path, **files))
    renderer.warm(["en"])
    assert [] == caplog.records


async def test_a_host_changes_our_words() -> None:
    """A sentence of ours is changed by its key, in each language by itself."""
    texts = {"en": {"sign_in.lead": "What is in your cart comes along."}}
    async with open_site(texts=texts) as site:
        english = await site.browser().get("/welcome/sign-in")
        dutch = await site.browser("nl").get("/welcome/sign-in")
    assert "What is in your cart comes along." in english.text
    assert "Wat je hier deed, gaat mee." in dutch.text


def test_the_templates_escape_what_they_draw() -> None:
    """No template switches escaping off."""
    for template in TEMPLATE_FOLDER.glob("*.html"):
        assert "|safe" not in template.read_text()
        assert "autoescape" not in template.read_text()
