"""A whole sign-in, from the button to the session, and every way it can go wrong."""

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass, fields, replace
from datetime import timedelta

import pytest
from starlette.responses import JSONResponse

from onboarding.accounts.model import EmailTrust, Identity, Intent, ProvenAddress
from onboarding.accounts.outcome import How
from onboarding.errors import (
    BadProviderReply,
    BadRequest,
    IdentityTaken,
    NotFound,
    OnboardingError,
    ProviderDenied,
    SignInCancelled,
    SignInExpired,
    SignInRequired,
    StateMismatch,
)
from onboarding.providers import OpenIDConnect
from onboarding.providers.replies import Replies
from onboarding.social.model import AlreadyIn
from onboarding.testing import Fault, Person
from onboarding.tokens import Keys
from tests.social.scene import (
    ISSUER,
    KIM,
    RIVAL,
    SAM,
    URL,
    Browser,
    Scene,
    asked,
    taken_apart,
)

pytestmark = pytest.mark.anyio

ELEVEN_MINUTES = timedelta(minutes=11)


# ── what works ───────────────────────────────────────────────────────────────


async def test_a_stranger_signs_in_and_goes_where_they_wanted(scene: Scene) -> None:
    """They are registered, and land on the page they asked for."""
    finished = await scene.browser().go(KIM, next="/orders/7?tab=2")
    assert finished.signed_in is not None
    assert finished.signed_in.how is How.REGISTERED
    assert finished.next == "/orders/7?tab=2"


@pytest.mark.parametrize(
    "next", ["https://eve.example/", "//eve.example", "/\\eve.example", "", None]
)
async def test_nobody_is_led_elsewhere(scene: Scene, next: str | None) -> None:
    """Anything but a path of this site ends at home."""
    browser = scene.browser()
    started = await scene.social.begin("id", next=next)
    browser.keep(started.cookies)
    assert (await browser.finish(scene.id.approve(started.location))).next == "/home"


async def test_coming_back_is_the_same_account(scene: Scene) -> None:
    """Another browser, another day: who is known by issuer and subject is the same."""
    first = await scene.browser().sign_in()
    scene.clock.advance(timedelta(days=300))
    again = await scene.browser().sign_in()
    assert (again.how, again.account.id) == (How.SIGNED_IN, first.account.id)


async def test_a_guest_keeps_its_account(scene: Scene) -> None:
    """The guest who is here when the answer comes is upgraded, on the same id."""
    browser = scene.browser()
    started = await browser.begin()
    welcome = await scene.world.guests.start()
    browser.session = welcome.token.reveal()
    finished = await browser.finish(scene.id.approve(started.location))
    assert finished.signed_in is not None
    assert finished.signed_in.how is How.UPGRADED
    assert finished.signed_in.account.id == welcome.account.id


async def test_what_the_provider_said_is_kept_with_the_identity(scene: Scene) -> None:
    """Address, its trust and name stand there for display, normalised."""
    shouting = Person(
        subject="kim-1",
        name="Kim\n de Vries",
        email="KIM@Example.ORG",
        email_verified=True,
    )
    signed_in = await scene.browser().sign_in(shouting)
    [link] = await scene.world.accounts.list_identities(signed_in.account)
    assert (link.issuer, link.subject) == (ISSUER, "kim-1")
    assert (link.email, link.email_trust) == ("kim@example.org", EmailTrust.VERIFIED)
    assert link.name == "Kim de Vries"


async def test_somebody_without_an_address_is_let_in(scene: Scene) -> None:
    """No address is invented for them."""
    signed_in = await scene.browser().sign_in(SAM)
    assert await scene.world.accounts.list_contacts(signed_in.account) == []


