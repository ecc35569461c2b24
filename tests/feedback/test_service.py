"""Asking, answering and replying, on real stores."""

import asyncio
from datetime import timedelta

import pytest

from onboarding.attention.model import Act, Attention, AttentionPolicy, Quiet
from onboarding.attention.service import AttentionService
from onboarding.errors import AccountEnded, ConfigError, InvalidAnswer, NotFound
from onboarding.events import Entry
from onboarding.feedback.model import NotDue, Prompt
from onboarding.feedback.service import FeedbackService
from tests.feedback.conftest import Shop
from tests.feedback.history import DAY, FIRST, START, OrderDelivered, OrderPlaced

pytestmark = pytest.mark.anyio


# ── asking ───────────────────────────────────────────────────────────────────


async def test_a_prompt_is_due_after_its_event(shop: Shop) -> None:
    """Before the order nothing is asked, after it the prompt; a look writes nothing."""
    account = await shop.guest()
    assert await shop.due(account) is None
    await shop.happens(account, OrderPlaced())
    assert await shop.due(account) == "first-order"
    assert await shop.names(account) == []


async def test_a_visitor_is_never_asked(shop: Shop) -> None:
    """Who has no account has done nothing that a prompt could stand on."""
    assert await shop.feedback.due(None, "v1") is None


async def test_a_clock_that_is_set_back_refuses_nobody(shop: Shop) -> None:
    """Whoever was asked may answer, and is not asked about the same order again."""
    account = await shop.buyer()
    assert await shop.due(account) == "first-order"
    shop.world.clock.advance(timedelta(seconds=-5))
    response = await shop.feedback.respond(account, "first-order", score=9, visit="v1")
    assert response.given_at == START
    shop.world.clock.advance(timedelta(seconds=10))
    assert await shop.due(account, "v2") is None


async def test_it_was_shown_once_a_visit(shop: Shop) -> None:
    """Drawing a page twice, or twice at once, is one impression; the prompt stays."""
    account = await shop.buyer()
    both = [shop.feedback.shown(account, "first-order", "v1") for _ in range(2)]
    await asyncio.gather(*both)
    await shop.feedback.shown(account, "first-order", "v1")
    assert await shop.names(account) == ["prompt_shown"]
    assert await shop.due(account, "v1") == "first-order"
    assert await shop.due(account, "v2") is None
    shop.world.clock.advance(AttentionPolicy().item_gap)
    assert await shop.due(account, "v3") == "first-order"


async def test_not_now_asks_again_later(shop: Shop) -> None:
    """A snooze silences for its time, in every visit, and is one event."""
    account = await shop.buyer()
    for _ in range(2):
        await shop.feedback.snooze(account, "first-order", "v1")
    assert await shop.names(account) == ["prompt_snoozed"]
    assert await shop.due(account, "v1") is None
    shop.world.clock.advance(AttentionPolicy().snooze)
    assert await shop.due(account, "v2") == "first-order"


async def test_never_again_is_never_again(shop: Shop) -> None:
    """A dismissal holds for this prompt, in every later visit, and for no other."""
    account = await shop.buyer()
    await shop.feedback.dismiss(account, "first-order", "v1")
    await shop.feedback.dismiss(account, "first-order", "v2")
    assert await shop.names(account) == ["prompt_dismissed"]
    shop.world.clock.advance(20 * DAY)
    await shop.happens(account, OrderDelivered())
    assert await shop.due(account, "v3") == "delivery"


async def test_why_says_what_keeps_each_back(shop: Shop) -> None:
    """Every prompt with its reason and the next instant, in the declared order."""
    account = await shop.buyer()
    await shop.feedback.snooze(account, "first-order", "v1")
    first, delivery = await shop.feedback.why(account, "v1")
    assert (first.because, first.until) == (Quiet.SNOOZED, START + 14 * DAY)
    assert (delivery.because, delivery.until) == (NotDue.NOT_HAPPENED, None)


