"""Orders placed as a guest, through the pages: a link, a look, and keeping it."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest

from onboarding import Claim, ConfigError, KeepRows, Onboarding, Resource
from onboarding.stores import upgrade
from tests.web.site import (
    KEY,
    KIM,
    ORIGIN,
    SAM,
    URL,
    Browser,
    Inbox,
    Site,
    open_site,
    words,
)

pytestmark = pytest.mark.anyio

PAGE = "/seen/{key}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the database of the shop."""
    return tmp_path / "shop.db"


@pytest.fixture
def inbox() -> Inbox:
    """Return the mailbox of everybody here."""
    return Inbox()


@pytest.fixture
async def site(file: Path, inbox: Inbox) -> AsyncIterator[Site]:
    """Open a shop with a table of orders."""
    async with open_shop(file, inbox, page=PAGE) as site:
        yield site


@asynccontextmanager
async def open_shop(
    file: Path, inbox: Inbox, *, page: str | None
) -> AsyncIterator[Site]:
    """Open a shop whose orders have a page of the host's, or none."""
    database = f"sqlite:///{file}"
    await upgrade(database)
    run(
        file,
        "CREATE TABLE orders (number INTEGER PRIMARY KEY, account_id TEXT,"
        " email TEXT, placed_at TEXT NOT NULL)",
    )
    claim = Claim(key="number", contact="email", at="placed_at", page=page)
    orders = Resource.table(
        "orders", owner="account_id", purge=KeepRows("bought"), claim=claim
    )
    async with open_site(database=database, orders=orders, mailer=inbox) as site:
        yield site


def run(file: Path, sql: str, *values: object) -> None:
    """Write as a host does."""
    with closing(sqlite3.connect(file)) as db, db:
        db.execute(sql, values)


async def buy(
    site: Site,
    file: Path,
    browser: Browser,
    number: int,
    email: str = "kim@example.org",
) -> str:
    """Place an order as whoever is in this browser; return its order link's path."""
    id = (await browser.post("/cart")).text
    placed_at = site.clock().isoformat()
    sql = "INSERT INTO orders VALUES (?, ?, ?, ?)"
    run(file, sql, number, id, email, placed_at)
    account = await site.onboarding.accounts.find(id)
    link = await site.onboarding.order_link(number, account)
    assert link.startswith(f"{URL}/order/")
    return link.removeprefix(ORIGIN)


async def test_a_link_opens_the_order_at_a_clean_address(
    site: Site, file: Path
) -> None:
    """Anywhere; the secret leaves the address, and no referrer tells it."""
    link = await buy(site, file, site.browser(), 2041)
    other = site.browser()
    opened = await other.get(link)
    assert (303, "/seen/2041") == (opened.status_code, opened.headers["location"])
    assert "no-referrer" == opened.headers["referrer-policy"]
    assert "private, no-store" == opened.headers["cache-control"]
    (line,) = opened.headers.get_list("set-cookie")
    assert line.startswith("__Host-onboarding-orders=")
    assert "HttpOnly" in line
    assert "Max-Age=3600;" in line
    token = link.rpartition("/")[2]
    assert token not in line
    page = await other.follow(opened)
    assert "Is this order yours?" in page.text
    assert token not in page.text
    assert 404 == (await other.get("/seen/2042")).status_code


async def test_opening_a_link_changes_nothing(site: Site, file: Path) -> None:
    """Whoever reads mail by machine opens it as often as it likes, and so does Kim."""
    kim = site.browser()
    link = await buy(site, file, kim, 2041)
    for method in ("HEAD", "GET", "GET"):
        scanner = site.browser()
        answer = await scanner.client.request(method, link)
        assert 303 == answer.status_code
        assert "nobody" == (await scanner.get("/look")).text
    assert 200 == (await kim.get("/seen/2041")).status_code