@pytest.mark.parametrize(
    ("fault", "proven"),
    [(Fault.EMAIL_VERIFIED_TEXT_TRUE, True), (Fault.EMAIL_VERIFIED_TEXT_FALSE, False)],
)
async def test_a_claim_in_words_is_read_as_meant(
    scene: Scene, fault: Fault, *, proven: bool
) -> None:
    """The text "false" proves no address, and "true" is as good as true."""
    scene.id.misbehave(fault)
    signed_in = await scene.browser().sign_in()
    found = await scene.world.store.find(ProvenAddress, "kim@example.org")
    owner = found.account_id if found else None
    assert owner == (signed_in.account.id if proven else None)


async def test_an_address_that_only_looks_alike_proves_nothing(scene: Scene) -> None:
    """Letters that normalise to somebody's address are another mailbox."""
    await scene.browser().sign_in(KIM)
    alike = Person(subject="eve", email="\uff4bim@example.org", email_verified=True)
    finished = await scene.browser().go(alike)
    assert finished.signed_in is not None
    assert finished.signed_in.how is How.REGISTERED
    assert await scene.world.accounts.list_contacts(finished.signed_in.account) == []


async def test_github_is_asked_twice(scene: Scene) -> None:
    """The number is the subject, and the primary verified address is proven."""
    browser = scene.browser()
    started = await browser.begin("github")
    finished = await browser.finish(scene.github.approve(started.location))
    assert finished.signed_in is not None
    account = finished.signed_in.account
    [link] = await scene.world.accounts.list_identities(account)
    assert (link.subject, link.email) == ("583231", "kim@example.org")
    proven = await scene.world.store.find(ProvenAddress, "kim@example.org")
    assert proven is not None
    assert proven.account_id == account.id


async def test_github_without_the_list_of_addresses_still_signs_in(
    scene: Scene,
) -> None:
    """A GitHub App that may not read addresses gets a 404, and no address."""
    scene.github.emails = None
    browser = scene.browser()
    started = await browser.begin("github")
    finished = await browser.finish(scene.github.approve(started.location))
    assert finished.signed_in is not None
    [link] = await scene.world.accounts.list_identities(finished.signed_in.account)
    assert link.email_trust is EmailTrust.NONE


# ── what an attempt is (checklist 1, 4, 6) ───────────────────────────────────


async def test_each_attempt_has_secrets_of_its_own(scene: Scene) -> None:
    """State, nonce and challenge never come twice; all else is as configured."""
    starts = [asked((await scene.browser().begin()).location) for _ in range(20)]
    for name in ("state", "nonce", "code_challenge"):
        assert len({start[name] for start in starts}) == 20
    assert {start["redirect_uri"] for start in starts} == {f"{URL}/callback/id"}
    assert {start["code_challenge_method"] for start in starts} == {"S256"}
    assert {start["scope"] for start in starts} == {"openid email profile"}
    assert {start["response_type"] for start in starts} == {"code"}


async def test_the_database_holds_nothing_that_finishes_an_attempt(
    scene: Scene,
) -> None:
    """No state, nonce, verifier or secret stands in the intent's row."""
    started = await scene.browser().begin()
    intents = await scene.world.store.list_expired_intents(
        scene.clock() + ELEVEN_MINUTES, 10
    )
    assert len(intents) == 1
    kept = [intents[0].id, intents[0].secret_hash, *intents[0].data.values()]
    sent = asked(started.location)
    for secret in (sent["state"], sent["nonce"], started.cookie.value.split(".")[1]):
        assert not any(secret in str(value) for value in kept)


async def test_the_cookie_lives_as_long_as_the_attempt(scene: Scene) -> None:
    """Ten minutes, at the root, under a name that no other attempt has."""
    one, two = (await scene.browser().begin()).cookie, (await Browser(scene).begin())
    assert (one.max_age, one.path) == (600, "/")
    assert one.name != two.cookie.name


async def test_ten_attempts_wait_at_most_and_the_oldest_goes(scene: Scene) -> None:
    """A browser that begins and never ends does not fill its headers."""
    browser = scene.browser()
    begun = [(await browser.begin()).cookie.name for _ in range(13)]
    assert list(browser.cookies) == begun[-10:]
    sent = [f"__Host-{name}={value}; " for name, value in browser.cookies.items()]
    assert sum(map(len, sent)) < 1200  # of the 8 kB that servers take in a line


