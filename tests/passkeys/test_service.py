"""Passkeys: made, used, and whose they are, by the same table as every identity."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from onboarding.accounts.linking import ShownPasskey
from onboarding.accounts.model import IdentityLink, Passkey
from onboarding.accounts.outcome import How, SignInResult
from onboarding.changes import RemoveAll
from onboarding.cookies import MOST_ATTEMPTS
from onboarding.errors import (
    Conflict,
    CookiesBlocked,
    FreshSignInRequired,
    IdentityTaken,
    PasskeyCopied,
    PasskeyRefused,
    PasskeyUnknown,
    SignInExpired,
    StateMismatch,
)
from onboarding.passkeys.model import PasskeyPolicy
from onboarding.testing import FakeAuthenticator
from tests.passkeys.scene import ORIGIN, Scene, Visitor
from tests.world import identity

pytestmark = pytest.mark.anyio


async def guest(scene: Scene) -> Visitor:
    """Return somebody who has done something here."""
    visitor = scene.visitor()
    visitor.current = await scene.world.guest()
    return visitor


# ── whose it is ──────────────────────────────────────────────────────────────


async def test_a_guest_is_kept_on_the_same_id(scene: Scene) -> None:
    """A passkey upgrades in place, as a provider does: nothing is moved."""
    visitor = await guest(scene)
    before = visitor.current
    assert before is not None
    made = await visitor.make()

    assert How.UPGRADED is made.how
    assert before.account.id == made.account.id
    names = await scene.world.names(made.account.id)
    assert names == ["guest_started", "guest_upgraded"]


async def test_a_visitor_becomes_registered(scene: Scene) -> None:
    """Who did nothing yet has an account by it, as by a provider."""
    made = await scene.visitor().make()
    assert How.REGISTERED is made.how
    assert not made.account.is_guest


async def test_who_has_one_comes_back_to_their_account(scene: Scene) -> None:
    """In another browser, by the passkey alone: nobody types who they are."""
    visitor = await guest(scene)
    made = await visitor.make()
    elsewhere = Visitor(scene, device=visitor.device)
    came = await elsewhere.sign_in()

    assert How.SIGNED_IN is came.how
    assert made.account.id == came.account.id


async def test_a_passkey_is_an_identity_like_any_other(scene: Scene) -> None:
    """Its issuer is ours and no provider's; its subject is random, and no address."""
    visitor = await guest(scene)
    made = await visitor.make()
    passkey = await visitor.passkey()
    [link] = await scene.world.store.list_of(IdentityLink, made.account.id)

    assert (link.issuer, link.provider) == ("passkey:shop.example", "passkey")
    assert link.subject == passkey.user_handle
    assert len(link.subject) == 43
    assert (link.email, link.name) == (None, None)


async def test_a_guest_with_a_passkey_of_another_account_merges(scene: Scene) -> None:
    """What a guest did comes along, as at a provider."""
    owner = await guest(scene)
    owned = await owner.make()
    again = await guest(scene)
    again.device = owner.device
    came = await again.sign_in()

    assert How.MERGED is came.how
    assert owned.account.id == came.account.id
    assert came.receipt is not None


async def test_somebody_else_who_is_in_stays_in(scene: Scene) -> None:
    """A passkey of another account is refused, and both are as they were."""
    owner, other = scene.visitor(), scene.visitor()
    await owner.make()
    await other.make()
    asked = await other.ask()
    with pytest.raises(IdentityTaken):
        await other.answer(asked, owner.device.get(asked.options))


async def test_a_person_adds_one_after_a_fresh_sign_in(scene: Scene) -> None:
    """To the account that they are in; older sessions end, as at any new way."""
    person = await scene.world.person("kim", "kim@example.org")
    visitor = scene.visitor()
    visitor.current = person.new_session.current
    made = await visitor.make()

    assert How.LINKED is made.how
    assert person.account.id == made.account.id
    old = person.new_session.token.reveal()
    assert await scene.world.sessions.find(old) is None


async def test_an_open_browser_is_no_fresh_sign_in(scene: Scene) -> None:
    """Whoever finds one makes themselves no way in."""
    person = await scene.world.person("kim")
    visitor = scene.visitor()
    visitor.current = person.new_session.current
    scene.world.clock.advance(timedelta(minutes=11))
    with pytest.raises(FreshSignInRequired):
        await visitor.ask_new()


