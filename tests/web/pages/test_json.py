"""What every JSON answer of ours has in common."""

import pytest

from tests.web.site import SAM, Browser

pytestmark = pytest.mark.anyio

PATHS = [
    *("me", "account", "account/erase", "sign-in", "guest", "prompt", "nowhere"),
    *("ask/recommendations", "ask/short-books", "answers?question=genre", "confirm"),
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("is_in", [False, True], ids=["visitor", "signed in"])
async def test_status_is_that_of_http(
    browser: Browser, path: str, *, is_in: bool
) -> None:
    """Front ends spread an answer beside the status of HTTP; ours never hides it."""
    if is_in:
        await browser.sign_in(SAM)
    answer = await browser.get_json(f"/welcome/{path}")
    if answer.headers["content-type"].partition("+")[2].startswith("json"):
        assert answer.json()["status"] == answer.status_code
    else:
        assert "status" not in answer.json()


async def test_a_feature_says_its_state(browser: Browser) -> None:
    """Asked for, and after an answer."""
    asked = (await browser.get_json("/welcome/ask/recommendations")).json()
    told = await browser.post_json(
        "/welcome/answers",
        {"feature": "recommendations", "answers": {"genre": "novel"}},
    )
    assert (asked["state"], told.json()["state"]) == ("ask", "open")


async def test_an_answer_that_nobody_may_decline_can_be_taken_back(
    browser: Browser,
) -> None:
    """By a person who comes by themselves; refused again, the way out stays."""
    await browser.post("/welcome/answers", {"question": "pages", "pages": "90"})
    page = await browser.get("/welcome/answers?question=pages")
    assert "Take this answer back" in page.text
    refused = await browser.post(
        "/welcome/answers", {"question": "pages", "pages": "many"}
    )
    assert refused.status_code == 422
    assert "Take this answer back" in refused.text
    await browser.post("/welcome/answers/take-back", {"question": "pages"})
    data = (await browser.get_json("/welcome/account")).json()
    assert data["answers"] == []
    page = await browser.get("/welcome/answers?question=pages")
    assert "Take this answer back" not in page.text