async def test_fifteen_tabs_all_come_to_an_end(scene: Scene) -> None:
    """Those whose cookie made room begin once more; the others go straight on."""
    browser = scene.browser()
    callbacks = [
        scene.id.approve((await browser.begin(next=f"/tab/{n}")).location)
        for n in range(15)
    ]
    with pytest.raises(StateMismatch) as lost:
        await browser.finish(callbacks[0])
    assert lost.value.restartable
    again = await browser.restart(callbacks[0])
    landed = [(await browser.finish(scene.id.approve(again.location))).next]
    landed += [(await browser.finish(callback)).next for callback in callbacks[1:]]
    assert landed == [f"/tab/{n}" for n in range(15)]
    assert browser.cookies == {}


async def test_two_answers_at_once_have_one_winner(scene: Scene) -> None:
    """A doubled callback signs in once; the other one learns that it came late."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin()).location)
    name, params = taken_apart(callback)
    outcomes = await asyncio.gather(
        *(scene.social.finish(name, params, browser.cookies, None) for _ in range(5)),
        return_exceptions=True,
    )
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {
        "Finished": 1,
        "SignInExpired": 4,
    }
    assert scene.id.calls["token"] == 1


async def test_what_the_browser_adds_to_an_answer_changes_nothing(
    scene: Scene,
) -> None:
    """Parameters we did not ask for are not read, least of all our own names."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin()).location)
    extra = "&client_id=eve&redirect_uri=https://eve.example&nonce=n&next=//eve.example"
    finished = await browser.finish(callback + extra + "&code_verifier=v&scope=admin")
    assert finished.signed_in is not None
    assert finished.next == "/cart"


# ── whose answer it is (checklist 2, 3) ──────────────────────────────────────


async def refused(scene: Scene, browser: Browser, callback: str) -> OnboardingError:
    """Come back, be refused before anything is sent, and return why."""
    before = len(scene.wire.requests)
    with pytest.raises(OnboardingError) as caught:
        await browser.finish(callback)
    assert len(scene.wire.requests) == before
    return caught.value


async def test_an_answer_without_state_is_refused(scene: Scene) -> None:
    """Whoever leaves it out is not let in, and nothing begins again."""
    browser = scene.browser()
    await browser.begin()
    error = await refused(scene, browser, f"{URL}/callback/id?code=stolen")
    assert isinstance(error, StateMismatch)
    assert not error.restartable


async def test_an_answer_with_a_made_up_state_is_refused(scene: Scene) -> None:
    """A state that we did not sign is nobody's."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin()).location)
    state = asked(callback)["state"]
    for forged in ("x", state[:-9] + "A" * 9, state.swapcase(), state * 2, "ä"):
        error = await refused(scene, browser, callback.replace(state, forged))
        assert isinstance(error, StateMismatch)
        assert not error.restartable


async def test_an_expired_attempt_is_refused(scene: Scene) -> None:
    """After ten minutes the cookie is worth nothing, even if it is sent."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin()).location)
    scene.clock.advance(ELEVEN_MINUTES)
    assert isinstance(await refused(scene, browser, callback), SignInExpired)


async def test_a_used_attempt_is_refused(scene: Scene) -> None:
    """The same answer signs nobody in a second time, cookie or not."""
    browser = scene.browser()
    started = await browser.begin()
    callback = scene.id.approve(started.location)
    await browser.finish(callback)
    browser.keep(started.cookies)
    browser.session = None
    assert isinstance(await refused(scene, browser, callback), SignInExpired)