async def test_both_passkeys_lead_to_the_account_that_stays(scene: Scene) -> None:
    """A merge brings the passkeys along, with the identities that they show."""
    one, two = scene.visitor(), scene.visitor()
    first, second = await one.make(), await two.make()
    await scene.world.merging.merge(first.account.id, second.account.id)

    for device in (one.device, two.device):
        came = await Visitor(scene, device=device).sign_in()
        assert second.account.id == came.account.id
    kept = await scene.world.store.list_of(Passkey, second.account.id)
    assert len(kept) == 2


async def test_a_passkey_goes_with_the_data(scene: Scene) -> None:
    """After an erasure it opens nothing, and makes no new account."""
    visitor = await guest(scene)
    made = await visitor.make()
    await scene.world.data.erase(made.account.id)
    again = Visitor(scene, device=visitor.device)
    before = await scene.count_accounts()
    with pytest.raises(PasskeyUnknown):
        await again.sign_in()
    assert before == await scene.count_accounts()


async def test_without_its_identity_a_passkey_is_nobodys(scene: Scene) -> None:
    """One whose identity was taken away makes no new account either."""
    visitor = await guest(scene)
    made = await visitor.make()
    await scene.world.store.commit(RemoveAll(IdentityLink, made.account.id))
    before = await scene.count_accounts()
    with pytest.raises(PasskeyUnknown):
        await Visitor(scene, device=visitor.device).sign_in()
    assert before == await scene.count_accounts()


async def test_everything_of_a_passkey_is_told(scene: Scene) -> None:
    """In the export: there is nothing of it that is not the person's own."""
    visitor = await guest(scene)
    made = await visitor.make()
    passkey = await visitor.passkey()
    told = await scene.world.data.export(made.account)
    assert told["passkeys"] == [
        {
            "id": passkey.id,
            "name": "sam@example.org",
            "user_handle": passkey.user_handle,
            "public_key": passkey.public_key,
            "sign_count": 0,
            "syncable": True,
            "synced": True,
            "transports": ["hybrid", "internal"],
            "created_at": passkey.created_at.isoformat(),
            "used_at": passkey.used_at.isoformat(),
        }
    ]


# ── what is asked ────────────────────────────────────────────────────────────


async def test_a_browser_is_asked_for_what_can_be_found_again(scene: Scene) -> None:
    """Discoverable, verified, not attested, and none that the device has already."""
    visitor = scene.visitor()
    await visitor.make()
    passkey = await visitor.passkey()
    options = (await visitor.ask_new()).options

    assert options["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert options["attestation"] == "none"
    assert options["rp"] == {"id": "shop.example", "name": "Lamplight"}
    excluded = options["excludeCredentials"]
    transports = ["hybrid", "internal"]
    assert excluded == [
        {"id": passkey.id, "type": "public-key", "transports": transports}
    ]
    with pytest.raises(ValueError, match="already"):
        visitor.device.create(options)


async def test_whoever_signs_in_picks_the_passkey(scene: Scene) -> None:
    """No list of passkeys is sent: it would tell whose they are."""
    options = (await scene.visitor().ask()).options
    assert options["allowCredentials"] == []
    assert (options["rpId"], options["userVerification"]) == (
        "shop.example",
        "required",
    )


async def test_no_two_attempts_ask_the_same(scene: Scene) -> None:
    """Challenges and user handles are each used once."""
    visitor = scene.visitor()
    asked = [(await visitor.ask_new()).options for _ in range(3)]
    assert len({one["challenge"] for one in asked}) == 3
    assert len({str(one["user"]) for one in asked}) == 3


# ── replay, other browsers, other times ──────────────────────────────────────


async def test_an_answer_works_once(scene: Scene) -> None:
    """Sent again it is refused, whether the cookie is still there or not."""
    visitor = scene.visitor()
    asked = await visitor.ask_new()
    cookies = dict(visitor.cookies)
    made = visitor.device.create(asked.options)
    await visitor.answer_new(asked, made)
    visitor.cookies = cookies
    with pytest.raises(SignInExpired):
        await visitor.answer_new(asked, made)

    asked = await visitor.ask()
    cookies, given = dict(visitor.cookies), visitor.device.get(asked.options)
    await visitor.answer(asked, given)
    visitor.cookies = cookies
    with pytest.raises(SignInExpired):
        await visitor.answer(asked, given)
    visitor.cookies = {"onboarding": "a session"}
    with pytest.raises(StateMismatch):
        await visitor.answer(asked, given)


async def test_a_refused_answer_uses_the_attempt_up(scene: Scene) -> None:
    """Nobody tries one answer after the other: the right one comes too late as well."""
    visitor = scene.visitor()
    asked = await visitor.ask_new()
    liar = FakeAuthenticator("https://evil.example")
    with pytest.raises(PasskeyRefused):
        await visitor.answer_new(asked, liar.create(asked.options))
    with pytest.raises(SignInExpired):
        await visitor.answer_new(asked, visitor.device.create(asked.options))

    await visitor.make()
    asked = await visitor.ask()
    given = visitor.device.get(asked.options)
    bent = {**given, "response": {**given["response"], "signature": "AAAA"}}
    with pytest.raises(PasskeyRefused):
        await visitor.answer(asked, bent)
    with pytest.raises(SignInExpired):
        await visitor.answer(asked, given)


async def test_of_many_who_send_an_answer_one_comes_in(scene: Scene) -> None:
    """The attempt is taken by one of them, and the others are told that it is over."""
    visitor = scene.visitor()
    await visitor.make()
    asked = await visitor.ask()
    given = visitor.device.get(asked.options)
    cookies = dict(visitor.cookies)
    tries = [
        scene.passkeys.finish_sign_in(asked.attempt, given, cookies, None)
        for _ in range(8)
    ]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, SignInExpired)]
    assert len(refused) == 7