async def test_a_visitor_keeps_an_order_and_then_signs_in(
    site: Site, file: Path
) -> None:
    """From a second browser: first it stands with this guest, then in the account."""
    first = site.browser()
    link = await buy(site, file, first, 2041)
    second = site.browser()
    await second.get(link)
    page = await second.get("/seen/2041")
    nonce = page.text.partition('name="onboarding-nonce" value="')[2].partition('"')[0]
    kept = await second.post(
        "/welcome/orders/claim", {"order": "2041", "onboarding-nonce": nonce}
    )
    assert (303, "/seen/2041") == (kept.status_code, kept.headers["location"])
    assert 404 == (await first.get("/seen/2041")).status_code
    assert "" == (await second.get("/seen/2041")).text
    notice = await second.get("/parts?names=notice")
    assert "Kept. It stands with your orders." in notice.text
    await second.sign_in(KIM)
    assert 200 == (await second.get("/seen/2041")).status_code


async def test_pressing_twice_is_no_error(site: Site, file: Path) -> None:
    """The second press leads to the order as the first did."""
    link = await buy(site, file, site.browser(), 2041)
    kim = site.browser()
    await kim.sign_in(KIM)
    await kim.get(link)
    for _ in range(2):
        kept = await kim.post("/welcome/orders/claim", {"order": "2041"})
        assert (303, "/seen/2041") == (kept.status_code, kept.headers["location"])


async def test_a_number_alone_claims_nothing(site: Site, file: Path) -> None:
    """Not even for whoever opened another order."""
    link = await buy(site, file, site.browser(), 2041)
    await buy(site, file, site.browser(), 2042)
    sam = site.browser()
    for opened in (False, True):
        if opened:
            await sam.get(link)
        refused = await sam.post("/welcome/orders/claim", {"order": "2042"})
        assert 404 == refused.status_code
        assert "This link opens no order here" in words(refused.text)
    assert "nobody" == (await sam.get("/look")).text


async def test_another_site_claims_nothing(site: Site, file: Path) -> None:
    """The press of a button comes from our own page."""
    link = await buy(site, file, site.browser(), 2041)
    sam = site.browser()
    await sam.get(link)
    headers = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    refused = await sam.post("/welcome/orders/claim", {"order": "2041"}, **headers)
    assert 403 == refused.status_code


@pytest.mark.parametrize("end", ["x", "W10.x", "%00", "a" * 3000, "é"])
async def test_a_link_that_opens_nothing_says_what_may_be(site: Site, end: str) -> None:
    """The same for one that was cut off, forged, or had its time."""
    page = await site.browser().get(f"/welcome/order/{end}")
    assert 404 == page.status_code
    assert "This link opens no order here" in words(page.text)
    assert 'href="/welcome/orders"' in page.text


async def test_missing_foreign_and_expired_read_alike(site: Site, file: Path) -> None:
    """Status, headers and words: trying tells nobody which orders there are."""
    browser = site.browser()
    link = await buy(site, file, browser, 2041)
    missing = (await site.onboarding.order_link(9999, None)).removeprefix(ORIGIN)
    kim = site.browser()
    await kim.sign_in(KIM)
    await kim.get(link)
    await kim.post("/welcome/orders/claim", {"order": "2041"})
    answers = [await site.browser().get(one) for one in (missing, link, link + "x")]
    site.clock.advance(timedelta(days=91))
    answers.append(await site.browser().get(link))
    seen = {
        # All but the reference, which is new each time.
        (one.status_code, words(one.text).partition("mention")[0])
        for one in answers
    }
    assert 1 == len(seen)


async def test_a_proven_address_offers_what_was_placed_elsewhere(
    site: Site, file: Path
) -> None:
    """One press brings all of them; nobody else is offered any."""
    kim = site.browser()
    await kim.sign_in(KIM)
    site.clock.advance(timedelta(days=1))
    for number in (2041, 2042):
        await buy(site, file, site.browser(), number)
    sam = site.browser()
    await sam.sign_in(SAM)
    for stranger in (sam, site.browser()):
        page = await stranger.get("/welcome/orders")
        assert "Nothing waits here" in words(page.text)
    page = await kim.get("/welcome/orders")
    assert "2 orders were placed elsewhere with your address" in words(page.text)
    part = await kim.get("/parts?names=claim")
    assert "Keep all 2" in part.text
    refused = await sam.post("/welcome/orders/claim", {"all": "1"})
    assert 303 == refused.status_code  # nothing to keep is no error
    kept = await kim.post("/welcome/orders/claim", {"all": "1", "next": "/look"})
    assert "/look" == kept.headers["location"]
    for number in (2041, 2042):
        assert 200 == (await kim.get(f"/seen/{number}")).status_code