async def test_a_failed_attempt_is_used_up(scene: Scene) -> None:
    """Who guesses codes gets one guess."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin()).location)
    wrong = callback.replace(asked(callback)["code"], "guessed")
    with pytest.raises(ProviderDenied):
        await browser.finish(wrong)
    assert isinstance(await refused(scene, browser, callback), SignInExpired)


async def test_an_answer_to_another_browser_is_refused(scene: Scene) -> None:
    """Login CSRF: the code of an attacker signs nobody else in."""
    attacker, victim = scene.browser(), scene.browser()
    callback = scene.id.approve((await attacker.begin()).location)
    await victim.begin()
    assert isinstance(await refused(scene, victim, callback), StateMismatch)


async def test_the_cookie_of_another_attempt_does_not_help(scene: Scene) -> None:
    """A cookie holds the secret of its own attempt, whatever it is called."""
    browser, other = scene.browser(), scene.browser()
    mine, theirs = await browser.begin(), await other.begin()
    callback = scene.id.approve(theirs.location)
    browser.cookies[theirs.cookie.name] = mine.cookie.value
    assert isinstance(await refused(scene, browser, callback), StateMismatch)
    renamed = theirs.cookie.value.split(".")[0] + "." + mine.cookie.value.split(".")[1]
    browser.cookies[theirs.cookie.name] = renamed
    assert isinstance(await refused(scene, browser, callback), StateMismatch)


async def test_a_state_of_one_provider_is_refused_at_another(scene: Scene) -> None:
    """Mix-up: what was begun with one is never finished with another."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin("id")).location)
    error = await refused(scene, browser, callback.replace("/id?", "/rival?"))
    assert isinstance(error, StateMismatch)
    assert not error.restartable


@pytest.mark.parametrize(
    "fault", [Fault.OTHER_ISSUER_IN_CALLBACK, Fault.MISSING_ISSUER_IN_CALLBACK]
)
async def test_an_answer_must_name_its_issuer(scene: Scene, fault: Fault) -> None:
    """RFC 9207: another issuer, or none where one is promised, sends no code away."""
    browser = scene.browser()
    started = await browser.begin()
    scene.id.misbehave(fault)
    callback = scene.id.approve(started.location)
    assert isinstance(await refused(scene, browser, callback), BadProviderReply)


async def test_github_need_not_name_its_issuer_but_names_no_other(
    scene: Scene,
) -> None:
    """Where nothing is promised, only a wrong name is refused."""
    browser = scene.browser()
    callback = scene.github.approve((await browser.begin("github")).location)
    wrong = callback.replace("github.com%2Flogin", "eve.example%2Flogin")
    assert isinstance(await refused(scene, browser, wrong), BadProviderReply)
    callback = scene.github.approve((await browser.begin("github")).location)
    finished = await browser.finish(callback.partition("&iss=")[0])
    assert finished.signed_in is not None


@pytest.mark.parametrize("name", ["state", "code", "iss", "error"])
async def test_a_parameter_that_comes_twice_is_refused(scene: Scene, name: str) -> None:
    """RFC 6749 §3.1: two readers would each believe another one."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin()).location)
    doubled = f"{callback}&{name}=one&{name}=two"
    assert isinstance(await refused(scene, browser, doubled), BadRequest)


async def test_a_parameter_without_end_is_refused(scene: Scene) -> None:
    """Nothing that long is signed, hashed, sent on or kept."""
    browser = scene.browser()
    await browser.begin()
    for name in ("state", "code", "iss", "error"):
        callback = f"{URL}/callback/id?{name}={'a' * 100_000}"
        assert isinstance(await refused(scene, browser, callback), BadRequest)


async def test_an_unknown_provider_is_not_found(scene: Scene) -> None:
    """At each of the three doors."""
    browser = scene.browser()
    with pytest.raises(NotFound):
        await browser.begin("nobody")
    callback = f"{URL}/callback/nobody?state=x"
    assert isinstance(await refused(scene, browser, callback), NotFound)
    with pytest.raises(NotFound):
        await browser.restart(callback)


async def test_who_stops_at_the_provider_is_told_so(scene: Scene) -> None:
    """Cancelled is no failure; another error is the provider's, by its code alone."""
    browser = scene.browser()
    denied = scene.id.deny((await browser.begin()).location)
    assert isinstance(await refused(scene, browser, denied), SignInCancelled)
    failed = scene.id.deny((await browser.begin()).location)
    error = await refused(
        scene, browser, failed.replace("access_denied", "server_error")
    )
    assert isinstance(error, ProviderDenied)
    assert error.reason == "server_error"


