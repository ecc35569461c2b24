"""My data: everything known, taken along, and erased."""

import asyncio
import json
import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from typing_extensions import override

from onboarding import After, KeepRows, Resource
from onboarding.accounts.model import EmailTrust, Identity
from onboarding.changes import Change, Statement
from onboarding.events import Entry
from onboarding.stores.sql.store import SqlStore
from onboarding.stores.sql.temporary import TemporarySqlite
from tests.web.site import SAM, SESSION, Browser, Site, open_site, words

pytestmark = pytest.mark.anyio

ACCOUNT = "/welcome/account"
ANSWERS = "/welcome/answers"


async def busy(site: Site, language: str = "en") -> Browser:
    """Return a browser of somebody of whom a good deal is known."""
    browser = site.browser(language)
    await browser.post("/order")
    await browser.post("/welcome/guest", {"email": "Kim@Home.example"})
    sent = {"question": ["genre", "birthday"], "genre": "novel"}
    await browser.post(ANSWERS, sent | {"birthday": "1990-05-01"})
    await browser.post(ANSWERS, {"question": "mood", "do": "decline"})
    await browser.post("/welcome/prompt/first-order", {"score": "6", "text": "Bent."})
    return browser


async def test_a_visitor_is_nobody_and_that_is_fine(browser: Browser) -> None:
    """No record, no cookie, and nothing to erase."""
    answer = await browser.get(ACCOUNT)
    assert "We know nothing about you. That is fine." in answer.text
    assert "set-cookie" not in answer.headers
    assert (await browser.get_json(ACCOUNT)).json() == {"account": {"kind": "visitor"}}
    assert (await browser.get(f"{ACCOUNT}/erase")).headers["location"] == ACCOUNT


async def test_a_guest_reads_everything_headed_by_the_offer(site: Site) -> None:
    """What was said, with its date and why; addresses; opinions; and the way out."""
    browser = await busy(site)
    answer = await browser.get(ACCOUNT)
    said = words(answer.text)

    assert said.index("Keep this within reach?") < said.index("What we know")
    assert "What do you like to read? Novels" in said
    assert "You told us on 21 November, as a guest. We sort your" in said
    assert "When is your birthday? 1 May 1990" in said
    assert "How are you? You’d rather not say" in said
    assert "Tell after all" in said
    assert "Kim@Home.example" in said
    assert "Nobody has proven that it is yours" in said
    assert "friend? 6" in said
    assert '<a href="/welcome/answers?question=genre">Change' in answer.text
    assert "Take along (JSON)" in said
    assert said.endswith("Take along (JSON) Erase…")


async def test_everything_in_dutch(site: Site) -> None:
    """The words that are fixed, and dates as they are written there."""
    said = words((await (await busy(site, "nl")).get(ACCOUNT)).text)
    assert "Mijn gegevens Alles wat we van je weten" in said
    assert "Wat lees je graag? Romans" in said
    assert "Dat vertelde je op 21 november, als gast." in said
    assert "1 mei 1990" in said
    assert "Toch vertellen" in said
    assert "Meenemen of wissen" in said


async def test_a_guest_cannot_sign_out_by_a_button(browser: Browser) -> None:
    """There is no way back in: it would lose everything without a word."""
    await browser.post("/cart")
    assert "Sign out" not in (await browser.get(ACCOUNT)).text


async def test_who_signed_in_reads_the_ways_in(browser: Browser) -> None:
    """Each with when it was used; the address that it proved; no offer any more."""
    await browser.sign_in()
    said = words((await browser.get(ACCOUNT)).text)
    assert "Lamplight ID As Kim de Vries. Last used on 21 November." in said
    assert "Confirmed by Lamplight ID on 21 November." in said
    assert "Keep this within reach?" not in said
    assert said.endswith("Erase… Sign out")


async def test_names_are_shown_as_they_are_written(
    site: Site, browser: Browser
) -> None:
    """A provider's word is text, kept apart from the sentence around it."""
    identity = Identity(
        provider="lamp",
        issuer="https://id.example",
        subject="x",
        name='"><img src=x>',
        email="x@example.org",
        email_trust=EmailTrust.STATED,
    )
    signed_in = await site.onboarding.accounts.sign_in(identity, None)
    token = signed_in.new_session.token.reveal()  # type: ignore[union-attr]  # a stranger is let in
    browser.client.cookies.set(SESSION, token, domain="shop.example", path="/")
    answer = await browser.get(ACCOUNT)
    assert "As <bdi>&#34;&gt;&lt;img src=x&gt;</bdi>." in answer.text