async def test_another_browser_cannot_answer(scene: Scene) -> None:
    """Nor one whose cookies are blocked, which is told so."""
    visitor, other = scene.visitor(), scene.visitor()
    await visitor.make()
    asked = await visitor.ask()
    given = visitor.device.get(asked.options)
    with pytest.raises(CookiesBlocked):
        await other.answer(asked, given)
    await other.ask()
    with pytest.raises(StateMismatch):
        await other.answer(asked, given)


async def test_the_challenge_of_another_attempt_is_refused(scene: Scene) -> None:
    """An answer that somebody gave elsewhere is nobody's answer here."""
    owner, thief = scene.visitor(), scene.visitor()
    await owner.make()
    theirs, asked = await owner.ask(), await thief.ask()
    with pytest.raises(PasskeyRefused):
        await thief.answer(asked, owner.device.get(theirs.options))
    assert thief.current is None


async def test_an_attempt_of_one_kind_is_none_of_the_other(scene: Scene) -> None:
    """What was begun to sign in makes no passkey, and the other way round."""
    visitor = scene.visitor()
    await visitor.make()
    asked, asked_new = await visitor.ask(), await visitor.ask_new()
    with pytest.raises(SignInExpired):
        await visitor.answer(asked_new, visitor.device.get(asked.options))
    other = FakeAuthenticator(ORIGIN)
    with pytest.raises(SignInExpired):
        await visitor.answer_new(asked, other.create(asked_new.options))


async def test_an_attempt_has_its_time(scene: Scene) -> None:
    """The one of the policy, and not a moment more."""
    visitor = scene.visitor()
    asked, late = await visitor.ask_new(), await visitor.ask_new()
    scene.world.clock.advance(timedelta(minutes=4, seconds=59))
    await visitor.answer_new(asked, visitor.device.create(asked.options))
    visitor.current = None
    scene.world.clock.advance(timedelta(seconds=2))
    with pytest.raises(SignInExpired):
        await visitor.answer_new(late, visitor.device.create(late.options))


async def test_two_tabs_both_work(scene: Scene) -> None:
    """Each has an attempt of its own, and the second answer is no replay."""
    visitor = scene.visitor()
    await visitor.make()
    visitor.current = None
    one, two = await visitor.ask("/one"), await visitor.ask("/two")
    second = await visitor.answer(two, visitor.device.get(two.options))
    first = await visitor.answer(one, visitor.device.get(one.options))
    assert ("/one", "/two") == (first.next, second.next)


async def test_the_oldest_attempt_makes_room(scene: Scene) -> None:
    """A page that is opened again and again fills no jar of cookies."""
    visitor = scene.visitor()
    for _ in range(12):
        await visitor.ask()
    assert len(visitor.cookies) == MOST_ATTEMPTS