async def test_a_made_up_error_is_not_repeated(scene: Scene) -> None:
    """What stands in the address was perhaps written by somebody else."""
    browser = scene.browser()
    denied = scene.id.deny((await browser.begin()).location)
    error = await refused(
        scene, browser, denied.replace("access_denied", "<b>call+0900-EVE</b>")
    )
    assert isinstance(error, ProviderDenied)
    assert error.reason == "unknown"


async def test_an_answer_without_a_code_is_the_providers_fault(scene: Scene) -> None:
    """Neither code nor error says nothing."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin()).location)
    empty = callback.replace(asked(callback)["code"], "")
    assert isinstance(await refused(scene, browser, empty), BadProviderReply)


# ── a state of no attempt ────────────────────────────────────────────────────


async def test_a_lost_cookie_begins_again_once(scene: Scene) -> None:
    """The person ends where they wanted to go, and the log counts it."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin(next="/kept")).location)
    browser.cookies.clear()
    with pytest.raises(StateMismatch) as lost:
        await browser.finish(callback)
    assert lost.value.restartable
    again = await browser.restart(callback)
    finished = await browser.finish(scene.id.approve(again.location))
    assert finished.signed_in is not None
    assert finished.next == "/kept"
    names = await scene.world.names(finished.signed_in.account.id)
    assert set(names) == {
        "account_registered",
        "contact_proven",
        "sign_in_restarted",
    }


async def test_a_second_loss_does_not_begin_again(scene: Scene) -> None:
    """A browser without cookies is not sent round for ever."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin()).location)
    browser.cookies.clear()
    callback = scene.id.approve((await browser.restart(callback)).location)
    browser.cookies.clear()
    with pytest.raises(StateMismatch) as lost:
        await browser.finish(callback)
    assert not lost.value.restartable
    with pytest.raises(StateMismatch):
        await browser.restart(callback)


async def test_what_is_not_ours_never_begins_again(scene: Scene) -> None:
    """A restart without our signature would be a way in from any site."""
    with pytest.raises(StateMismatch):
        await scene.browser().restart(f"{URL}/callback/id?state=made-up")
    callback = scene.id.approve((await scene.browser().begin()).location)
    with pytest.raises(StateMismatch):
        await scene.browser().restart(callback.replace("/id?", "/rival?"))


async def test_a_stranger_cannot_begin_for_somebody_who_is_here(scene: Scene) -> None:
    """An attacker's link must not join an identity to the account of its reader.

    A restart needs no click, and the reader may be signed in at the provider as the
    attacker.
    """
    callback = scene.id.approve((await scene.browser().begin()).location)
    member = scene.browser()
    await member.sign_in(KIM)
    guest = scene.browser()
    welcome = await scene.world.guests.start()
    guest.session = welcome.token.reveal()
    with pytest.raises(StateMismatch) as lost:
        await guest.finish(callback)
    assert not lost.value.restartable
    assert await member.finish(callback) == AlreadyIn(next="/cart")
    for victim in (member, guest):
        with pytest.raises(StateMismatch):
            await victim.restart(callback)
    found = await member.current()
    assert found is not None
    [way] = await scene.world.accounts.list_identities(found.account)
    assert way.subject == KIM.subject


@pytest.mark.parametrize(("swept", "next"), [(False, "/gone"), (True, "/home")])
async def test_a_used_attempt_knows_its_way_when_it_begins_again(
    scene: Scene, next: str, *, swept: bool
) -> None:
    """Until it is swept; then nobody knows any more where it wanted to go."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin(next="/gone")).location)
    await browser.finish(callback)
    if swept:
        scene.clock.advance(ELEVEN_MINUTES)
        await scene.world.intents.sweep()
    again = await scene.browser().restart(callback)
    fresh = scene.browser()
    fresh.keep(again.cookies)
    assert (await fresh.finish(scene.id.approve(again.location))).next == next


