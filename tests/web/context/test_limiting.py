"""What is done too often is refused with a way on, and for the right client."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from onboarding import Claim, KeepRows, LimitPolicy, Rate, Resource
from onboarding.stores import upgrade
from tests.web.site import ORIGIN, Browser, Inbox, Site, open_site, words

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)
OWN = {"sec-fetch-site": "same-origin", "origin": ORIGIN}
CLIENT, OTHER, PROXY = "92.110.7.1", "84.24.0.9", "10.0.0.5"
TWO_GUESTS = LimitPolicy(guests_per_client=Rate(2, per=10 * MINUTE))


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Open a shop where each client may make two guests in ten minutes."""
    async with open_site(limits=TWO_GUESTS) as site:
        yield site


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the operator was warned of about clients."""
    lines = [record.getMessage() for record in caplog.records]
    return [line for line in lines if "the limits of one client" in line]


async def buy(site: Site, peer: str | None, **headers: str) -> httpx2.Response:
    """Put something into a cart, as somebody who was never here."""
    transport = httpx2.ASGITransport(
        app=site.app,
        client=None if peer is None else (peer, 50000),  # type: ignore[arg-type]  # as servers on a socket say
    )
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as browser:
        return await browser.post("/cart", headers=OWN | headers)


async def statuses(site: Site, *requests: tuple[str | None, str | None]) -> list[int]:
    """Let peers put something into carts, with what stands in ``X-Forwarded-For``."""
    return [
        (
            await buy(site, peer, **({"x-forwarded-for": hops} if hops else {}))
        ).status_code
        for peer, hops in requests
    ]


# ── for which client ─────────────────────────────────────────────────────────


async def test_a_client_is_who_is_connected(site: Site) -> None:
    """What it writes into a header makes nobody else of it."""
    assert [200, 200, 429, 429, 200] == await statuses(
        site,
        (CLIENT, None),
        (CLIENT, None),
        (CLIENT, None),
        (CLIENT, OTHER),
        (OTHER, None),
    )


async def test_a_proxy_of_ours_says_who_a_client_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """And what the client wrote in front of it counts for nothing."""
    async with open_site(limits=TWO_GUESTS, proxies=[PROXY]) as site:
        made_up = [(PROXY, f"84.24.0.{n}, {CLIENT}") for n in range(4)]
        assert [200, 200, 429, 429] == await statuses(site, *made_up)
        assert [200] == await statuses(site, (PROXY, OTHER))
        forwarded = {"forwarded": f"for={CLIENT}"}
        assert 429 == (await buy(site, PROXY, **forwarded)).status_code
    assert [] == told(caplog)


@pytest.mark.parametrize(
    ("peer", "proxies", "advice"),
    [
        pytest.param(PROXY, [], "no setting names it", id="a proxy nobody named"),
        pytest.param("127.0.0.1", [], "no setting names it", id="on this machine"),
        pytest.param(None, [], 'proxies=["unix:"]', id="a Unix socket"),
        pytest.param("testclient", [], "which is no address", id="a test client"),
    ],
)
async def test_clients_nobody_can_tell_apart_share_one_limit(
    caplog: pytest.LogCaptureFixture, peer: str | None, proxies: list[str], advice: str
) -> None:
    """Closed, not open: whatever they write; and the operator learns it once."""
    async with open_site(limits=TWO_GUESTS, proxies=proxies) as site:
        hops = [(peer, f"84.24.0.{n}") for n in range(4)]
        assert [200, 200, 429, 429] == await statuses(site, *hops)
        assert [200] == await statuses(site, (OTHER, None))
    [line] = told(caplog)
    assert advice in line
    assert "write proxies=" in line


@pytest.mark.parametrize(
    ("headers", "advice"),
    [
        ({}, "let the proxy send X-Forwarded-For"),
        ({"x-forwarded-for": "unknown"}, "let the proxy send X-Forwarded-For"),
        ({"x-forwarded-for": CLIENT, "forwarded": "for=9.9.9.9"}, "drop the one"),
    ],
    ids=["none", "hidden", "two"],
)
async def test_a_proxy_of_ours_that_says_too_little(
    caplog: pytest.LogCaptureFixture, headers: dict[str, str], advice: str
) -> None:
    """All behind it are one client then, and the operator is told what to change."""
    async with open_site(limits=TWO_GUESTS, proxies=[PROXY]) as site:
        found = [await buy(site, PROXY, **headers) for _ in range(3)]
        assert [200, 200, 429] == [one.status_code for one in found]
    [line] = told(caplog)
    assert advice in line


# ── what the person is told ──────────────────────────────────────────────────


async def test_a_person_is_told_when_and_what_works_now(
    site: Site, browser: Browser
) -> None:
    """In words and in a header; nothing is written, and no cookie is set."""
    for _ in range(2):
        await site.browser().post("/cart")
    site.clock.advance(timedelta(minutes=3, seconds=10))
    answer = await browser.post("/cart", accept="text/html")
    assert 429 == answer.status_code
    assert "410" == answer.headers["retry-after"]
    assert browser.session is None
    text = words(answer.text)
    assert "In 7 minutes it works again" in text
    assert "who signs in can go on at once" in text
    assert '<a class="ob-button" href="/welcome/sign-in">Sign in</a>' in answer.text
    site.clock.advance(timedelta(seconds=410))
    assert 200 == (await browser.post("/cart")).status_code


async def test_a_program_gets_a_problem(site: Site, browser: Browser) -> None:
    """With the field of the policy, for the developer, and the seconds."""
    for _ in range(2):
        await site.browser().post("/cart")
    answer = await browser.post("/cart", accept="application/json")
    problem = answer.json()
    assert (429, "600") == (answer.status_code, answer.headers["retry-after"])
    assert "too_many_guests" == problem["code"]
    assert ("guests_per_client", 600) == (problem["limit"], problem["retry_after"])


async def test_who_is_known_is_not_affected(site: Site, browser: Browser) -> None:
    """A guest goes on with the cart; only new guests are counted."""
    for _ in range(9):
        assert 200 == (await browser.post("/cart")).status_code
    await site.browser().post("/cart")
    assert 429 == (await site.browser().post("/cart")).status_code
    assert 200 == (await browser.post("/cart")).status_code


async def test_what_no_request_causes_is_not_limited(site: Site) -> None:
    """A job of the host's makes as many guests as it likes."""
    made = {(await site.onboarding.guests.start()).account.id for _ in range(9)}
    assert 9 == len(made)