async def test_who_came_meanwhile_gets_nobody_elses_passkey(scene: Scene) -> None:
    """A guest began, a person signed in in another tab: it is linked to neither."""
    visitor = await guest(scene)
    asked = await visitor.ask_new()
    made = visitor.device.create(asked.options)
    person = await scene.world.person("kim")
    visitor.current = person.new_session.current
    with pytest.raises(StateMismatch):
        await visitor.answer_new(asked, made)
    links = await scene.world.store.list_of(IdentityLink, person.account.id)
    assert [one.provider for one in links] == ["local"]


# ── what the device says ─────────────────────────────────────────────────────


LIES = [
    pytest.param({"origin": "https://shop.example.evil.example"}, id="another origin"),
    pytest.param({"origin": "http://shop.example"}, id="plain http"),
    pytest.param({"origin": "https://shop.example:444"}, id="another port"),
    pytest.param({"framed": True}, id="in a frame of another site"),
    pytest.param({"rp_id": "evil.example"}, id="another site"),
    pytest.param({"verifies": False}, id="nobody was asked for"),
    pytest.param({"syncable": False, "synced": True}, id="impossible flags"),
]


@pytest.mark.parametrize("lie", LIES)
async def test_a_new_passkey_must_be_what_was_asked_for(
    scene: Scene, lie: dict[str, object]
) -> None:
    """What another page asked for, or nobody verified, keeps nothing."""
    visitor = scene.visitor()
    visitor.device = replace(visitor.device, **lie)  # type: ignore[arg-type]
    asked = await visitor.ask_new()
    with pytest.raises(PasskeyRefused):
        await visitor.answer_new(asked, visitor.device.create(asked.options))
    assert await scene.count_accounts() == 0


@pytest.mark.parametrize(
    "lie",
    [*LIES, pytest.param({"syncable": False, "synced": False}, id="not syncable")],
)
async def test_a_passkey_must_sign_what_was_asked_for(
    scene: Scene, lie: dict[str, object]
) -> None:
    """The signature is right each time, and what is signed is not."""
    visitor = scene.visitor()
    await visitor.make()
    visitor.current = None
    for name, value in lie.items():
        setattr(visitor.device, name, value)
    asked = await visitor.ask()
    with pytest.raises(PasskeyRefused):
        await visitor.answer(asked, visitor.device.get(asked.options))
    assert visitor.current is None


async def test_where_it_is_merely_preferred_nobody_need_be_verified(
    scene: Scene,
) -> None:
    """The policy says so, and the options as well."""
    preferring = Scene(scene.world, PasskeyPolicy(user_verification="preferred"))
    visitor = preferring.visitor()
    visitor.device.verifies = False
    made = await visitor.make()
    came = await Visitor(preferring, device=visitor.device).sign_in()
    assert made.account.id == came.account.id
    assert (await visitor.ask()).options["userVerification"] == "preferred"


async def test_a_known_id_is_nobodys_to_take(scene: Scene) -> None:
    """Who says the id of another one's passkey neither gets it nor takes it away."""
    owner, thief = scene.visitor(), scene.visitor()
    made = await owner.make()
    key = owner.device.get((await owner.ask()).options)["rawId"]
    asked = await thief.ask_new()
    forged = thief.device.create(asked.options, id=key)
    with pytest.raises(PasskeyRefused):
        await thief.answer_new(asked, forged)
    came = await Visitor(scene, device=owner.device).sign_in()
    assert made.account.id == came.account.id


async def test_the_key_of_another_passkey_signs_nobody_in(scene: Scene) -> None:
    """An id is no credential: what counts is who can sign."""
    owner, thief = scene.visitor(), scene.visitor()
    await owner.make()
    await thief.make()
    thief.current = None
    passkey = await owner.passkey()
    asked = await thief.ask()
    given = thief.device.get(asked.options)
    given |= {"id": passkey.id, "rawId": passkey.id}
    given["response"]["userHandle"] = passkey.user_handle
    with pytest.raises(PasskeyRefused):
        await thief.answer(asked, given)


