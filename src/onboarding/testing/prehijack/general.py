"""The general attacks: fixation, forged requests, theft, enumeration, replay."""

import asyncio
import re
from urllib.parse import urlsplit

import httpx2

from onboarding.testing.people import Person
from onboarding.testing.prehijack.matrix import attack, hold
from onboarding.testing.prehijack.stage import (
    ATTACKER,
    HERS,
    VICTIM,
    NotTried,
    Stage,
)

REFERENCE = re.compile(r"[0-9a-hjkmnp-tv-z]{4}-[0-9a-hjkmnp-tv-z]{4}|nonce[^>]*>")
"""What differs in two pages of one kind: the reference of an error, a nonce."""

FOREIGN_PLACES = (
    *("https://evil.test/", "//evil.test", "/\\evil.test", "\\\\evil.test"),
    *("https:evil.test", "/\t/evil.test", "\t//evil.test", "///evil.test"),
    *("https://shop.example@evil.test/", "http://evil.test", "javascript:alert(1)"),
    *("/%5c/evil.test@x", "https://shop.example.evil.test/", " //evil.test"),
    *("//evil.test/%2e%2e", "/\r\nlocation: https://evil.test", "data:text/html,x"),
)


@attack("session fixation")
async def a_token_that_was_never_given_out(stage: Stage) -> None:
    """A token of the right shape is planted, and the victim writes with it."""
    model, victim = stage.visitor(), stage.visitor()
    await model.write()
    if not model.cookies():
        raise NotTried(f"a POST to {stage.target.write} makes no guest")
    for name, value in model.cookies().items():
        made_up = re.sub(r"[a-z0-9]", "7", value)
        victim = victim.carrying({name: made_up})
        await victim.write()
        hold(made_up not in victim.cookies().values(), "a planted token was adopted")


@attack("cookie tossing")
async def two_cookies_of_one_name(stage: Stage) -> None:
    """A sibling host sets a second cookie of our name."""
    attacker, victim = stage.visitor(), stage.visitor()
    await attacker.write()
    await victim.write()
    for name, own in victim.cookies().items():
        planted = attacker.cookies().get(name, "")
        for pair in (
            f"{name}={planted}; {name}={own}",
            f"{name}={own}; {name}={planted}",
        ):
            bare = stage.visitor()
            told = await bare.page("me", accept="application/json", cookie=pair)
            hold(
                told.json().get("account") != await attacker.account(),
                "a planted cookie beside one's own is believed",
            )


@attack("login CSRF")
async def somebody_elses_way_back(stage: Stage) -> None:
    """The attacker's way back from a provider is opened in the victim's browser."""
    attacker, victim = stage.visitor(), stage.visitor()
    await victim.write()
    before = await victim.account()
    back = await attacker.approved(ATTACKER, "lax")
    await victim.come_back(back)
    hold(await victim.account() == before, "the victim is in the attacker's account")


@attack("CSRF")
async def a_form_on_another_site(stage: Stage) -> None:
    """Another site sends each of our forms from the victim's browser."""
    victim = stage.visitor()
    await victim.sign_in()
    ways, id = await victim.ways(), await victim.account()
    foreign = {"sec-fetch-site": "cross-site", "origin": "https://evil.test"}
    for path in ("sign-in/lax", "sign-out", "account/erase", "account/export", "guest"):
        answer = await victim.send(path, {"email": "m@evil.test"}, **foreign)
        hold(answer.status_code == 403, f"another site may POST {path}")
    hold(await victim.account() == id, "another site changed who is here")
    hold(await victim.ways() == ways, "another site added a way to sign in")