async def test_the_same_in_json(site: Site) -> None:
    """For a front end of the host's."""
    told = (await (await busy(site)).get_json(ACCOUNT)).json()
    assert told["account"]["kind"] == "guest"
    assert [one["question"] for one in told["answers"]] == ["birthday", "genre", "mood"]
    assert told["contacts"] == [
        {
            "key": told["contacts"][0]["key"],
            "address": "kim@home.example",
            "typed": "Kim@Home.example",
            "level": "asserted",
            "given_at": site.clock().isoformat(),
        }
    ]
    assert told["responses"][0]["score"] == 6


async def test_the_page_its_json_and_the_export_tell_the_same(site: Site) -> None:
    """One shape: the export only adds that it was taken; the page names all of it."""
    browser = await busy(site)
    await browser.sign_in()
    told = (await browser.get_json(ACCOUNT)).json()
    page = await browser.get(ACCOUNT)
    taken = (await browser.post(f"{ACCOUNT}/export")).json()

    assert taken["events"].pop()["name"] == "account_exported"
    assert told == taken
    shown = set(re.findall(r'<h2 id="([a-z]+)"', page.text))
    assert shown >= {"known", "ways", "addresses", "sessions", "opinions", "more"}
    empty = {name for name, entries in told.items() if not entries}
    assert empty <= {
        *("intents", "letters", "mail_stops", "receipts", "parked"),
        *("cart_lines", "orders", "passkeys", "proposals"),
    }


# ── taking along ─────────────────────────────────────────────────────────────


async def test_everything_can_be_taken_along(site: Site) -> None:
    """One file of JSON, never cached, without the secret of any session."""
    browser = await busy(site)
    answer = await browser.post(f"{ACCOUNT}/export")
    told = json.loads(answer.text)

    disposition = answer.headers["content-disposition"]
    assert disposition == 'attachment; filename="my-data.json"'
    assert answer.headers["cache-control"] == "private, no-store"
    assert told["account"]["kind"] == "guest"
    assert "novel" in [one["value"] for one in told["answers"]]
    assert (browser.session or "").partition(".")[2] not in answer.text


@pytest.mark.parametrize("path", ["export", "erase"])
async def test_a_visitor_has_nothing_to_take_or_to_lose(
    browser: Browser, path: str
) -> None:
    """Nobody is made a guest to be told so."""
    answer = await browser.post(f"{ACCOUNT}/{path}")
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


async def test_a_link_takes_nothing_along(browser: Browser) -> None:
    """A GET changes nothing, and an export is an event."""
    assert (await browser.get(f"{ACCOUNT}/export")).status_code == 405


# ── erasing ──────────────────────────────────────────────────────────────────


async def test_before_erasing_the_page_says_what_goes(site: Site) -> None:
    """And that it is for good; it changes nothing by itself."""
    browser = await busy(site)
    answer = await browser.get(f"{ACCOUNT}/erase")
    said = words(answer.text)

    assert "Erase everything?" in said
    assert re.search(r"Answers\s+erased now", said)
    assert "This cannot be undone." in said
    assert said.endswith("Yes, erase my data Keep my data")
    assert "We know nothing about you" not in (await browser.get(ACCOUNT)).text


async def test_before_erasing_in_json(site: Site) -> None:
    """What goes and what stays, and where to post."""
    told = (await (await busy(site)).get_json(f"{ACCOUNT}/erase")).json()
    gone = {"what": "Answers", "stays": False, "reason": "", "until": None}
    assert gone in told["rows"]
    assert told["erase_at"] == f"{ACCOUNT}/erase"
    assert told["of"]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            (
                "It is tax law. Until 20 November 2036 at the latest.",
                "but for what must stay until 20 November 2036 at the latest: Orders.",
            ),
        ),
        (
            "nl",
            (
                "Het is de wet. Uiterlijk tot 20 november 2036.",
                "op wat uiterlijk tot 20 november 2036 moet blijven na: Orders.",
            ),
        ),
    ],
)
async def test_what_must_stay_has_a_reason_and_a_day(
    language: str, told: tuple[str, str]
) -> None:
    """Before erasing, and in the notice afterwards, in the person's language."""
    orders = Resource.table(
        "orders",
        owner="who",
        erase=KeepRows("It is tax law.", until=After("at", timedelta(days=3653))),
    )
    texts = {"nl": {"It is tax law.": "Het is de wet."}}
    async with open_site(resources=[orders], texts=texts) as site:
        await site.onboarding.store.commit(
            Statement("CREATE TABLE orders (who TEXT, at TEXT)")
        )
        browser = await busy(site, language)
        here = (await browser.get_json(ACCOUNT)).json()["account"]["id"]
        for day in ("2026-11-20", "2020-01-01"):
            sql = "INSERT INTO orders (who, at) VALUES ($1, $2)"
            await site.onboarding.store.commit(Statement(sql, (here, day)))

        page = words((await browser.get(f"{ACCOUNT}/erase")).text)
        rows = (await browser.get_json(f"{ACCOUNT}/erase")).json()["rows"]
        await browser.post(f"{ACCOUNT}/erase")
        notice = words((await browser.get(ACCOUNT)).text)

    assert told[0] in page
    assert told[1] in notice
    assert ["2036-11-20"] == [row["until"] for row in rows if row["stays"]]


