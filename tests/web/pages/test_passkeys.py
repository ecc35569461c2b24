"""Passkeys at our pages: buttons, what the script sends, and what it is told."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from onboarding import LimitPolicy, PasskeyPolicy, Rate
from onboarding.accounts.model import IdentityLink, Passkey
from onboarding.testing import FakeAuthenticator
from tests.web.site import KIM, ORIGIN, Browser, Site, open_site, words

pytestmark = pytest.mark.anyio

NEW = "/welcome/passkey/new"
SIGN_IN = "/welcome/passkey/sign-in"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Yield a shop with passkeys."""
    async with open_site(passkeys=PasskeyPolicy()) as site:
        yield site


@dataclass
class Holder:
    """Somebody with a browser and a device: does what the script does."""

    browser: Browser
    device: FakeAuthenticator = field(default_factory=lambda: FakeAuthenticator(ORIGIN))

    async def begin(self, at: str, next: str | None = "/orders") -> dict[str, Any]:
        """Press a button."""
        asked = await self.browser.post_json(at, {"next": next})
        assert asked.status_code == 200, asked.text
        told: dict[str, Any] = asked.json()
        return told

    async def finish(self, at: str, asked: dict[str, Any]) -> httpx2.Response:
        """Let the device answer, and send that."""
        options = asked["options"]
        act = self.device.create if "user" in options else self.device.get
        told = {"credential": act(options)}
        return await self.browser.post_json(f"{at}/{asked['attempt']}", told)

    async def use(self, at: str, next: str | None = "/orders") -> httpx2.Response:
        """Do both."""
        return await self.finish(at, await self.begin(at, next))


async def made(site: Site) -> Holder:
    """Return a guest who kept what they did with a passkey."""
    holder = Holder(site.browser())
    await holder.browser.post("/cart")
    assert (await holder.use(NEW)).status_code == 200
    return holder


# ── keeping ──────────────────────────────────────────────────────────────────


async def test_a_guest_keeps_the_same_id_and_goes_on(site: Site) -> None:
    """The cart is the same account's, and the next page says that it is kept."""
    holder = Holder(site.browser())
    guest = (await holder.browser.post("/cart")).text
    answer = await holder.use(NEW, next="/look")

    assert answer.json() == {"location": "/look"}
    assert (await holder.browser.get("/look")).text == guest
    parts = await holder.browser.get("/parts?names=notice")
    assert "Kept." in words(parts.text)
    assert (await holder.browser.get_json("/welcome/me")).json()["kind"] == "registered"


async def test_the_device_shows_what_people_know_themselves_by(site: Site) -> None:
    """The address that they gave, and for whom gave none the day; never an id."""
    holder = Holder(site.browser())
    nameless = await holder.begin(NEW)
    assert nameless["options"]["user"]["name"] == "made on 21 November"
    await holder.browser.post("/welcome/guest", {"email": "Sam@Example.org"})
    named = await holder.begin(NEW)
    assert named["options"]["user"]["name"] == "Sam@Example.org"
    assert named["expires_in"] == 300


async def test_coming_back_brings_a_guests_things_along(site: Site) -> None:
    """In another browser, by the passkey alone."""
    holder = await made(site)
    again = Holder(site.browser(), holder.device)
    await again.browser.post("/order")
    answer = await again.use(SIGN_IN, next="/look")
    assert answer.json() == {"location": "/look"}
    mine = (await holder.browser.get("/look")).text
    assert (await again.browser.get("/look")).text == mine


async def test_where_the_host_asks_the_merge_waits() -> None:
    """Nothing is brought along before the person says so; the count rises at once."""
    async with open_site(passkeys=PasskeyPolicy(), merge="ask") as site:
        owner = Holder(site.browser(), FakeAuthenticator(ORIGIN, counts=True))
        await owner.use(NEW)
        mine = (await owner.browser.get("/look")).text
        guest = Holder(site.browser(), owner.device)
        await guest.browser.post("/welcome/guest", {"email": "sam@example.org"})
        assert (await guest.use(SIGN_IN)).json() == {"location": "/welcome/merge"}

        [kept] = await site.onboarding.store.list_of(Passkey, mine)
        assert kept.sign_count == 1
        assert (await guest.browser.get("/look")).text != mine
        page = await guest.browser.get("/welcome/merge")
        hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
        await guest.browser.post("/welcome/merge", {**hidden, "do": "along"})
        assert (await guest.browser.get("/look")).text == mine