async def test_a_guest_takes_nothing_over_by_an_address(site: Site, file: Path) -> None:
    """What was typed grants nothing; the way on is to sign in."""
    await buy(site, file, site.browser(), 2041)
    guest = site.browser()
    await guest.post("/cart")
    await guest.post("/welcome/guest", {"email": "kim@example.org"})
    refused = await guest.post("/welcome/orders/claim", {"all": "1"})
    assert 401 == refused.status_code


async def test_our_page_lists_what_is_open_where_the_host_has_none(
    file: Path, inbox: Inbox
) -> None:
    """With a button to keep it, in both languages."""
    async with open_shop(file, inbox, page=None) as site:
        link = await buy(site, file, site.browser(), 2041)
        sam = site.browser("nl")
        opened = await sam.get(link)
        assert "/welcome/orders" == opened.headers["location"]
        page = await sam.follow(opened)
        assert "Open in deze browser" in words(page.text)
        assert "Bestelling 2041" in words(page.text)
        assert "21 november" in words(page.text)
        kept = await sam.post("/welcome/orders/claim", {"order": "2041"})
        assert "/welcome/orders" == kept.headers["location"]


async def test_a_front_end_reads_and_keeps_orders(site: Site, file: Path) -> None:
    """In JSON, with the same rules."""
    link = await buy(site, file, site.browser(), 2041)
    sam = site.browser()
    assert {"location": "/seen/2041"} == (await sam.get_json(link)).json()
    told = (await sam.get_json("/welcome/orders")).json()
    assert [{"order": "2041", "own": False}] == told["open"]
    kept = await sam.post_json(told["claim_at"], {"order": "2041"})
    assert {"location": "/seen/2041"} == kept.json()
    problem = (await sam.post_json(told["claim_at"], {"order": "2042"})).json()
    assert "order_link_over" == problem["code"]


async def test_five_orders_stay_open(site: Site, file: Path) -> None:
    """The one that was opened longest ago goes first; none is lost for its owner."""
    guest, sam = site.browser(), site.browser()
    for number in range(1, 8):
        await sam.get(await buy(site, file, guest, number))
    seen = [(await sam.get(f"/seen/{n}")).status_code for n in range(1, 8)]
    assert [404, 404, 200, 200, 200, 200, 200] == seen


# ── by number and address ──


async def find(browser: Browser, number: str, email: str) -> str:
    """Ask for an order, and return what the page that waits for a code says."""
    asked = await browser.post(
        "/welcome/orders/find", {"number": number, "email": email}
    )
    assert (303, "/welcome/prove") == (asked.status_code, asked.headers["location"])
    return words((await browser.follow(asked)).text)


async def test_an_order_is_found_by_number_and_a_code_to_its_address(
    site: Site, file: Path, inbox: Inbox
) -> None:
    """However old it is; nobody comes in by it, and the order can be kept then."""
    await buy(site, file, site.browser(), 2041)
    site.clock.advance(timedelta(days=400))
    kim = site.browser()
    said = await find(kim, " #2041 ", "Kim@Example.org")
    assert "If an order with this number was placed with Kim@Example.org" in said
    code, _ = await inbox.read()
    opened = await kim.post("/welcome/prove", {"code": code})
    assert (303, "/seen/2041") == (opened.status_code, opened.headers["location"])
    assert "nobody" == (await kim.get("/look")).text
    assert "Is this order yours?" in (await kim.get("/seen/2041")).text
    kept = await kim.post("/welcome/orders/claim", {"order": "2041"})
    assert 303 == kept.status_code
    assert "Your order at Lamplight was kept" == (await inbox.next()).subject