# ── a finished act repeated ──────────────────────────────────────────────────


async def test_an_attempt_that_signed_in_who_is_here_is_done(scene: Scene) -> None:
    """Going back to the provider and choosing again asks nobody, and leads on."""
    browser = scene.browser()
    started = await browser.begin(next="/kept")
    await browser.finish(scene.id.approve(started.location))
    asked_so_far = len(scene.wire.requests)

    for person in (KIM, SAM):
        again = scene.id.approve(started.location, person)
        assert await browser.finish(again) == AlreadyIn(next="/kept")
    assert len(scene.wire.requests) == asked_so_far


async def test_an_attempt_of_somebody_else_is_not_done(scene: Scene) -> None:
    """Who is here was signed in by another one: nothing is said to have worked."""
    other, browser, guest = scene.browser(), scene.browser(), scene.browser()
    callback = scene.id.approve((await other.begin()).location)
    await other.finish(callback)
    await browser.sign_in(SAM)
    session = browser.session
    assert await browser.finish(callback) == AlreadyIn(next="/cart")
    assert browser.session == session
    guest.session = (await scene.world.guests.start()).token.reveal()
    assert isinstance(await refused(scene, guest, callback), StateMismatch)


async def test_an_attempt_that_failed_is_not_done(scene: Scene) -> None:
    """Who wanted a further way in and did not get it is not told that all is well."""
    browser = scene.browser()
    await browser.sign_in(KIM)
    denied = scene.id.deny((await browser.begin()).location)
    for _ in range(2):
        assert isinstance(await refused(scene, browser, denied), SignInCancelled)


async def test_an_attempt_is_done_for_whoever_a_guest_became(scene: Scene) -> None:
    """A merge gives the attempt to the account that the guest came together with."""
    await scene.browser().sign_in(KIM)
    browser = scene.browser()
    browser.session = (await scene.world.guests.start()).token.reveal()
    callback = scene.id.approve((await browser.begin(next="/kept")).location)
    await browser.finish(callback)
    assert await browser.finish(callback) == AlreadyIn(next="/kept")


async def test_a_used_attempt_is_nothing_to_tell_of(scene: Scene) -> None:
    """It waits for nothing, so no export names it; an erasure takes it along."""
    signed_in = await scene.browser().sign_in(KIM)
    [kept] = await scene.world.store.list_of(Intent, signed_in.account.id)
    told = await scene.world.data.export(signed_in.account)
    assert told["intents"] == []
    assert (kept.is_used, kept.address, kept.next) == (True, None, "/cart")
    await scene.world.data.erase(signed_in.account.id)
    assert await scene.world.store.find(Intent, kept.id) is None


# ── several processes, and keys that change ──────────────────────────────────


async def test_another_process_may_finish(scene: Scene) -> None:
    """Nothing of an attempt is kept in a process."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin()).location)
    scene.start()
    assert (await browser.finish(callback)).signed_in is not None


async def test_an_attempt_survives_the_replacement_of_the_key(scene: Scene) -> None:
    """What the old key began, the new one and the old one finish together."""
    old, new = (
        "an old key that has more than 32 bytes",
        "a new key, just as long, or so",
    )
    scene.start(Keys(old))
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin()).location)
    scene.start(Keys([new * 2, old]))
    assert (await browser.finish(callback)).signed_in is not None


async def test_an_attempt_ends_with_a_key_that_is_gone(scene: Scene) -> None:
    """A key that was thrown away recognises nothing."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin()).location)
    scene.start(Keys("quite another key of more than 32 bytes"))
    assert isinstance(await refused(scene, browser, callback), StateMismatch)


# ── whom it joins ────────────────────────────────────────────────────────────