async def test_what_must_stay_for_ever_has_no_day() -> None:
    """The notice names it all the same."""
    orders = Resource.table("orders", owner="who", erase=KeepRows("They are public."))
    async with open_site(resources=[orders]) as site:
        store = site.onboarding.store
        await store.commit(Statement("CREATE TABLE orders (who TEXT)"))
        browser = await busy(site)
        here = (await browser.get_json(ACCOUNT)).json()["account"]["id"]
        await store.commit(Statement("INSERT INTO orders VALUES ($1)", (here,)))
        await browser.post(f"{ACCOUNT}/erase")
        notice = words((await browser.get(ACCOUNT)).text)

    assert "Your data is erased, but for what must stay: Orders." in notice


async def test_erasing_leaves_nothing(site: Site) -> None:
    """The session is over, also for who kept a copy; "My data" is empty."""
    browser = await busy(site)
    token = browser.session
    answer = await browser.post(f"{ACCOUNT}/erase")
    assert answer.headers["set-cookie"].startswith(f"{SESSION}=; Path=/; Max-Age=0")
    page = await browser.follow(answer)

    assert "We know nothing about you. That is fine." in page.text
    assert browser.session is None
    cookie = {"cookie": f"{SESSION}={token}"}
    assert (await browser.client.get("/look", headers=cookie)).text == "nobody"


async def offered(browser: Browser) -> dict[str, str]:
    """Return what the form sends by which everything is erased."""
    page = await browser.get(f"{ACCOUNT}/erase")
    (of,) = re.findall(r'name="of" value="([^"]+)"', page.text)
    return {"of": of}


@pytest.mark.parametrize("keeps_cookies", [False, True])
async def test_erasing_twice_is_erasing_once(site: Site, keeps_cookies: bool) -> None:
    """Whoever presses again, before the answer or by Back, reads that it is done."""
    browser = await busy(site)
    form = await offered(browser)
    cookies = "; ".join(f"{n}={v}" for n, v in browser.client.cookies.items())
    await browser.follow(await browser.post(f"{ACCOUNT}/erase", form))
    sent = {"cookie": cookies} if keeps_cookies else {}
    again = await browser.post(f"{ACCOUNT}/erase", form, **sent)
    assert (again.status_code, again.headers["location"]) == (303, ACCOUNT)
    assert "Your data is erased." in (await browser.follow(again)).text


async def test_nobody_is_told_that_what_stands_is_erased(site: Site) -> None:
    """Who was signed out meanwhile, or forged it, is asked to sign in."""
    browser = site.browser()
    await browser.sign_in()
    form = await offered(browser)
    await browser.post("/welcome/sign-out")
    for sent in (form, {"of": "x.y"}, {}):
        assert (await browser.post(f"{ACCOUNT}/erase", sent)).status_code == 401
    await browser.sign_in()
    assert (await browser.get_json(ACCOUNT)).json()["identities"]


async def test_a_page_erases_whose_data_it_showed(site: Site) -> None:
    """Left open until somebody else is here, it shows what would go of theirs."""
    browser = site.browser()
    await browser.sign_in()
    form = await offered(browser)
    await browser.post("/welcome/sign-out")
    await browser.sign_in(SAM)
    answer = await browser.post(f"{ACCOUNT}/erase", form)
    assert answer.headers["location"] == f"{ACCOUNT}/erase"
    assert (await browser.get_json(ACCOUNT)).json()["identities"]


class Together(SqlStore):
    """Commits no erasure before there are two of them."""

    def __init__(self) -> None:
        super().__init__(TemporarySqlite())
        self._both = asyncio.Barrier(2)

    @override
    async def commit(self, *changes: Change, events: Sequence[Entry] = ()) -> None:
        if any(entry.name == "account_erased" for entry in events):
            await self._both.wait()
        await super().commit(*changes, events=events)


async def test_erasing_in_two_tabs_at_once_is_told_to_both() -> None:
    """Whoever presses twice does not read that something is wrong."""
    async with open_site(database=Together()) as site:
        browser = await busy(site)
        answers = await asyncio.gather(
            *(browser.post(f"{ACCOUNT}/erase") for _ in range(2))
        )
        assert [one.status_code for one in answers] == [303, 303]
        assert {one.headers["location"] for one in answers} == {ACCOUNT}