@pytest.mark.parametrize("name", ["delivery", "nothing-of-the-kind"])
async def test_who_was_not_asked_cannot_answer(shop: Shop, name: str) -> None:
    """A prompt that never was due, or that does not exist, takes nothing in."""
    account = await shop.buyer()
    feedback = shop.feedback
    for act in (feedback.shown, feedback.snooze, feedback.dismiss):
        with pytest.raises(NotFound):
            await act(account, name, "v1")
    with pytest.raises(NotFound):
        await feedback.respond(account, name, score=10, visit="v1")
    assert await shop.names(account) == []
    assert await feedback.responses(account) == []


async def test_two_prompts_of_one_name_are_a_mistake(shop: Shop) -> None:
    """It shows when the service is built."""
    world = shop.world
    attention = AttentionService(world.store, world.clock)
    with pytest.raises(ConfigError, match="two prompts"):
        FeedbackService(
            world.store,
            world.clock,
            shop.ids,
            attention=attention,
            prompts=[FIRST, FIRST],
        )


# ── answering ────────────────────────────────────────────────────────────────


async def test_an_answer_is_kept_and_the_prompt_is_done(shop: Shop) -> None:
    """Score and words as given, with an event that carries the score only."""
    account = await shop.buyer()
    given = await shop.feedback.respond(
        account, "first-order", score=6, text=" A bent corner. ", visit="v1"
    )
    assert (given.score, given.text, given.given_at) == (6, "A bent corner.", START)
    assert await shop.feedback.responses(account) == [given]
    assert await shop.due(account) is None
    told = [
        entry.data
        for entry in await shop.world.store.list_of(Entry, account.id)
        if entry.name == "prompt_answered"
    ]
    assert told == [{"prompt": "first-order", "score": 6}]
    acts = [line.act for line in await shop.world.store.list_of(Attention, account.id)]
    assert acts == [Act.ANSWERED]


async def test_nothing_said_is_not_an_answer(shop: Shop) -> None:
    """The refusal says what to do, and nothing is kept."""
    account = await shop.buyer()
    with pytest.raises(InvalidAnswer) as refused:
        await shop.feedback.respond(account, "first-order", text="  ", visit="v1")
    assert refused.value.problem == "prompt.pick_or_write"
    assert await shop.names(account) == []
    assert await shop.due(account) == "first-order"


async def test_saying_it_twice_is_saying_it_once(shop: Shop) -> None:
    """A second press, a second tab, the back button: one response, one event."""
    account = await shop.buyer()
    sent = [
        shop.feedback.respond(account, "first-order", score=9, visit="v1")
        for _ in range(3)
    ]
    one, two, three = await asyncio.gather(*sent)
    shop.world.clock.advance(DAY)
    four = await shop.feedback.respond(account, "first-order", score=9, visit="v2")
    assert one == two == three == four
    assert await shop.feedback.responses(account) == [one]
    assert await shop.names(account) == ["prompt_answered"]


async def test_other_words_change_what_was_said(shop: Shop) -> None:
    """Somebody thinks again: it is still one response, with its first instant."""
    account = await shop.buyer()
    first = await shop.feedback.respond(account, "first-order", score=9, visit="v1")
    shop.world.clock.advance(DAY)
    again = await shop.feedback.respond(
        account, "first-order", score=3, text="It fell apart.", visit="v2"
    )
    assert (again.id, again.given_at) == (first.id, first.given_at)
    assert await shop.feedback.responses(account) == [again]
    assert (again.score, again.text) == (3, "It fell apart.")


async def test_a_page_that_lay_open_may_be_sent(shop: Shop) -> None:
    """The moment passed while somebody was writing: nothing of it is lost."""
    account = await shop.buyer()
    shop.world.clock.advance(31 * DAY)
    assert await shop.due(account) is None
    await shop.feedback.respond(account, "first-order", text="Late.", visit="v1")
    assert len(await shop.feedback.responses(account)) == 1


