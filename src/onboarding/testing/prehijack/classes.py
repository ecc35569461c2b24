"""The five classes of pre-hijacking, and a sixth that guests add.

Sudhodanan and Paverd, "Pre-hijacked accounts", USENIX Security 2022: an identifier is
used before its owner has proven it. An attacker needs the victim's address alone.
"""

from datetime import timedelta

from onboarding.testing.people import Person
from onboarding.testing.prehijack.matrix import attack, hold
from onboarding.testing.prehijack.stage import ATTACKER, HERS, HIS, Stage, Visitor

UNTRUE: tuple[object, ...] = (False, None, "false", "no", 0, 1, "1", [True])
"""What a provider may say of an address instead of true."""


def stating(verified: object) -> Person:
    """Return the attacker at a provider, who states the victim's address."""
    extra = {} if verified is None else {"email_verified": verified}
    return Person(subject="mallory", name="M", email=HERS, extra=extra)


async def planted(stage: Stage) -> tuple[Visitor, Visitor]:
    """Return the victim's browser, into which the attacker planted a guest of his."""
    attacker = stage.visitor()
    await attacker.write()
    return attacker.carrying(attacker.cookies()), attacker


@attack("1 classic-federated merge")
async def an_address_typed_before_its_owner_comes(stage: Stage) -> None:
    """Somebody types the victim's address; the victim then signs in with a provider."""
    attacker, victim = stage.visitor(), stage.visitor()
    await attacker.write()
    await attacker.send("guest", {"email": HERS})
    await victim.sign_in()
    hold(
        await attacker.account() != await victim.account(),
        "the guest who typed the address shares the account of its owner",
    )
    hold(
        (HERS, "proven") not in await attacker.addresses(),
        "the guest who typed the address has it proven",
    )


@attack("1 classic-federated merge")
async def an_address_typed_before_its_owner_proves_it(stage: Stage) -> None:
    """The same; the victim signs in by mail."""
    attacker, victim = stage.visitor(), stage.visitor()
    await attacker.write()
    await attacker.send("guest", {"email": HERS})
    await victim.ask_letter(HERS)
    code, _ = await victim.letter(HERS)
    await victim.send("prove", {"code": code})
    hold(await victim.account() is not None, "the owner of the address cannot come in")
    hold(
        await attacker.account() != await victim.account(),
        "the guest who typed the address shares the account of its owner",
    )


@attack("2 unexpired session")
async def a_session_kept_from_before(stage: Stage) -> None:
    """Copies of a guest's session stay open while the victim signs in."""
    victim, attacker = await planted(stage)
    copies = [attacker.carrying(attacker.cookies()) for _ in range(3)]
    await victim.sign_in()
    for one in (attacker, *copies):
        hold(
            await one.account() != await victim.account(),
            "a session of before is in the victim's account",
        )


@attack("3 trojan identifier")
async def a_way_in_left_under_the_address(stage: Stage) -> None:
    """The attacker's identity states the victim's address, and waits for the victim."""
    attacker, victim, again = stage.visitor(), stage.visitor(), stage.visitor()
    await attacker.sign_in(stating(verified=False), "lax")
    await victim.sign_in()
    hold(
        await victim.ways() == {("strict", "vera")},
        "another way leads into the victim's account",
    )
    await again.sign_in(stating(verified=False), "lax")
    hold(
        await again.account() != await victim.account(),
        "the attacker's identity signs in to the victim's account",
    )


@attack("3 trojan identifier")
async def an_address_of_the_attackers_beside_the_victims(stage: Stage) -> None:
    """The attacker adds a contact to a guest whom the victim then signs in as."""
    victim, attacker = await planted(stage)
    await attacker.send("guest", {"email": HIS})
    await victim.sign_in()
    hold(
        (HIS, "proven") not in await victim.addresses(),
        "the attacker's address counts as the victim's",
    )
    await attacker.ask_letter(HIS)
    code, _ = await attacker.letter(HIS)
    await attacker.send("prove", {"code": code})
    hold(
        await attacker.account() != await victim.account(),
        "a letter to the attacker's address signs in to the victim's account",
    )


@attack("3 trojan identifier")
async def a_way_in_added_with_a_session_of_yesterday(stage: Stage) -> None:
    """A copy of the victim's session adds the attacker's identity, a day later."""
    victim, again = stage.visitor(), stage.visitor()
    await victim.sign_in()
    attacker = victim.carrying(victim.cookies())
    stage.clock.advance(timedelta(days=1))
    await attacker.sign_in(ATTACKER, "lax")
    await again.sign_in()
    hold(
        await again.ways() == {("strict", "vera")},
        "a session that nobody signed in to of late added a way in",
    )


