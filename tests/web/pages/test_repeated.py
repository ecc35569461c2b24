"""JSON requests that come twice with their key: done once, answered the same again."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from onboarding.accounts.model import Intent, Purpose
from onboarding.accounts.repeats import REPEAT_LIFE, RUNS_FOR, RepeatService
from onboarding.changes import Replace
from onboarding.errors import StoreUnavailable
from onboarding.events import Entry
from tests.web.site import Browser, Site

pytestmark = pytest.mark.anyio

ANSWERS = "/welcome/answers"
KEY = '"8e03978e-40d5-43dd-bc93-6894a57f9324"'
NOVEL = {"answers": {"genre": "novel"}}


async def post(
    browser: Browser, sent: dict[str, Any], key: str | None = KEY
) -> httpx2.Response:
    """Post answers with a key."""
    headers = {"idempotency-key": key} if key is not None else {}
    return await browser.post_json(ANSWERS, sent, headers=headers)


async def account_of(browser: Browser) -> str:
    """Return the id of who is here."""
    told = (await browser.get_json("/welcome/account")).json()
    return str(told["account"]["id"])


async def log(browser: Browser) -> list[Entry]:
    """Return what happened to who is here."""
    store = browser.site.onboarding.store
    return await store.list_of(Entry, await account_of(browser))


async def kept(browser: Browser) -> list[Intent]:
    """Return what is kept of requests of who is here."""
    store = browser.site.onboarding.store
    found = await store.list_of(Intent, await account_of(browser))
    return [one for one in found if one.purpose is Purpose.REPEAT]


async def known(browser: Browser) -> dict[str, Any]:
    """Return what is told of who is here, by question."""
    data = (await browser.get_json("/welcome/account")).json()
    return {one["question"]: one["value"] for one in data["answers"]}


async def test_twice_is_once(browser: Browser) -> None:
    """Also where the answer was changed in between: the late one changes nothing."""
    first = await post(browser, NOVEL)
    await post(browser, {"answers": {"genre": "adventure"}}, key='"another"')
    before = await log(browser)
    again = await post(browser, NOVEL)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert await log(browser) == before
    assert await known(browser) == {"genre": "adventure"}


async def test_a_refusal_is_told_again(browser: Browser) -> None:
    """With what was kept all the same, and what to do about the rest."""
    sent = {"answers": {"genre": "novel", "pages": 0}}
    first, again = await post(browser, sent), await post(browser, sent)
    assert first.status_code == again.status_code == 422
    for member in ("problems", "saved", "code", "detail", "problem"):
        assert first.json()[member] == again.json()[member]
    assert first.json()["saved"] == ["genre"]


async def test_a_key_is_for_one_request(browser: Browser) -> None:
    """Another body with it is refused, and nothing of that is kept."""
    await post(browser, NOVEL)
    refused = await post(browser, {"answers": {"genre": "adventure"}})
    assert (refused.status_code, refused.json()["code"]) == (422, "key_reused")
    assert await known(browser) == {"genre": "novel"}


async def test_a_key_is_for_one_account(browser: Browser) -> None:
    """Whoever guesses another's key reads nothing by it."""
    await post(browser, NOVEL)
    other = browser.site.browser()
    answer = await post(other, {"answers": {"genre": "adventure"}})
    assert answer.status_code == 200
    assert await known(other) == {"genre": "adventure"}


async def test_nothing_that_was_said_is_kept_with_a_key(browser: Browser) -> None:
    """Neither key nor answer: names, and digests that nobody can make."""
    await post(browser, {"answers": {"genre": "novel", "pages": 0}})
    (one,) = await kept(browser)
    text = json.dumps([one.id, one.secret_hash, dict(one.data), one.next])
    assert KEY.strip('"') not in text
    assert "novel" not in text


@pytest.mark.parametrize(
    "key",
    [
        "8e03978e",
        '""',
        '"é"',
        '"one", "two"',
        '"open',
        '"a"b"',
        f'"{"x" * 256}"',
        "?1",
        '"one";p=1',
    ],
)
async def test_a_key_that_is_none(browser: Browser, key: str) -> None:
    """It is refused before anything is done."""
    await post(browser, {"answers": {"mood": 3}}, key=None)
    sent = {"idempotency-key": key.encode()}
    refused = await browser.post_json(ANSWERS, NOVEL, headers=sent)
    visitor = browser.site.browser()
    await visitor.post_json(ANSWERS, NOVEL, headers=sent)
    told = (await visitor.get_json("/welcome/account")).json()
    assert told == {"account": {"kind": "visitor"}}
    assert refused.status_code == 400
    assert await known(browser) == {"mood": 3}