@pytest.mark.parametrize(
    ("number", "email"),
    [
        ("2041", "lou@example.org"),
        ("2042", "kim@example.org"),
        ("x" * 300, "kim@example.org"),
        ("٢٠٤١", "kim@example.org"),
    ],
)
async def test_an_order_of_somebody_else_answers_the_same_and_writes_nothing(
    site: Site, file: Path, inbox: Inbox, number: str, email: str
) -> None:
    """Trying numbers tells nothing, and sends nobody a letter."""
    await buy(site, file, site.browser(), 2041)
    right = await find(site.browser(), "2041", "kim@example.org")
    wrong = await find(site.browser(), number, email)
    assert right.replace("kim@", "") == wrong.replace(email.partition("@")[0] + "@", "")
    await inbox.next()
    await site.onboarding.close()
    assert 1 == len(inbox.messages)


async def test_a_code_for_an_order_signs_nobody_in(
    site: Site, file: Path, inbox: Inbox
) -> None:
    """It is used once, and is worth nothing for another purpose or browser."""
    await buy(site, file, site.browser(), 2041)
    kim, sam = site.browser(), site.browser()
    await find(kim, "2041", "kim@example.org")
    code, link = await inbox.read()
    assert 410 == (await sam.post("/welcome/prove", {"code": code})).status_code
    assert "Type this code where you began" in words((await sam.get(link)).text)
    pressed = {"link": link.rpartition("/")[2]}
    first = await kim.post("/welcome/prove", pressed)
    again = await kim.post("/welcome/prove", pressed)
    assert (303, 410) == (first.status_code, again.status_code)
    for one in (kim, sam):
        assert "nobody" == (await one.get("/look")).text


async def test_what_is_missing_is_asked_for_and_what_was_typed_stays(
    site: Site,
) -> None:
    """Both fields are named, and the language switch keeps them."""
    sam = site.browser()
    page = await sam.post("/welcome/orders/find", {"number": "", "email": "kim@"})
    assert 422 == page.status_code
    assert "Write the number of the order" in words(page.text)
    assert "Write an email address" in words(page.text)
    assert 'value="kim@"' in page.text
    typed = {"number": "2041", "email": "kim@", "onboarding-language": "nl"}
    switched = await sam.post("/welcome/orders/find", typed)
    assert 200 == switched.status_code
    assert "Zoek een bestelling" in words(switched.text)
    assert 'value="2041"' in switched.text


async def test_the_mail_of_an_order_has_its_link(
    site: Site, file: Path, inbox: Inbox
) -> None:
    """To the address in its row, in the language that the host says."""
    await buy(site, file, site.browser(), 2041)
    await site.onboarding.mail_order_link(2041, locale="nl")
    mail = await inbox.next()
    assert ("kim@example.org", "nl") == (mail.to, mail.locale)
    assert "2041" not in mail.subject
    link = next(line for line in mail.text.splitlines() if line.startswith(URL))
    opened = await site.browser().get(link.removeprefix(ORIGIN))
    assert "/seen/2041" == opened.headers["location"]
    with pytest.raises(ConfigError, match="write it, then mail its link"):
        await site.onboarding.mail_order_link(2042, locale="nl")


# ── what is declared ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("orders", "said"),
    [
        (Resource.table("orders", owner="account_id"), "nothing can be claimed"),
        (None, "is the variable set"),
        ("orders", "nothing can be claimed"),
    ],
)
def test_orders_that_cannot_be_claimed_are_refused(orders: object, said: str) -> None:
    """When the application is built, with the line to write."""
    with pytest.raises(ConfigError, match=said) as refused:
        Onboarding(
            url=URL,
            secret_key=KEY,
            database="memory:",
            orders=orders,  # type: ignore[arg-type]
        )
    assert "claim=Claim(" in str(refused.value)


async def test_an_order_link_without_orders_says_what_to_declare() -> None:
    """Not on the first customer's click: the call itself says it."""
    async with open_site() as site:
        with pytest.raises(ConfigError, match="orders=Resource.table"):
            await site.onboarding.order_link(2041, None)
        assert 404 == (await site.browser().get("/welcome/orders")).status_code
        part = await site.browser().get("/parts?names=claim")
        assert part.text.startswith("\n<hr>")