@attack("3 trojan identifier")
async def a_way_in_that_was_taken_away(stage: Stage) -> None:
    """The attacker's identity was added; the victim takes it away; he comes back."""
    victim, attacker = stage.visitor(), stage.visitor()
    await victim.sign_in()
    await victim.sign_in(ATTACKER, "lax")
    await attacker.sign_in(ATTACKER, "lax")
    for one in (await victim.data()).get("identities", ()):
        if one["subject"] == ATTACKER.subject:
            await victim.send(f"account/way/{one['key']}", {"do": "unlink"})
    hold(
        await victim.ways() == {("strict", "vera")},
        "a way in that the victim takes away stays",
    )
    hold(await attacker.account() is None, "his session outlives his way in")
    await attacker.sign_in(ATTACKER, "lax")
    hold(
        await attacker.account() != await victim.account(),
        "the way in that was taken away leads into the victim's account",
    )


@attack("4 unexpired e-mail change")
async def an_address_change_begun_before(stage: Stage) -> None:
    """A proof of the attacker's address waits until the guest is the victim's."""
    victim, attacker = await planted(stage)
    await attacker.ask_letter(HIS, "account/prove")
    code, _ = await attacker.letter(HIS)
    await victim.sign_in()
    await attacker.send("prove", {"code": code})
    hold(
        (HIS, "proven") not in await victim.addresses(),
        "an address change of before was finished in the victim's account",
    )


@attack("4 unexpired e-mail change")
async def a_sign_in_begun_before(stage: Stage) -> None:
    """A sign-in at a provider waits until the guest is the victim's."""
    victim, attacker = await planted(stage)
    back = await attacker.approved(ATTACKER, "lax")
    await victim.sign_in()
    await attacker.come_back(back)
    hold(
        await victim.ways() == {("strict", "vera")},
        "a sign-in of before linked the attacker's identity",
    )
    hold(
        await attacker.account() != await victim.account(),
        "a sign-in of before leads into the victim's account",
    )


@attack("5 non-verifying provider")
async def a_provider_that_verifies_nothing(stage: Stage) -> None:
    """The attacker states the victim's address, and the provider passes it on."""
    victim = stage.visitor()
    await victim.sign_in()
    for verified in UNTRUE:
        attacker = stage.visitor()
        await attacker.sign_in(stating(verified), "lax")
        hold(
            await attacker.account() != await victim.account(),
            f"email_verified={verified!r} signed in to the account of the address",
        )
    hold(await victim.ways() == {("strict", "vera")}, "a way in was added")


@attack("6 confirmation trick")
async def a_letter_that_its_owner_opens(stage: Stage) -> None:
    """The attacker asks for a letter to the victim, who opens it and presses."""
    attacker, victim = stage.visitor(), stage.visitor()
    await attacker.write()
    guest = await attacker.account()
    await attacker.ask_letter(HERS, "account/prove")
    _, link = await victim.letter(HERS)
    await victim.get(link)
    await victim.send("prove", {"link": link.rpartition("/")[2]})
    hold(
        (HERS, "proven") not in await attacker.addresses(),
        "the victim's click proved the address for the attacker",
    )
    hold(
        await victim.account() != guest,
        "the victim's click put the attacker's guest into the victim's browser",
    )


@attack("6 confirmation trick")
async def an_order_as_bait(stage: Stage) -> None:
    """The attacker's account waits for what the victim buys as a guest."""
    order = stage.require_order()
    attacker, victim = stage.visitor(), stage.visitor()
    await attacker.sign_in(stating(verified=False), "lax")
    key, _ = await order(victim, HERS)
    await attacker.send("orders/claim", {"all": "1"})
    await attacker.send("orders/claim", {"order": key})
    told = await attacker.page("orders", accept="application/json")
    hold(
        not told.json()["claimable"] and not told.json()["open"],
        "an unproven address offers the victim's order",
    )
    hold(
        key not in str(await attacker.data()),
        "the attacker's account has the victim's order",
    )


CLASS_ATTACKS = (
    an_address_typed_before_its_owner_comes,
    an_address_typed_before_its_owner_proves_it,
    a_session_kept_from_before,
    a_way_in_left_under_the_address,
    an_address_of_the_attackers_beside_the_victims,
    a_way_in_added_with_a_session_of_yesterday,
    a_way_in_that_was_taken_away,
    an_address_change_begun_before,
    a_sign_in_begun_before,
    a_provider_that_verifies_nothing,
    a_letter_that_its_owner_opens,
    an_order_as_bait,
)