async def test_a_key_as_long_as_may_be(browser: Browser) -> None:
    """255 characters, of any that may stand in a text."""
    key = f'"{"x" * 253}\\"\\\\"'
    assert (await post(browser, NOVEL, key=key)).status_code == 200
    assert (await post(browser, NOVEL, key=key)).status_code == 200
    assert len(await kept(browser)) == 1


async def test_a_visitor_becomes_one_guest(site: Site) -> None:
    """The retry carries the cookie of the first; what is refused makes nobody."""
    visitor = site.browser()
    refused = await post(visitor, {"answers": {"pages": 0}})
    assert refused.status_code == 422
    assert (await visitor.get_json("/welcome/account")).json() == {
        "account": {"kind": "visitor"}
    }
    await post(visitor, NOVEL)
    account = await account_of(visitor)
    await post(visitor, NOVEL)
    assert await account_of(visitor) == account
    names = [entry.name for entry in await log(visitor)]
    assert names.count("question_answered") == 1


async def test_after_a_day_the_key_is_free(browser: Browser) -> None:
    """And what was kept with it is swept."""
    await post(browser, NOVEL)
    browser.site.clock.advance(REPEAT_LIFE)
    answer = await post(browser, {"answers": {"genre": "adventure"}})
    assert answer.status_code == 200
    browser.site.clock.advance(REPEAT_LIFE + timedelta(seconds=1))
    await browser.site.onboarding.intents.sweep()
    assert await kept(browser) == []


async def test_it_is_erased_with_the_account(browser: Browser) -> None:
    """As everything that hangs on it."""
    await post(browser, NOVEL)
    core, account = browser.site.onboarding, await account_of(browser)
    await core.data.erase(account)
    assert await core.store.list_of(Intent, account) == []


# ── while it runs ────────────────────────────────────────────────────────────


async def test_while_the_first_runs(browser: Browser) -> None:
    """The second is told to come again; then it reads what became of the first."""
    core = browser.site.onboarding
    await post(browser, NOVEL, key=None)
    account = await core.accounts.find(await account_of(browser))
    assert account is not None
    repeats: RepeatService = core.repeats
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def act() -> dict[str, Any]:
        begun.set()
        await goes_on.wait()
        return {"saved": ["genre"], "closed": [], "invalid": []}

    body = 'answers {"answers":{"genre":"novel"}}'
    first = asyncio.create_task(repeats.once(account, KEY.strip('"'), body, act))
    await begun.wait()
    waits = await post(browser, NOVEL)
    assert (waits.status_code, waits.json()["code"]) == (409, "request_running")
    goes_on.set()
    await first
    assert (await post(browser, NOVEL)).status_code == 200


async def test_what_failed_may_be_done_again(browser: Browser) -> None:
    """With the same key: nothing is kept of a failure."""
    core = browser.site.onboarding
    await post(browser, NOVEL, key=None)
    account = await core.accounts.find(await account_of(browser))
    assert account is not None

    async def fails() -> dict[str, Any]:
        raise StoreUnavailable("down")

    async def works() -> dict[str, Any]:
        return {"saved": []}

    with pytest.raises(StoreUnavailable):
        await core.repeats.once(account, "key", "body", fails)
    assert await core.repeats.once(account, "key", "body", works) == {"saved": []}


async def test_what_was_broken_off_may_be_done_again(browser: Browser) -> None:
    """Once whoever ran it must have ended; what was saved then is not saved again."""
    store = browser.site.onboarding.store
    await post(browser, NOVEL)
    (one,) = await kept(browser)
    unfinished = {"body": one.data["body"]}
    left = replace(one, secret_hash="running", data=unfinished)
    await store.commit(Replace(one, left))
    assert (await post(browser, NOVEL)).status_code == 409
    browser.site.clock.advance(RUNS_FOR + timedelta(seconds=1))
    before = await log(browser)
    assert (await post(browser, NOVEL)).status_code == 200
    assert await log(browser) == before


async def test_many_at_once_are_one(browser: Browser) -> None:
    """One does it; the others wait for their turn or read the same."""
    await post(browser, {"answers": {"mood": 3}}, key=None)
    answers = await asyncio.gather(*(post(browser, NOVEL) for _ in range(8)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert 200 in {answer.status_code for answer in answers}
    told = [e.data for e in await log(browser) if e.name == "question_answered"]
    assert sum(one["question"] == "genre" for one in told) == 1
