"""What may be done once is done once, however often and however fast it is sent."""

import asyncio
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from onboarding.accounts.model import Purpose
from onboarding.social.model import ATTEMPT_LIFE
from onboarding.testing import Person
from onboarding.tokens import Token
from tests.security.town import VERA, come_back, sign_in, way_back, ways, who
from tests.web.site import Browser, Site

pytestmark = pytest.mark.anyio

MANY = 50


def rows(database: Path, table: str) -> int:
    """Count the rows of a table of ours."""
    connection = sqlite3.connect(database)
    (count,) = connection.execute(f"SELECT COUNT(*) FROM onboarding_{table}").fetchone()
    connection.close()
    return int(count)


async def test_of_many_takers_of_an_intent_one_gets_it(site: Site) -> None:
    """An intent that is taken fifty times at once is taken once."""
    intents = site.onboarding.intents
    token = await intents.open(Purpose.SIGN_IN, life=ATTEMPT_LIFE)

    taken = await asyncio.gather(
        *(intents.take(token, Purpose.SIGN_IN) for _ in range(MANY))
    )

    assert 1 == sum(intent is not None for intent in taken)
    assert await intents.peek(token, Purpose.SIGN_IN) is None


async def test_an_intent_is_worth_nothing_for_another_purpose(site: Site) -> None:
    """Neither another purpose, nor another secret, nor too late a taker gets it."""
    intents = site.onboarding.intents
    token = await intents.open(Purpose.CONFIRM, life=ATTEMPT_LIFE)
    assert await intents.take(token, Purpose.SIGN_IN) is None
    assert await intents.take(Token.new(token.id), Purpose.CONFIRM) is None
    site.clock.advance(ATTEMPT_LIFE)
    assert await intents.take(token, Purpose.CONFIRM) is None


async def test_a_callback_that_is_sent_fifty_times_signs_in_once(
    site: Site, browser: Browser, database: Path
) -> None:
    """One account, one session, one way in; the others read that it is over."""
    back = await way_back(browser, VERA)
    cookie = "; ".join(f"{c.name}={c.value}" for c in browser.client.cookies.jar)
    senders = [site.browser() for _ in range(MANY)]

    answers = await asyncio.gather(
        *(sender.client.get(back, headers={"cookie": cookie}) for sender in senders)
    )

    assert {303: 1, 410: MANY - 1} == Counter(one.status_code for one in answers)
    assert 1 == sum("__Host-onboarding=" in str(one.headers) for one in answers)
    for table in ("accounts", "sessions", "identities"):
        assert 1 == rows(database, table)


async def test_a_callback_that_is_used_is_used(browser: Browser) -> None:
    """The back button after a sign-in changes nothing, and goes on for who is in."""
    back = await way_back(browser, VERA)
    before = await come_back(browser, back)
    token, me = browser.session, await who(browser)

    again = await come_back(browser, back)

    assert (303, 303) == (before.status_code, again.status_code)
    assert before.headers["location"] == again.headers["location"]
    assert "set-cookie" not in again.headers
    assert (token, me) == (browser.session, await who(browser))


async def test_a_failed_attempt_is_used_up_too(site: Site, browser: Browser) -> None:
    """An attempt whose code was refused cannot be tried with another code."""
    back = await way_back(browser, VERA)
    good = back.partition("code=")[2].partition("&")[0]
    cookie = "; ".join(f"{c.name}={c.value}" for c in browser.client.cookies.jar)
    sender = site.browser()

    wrong = await sender.client.get(
        back.replace(good, "guessed"), headers={"cookie": cookie}
    )
    right = await sender.client.get(back, headers={"cookie": cookie})

    assert (400, 410) == (wrong.status_code, right.status_code)
    assert "nobody" == await who(sender)


async def test_a_yes_that_is_sent_often_links_once(site: Site, database: Path) -> None:
    """Many presses of one button at once link one identity."""
    await sign_in(site.browser(), VERA)
    browser = site.browser()
    twin = Person(subject="t", name="Twin", email=VERA.email, email_verified=True)
    await sign_in(browser, twin, "other")
    await sign_in(browser, VERA)
    cookie = "; ".join(f"{c.name}={c.value}" for c in browser.client.cookies.jar)
    own = {"sec-fetch-site": "same-origin", "cookie": cookie}

    answers = await asyncio.gather(
        *(
            site.browser().client.post("/welcome/confirm", headers=own)
            for _ in range(10)
        )
    )

    counted = Counter(answer.status_code for answer in answers)
    assert 1 <= counted[303]
    assert set(counted) <= {303, 401, 409, 410}
    assert 2 == rows(database, "identities")


async def test_a_merge_that_is_sent_often_is_one_merge(
    site: Site, database: Path
) -> None:
    """Ten tabs of a guest that come back as the same person make one receipt."""
    await sign_in(site.browser(), VERA)
    browser = site.browser()
    await browser.post("/order")
    backs = [await way_back(browser, VERA) for _ in range(5)]
    cookies = {c.name: c.value for c in browser.client.cookies.jar}
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())

    answers = await asyncio.gather(
        *(site.browser().client.get(one, headers={"cookie": cookie}) for one in backs)
    )

    assert {303: 5} == Counter(answer.status_code for answer in answers)
    assert 1 == rows(database, "receipts")
    assert 2 == rows(database, "accounts")


async def test_a_form_that_is_sent_often_counts_once(
    site: Site, browser: Browser, database: Path
) -> None:
    """Answers, opinions, addresses and erasures at once leave one row, or one end."""
    await browser.post("/order")
    forms = {
        "guest": {"email": "vera@example.org"},
        "answers": {"question": "mood", "mood": "3"},
        "prompt/first-order": {"score": "9"},
    }
    for path, fields in forms.items():
        answers = await asyncio.gather(
            *(browser.post(f"/welcome/{path}", fields) for _ in range(10))
        )
        assert {answer.status_code for answer in answers} <= {303, 409}
    for table in ("contacts", "answers", "responses"):
        assert 1 == rows(database, table)

    ends = await asyncio.gather(
        *(
            Browser(site, "en").client.post(
                "/welcome/account/erase",
                headers={
                    "sec-fetch-site": "same-origin",
                    "cookie": f"__Host-onboarding={browser.session}",
                },
            )
            for _ in range(10)
        )
    )
    # Whoever was still somebody when they pressed reads that it is done.
    assert {303} <= {answer.status_code for answer in ends} <= {303, 401}
    told = "SELECT COUNT(*) FROM onboarding_events WHERE name = 'account_erased'"
    with sqlite3.connect(database) as connection:
        assert [(1,)] == connection.execute(told).fetchall()
    connection.close()


async def test_ways_stay_as_they_were_after_a_replay(site: Site) -> None:
    """Somebody who sends an old answer of another person's gains no way anywhere."""
    victim = site.browser()
    back = await way_back(victim, VERA)
    await come_back(victim, back)
    thief = site.browser()
    await thief.post("/order")

    answer = await come_back(thief, back)

    assert 400 == answer.status_code
    assert set() == await ways(thief)
    assert {("lamp", "Vera")} == await ways(victim)