@attack("theft")
async def a_copy_of_the_database(stage: Stage) -> None:
    """Whoever reads the tables looks for what opens an account."""
    store = stage.store
    if store is None:
        raise NotTried("the host chose the database")
    victim = stage.visitor()
    await victim.write()
    await victim.ask_letter(HERS)
    code, link = await victim.letter(HERS)
    secrets = [v.rpartition(".")[2] for v in victim.cookies().values() if "." in v]
    tables = await store.query("SELECT name FROM sqlite_master WHERE type = 'table'")
    kept = " ".join(
        [str(await store.query(f'SELECT * FROM "{t["name"]}"')) for t in tables]  # noqa: S608, a table's own name
    )
    for secret in (*secrets, link.rpartition("/")[2].rpartition(".")[2]):
        hold(secret not in kept, "the database holds a secret that opens an account")
    hold(f"'{code}'" not in kept, "the database holds the code of a letter")


@attack("theft")
async def a_secret_in_an_address(stage: Stage) -> None:
    """Addresses stand in logs and histories: they are searched for tokens."""
    victim = stage.visitor()
    seen = [await victim.write()]
    begun = await victim.send("sign-in/strict", {"next": "/"})
    seen += [
        begun,
        await victim.come_back(stage.strict.approve(begun.headers["location"], VICTIM)),
    ]
    said = " ".join(f"{one.request.url} {one.headers.get('location')}" for one in seen)
    for value in victim.cookies().values():
        secret = value.rpartition(".")[2]
        hold(
            len(secret) < 20 or secret not in said, "an address holds a cookie's secret"
        )


@attack("e-mail enumeration")
async def asking_whether_an_address_has_an_account(stage: Stage) -> None:
    """The same is asked for an address with an account, and for one without."""
    await stage.visitor().sign_in()
    told = [await _asked(stage, address) for address in (HERS, "nobody@example.org")]
    hold(told[0] == told[1], "the response tells whether an account has an address")
    for address in (HERS, "nobody@example.org"):
        await stage.mailbox.read(address)
        hold(
            len(stage.mailbox.to(address)) == 1, "mail tells whether an account has it"
        )


async def _asked(stage: Stage, address: str) -> list[tuple[int, str | None, str]]:
    stranger = stage.visitor()
    answers = [
        await stranger.send("guest", {"email": address}),
        await stranger.ask_letter(address),
        await stranger.page("prove"),
    ]
    return [_alike(one, address) for one in answers]


def _alike(answer: httpx2.Response, own: str) -> tuple[int, str | None, str]:
    text = REFERENCE.sub("", answer.text).replace(own, "…")
    return answer.status_code, answer.headers.get("location"), text


@attack("order enumeration")
async def asking_which_orders_there_are(stage: Stage) -> None:
    """Links that are forged, cut off or of nobody's are opened, and compared."""
    order = stage.require_order()
    _, link = await order(stage.visitor(), HERS)
    ends = (
        link[:-1],
        link + "x",
        link[:-20] + link[-19:],
        f"{stage.target.url}/order/x",
    )
    answers = {_alike(await stage.visitor().get(one), link) for one in ends}
    hold({404} == {status for status, _, _ in answers}, "a forged link opens something")
    hold(len(answers) == 1, "the response tells what is wrong with a link")


@attack("open redirect")
async def a_way_on_that_leads_elsewhere(stage: Stage) -> None:
    """Somewhere else is asked for as the page to go on to."""
    own = urlsplit(stage.site).netloc
    for place in FOREIGN_PLACES:
        visitor = stage.visitor()
        back = await visitor.approved(Person(subject="p", name="P"), "lax", next=place)
        led = (await visitor.come_back(back)).headers.get("location", "/")
        there = urlsplit(led)
        is_here = there.netloc in ("", own) and there.scheme in ("", "https", "http")
        is_path = led.startswith((stage.site, "/")) and not led.startswith("//")
        is_safe = is_here and is_path and "\\" not in led
        hold(is_safe, f"next={place!r} led to {led!r}")


@attack("replay")
async def a_way_back_that_is_used(stage: Stage) -> None:
    """A way back from a provider is opened again, in another browser."""
    victim, attacker = stage.visitor(), stage.visitor()
    back = await victim.approved()
    taken = attacker.carrying(victim.cookies())
    await victim.come_back(back)
    await attacker.come_back(back)
    await taken.come_back(back)
    for one in (attacker, taken):
        hold(await one.account() is None, "a used way back signs in once more")