async def test_an_identity_of_somebody_else_is_not_moved(scene: Scene) -> None:
    """Who is signed in and comes back as another registered person is refused."""
    await scene.browser().sign_in(KIM)
    browser = scene.browser()
    await browser.sign_in(SAM)
    with pytest.raises(IdentityTaken):
        await browser.go(KIM)


async def waiting(scene: Scene, *, owner: Browser) -> Browser:
    """Return a browser in which an identity with the owner's address waits."""
    await owner.sign_in(KIM)
    newcomer = scene.browser()
    started = await newcomer.begin("rival", next="/kept")
    twin = Person(
        subject="twin", name="K. de Vries", email=KIM.email, email_verified=True
    )
    finished = await newcomer.finish(scene.rival.approve(started.location, twin))
    assert finished.signed_in is None
    assert finished.next == "/kept"
    return newcomer


async def test_an_address_in_use_waits_for_its_owner(scene: Scene) -> None:
    """The page may show whom the provider named, and no more of the address."""
    newcomer = await waiting(scene, owner=scene.browser())
    found = await scene.waiting.find(newcomer.cookies, None)
    assert found is not None
    assert (found.provider, found.title, found.name) == (
        "rival",
        "Rival",
        "K. de Vries",
    )
    assert (found.hint, found.next) == ("k***@example.org", "/kept")
    assert KIM.email not in repr(found)


async def test_the_owner_confirms_with_one_click(scene: Scene) -> None:
    """Signed in the way they did before, they link the identity that waited."""
    owner = scene.browser()
    newcomer = await waiting(scene, owner=owner)
    first = await newcomer.sign_in(KIM)
    finished = await newcomer.confirm()
    assert finished.signed_in is not None
    assert finished.signed_in.how is How.LINKED
    assert finished.signed_in.account.id == first.account.id
    assert finished.next == "/kept"
    links = await scene.world.accounts.list_identities(first.account)
    assert {(link.provider, link.subject) for link in links} == {
        ("id", "kim-1"),
        ("rival", "twin"),
    }


@pytest.mark.parametrize("kind", ["visitor", "guest"])
async def test_it_waits_until_somebody_is_signed_in(scene: Scene, kind: str) -> None:
    """A click before that changes nothing, and uses nothing up."""
    newcomer = await waiting(scene, owner=scene.browser())
    if kind == "guest":
        welcome = await scene.world.guests.start()
        newcomer.session = welcome.token.reveal()
    with pytest.raises(SignInRequired):
        await newcomer.confirm()
    assert await scene.waiting.find(newcomer.cookies, None) is not None


async def test_it_is_confirmed_once(scene: Scene) -> None:
    """A second click finds it done, with the cookie or without; nobody else does."""
    newcomer = await waiting(scene, owner=scene.browser())
    cookies = dict(newcomer.cookies)
    await newcomer.sign_in(KIM)
    await newcomer.confirm()
    assert newcomer.cookies == {}
    for sent in (cookies, {}):
        again = await scene.waiting.confirm(await newcomer.current(), sent)
        assert again == AlreadyIn(next="/kept")
    other = scene.browser()
    await other.sign_in(SAM)
    for sent in (cookies, {}):
        with pytest.raises(SignInExpired):
            await scene.waiting.confirm(await other.current(), sent)
    assert await scene.waiting.find(cookies, None) is None


async def test_it_waits_ten_minutes_in_its_own_browser(scene: Scene) -> None:
    """Another browser, or a later hour, finds nothing."""
    newcomer = await waiting(scene, owner=scene.browser())
    assert await scene.waiting.find({}, None) is None
    assert await scene.waiting.find({"onboarding-confirm": "made up"}, None) is None
    scene.clock.advance(ELEVEN_MINUTES)
    assert await scene.waiting.find(newcomer.cookies, None) is None


# ── what nobody may read ─────────────────────────────────────────────────────