async def test_what_counts_is_given_back_when_all_is(site: Site) -> None:
    """Opened again, an application begins to count anew."""
    onboarding = site.onboarding
    assert [200, 200, 429] == await statuses(site, *[(CLIENT, None)] * 3)
    await onboarding.close()
    async with onboarding:
        assert [200] == await statuses(site, (CLIENT, None))


async def test_hours_are_told_in_hours(inbox: Inbox) -> None:
    """Nobody counts a thousand minutes; in Dutch as well."""
    policy = LimitPolicy(letters_per_client=Rate(1, per=timedelta(hours=23)))
    async with open_site(limits=policy, mailer=inbox) as site:
        for language, said in (
            ("en", "In 23 hours it works"),
            ("nl", "Over 23 uur kan"),
        ):
            browser = site.browser(language)
            for _ in range(2):
                answer = await browser.post(
                    "/welcome/sign-in/email", {"email": "kim@example.org"}
                )
            assert said in words(answer.text)


# ── our own forms ────────────────────────────────────────────────────────────


@pytest.fixture
def inbox() -> Inbox:
    """Return the mailbox of everybody here."""
    return Inbox()


async def test_letters_are_limited_and_what_was_typed_is_kept(inbox: Inbox) -> None:
    """One press sends the same form again, and the way it was to lead is kept."""
    policy = LimitPolicy(letters_per_client=Rate(2, per=10 * MINUTE))
    async with open_site(limits=policy, mailer=inbox) as site:
        browser = site.browser()
        form = {"email": "kim@example.org", "next": "/look"}
        for n in range(2):
            sent = form | {"email": f"sam{n}@example.org"}
            assert (
                303 == (await browser.post("/welcome/sign-in/email", sent)).status_code
            )
        answer = await browser.post("/welcome/sign-in/email", form)
        assert 429 == answer.status_code
        assert "Other ways to sign in work now" in words(answer.text)
        assert 'action="/welcome/sign-in/email"' in answer.text
        assert 'name="email" value="kim@example.org"' in answer.text
        assert 'href="/welcome/sign-in?next=%2Flook"' in answer.text
        site.clock.advance(timedelta(minutes=10))
        again = await browser.post("/welcome/sign-in/email", form)
        assert "/welcome/prove" == again.headers["location"]


@pytest.mark.parametrize("is_known", [True, False], ids=["an account", "nobody"])
async def test_nobody_learns_from_a_limit_whether_an_address_is_known(
    inbox: Inbox, is_known: bool
) -> None:
    """Beyond what a mailbox may get, the answers stay as they were, and no letter."""
    policy = LimitPolicy(letters_per_contact=Rate(2, per=timedelta(hours=24)))
    async with open_site(limits=policy, mailer=inbox) as site:
        if is_known:
            browser = site.browser()
            await browser.post("/welcome/sign-in/email", {"email": "kim@example.org"})
            code, _ = await inbox.read()
            await browser.post("/welcome/prove", {"code": code})
            site.clock.advance(timedelta(hours=24))
        before = len(inbox.messages)
        answers = set()
        for n in range(9):
            asked = await site.browser().post(
                "/welcome/sign-in/email", {"email": f"k.im+{n}@example.org"}
            )
            answers.add((asked.status_code, asked.headers.get("location")))
        for _ in range(2):
            await inbox.read()
        last = await site.browser().post(
            "/welcome/sign-in/email", {"email": "sam@example.org"}
        )
        answers.add((last.status_code, last.headers.get("location")))
        await inbox.read()
        assert {(303, "/welcome/prove")} == answers
        assert 3 == len(inbox.messages) - before


