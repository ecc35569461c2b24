"""What is done through guests: ids, tokens, contacts, orders, and a great many."""

from datetime import timedelta

from onboarding.testing.prehijack.matrix import attack, hold
from onboarding.testing.prehijack.stage import HERS, NotTried, Stage, Visitor

CROWD = 2_000
"""Guests that one network makes in a burst."""


@attack("client-named guest")
async def somebody_elses_id_in_a_request(stage: Stage) -> None:
    """The id of the victim's guest is sent along wherever an application may look."""
    victim, attacker = stage.visitor(), stage.visitor()
    await victim.write()
    id = await victim.account() or ""
    named = {"account": id, "account_id": id, "guest": id, "guest_id": id, "user": id}
    await attacker.get(f"/?account={id}&guest={id}", **{"x-account": id})
    await attacker.post(stage.target.write, {**stage.target.data, **named})
    hold(
        await attacker.account() != id, "a write with the id joined the victim's guest"
    )
    begun = await attacker.send("sign-in/strict", named)
    hold(id not in begun.text, "the id was passed on to the provider")
    await attacker.sign_in()
    hold(await attacker.account() != id, "a sign-in took the victim's guest over")
    hold(await victim.account() == id, "the victim's guest was taken away")


@attack("empty token")
async def a_token_that_is_none(stage: Stage) -> None:
    """Nothing, a word for it, or far too much stands where a token belongs."""
    victim = stage.visitor()
    await victim.write()
    for name in victim.cookies():
        for value in ("", "null", "None", "undefined", ".", "0", "a" * 3000):
            hold(
                await stage.visitor().carrying({name: value}).account() is None,
                f"the token {value[:9]!r} is somebody's",
            )


@attack("token outlives ownership")
async def a_guests_token_after_the_merge(stage: Stage) -> None:
    """The guest was merged into an account; its token is sent once more."""
    first, victim = stage.visitor(), stage.visitor()
    await first.sign_in()
    await victim.write()
    kept = victim.carrying(victim.cookies())
    await victim.sign_in()
    hold(
        await victim.account() == await first.account(),
        "signing in again does not lead to the account",
    )
    hold(await kept.account() is None, "the token of a merged guest is somebody's")


@attack("token outlives ownership")
async def an_order_link_after_the_claim(stage: Stage) -> None:
    """An order was kept by its owner; the link from the mail is opened once more."""
    order = stage.require_order()
    guest, victim, attacker = stage.visitor(), stage.visitor(), stage.visitor()
    key, link = await order(guest, HERS)
    await victim.sign_in()
    await victim.get(link)
    await victim.send("orders/claim", {"order": key})
    opened = await attacker.get(link)
    hold(
        opened.status_code >= 400, "the link opens an order of somebody else's account"
    )


@attack("stranger rewrites a guest")
async def another_guest_types_the_same_address(stage: Stage) -> None:
    """A stranger's form changes what is kept of the guest who has the address."""
    victim, attacker = stage.visitor(), stage.visitor()
    for one, typed in ((victim, HERS), (attacker, "Vera@Example.ORG")):
        await one.write()
        before = await victim.data()
        await one.send("guest", {"email": typed})
        if one is attacker:
            hold(before == await victim.data(), "the victim's contact was changed")
    hold(await victim.account() != await attacker.account(), "two guests became one")


@attack("recycled mailbox")
async def the_orders_of_who_had_the_mailbox_before(stage: Stage) -> None:
    """A mailbox has a new owner, who proves it and looks for orders."""
    order = stage.require_order()
    before, now = stage.visitor(), stage.visitor()
    key, _ = await order(before, HERS)
    stage.clock.advance(timedelta(days=400))
    await now.sign_in()
    told = await now.page("orders", accept="application/json")
    hold(key not in told.json()["claimable"], "an old order is offered")
    await now.send("orders/claim", {"all": "1"})
    await now.send("orders/claim", {"order": key})
    hold(key not in str(await now.data()), "an old order was taken over")


@attack("mail bombing")
async def a_great_many_letters_to_one_address(stage: Stage) -> None:
    """Thirty strangers ask for letters to the victim."""
    answers = set()
    for _ in range(30):
        asked = await stage.visitor().ask_letter(HERS)
        answers.add((asked.status_code, asked.headers.get("location")))
    other = await stage.visitor().ask_letter("nobody@example.org")
    answers.add((other.status_code, other.headers.get("location")))
    await stage.mailbox.read("nobody@example.org")
    sent = len(stage.mailbox.to(HERS))
    hold(sent <= 10, f"{sent} letters went to one address")
    hold(len(answers) == 1, "the response tells that no letter was written")


@attack("mass guest creation")
async def a_great_many_guests_from_one_network(stage: Stage) -> None:
    """One machine fills the database."""
    made = 0
    for _ in range(CROWD):
        attacker = Visitor(stage, "203.0.113.7")
        if (await attacker.write()).status_code == 429:
            break
        made += 1
    hold(made < CROWD, f"one address made {made} guests at once")


@attack("cached guest cookie")
async def a_response_that_a_shared_cache_keeps(stage: Stage) -> None:
    """A cache hands the cookie of one guest, or a page about them, to another."""
    victim = stage.visitor()
    answers = [
        await victim.write(),
        await victim.page("account"),
        await victim.page("me"),
    ]
    answers.append(await victim.sign_in())
    for one in answers:
        policy = one.headers.get("cache-control", "")
        is_private = "private" in policy or "no-store" in policy
        hold(is_private, f"{one.request.url.path} may be kept by a shared cache")
    if "set-cookie" not in answers[0].headers:
        raise NotTried(f"a POST to {stage.target.write} makes no guest")


GUEST_ATTACKS = (
    somebody_elses_id_in_a_request,
    a_token_that_is_none,
    a_guests_token_after_the_merge,
    an_order_link_after_the_claim,
    another_guest_types_the_same_address,
    the_orders_of_who_had_the_mailbox_before,
    a_great_many_letters_to_one_address,
    a_great_many_guests_from_one_network,
    a_response_that_a_shared_cache_keeps,
)
