"""What is erased is gone from the file, byte by byte; what is known is all told."""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from onboarding.accounts.model import (
    Contact,
    ContactLevel,
    Ending,
    IdentityLink,
    ProvenAddress,
)
from onboarding.errors import ConfigError
from onboarding.stores import store_from
from onboarding.testing import Person
from tests.security.town import ORDERS, make_orders, sign_in
from tests.web.site import Browser, Site, open_site
from tests.world import World, identity

pytestmark = pytest.mark.anyio

ZOE = Person(
    subject="zoe-subject-7719",
    name="Zoë Quillfeather",
    email="zoe.quillfeather@example.org",
    email_verified=True,
)
TYPED = "zoe.typed@example.net"
WORDS = "the Quillfeather parcel was late"
TOLD = (ZOE.subject, "Quillfeather", "zoe.quillfeather", "zoe.typed", "parcel was late")


def traces(database: Path, *words: str) -> set[str]:
    """Return which words stand anywhere in the files of a database."""
    data = b"".join(path.read_bytes() for path in files(database))
    return {word for word in words if word.encode() in data}


def files(database: Path) -> Iterator[Path]:
    """Yield a database and what SQLite keeps beside it."""
    yield from database.parent.glob(f"{database.name}*")


async def live(browser: Browser) -> None:
    """Do everything that a person can do here."""
    await browser.post("/order")
    await browser.post("/welcome/guest", {"email": TYPED})
    await browser.post(
        "/welcome/answers",
        {"feature": "recommendations", "question": "genre", "genre": "novel"},
    )
    await sign_in(browser, ZOE)
    await browser.post("/welcome/prompt/first-order", {"score": "3", "text": WORDS})


async def test_nothing_of_an_erased_person_is_in_the_file(tmp_path: Path) -> None:
    """Address, name, subject and words are gone, also from free pages and the log."""
    database = tmp_path / "shop.db"
    make_orders(database)
    settings = {"database": f"sqlite:///{database}", "resources": [ORDERS]}
    async with open_site(**settings) as site:
        await live(browser := site.browser())
    assert set(TOLD) == traces(database, *TOLD)

    async with open_site(**settings) as site:
        browser.client._transport = site.browser().client._transport
        assert (await browser.post("/welcome/account/erase")).status_code == 303

    assert set() == traces(database, *TOLD)


async def test_an_erased_merge_leaves_nothing_either(tmp_path: Path) -> None:
    """What a guest brought along is erased with the account that it came to."""
    database = tmp_path / "shop.db"
    make_orders(database)
    settings = {"database": f"sqlite:///{database}", "resources": [ORDERS]}
    async with open_site(**settings) as site:
        await sign_in(site.browser(), ZOE)
        browser = site.browser()
        await live(browser)
        assert (await browser.post("/welcome/account/erase")).status_code == 303

    assert set() == traces(database, *TOLD)


@pytest.mark.parametrize("left_by", ["a visitor", "a guest"])
async def test_an_erasure_takes_along_what_others_left_about_the_address(
    tmp_path: Path, left_by: str
) -> None:
    """A sign-in that waits for its owner's word names them, whoever left it."""
    database = tmp_path / "shop.db"
    twin = Person(
        subject="twin-subject-1177",
        name="Zoë Otherwise",
        email=ZOE.email,
        email_verified=True,
    )
    words = (twin.subject, "Otherwise", "zoe.quillfeather")
    async with open_site(database=f"sqlite:///{database}") as site:
        await sign_in(browser := site.browser(), ZOE)
        other = site.browser()
        if left_by == "a guest":
            await other.post("/cart")
        answer = await sign_in(other, twin, "other")
        assert answer.headers["location"] == "/welcome/confirm"
        assert set(words) == traces(database, *words)

        assert (await browser.post("/welcome/account/erase")).status_code == 303

    assert set() == traces(database, *words)