async def test_a_cooldown_brings_a_second_response(shop: Shop) -> None:
    """After it, the next order asks again, and both answers are kept."""
    prompt = Prompt.nps("yearly", after=OrderPlaced, cooldown=10 * DAY)
    shop = Shop(shop.world, [prompt])
    account = await shop.buyer()
    shop.world.clock.advance(timedelta(hours=1))
    await shop.feedback.respond(account, "yearly", score=9, visit="v1")
    shop.world.clock.advance(10 * DAY)
    assert await shop.due(account, "v2") is None
    await shop.happens(account, OrderPlaced())
    assert await shop.due(account, "v2") == "yearly"
    await shop.feedback.respond(account, "yearly", score=9, visit="v2")
    assert [r.score for r in await shop.feedback.responses(account)] == [9, 9]


async def test_an_ended_account_says_nothing(shop: Shop) -> None:
    """What arrives after an erasure is not kept under the tombstone."""
    account = await shop.buyer()
    await shop.world.data.erase(account.id)
    with pytest.raises(AccountEnded):
        await shop.feedback.respond(account, "first-order", score=1, visit="v1")
    for act in (shop.feedback.shown, shop.feedback.snooze, shop.feedback.dismiss):
        with pytest.raises(AccountEnded):
            await act(account, "first-order", "v1")
    assert await shop.feedback.responses(account) == []
    assert await shop.world.store.list_of(Attention, account.id) == []


# ── replying ─────────────────────────────────────────────────────────────────


async def test_the_loop_is_closed(shop: Shop) -> None:
    """Open until there is a reply; the person finds it, and seeing it counts once."""
    account = await shop.buyer()
    given = await shop.feedback.respond(account, "first-order", score=6, visit="v1")
    assert await shop.feedback.open_responses() == [given]
    closed = await shop.feedback.reply(
        account.id, given.id, text="A new copy is on its way.", by="Noor"
    )
    assert await shop.feedback.open_responses() == []
    assert await shop.feedback.responses(account) == [closed]
    for _ in range(2):
        seen = await shop.feedback.seen(account, given.id)
    assert seen.seen_at == START
    assert await shop.names(account) == ["prompt_answered", "reply_sent", "reply_seen"]


async def test_there_is_one_reply_and_it_stays_once_seen(shop: Shop) -> None:
    """Put better before it is read; refused, empty or after it was read."""
    account = await shop.buyer()
    given = await shop.feedback.respond(account, "first-order", score=6, visit="v1")

    async def reply(text: str) -> None:
        await shop.feedback.reply(account.id, given.id, text=text, by="Noor")

    with pytest.raises(InvalidAnswer):
        await reply(" ")
    for text in ("Thanks.", "Thanks.", "Thank you."):
        await reply(text)
    await shop.feedback.seen(account, given.id)
    with pytest.raises(InvalidAnswer):
        await reply("Never mind.")
    (closed,) = await shop.feedback.responses(account)
    assert closed.reply == "Thank you."
    assert (await shop.names(account)).count("reply_sent") == 1


async def test_two_replies_at_once_are_not_mixed(shop: Shop) -> None:
    """Both shopkeepers see the page; the second puts the reply of the first better."""
    account = await shop.buyer()
    given = await shop.feedback.respond(account, "first-order", score=6, visit="v1")
    await asyncio.gather(
        *(
            shop.feedback.reply(account.id, given.id, text=f"I am {by}.", by=by)
            for by in ("Noor", "Sam")
        )
    )
    (closed,) = await shop.feedback.responses(account)
    assert closed.reply == f"I am {closed.replied_by}."
    assert (await shop.names(account)).count("reply_sent") == 1