async def test_an_account_is_limited_wherever_it_is(inbox: Inbox) -> None:
    """One guest who asks for the letters of many goes on from no other network."""
    policy = LimitPolicy(letters_per_account=Rate(2, per=10 * MINUTE))
    async with open_site(limits=policy, mailer=inbox) as site:
        guest, other = site.browser(), site.browser()
        for browser in (guest, other):
            await browser.post("/cart")
        sent = [{"email": f"kim{n}@example.org"} for n in range(4)]
        found = [await guest.post("/welcome/sign-in/email", one) for one in sent[:3]]
        assert [303, 303, 429] == [one.status_code for one in found]
        answer = await other.post("/welcome/sign-in/email", sent[3])
        assert 303 == answer.status_code


async def test_asking_again_is_asking(inbox: Inbox) -> None:
    """The button for another letter is counted like the form, for the mailbox too."""
    policy = LimitPolicy(letters_per_client=Rate(2, per=10 * MINUTE))
    async with open_site(limits=policy, mailer=inbox) as site:
        browser = site.browser()
        await browser.post("/welcome/sign-in/email", {"email": "kim@example.org"})
        assert 303 == (await browser.post("/welcome/prove/again")).status_code
        assert 429 == (await browser.post("/welcome/prove/again")).status_code


async def test_codes_are_limited_and_the_link_still_works(inbox: Inbox) -> None:
    """Guesses of others never lock anybody out."""
    policy = LimitPolicy(codes_per_contact=Rate(3, per=timedelta(hours=24)))
    async with open_site(limits=policy, mailer=inbox) as site:
        attacker = site.browser()
        await attacker.post("/welcome/sign-in/email", {"email": "kim@example.org"})
        code, _ = await inbox.read()
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        found = [
            (await attacker.post("/welcome/prove", {"code": wrong})).status_code
            for _ in range(4)
        ]
        assert [422, 422, 422, 429] == found
        kim = site.browser()
        await kim.post("/welcome/sign-in/email", {"email": "kim@example.org"})
        code, link = await inbox.read()
        assert 429 == (await kim.post("/welcome/prove", {"code": code})).status_code
        sent = {"link": link.rpartition("/")[2]}
        assert 303 == (await kim.post("/welcome/prove", sent)).status_code


async def test_order_links_are_limited(tmp_path: Path) -> None:
    """Whoever tries made-up ones is soon refused, and told no more than before."""
    database = f"sqlite:///{tmp_path / 'shop.db'}"
    await upgrade(database)
    with closing(sqlite3.connect(tmp_path / "shop.db")) as db, db:
        db.execute(
            "CREATE TABLE orders (number INTEGER PRIMARY KEY, account_id TEXT,"
            " email TEXT, placed_at TEXT NOT NULL)"
        )
    claim = Claim(key="number", contact="email", at="placed_at")
    orders = Resource.table(
        "orders", owner="account_id", purge=KeepRows("bought"), claim=claim
    )
    policy = LimitPolicy(orders_per_client=Rate(2, per=10 * MINUTE))
    async with open_site(database=database, orders=orders, limits=policy) as site:
        found = [await site.browser().get(f"/welcome/order/{n}") for n in range(3)]
        assert 429 == found[2].status_code
        assert 429 not in {found[0].status_code, found[1].status_code}
        assert "600" == found[2].headers["retry-after"]
        assert "/welcome/order/" not in found[2].text


async def test_a_guest_is_limited_at_our_form_too(site: Site) -> None:
    """And the address that was typed is kept."""
    for n in range(2):
        await site.browser().post("/welcome/guest", {"email": f"sam{n}@example.org"})
    answer = await site.browser().post("/welcome/guest", {"email": "kim@example.org"})
    assert 429 == answer.status_code
    assert 'name="email" value="kim@example.org"' in answer.text


async def test_without_limits_nobody_is_asked_who_they_are(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No header is read, and nothing is told."""
    async with open_site(limits=LimitPolicy.off()) as site:
        found = await statuses(site, *[(None, None)] * 300)
        assert {200} == set(found)
    assert [] == told(caplog)