async def test_a_person_can_come_back_after_an_erasure(site: Site) -> None:
    """The same identity is a stranger again, who may prove the same address."""
    browser = site.browser()
    await live(browser)
    before = (await browser.get_json("/welcome/me")).json()["account"]
    await browser.post("/welcome/account/erase")

    answer = await sign_in(browser, ZOE)

    assert "/" == answer.headers["location"]
    told = (await browser.get_json("/welcome/account")).json()
    assert ([], []) == (told["answers"], told["responses"])
    assert [(ZOE.email, "proven")] == [
        (one["address"], one["level"]) for one in told["contacts"]
    ]
    assert before != (await browser.get_json("/welcome/me")).json()["account"]


async def test_the_export_tells_everything_that_is_kept(
    site: Site, database: Path
) -> None:
    """Every value of a person's rows stands in the file that they take along."""
    browser = site.browser()
    await live(browser)
    me = (await browser.get_json("/welcome/me")).json()["account"]
    with sqlite3.connect(database) as connection:
        connection.execute("INSERT INTO orders VALUES ('2041-Z', ?)", (me,))
    connection.close()

    told = (await browser.post("/welcome/account/export")).text

    for word in (*TOLD, "2041-Z", "novel", "first-order", "guest_started", me):
        assert word in told or word in json.dumps(json.loads(told)), word
    assert "secret" not in told
    assert (browser.session or "").partition(".")[2] not in told


@pytest.fixture(params=["memory:", "sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the text that names an empty store of each kind."""
    sqlite = request.param == "sqlite"
    return f"sqlite:///{tmp_path / 'test.db'}" if sqlite else request.param


async def test_a_merged_proof_comes_along_and_is_erased(url: str) -> None:
    """Two registered accounts of one person, put together, can still be erased."""
    store = store_from(url)
    await store.open()
    world = World(store)
    one = await world.person("zoe", "zoe@example.org")
    two = await world.person("zoe-2", "zoe@example.net")
    await world.guests.give_contact(one.account, "zoe@example.net")

    await world.merging.merge(two.account.id, one.account.id)

    contacts = await world.accounts.list_contacts(one.account)
    assert {(c.address, c.level) for c in contacts} == {
        ("zoe@example.org", ContactLevel.PROVEN),
        ("zoe@example.net", ContactLevel.PROVEN),
    }
    await world.data.erase(one.account.id)
    for address in ("zoe@example.org", "zoe@example.net"):
        assert await store.find(ProvenAddress, address) is None
    again = await world.person("zoe-2", "zoe@example.net")
    assert ["zoe@example.net"] == [
        contact.address for contact in await world.accounts.list_contacts(again.account)
    ]
    await store.close()


async def test_nobody_registered_becomes_a_guest_by_a_merge(url: str) -> None:
    """A merge into a guest is refused: a purge would take the person's way in along."""
    store = store_from(url)
    await store.open()
    world = World(store)
    person, guest = await world.person("zoe"), await world.guest()

    with pytest.raises(ConfigError, match="into a guest"):
        await world.merging.merge(person.account.id, guest.account.id)

    assert person.account == await world.account(person.account.id)
    assert (await world.account(guest.account.id)).is_live
    await store.close()


async def test_an_erasure_that_a_sign_in_overtakes_is_whole(url: str) -> None:
    """Erasing and linking at once end with nothing, or with all: never with a half."""
    store = store_from(url)
    await store.open()
    world = World(store)
    person = await world.person("zoe", "zoe@example.org")
    current = await world.who(person.new_session.token.reveal())
    another = identity("zoe-2", issuer="https://other.example")

    await asyncio.gather(
        world.data.erase(person.account.id),
        world.accounts.sign_in(another, current),
        return_exceptions=True,
    )

    ended = await world.account(person.account.id)
    assert Ending.ERASED is ended.ending
    assert [] == await store.list_of(IdentityLink, ended.id)
    assert [] == await store.list_of(Contact, ended.id)
    await store.close()