async def test_where_to_go_stays_on_this_site(site: Site) -> None:
    """Whatever the page sends as `next`."""
    holder = Holder(site.browser())
    answer = await holder.use(NEW, next="https://evil.example/")
    assert answer.json() == {"location": "/"}


# ── what it refuses ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("at", [NEW, f"{NEW}/x", SIGN_IN, f"{SIGN_IN}/x"])
async def test_another_site_begins_and_finishes_nothing(site: Site, at: str) -> None:
    """Each is a POST of our own pages, and no GET does anything."""
    browser = site.browser()
    foreign = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    answer = await browser.client.post(at, json={}, headers=foreign)
    assert answer.status_code == 403
    looked = await browser.get(at)
    assert (looked.status_code, looked.headers["allow"]) == (405, "POST")
    assert "set-cookie" not in looked.headers


@pytest.mark.parametrize("language", ["en", "nl"])
async def test_what_is_refused_says_why_to_people(site: Site, language: str) -> None:
    """In their language, by a code for the script, and nothing of what was sent."""
    said = {
        "en": ("We do not know this passkey", "This passkey did not work here"),
        "nl": ("We kennen deze passkey niet", "Deze passkey werkte hier niet"),
    }[language]
    stranger = Holder(site.browser(language))
    stranger.device.create(
        {"rp": {"id": "shop.example"}, "user": {"id": "c2Ft"}, "challenge": "eA"}
    )
    unknown = await stranger.use(SIGN_IN)
    assert unknown.status_code == 400
    assert unknown.json()["code"] == "passkey_unknown"
    assert unknown.json()["title"] == said[0]

    stranger.device.origin = "https://evil.example"
    refused = await stranger.use(NEW)
    assert refused.json()["code"] == "passkey_refused"
    assert refused.json()["title"] == said[1]
    assert "evil" not in refused.text


@pytest.mark.parametrize(
    "body", [{}, {"credential": "text"}, {"credential": []}, {"credential": None}]
)
@pytest.mark.parametrize("at", [NEW, SIGN_IN])
async def test_what_is_no_answer_is_refused(
    site: Site, at: str, body: dict[str, object]
) -> None:
    """As a request that is shaped otherwise than this address expects."""
    holder = Holder(site.browser())
    asked = await holder.begin(at)
    answer = await holder.browser.post_json(f"{at}/{asked['attempt']}", body)
    assert answer.status_code == 400


async def test_a_used_or_late_answer_says_that_it_took_long(site: Site) -> None:
    """Not that a provider did not answer."""
    holder = await made(site)
    asked = await holder.begin(SIGN_IN)
    await holder.finish(SIGN_IN, asked)
    late = await holder.begin(SIGN_IN)
    site.clock.advance(PasskeyPolicy().life)
    answer = await holder.finish(SIGN_IN, late)
    assert answer.status_code == 410
    assert answer.json()["title"] == "That took a little long"


async def test_who_is_in_and_takes_anothers_passkey_stays_in(site: Site) -> None:
    """Both accounts are as they were, and the words are about a passkey."""
    owner, other = await made(site), await made(site)
    mine = (await other.browser.get("/look")).text
    answer = await Holder(other.browser, owner.device).use(SIGN_IN)
    assert answer.status_code == 409
    assert answer.json()["title"] == "This passkey belongs to another account here"
    assert (await other.browser.get("/look")).text == mine


async def test_programs_cannot_make_accounts_without_end() -> None:
    """A visitor's new passkey counts as a guest does; who is here is not counted."""
    rate = Rate(2, per=timedelta(minutes=1))
    limits = LimitPolicy(guests_per_client=rate)
    async with open_site(passkeys=PasskeyPolicy(), limits=limits) as site:
        answers = [await Holder(site.browser()).use(NEW) for _ in range(3)]
        assert [one.status_code for one in answers] == [200, 200, 429]
        assert answers[2].json()["code"] == "too_many_guests"


# ── the buttons ──────────────────────────────────────────────────────────────