async def test_no_log_holds_a_secret_a_code_or_an_address(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """A whole sign-in at the most talkative level, and a failed one, tell nothing."""
    caplog.set_level(logging.DEBUG)
    browser = scene.browser()
    started = await browser.begin()
    callback = scene.id.approve(started.location)
    finished = await browser.finish(callback)
    again = scene.id.approve((await browser.begin()).location)
    with pytest.raises(ProviderDenied) as failed:
        await browser.finish(again.replace(asked(again)["code"], "guessed"))
    assert finished.signed_in is not None
    authorized = [r.headers.get("authorization", "") for r in scene.wire.requests]
    bearer = next(a for a in authorized if a.startswith("Bearer ")).split()[1]
    secrets = [
        *(asked(started.location)[n] for n in ("state", "nonce", "code_challenge")),
        *(asked(callback)["code"], "guessed", bearer, started.cookie.value),
        *(
            finished.signed_in.new_session.token.secret,
            str(KIM.email),
            str(KIM.name),
            "s3cret",
        ),
    ]
    told = [
        *(record.getMessage() for record in caplog.records),
        *(repr(value) for value in (started, finished, scene.providers)),
        *(str(failed.value), repr(failed.value), repr(failed.value.details())),
        repr(await scene.world.store.list_expired_intents(scene.clock(), 9)),
    ]
    assert [s for s in secrets if any(s in line for line in told)] == []


async def test_other_calls_of_the_application_keep_their_log_lines(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """Only our own calls are silent, not the library that makes them."""
    caplog.set_level(logging.INFO)
    await scene.browser().sign_in()
    logging.getLogger("httpx2").info("HTTP Request: of the host")
    lines = [r.getMessage() for r in caplog.records if r.name.startswith("httpx2")]
    assert lines == ["HTTP Request: of the host"]


# ── life of the service ──────────────────────────────────────────────────────


async def test_pages_know_where_their_buttons_lead(scene: Scene) -> None:
    """The issuer's origin, until discovery says where the browser really goes."""
    known = ("https://id.example", "https://rival.example", "https://github.com")
    assert scene.flow.form_origins() == known
    scene.providers["id"] = replace(scene.providers["id"], issuer=f"{ISSUER}/tenant")
    document = {
        "issuer": f"{ISSUER}/tenant",
        "authorization_endpoint": "https://login.example/authorize",
        "token_endpoint": f"{ISSUER}/token",
        "jwks_uri": f"{ISSUER}/jwks",
    }
    keys = {"keys": [scene.key.public_jwk()]}
    scene.wire.lead("id.example", JSONResponse(document | keys))
    await scene.flow.prepare(scene.providers["id"])
    assert scene.flow.form_origins() == ("https://login.example", *known[1:])


async def test_preparing_meets_what_signing_in_would(scene: Scene) -> None:
    """A document of another issuer is refused, before anybody has begun."""
    with (
        scene.id.misbehave(Fault.OTHER_ISSUER_IN_DISCOVERY),
        pytest.raises(BadProviderReply),
    ):
        await scene.flow.prepare(scene.providers["id"])


async def test_a_warm_service_signs_in_and_opens_again(scene: Scene) -> None:
    """Warming is only about time, and closing is not for ever."""
    await asyncio.to_thread(scene.flow.warm)
    assert How.REGISTERED is (await scene.browser().sign_in()).how
    await scene.flow.close()
    assert How.SIGNED_IN is (await scene.browser().sign_in()).how


@dataclass(frozen=True, kw_only=True)
class Boastful(OpenIDConnect):
    """A provider whose mapping speaks for another one."""

    def identity(self, replies: Replies) -> Identity:
        """Return somebody of another issuer."""
        return replace(super().identity(replies), issuer=RIVAL)


async def test_a_mapping_speaks_for_its_own_issuer(scene: Scene) -> None:
    """A careless plug-in cannot sign in the people of another provider."""
    honest = scene.providers["id"]
    told = {f.name: getattr(honest, f.name) for f in fields(honest)}
    scene.providers["id"] = Boastful(**told)
    with pytest.raises(BadProviderReply, match="somebody else"):
        await scene.browser().go()