@pytest.mark.parametrize("handle", [None, "", "c29tZWJvZHk", 7])
async def test_the_user_handle_is_that_of_the_passkey(
    scene: Scene, handle: object
) -> None:
    """WebAuthn §7.2, step 6: one that is missing is no better than another one."""
    visitor = scene.visitor()
    await visitor.make()
    asked = await visitor.ask()
    given = visitor.device.get(asked.options)
    given["response"]["userHandle"] = handle
    with pytest.raises(PasskeyRefused):
        await visitor.answer(asked, given)


# ── counts and copies ────────────────────────────────────────────────────────


async def test_a_count_that_goes_back_is_refused_and_recorded(scene: Scene) -> None:
    """Of two devices with one passkey, one is a copy; nobody knows which."""
    visitor = scene.visitor()
    visitor.device.counts = True
    made = await visitor.make()
    await visitor.sign_in()
    visitor.device.count_back()
    visitor.current = None
    with pytest.raises(PasskeyCopied):
        await visitor.sign_in()

    assert visitor.current is None
    assert "passkey_suspected" in await scene.world.names(made.account.id)
    [kept] = await scene.world.store.list_of(Passkey, made.account.id)
    assert kept.sign_count == 1


async def test_a_passkey_that_counts_nothing_is_normal(scene: Scene) -> None:
    """Those that are synced say 0 each time."""
    visitor = scene.visitor()
    await visitor.make()
    for _ in range(3):
        await visitor.sign_in()
    assert (await visitor.passkey()).sign_count == 0


async def test_one_count_lets_one_in(scene: Scene) -> None:
    """Two answers with the same count at once: a copy, and one of them is refused."""
    visitor = scene.visitor()
    visitor.device.counts = True
    await visitor.make()
    visitor.current = None
    one, two = await visitor.ask(), await visitor.ask()
    first = visitor.device.get(one.options)
    visitor.device.count_back()
    second = visitor.device.get(two.options)
    outcomes = await asyncio.gather(
        visitor.answer(one, first), visitor.answer(two, second), return_exceptions=True
    )
    refused = [one for one in outcomes if isinstance(one, PasskeyCopied)]
    assert len(refused) == 1


async def test_whoever_read_an_older_count_reads_again(scene: Scene) -> None:
    """The commit itself compares: two who read the same count are not both let in."""
    visitor = scene.visitor()
    made = await visitor.make()
    was = await visitor.passkey()
    risen = replace(was, sign_count=1)
    use = ShownPasskey(was=was, now=risen).change(made.account.id)
    await scene.world.store.commit(use)
    with pytest.raises(Conflict):
        await scene.world.store.commit(use)
    again = ShownPasskey(was=None, now=risen).change(made.account.id)
    with pytest.raises(Conflict):
        await scene.world.store.commit(again)


async def test_what_a_passkey_says_of_itself_is_kept(scene: Scene) -> None:
    """When it was used last, and whether it is on other devices by now."""
    visitor = scene.visitor()
    visitor.device.synced = False
    await visitor.make()
    made = await visitor.passkey()
    assert (made.is_syncable, made.is_synced) == (True, False)

    visitor.device.synced = True
    scene.world.clock.advance(timedelta(days=3))
    await visitor.sign_in()
    used = await visitor.passkey()
    assert used.is_synced
    assert used.used_at - made.used_at == timedelta(days=3)


async def test_sign_ins_of_one_account_at_once_all_succeed(scene: Scene) -> None:
    """Many devices may come back at the same moment."""
    visitor = scene.visitor()
    made = await visitor.make()
    browsers = [Visitor(scene, device=visitor.device) for _ in range(6)]
    came = await asyncio.gather(*(one.sign_in() for one in browsers))
    assert {one.account.id for one in came} == {made.account.id}


async def test_a_merge_meanwhile_leads_on(scene: Scene) -> None:
    """Begun as a guest, merged in another tab: the passkey joins the survivor."""
    visitor = await guest(scene)
    assert visitor.current is not None
    asked = await visitor.ask_new()
    made = visitor.device.create(asked.options)
    await scene.world.accounts.sign_in(identity("kim"), None)
    merged = await scene.world.accounts.sign_in(identity("kim"), visitor.current)
    assert isinstance(merged, SignInResult)
    visitor.current = merged.new_session.current
    answered = await visitor.answer_new(asked, made)
    assert isinstance(answered.outcome, SignInResult)
    assert answered.outcome.account.id == merged.account.id