def buttons(html: str) -> list[str]:
    """Return where the buttons of passkeys lead."""
    return re.findall(r'data-ob-passkey="([^"]+)"', html)


async def test_the_offer_to_keep_it_has_a_passkey(site: Site) -> None:
    """Beside the providers, hidden until a script shows it, with a word without one."""
    browser = site.browser()
    await browser.post("/order")
    part = (await browser.get("/parts?names=keep_it")).text
    assert buttons(part) == [NEW]
    assert "Keep it with a passkey" in part
    assert "Keep it with Lamplight ID" in part
    assert re.search(r"data-ob-passkey=[^>]* hidden>", part)
    assert "<noscript>" in part
    assert "The other ways work without." in part


async def test_the_page_to_sign_in_offers_both(site: Site) -> None:
    """One that is there, and a new one; a guest keeps, a visitor makes."""
    browser = site.browser()
    page = (await browser.get("/welcome/sign-in")).text
    assert buttons(page) == [SIGN_IN, NEW]
    assert "New here? Make a passkey" in page
    await browser.post("/cart")
    page = (await browser.get("/welcome/sign-in")).text
    assert "Keep it with a passkey" in page
    told = (await browser.get_json("/welcome/sign-in")).json()
    assert (told["new_passkey_at"], told["passkey_at"]) == (NEW, SIGN_IN)


async def test_the_browser_fills_in_a_passkey_where_an_address_is_typed() -> None:
    """Conditional mediation needs a field that says `webauthn` (HTML §4.10.18.7)."""
    async with open_site(passkeys=PasskeyPolicy(), mailer=_drop) as site:
        page = (await site.browser().get("/welcome/sign-in")).text
        assert 'autocomplete="email webauthn"' in page
        assert "data-ob-autofill" in page
        guest = (await site.browser().get("/welcome/guest")).text
        assert "webauthn" not in guest


async def _drop(message: object) -> None:
    del message


async def test_without_the_setting_there_is_nothing_of_it() -> None:
    """No button, no address, no script that is asked for."""
    async with open_site() as site:
        browser = site.browser()
        await browser.post("/order")
        for path in ("/welcome/sign-in", "/welcome/account", "/parts?names=keep_it"):
            assert "passkey" not in (await browser.get(path)).text
        answer = await browser.post_json(NEW, {})
        assert answer.status_code == 404


async def test_where_passkeys_are_the_only_way_they_are_offered() -> None:
    """No provider, no mail: the offers stand nevertheless."""
    async with open_site(passkeys=PasskeyPolicy(), providers=[]) as site:
        browser = site.browser()
        assert "no way to sign in" not in (await browser.get("/welcome/sign-in")).text
        assert "/welcome/sign-in" in (await browser.get("/welcome/account")).text
        parts = (await browser.get("/parts?names=sign_in")).text
        assert buttons(parts) == [SIGN_IN]
        await browser.post("/order")
        parts = (await browser.get("/parts?names=keep_it")).text
        assert buttons(parts) == [NEW]


async def test_the_owner_of_an_address_may_show_it_by_a_passkey(site: Site) -> None:
    """Among the ways that the page "Is this you?" offers."""
    owner = Holder(site.browser())
    await owner.browser.sign_in(KIM)
    await owner.use(NEW)
    other = Holder(site.browser(), owner.device)
    back = await other.browser.sign_in(KIM, "other")
    page = await other.browser.follow(back)
    assert buttons(page.text) == [SIGN_IN]
    answer = await other.use(SIGN_IN, next="/welcome/confirm")
    assert answer.json() == {"location": "/welcome/confirm"}
    await other.browser.post("/welcome/confirm")
    mine = (await other.browser.get("/look")).text
    links = await site.onboarding.store.list_of(IdentityLink, mine)
    assert {one.provider for one in links} == {"lamp", "passkey", "other"}


# ── My data ──────────────────────────────────────────────────────────────────


async def test_my_data_tells_of_each_passkey(site: Site) -> None:
    """What the device calls it, whether others have it too, and when it was used."""
    holder = Holder(site.browser())
    await holder.browser.post("/welcome/guest", {"email": "sam@example.org"})
    await holder.use(NEW)
    page = await holder.browser.get("/welcome/account")
    assert "Passkey “sam@example.org”" in words(page.text)
    said = "On all your devices. Last used on 21 November."
    assert said in words(page.text)
    assert buttons(page.text) == [NEW]

    holder.device.synced = False
    await holder.use(SIGN_IN)
    page = await holder.browser.get("/welcome/account")
    assert "On one device only." in words(page.text)