async def test_a_reply_is_only_for_who_it_is_for(shop: Shop) -> None:
    """Nobody marks a reply to somebody else as seen, nor one that is not there yet."""
    account, stranger = await shop.buyer(), await shop.buyer()
    given = await shop.feedback.respond(account, "first-order", score=6, visit="v1")
    with pytest.raises(NotFound):
        await shop.feedback.seen(account, given.id)
    with pytest.raises(NotFound):
        await shop.feedback.reply(stranger.id, given.id, text="Hello.", by="Noor")
    await shop.feedback.reply(account.id, given.id, text="Hello.", by="Noor")
    with pytest.raises(NotFound):
        await shop.feedback.seen(stranger, given.id)
    assert await shop.names(stranger) == []


async def test_the_score_counts_what_was_said_in_a_period(shop: Shop) -> None:
    """Answers of other prompts and other days are not in it."""
    for day in range(3):
        account = await shop.buyer()
        await shop.happens(account, OrderDelivered())
        await shop.feedback.respond(account, "first-order", score=10, visit="v1")
        await shop.feedback.respond(account, "delivery", score=0, visit="v1")
        shop.world.clock.set(START + (day + 1) * DAY)
    score = await shop.feedback.score(
        "first-order", since=START + DAY, until=START + 3 * DAY
    )
    assert (score.people, score.promoters, score.is_enough) == (2, 2, False)


# ── one person, two accounts ─────────────────────────────────────────────────


@pytest.mark.parametrize("act", ["respond", "dismiss", "snooze"])
async def test_signing_in_never_asks_again(shop: Shop, act: str) -> None:
    """What a guest answered, dismissed or snoozed holds for the account they join."""
    owner, guest = await shop.buyer(), await shop.buyer()
    if act == "respond":
        await shop.feedback.respond(guest, "first-order", score=8, visit="v1")
    else:
        await getattr(shop.feedback, act)(guest, "first-order", "v1")
    assert await shop.due(owner, "v2") == "first-order"
    await shop.world.merging.merge(guest.id, owner.id)
    survivor = await shop.world.account(owner.id)
    assert await shop.due(survivor, "v2") is None


async def test_a_guest_s_order_asks_the_survivor(shop: Shop) -> None:
    """The event stays where it happened and is read through the merge."""
    owner, guest = await shop.guest(), await shop.buyer()
    await shop.world.merging.merge(guest.id, owner.id)
    assert await shop.due(await shop.world.account(owner.id)) == "first-order"


async def test_a_reply_finds_who_was_merged_meanwhile(shop: Shop) -> None:
    """The shopkeeper's page was open while the customer signed in, twice."""
    first, second, third = [await shop.buyer() for _ in range(3)]
    given = await shop.feedback.respond(first, "first-order", score=2, visit="v1")
    await shop.world.merging.merge(first.id, second.id)
    await shop.world.merging.merge(second.id, third.id)
    await shop.feedback.reply(first.id, given.id, text="We are sorry.", by="Noor")
    (found,) = await shop.feedback.responses(third)
    assert (found.reply, found.account_id) == ("We are sorry.", third.id)


async def test_responses_are_exported_and_erased(shop: Shop) -> None:
    """A person gets everything they said and were told, and may have it gone."""
    account = await shop.buyer()
    given = await shop.feedback.respond(account, "first-order", score=6, visit="v1")
    await shop.feedback.reply(account.id, given.id, text="Thank you.", by="Noor")
    told = await shop.world.data.export(account)
    assert told["responses"] == [
        {
            "prompt": "first-order",
            "given_at": START.isoformat(),
            "score": 6,
            "reply": "Thank you.",
            "replied_by": "Noor",
            "replied_at": START.isoformat(),
        }
    ]
    plans = await shop.world.data.erase(account.id)
    gone = {resource.name: plan for resource, plan in plans}
    assert (gone["responses"].outcome, gone["responses"].count) == ("erased", 1)
    assert await shop.feedback.responses(account) == []
    assert await shop.feedback.open_responses() == []