@attack("replay")
async def fifty_at_once_with_one_code(stage: Stage) -> None:
    """One code is sent fifty times at the same moment, link and typing mixed."""
    asked = stage.visitor()
    await asked.ask_letter(HERS)
    code, link = await asked.letter(HERS)
    copies = [asked.carrying(asked.cookies()) for _ in range(50)]
    forms = ({"code": code}, {"link": link.rpartition("/")[2]})
    answers = await asyncio.gather(
        *(one.send("prove", forms[n % 2]) for n, one in enumerate(copies))
    )
    entered = [one for one in copies if await one.account() is not None]
    hold(len(entered) <= 1, f"one letter signed in {len(entered)} times")
    hold(len(entered) == 1, f"nobody came in: {sorted(a.status_code for a in answers)}")


@attack("replay")
async def guessing_a_code(stage: Stage) -> None:
    """Codes are tried until one fits."""
    attacker = stage.visitor()
    await attacker.ask_letter(HERS)
    code, _ = await attacker.letter(HERS)
    wrong = [f"{n:06d}" for n in range(20) if f"{n:06d}" != code]
    for guess in wrong:
        await attacker.send("prove", {"code": guess})
    await attacker.send("prove", {"code": code})
    hold(await attacker.account() is None, f"{len(wrong)} guesses were allowed")


@attack("mail scanner")
async def a_machine_that_opens_every_link(stage: Stage) -> None:
    """A mail scanner opens the link before the victim does, and the victim comes in."""
    victim, scanner = stage.visitor(), stage.visitor()
    await victim.ask_letter(HERS)
    code, link = await victim.letter(HERS)
    for method in ("HEAD", "GET", "GET", "GET"):
        await scanner.client.request(method, link)
    await scanner.send("prove", {"link": link.rpartition("/")[2]})
    hold(await scanner.account() is None, "a mail scanner is signed in")
    await victim.send("prove", {"code": code})
    hold(await victim.account() is not None, "a mail scanner used the letter up")


@attack("forged Host")
async def a_link_to_another_host(stage: Stage) -> None:
    """A letter is asked for under the name of another host."""
    asked = stage.visitor()
    forged = {"host": "evil.test", "x-forwarded-host": "evil.test"}
    await asked.send("sign-in/email", {"email": HERS, "sure": "1"}, **forged)
    await asked.ask_letter(HERS)
    message = await stage.mailbox.read(HERS)
    text = f"{message.text}{message.html}"
    hold("evil.test" not in text, "a letter links to a host that the request named")


@attack("referrer leak")
async def an_address_that_is_passed_on(stage: Stage) -> None:
    """A page whose address holds a secret tells the next page of it."""
    victim = stage.visitor()
    await victim.ask_letter(HERS)
    _, link = await victim.letter(HERS)
    pages = [await victim.get(link)]
    if stage.target.order is not None:
        _, opens = await stage.target.order(stage.visitor(), HERS)
        opened = await stage.visitor().get(opens)
        token = urlsplit(opens).path.rpartition("/")[2]
        hold(
            token not in opened.headers.get("location", ""),
            "the link stays in the address",
        )
        pages.append(opened)
    for page in pages:
        policy = page.headers.get("referrer-policy", "")
        hold(
            policy in ("no-referrer", "strict-origin", "origin"),
            "a page whose address holds a secret tells it to the next",
        )


GENERAL_ATTACKS = (
    a_token_that_was_never_given_out,
    two_cookies_of_one_name,
    somebody_elses_way_back,
    a_form_on_another_site,
    a_copy_of_the_database,
    a_secret_in_an_address,
    asking_whether_an_address_has_an_account,
    asking_which_orders_there_are,
    a_way_on_that_leads_elsewhere,
    a_way_back_that_is_used,
    fifty_at_once_with_one_code,
    guessing_a_code,
    a_machine_that_opens_every_link,
    a_link_to_another_host,
    an_address_that_is_passed_on,
)
