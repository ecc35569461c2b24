"""Every error is an answer that a person, and a program, can go on from."""

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onboarding import errors
from onboarding.errors import ConfigError, InvalidAnswer, OnboardingError, Unanswered
from onboarding.locales import LOCALES
from onboarding.locales.texts import sentences
from onboarding.web.context.ways_on import ERROR_ACTIONS
from onboarding.web.views.problems import OTHER_WORDS
from tests.web.site import Browser, Site, query, words

pytestmark = pytest.mark.anyio

MADE: dict[type[OnboardingError], OnboardingError] = {
    errors.StateMismatch: errors.StateMismatch("lamp"),
    errors.CookiesBlocked: errors.CookiesBlocked("lamp"),
    errors.SignInExpired: errors.SignInExpired("lamp"),
    errors.SignInCancelled: errors.SignInCancelled("lamp"),
    errors.IdentityTaken: errors.IdentityTaken("lamp"),
    InvalidAnswer: InvalidAnswer("genre", "answer.choose_one"),
    errors.AccountEnded: errors.AccountEnded("06gzvyj603sjantq13ek"),
    errors.Conflict: errors.Conflict("Account"),
    errors.TooManyTries: errors.TooManyTries("codes_per_client", 530),
    errors.TooManyGuests: errors.TooManyGuests("guests_overall", 60),
}


LOCKED = Unanswered | errors.FeatureDenied
"""Errors that lead to the page of a feature's questions."""


def _all_errors() -> Iterator[OnboardingError]:
    """Yield one of each kind of error that a visitor may meet."""
    todo: list[type[OnboardingError]] = [OnboardingError]
    while todo:
        kind = todo.pop()
        todo += kind.__subclasses__()
        is_ours = kind.__module__ == "onboarding.errors"
        if not is_ours or issubclass(kind, ConfigError | LOCKED):
            continue
        if kind in MADE:
            yield MADE[kind]
        elif issubclass(kind, errors.ProviderError):
            yield kind("lamp", "a reason that is for the log")
        else:
            yield kind("a message that is for the log")


ALL = list(_all_errors())
SHOWN = [one for one in ALL if not isinstance(one, errors.FreshSignInRequired)]
"""Those of which a page tells; the other leads to the ways to sign in once more."""


@pytest.fixture
def raising(site: Site) -> dict[str, OnboardingError]:
    """Let the host raise whatever the test puts into this."""
    held: dict[str, OnboardingError] = {}

    async def refuse(_: Request) -> Response:
        raise held["error"]

    site.app.router.routes.append(
        Route("/raise", refuse, methods=["GET", "POST", "HEAD"])
    )
    return held


def name(error: object) -> str:
    """Name a test by its error."""
    return type(error).__name__


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("error", SHOWN, ids=name)
async def test_every_error_is_a_page_with_one_way_on(
    site: Site, raising: dict[str, OnboardingError], error: OnboardingError, locale: str
) -> None:
    """What happened, what is safe, one filled button, the code; never a message."""
    raising["error"] = error
    answer = await site.browser(locale).get("/raise")

    assert answer.status_code == error.status
    assert f'lang="{locale}"' in answer.text
    assert answer.text.count("<h1") == 1
    assert len(re.findall(r'class="ob-button"', answer.text)) == 1
    assert "ob-notice" in answer.text
    assert re.search(rf"{error.code} · [0-9a-z]{{4}}-[0-9a-z]{{4}}", answer.text)
    assert "for the log" not in answer.text
    assert "{" not in words(answer.text)
    assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_fresh_sign_in_is_asked_for_and_leads_back(
    browser: Browser, raising: dict[str, OnboardingError], method: str
) -> None:
    """On a host's page, too: to where they were, or to the page of the form."""
    raising["error"] = errors.FreshSignInRequired("a message that is for the log")
    if method == "GET":
        answer, back = await browser.get("/raise?a=1"), "/raise?a=1"
    else:
        referer = {"referer": "https://shop.example/form?b=2"}
        answer, back = await browser.post("/raise", **referer), "/form?b=2"
    assert 303 == answer.status_code
    assert {"fresh": "1", "next": back} == query(answer.headers["location"])


@pytest.mark.parametrize("error", ALL, ids=name)
async def test_every_error_is_a_problem(
    browser: Browser, raising: dict[str, OnboardingError], error: OnboardingError
) -> None:
    """RFC 9457: a stable code, the status, a title and a sentence, and the facts."""
    raising["error"] = error
    answer = await browser.get_json("/raise")
    told = answer.json()

    assert answer.status_code == told["status"] == error.status
    assert answer.headers["content-type"] == "application/problem+json"
    assert told["code"] == error.code
    assert told["title"]
    assert told["detail"]
    assert "for the log" not in told["title"] + told["detail"]


async def test_an_unexpected_kind_of_refusal_has_words_too(
    browser: Browser, raising: dict[str, OnboardingError]
) -> None:
    """A host may refuse by a class of its own."""

    class TooYoung(errors.Refused):
        """A host's own refusal."""

        code = "too_young"
        status = 451

    raising["error"] = TooYoung("secret")
    answer = await browser.get("/raise")
    assert answer.status_code == 451
    assert "That does not work like this" in answer.text
    assert "too_young" in answer.text