async def test_the_export_has_it_and_an_erasure_takes_it(site: Site) -> None:
    """What was kept with it is told, and gone."""
    holder = await made(site)
    mine = (await holder.browser.get("/look")).text
    exported = json.loads((await holder.browser.post("/welcome/account/export")).text)
    assert [one["synced"] for one in exported["passkeys"]] == [True]
    await holder.browser.post("/welcome/account/erase")
    assert await site.onboarding.store.list_of(Passkey, mine) == []


async def test_a_passkey_is_taken_away_with_its_identity(site: Site) -> None:
    """On My data, by its name; nobody comes in with it afterwards, or is made anew."""
    holder = await made(site)
    await holder.browser.sign_in()  # another way, so that this is not the last
    page = await holder.browser.get("/welcome/account")
    [link] = (await holder.browser.get_json("/welcome/account")).json()["passkeys"]
    [at, *_] = [
        one
        for one in re.findall(r'href="(/welcome/account/way/[^"]+)"', page.text)
        if "passkey" in (await holder.browser.get_json(one)).text
    ]
    shown = await holder.browser.get(at)
    assert "Take Passkey away?" in words(shown.text)
    gone = await holder.browser.post(at, {"do": "unlink"})
    assert gone.status_code == 303
    told = (await holder.browser.get_json("/welcome/account")).json()
    assert told["passkeys"] == []
    assert [one["provider"] for one in told["identities"]] == ["lamp"]
    again = Holder(site.browser(), holder.device)
    refused = await again.use(SIGN_IN)
    assert refused.json()["code"] == "passkey_unknown"
    assert link["id"] not in refused.text
    assert (await again.browser.get("/look")).text == "nobody"


async def test_the_last_passkey_stays(site: Site) -> None:
    """Without it nobody would come back."""
    holder = await made(site)
    [identity] = (await holder.browser.get_json("/welcome/account")).json()[
        "identities"
    ]
    at = f"/welcome/account/way/{identity['key']}"
    refused = await holder.browser.post(at, {"do": "unlink"})
    assert refused.status_code == 409
    told = (await holder.browser.get_json("/welcome/account")).json()
    assert len(told["passkeys"]) == len(told["identities"]) == 1


async def test_who_signed_in_a_while_ago_comes_again_by_passkey(site: Site) -> None:
    """The page that asks for a fresh sign-in offers the passkey that they have."""
    holder = await made(site)
    site.clock.advance(timedelta(hours=1))
    page = await holder.browser.get("/welcome/sign-in?fresh=1&next=/look")
    assert 'data-ob-passkey="/welcome/passkey/sign-in"' in page.text
    kim = site.browser()
    await kim.sign_in(KIM)
    site.clock.advance(timedelta(hours=1))
    page = await kim.get("/welcome/sign-in?fresh=1&next=/look")
    assert "data-ob-passkey" not in page.text


async def test_an_old_sign_in_adds_none(site: Site) -> None:
    """The script is told what to do first."""
    holder = Holder(site.browser())
    await holder.browser.sign_in(KIM)
    site.clock.advance(PasskeyPolicy().life * 3)
    asked = await holder.browser.post_json(NEW, {"next": "/"})
    assert asked.status_code == 401
    assert asked.json()["code"] == "fresh_sign_in_required"


async def test_a_new_way_to_sign_in_is_told_by_mail() -> None:
    """To the addresses that were proven before, as for each other way."""
    sent: list[Any] = []

    async def keep(message: Any) -> None:
        sent.append(message)

    async with open_site(passkeys=PasskeyPolicy(), mailer=keep) as site:
        holder = Holder(site.browser())
        await holder.browser.sign_in(KIM)
        await holder.use(NEW)
        post = site.onboarding.post
        assert post is not None
        await post.run_once()
    assert [message.subject for message in sent] == [
        "A new way to sign in to Lamplight"
    ]
    assert "- Passkey" in sent[0].text