async def test_a_mistake_of_the_developer_is_raised(
    browser: Browser, raising: dict[str, OnboardingError]
) -> None:
    """It is for a traceback, and no page hides it."""
    raising["error"] = ConfigError("write this")
    with pytest.raises(ConfigError, match="write this"):
        await browser.get("/raise")


def test_every_way_on_has_its_words() -> None:
    """No way without a button, and no words for a button that leads nowhere."""
    shape = re.compile(r"problem\.(\w+)\.go")
    named = {found[1] for key in sentences("en") if (found := shape.fullmatch(key))}
    other = {one for words in OTHER_WORDS.values() for one in words.values()}
    assert set(ERROR_ACTIONS) == named - other
    assert set(ERROR_ACTIONS) <= {error.code for error in ALL}


async def test_a_provider_that_failed_can_be_tried_again(
    browser: Browser, raising: dict[str, OnboardingError]
) -> None:
    """By a button, since it begins an attempt."""
    raising["error"] = errors.ProviderUnreachable("lamp")
    answer = await browser.get("/raise")
    assert "Lamplight ID is not answering" in answer.text
    form = '<form method="post" action="/welcome/sign-in/lamp">'
    assert (
        f'{form}<button class="ob-button">Try Lamplight ID again</button>'
        in answer.text
    )


async def test_a_provider_that_is_gone_does_not_break_the_page(
    browser: Browser, raising: dict[str, OnboardingError]
) -> None:
    """Its name stands in for its title, and the way leads to the others."""
    raising["error"] = errors.ProviderUnreachable("<b>")
    answer = await browser.get("/raise")
    assert "&lt;b&gt; is not answering" in answer.text
    assert '<a class="ob-button" href="/welcome/sign-in">' in answer.text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_locked_page_leads_to_its_questions_and_back(
    browser: Browser, method: str
) -> None:
    """The way back is the page that was asked for; "not now" leads to where one was."""
    answer = await browser.client.request(
        method,
        "/recommendations?page=2",
        headers={"referer": "https://shop.example/cart"},
    )
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/welcome/ask/recommendations?")
    assert query(answer.headers["location"]) == {
        "next": "/recommendations?page=2",
        "back": "/cart",
    }


async def test_a_locked_post_says_that_it_was_not_sent(browser: Browser) -> None:
    """The form is not kept: its page is where the person goes back to."""
    answer = await browser.post(
        "/recommendations", {"a": "1"}, referer="https://shop.example/form"
    )
    questions = await browser.follow(answer)

    assert query(answer.headers["location"])["next"] == "/form"
    assert "What you just filled in was not sent." in questions.text


async def test_a_locked_post_from_elsewhere_leads_home(browser: Browser) -> None:
    """A foreign referer is no way back."""
    answer = await browser.post("/recommendations", referer="https://evil.example/x")
    questions = await browser.follow(answer)
    assert '<input type="hidden" name="next" value="/">' in questions.text


async def test_a_program_gets_the_questions_with_the_problem(browser: Browser) -> None:
    """JSON Schema of each answer, in the person's words, and where to post."""
    answer = await browser.get_json("/recommendations")
    told = answer.json()

    assert answer.status_code == 409
    assert told["code"] == "unanswered"
    assert told["answer_at"] == "/welcome/answers"
    (question,) = told["questions"]
    assert question["name"] == "genre"
    assert question["question"] == "What do you like to read?"
    assert question["why"] == "We sort your shelf by it."
    assert question["schema"]["enum"] == ["novel", "adventure"]


async def test_what_went_wrong_is_in_the_log_by_code_and_reference(
    browser: Browser,
    raising: dict[str, OnboardingError],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whoever writes to the site can be helped; the log holds no message."""
    raising["error"] = errors.StoreUnavailable("password=hunter2")
    answer = await browser.get("/raise")
    reference = re.search(r"store_unavailable · (\S+)</p>", answer.text)

    assert reference is not None
    assert f"refused: store_unavailable (503), {reference[1]}" in caplog.text
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (errors.StoreError("no such table: orders"), False),
        (errors.StoreUnavailable("locked"), True),
        (errors.Conflict("Account"), True),
    ],
    ids=name,
)
async def test_only_what_passes_says_try_again(
    browser: Browser,
    raising: dict[str, OnboardingError],
    error: OnboardingError,
    passes: bool,
) -> None:
    """A fault that lasts says whose it is, and sends nobody round in a circle."""
    raising["error"] = error
    answer = await browser.get("/raise")
    assert passes is ("retry-after" in answer.headers)
    assert passes is ("Try again" in words(answer.text))
    assert passes is not ("not set up right here" in answer.text)


async def test_an_error_after_the_first_byte_can_only_be_raised(site: Site) -> None:
    """Two answers to one request would be garbage."""

    async def app(scope: Any, receive: Any, send: Any) -> None:  # ASGI
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise errors.NotFound("late")

    from onboarding.web.context.layer import Layer

    layer = Layer(app, core=site.onboarding)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=layer), base_url="https://shop.example"
    ) as client:
        with pytest.raises(errors.NotFound):
            await client.get("/")
