"""When a prompt is due: row by row, and what holds for every past."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.attention.model import Act, Attention, AttentionPolicy, Quiet
from onboarding.errors import InvalidAnswer
from onboarding.feedback.model import History, NotDue, Prompt, Response
from onboarding.feedback.rules import (
    TEXT_LIMIT,
    amended,
    answered_now,
    check_said,
    given_at,
    is_sampled,
    last_response,
    replied,
    was_asked,
)
from tests.feedback.history import (
    DAY,
    FIRST,
    HERE,
    NAMES,
    START,
    OrderDelivered,
    OrderPlaced,
    Person,
    answered,
    days,
    happened,
    lines,
    noted,
    people,
    prompts,
)

THIRD = Prompt(name="first-order", after=OrderPlaced, nth=3)
LATER = Prompt(name="first-order", after=OrderPlaced, delay=2 * DAY, expires=5 * DAY)
YEARLY = Prompt(name="first-order", after=OrderPlaced, cooldown=10 * DAY)
NOBODY = Prompt(name="first-order", after=OrderPlaced, sample=0)

ONCE = happened(0)

# Prompt, past, day: what keeps it back and until which day.
ROWS: dict[str, tuple[Prompt, Person, float, str | None, float | None]] = {
    "at once": (FIRST, Person(ONCE), 0, None, None),
    "just before it expires": (FIRST, Person(ONCE), 29.999, None, None),
    "expired": (FIRST, Person(ONCE), 30, NotDue.EXPIRED, None),
    "never happened": (FIRST, Person(), 1, NotDue.NOT_HAPPENED, None),
    "another event": (
        FIRST,
        Person(happened(0, event=OrderDelivered)),
        1,
        NotDue.NOT_HAPPENED,
        None,
    ),
    "twice of three": (THIRD, Person(happened(0, 1)), 2, NotDue.NOT_HAPPENED, None),
    "three of three": (THIRD, Person(happened(0, 1, 2)), 2, None, None),
    "the third one expired": (
        THIRD,
        Person(happened(0, 1, 2, 40)),
        40,
        NotDue.EXPIRED,
        None,
    ),
    "too early": (LATER, Person(ONCE), 1.9, NotDue.TOO_EARLY, 2),
    "delay over": (LATER, Person(ONCE), 2, None, None),
    "expiry counts from the delay": (LATER, Person(ONCE), 6.9, None, None),
    "delay and expiry over": (LATER, Person(ONCE), 7, NotDue.EXPIRED, None),
    "not in the sample": (NOBODY, Person(ONCE), 1, NotDue.NOT_SAMPLED, None),
    "answered for good": (
        FIRST,
        Person(happened(0, 2), (answered(1),)),
        3,
        NotDue.ANSWERED,
        None,
    ),
    "cooling down": (
        YEARLY,
        Person(happened(0, 5), (answered(1),)),
        10.9,
        NotDue.ANSWERED,
        11,
    ),
    "cooled down, a later order": (
        YEARLY,
        Person(happened(0, 5), (answered(1),)),
        11,
        None,
        None,
    ),
    "cooled down, the same order": (
        YEARLY,
        Person(happened(0), (answered(1),)),
        11,
        NotDue.NOT_HAPPENED,
        None,
    ),
    "every later order, with a cooldown": (
        replace(YEARLY, nth=2),
        Person(happened(0, 1, 40)),
        40,
        None,
        None,
    ),
    "another prompt was answered": (
        FIRST,
        Person(ONCE, (answered(1, "other"),)),
        2,
        None,
        None,
    ),
    "dismissed": (
        YEARLY,
        Person(happened(0, 50), ledger=(noted(Act.DISMISSED, 1),)),
        51,
        Quiet.DISMISSED,
        None,
    ),
    "snoozed": (
        FIRST,
        Person(ONCE, ledger=(noted(Act.SNOOZED, 1),)),
        14.9,
        Quiet.SNOOZED,
        15,
    ),
    "snooze over": (
        FIRST,
        Person(ONCE, ledger=(noted(Act.SNOOZED, 1),)),
        15,
        None,
        None,
    ),
    "snoozed to its very end": (
        FIRST,
        Person(ONCE, ledger=(noted(Act.SNOOZED, 16),)),
        17,
        Quiet.SNOOZED,
        None,
    ),
    "snoozed past its end": (
        FIRST,
        Person(ONCE, ledger=(noted(Act.SNOOZED, 20),)),
        21,
        Quiet.SNOOZED,
        None,
    ),
    "shown lately": (
        FIRST,
        Person(ONCE, ledger=(noted(Act.SHOWN, 1),)),
        7.9,
        Quiet.ITEM_GAP,
        8,
    ),
    "another one shown just now": (
        FIRST,
        Person(ONCE, ledger=(noted(Act.SHOWN, 1, "other"),)),
        1.02,
        Quiet.ANY_GAP,
        1 + 1 / 24,
    ),
    "no budget": (
        FIRST,
        Person(ONCE, policy=AttentionPolicy(per_visit=0)),
        1,
        Quiet.BUDGET,
        None,
    ),
}


@pytest.mark.parametrize(
    ("prompt", "person", "day", "because", "until"), ROWS.values(), ids=ROWS
)
def test_what_keeps_a_prompt_back(
    prompt: Prompt, person: Person, day: float, because: str | None, until: float | None
) -> None:
    """Each row of the table, told by why and obeyed by due."""
    (status,) = person.why([prompt], day)
    assert status.because == because
    assert status.until == (None if until is None else START + until * DAY)
    assert person.due([prompt], day) == (None if because else prompt)


def test_one_at_a_time_in_the_declared_order() -> None:
    """Of two that may be shown the first declared one is; the other waits for it."""
    second = replace(FIRST, name="second")
    person = Person(ONCE)
    for order in ([FIRST, second], [second, FIRST]):
        assert person.due(order, 1) == order[0]
        assert [s.because for s in person.why(order, 1)] == [None, NotDue.BEHIND]


def test_what_this_visit_shows_may_stay() -> None:
    """A page drawn again in the same visit shows the same prompt, not a gap."""
    here = Attention(
        account_id="ann", item="prompt:second", act=Act.SHOWN, visit=HERE, at=START
    )
    second = replace(FIRST, name="second")
    assert Person(ONCE, ledger=(here,)).due([FIRST, second], 0.01) == second


# ── for every past ───────────────────────────────────────────────────────────

PROMPTS, PEOPLE, DAYS = prompts, people, days


@given(PROMPTS, PEOPLE, DAYS)
def test_never_before_its_time(
    declared: list[Prompt], person: Person, day: float
) -> None:
    """What is due has an event behind it, delay over and end not reached."""
    now = START + day * DAY
    prompt = person.due(declared, day)
    assert prompt is None or any(
        moment.name == prompt.after.name
        and moment.at + prompt.delay <= now < moment.at + prompt.delay + prompt.expires
        for moment in person.moments[prompt.nth - 1 :]
    )


@given(PROMPTS, PEOPLE, DAYS)
def test_never_after_a_dismissal(
    declared: list[Prompt], person: Person, day: float
) -> None:
    """Who said "don't ask me this" is not asked it again, ever."""
    dismissed = {line.item for line in person.ledger if line.act is Act.DISMISSED}
    prompt = person.due(declared, day)
    assert prompt is None or f"prompt:{prompt.name}" not in dismissed


@given(PROMPTS, PEOPLE, DAYS)
def test_never_twice_about_the_same_moment(
    declared: list[Prompt], person: Person, day: float
) -> None:
    """Once answered, only a cooldown that is over and a later event bring it back."""
    prompt = person.due(declared, day)
    last = last_response(prompt, person.responses) if prompt else None
    if prompt and last:
        assert prompt.cooldown is not None
        assert START + day * DAY >= last.given_at + prompt.cooldown
        assert any(moment.at > last.given_at for moment in person.moments)


@given(PROMPTS, PEOPLE, DAYS, st.lists(lines, max_size=3))
def test_saying_no_never_brings_a_prompt(
    declared: list[Prompt], person: Person, day: float, more: list[Attention]
) -> None:
    """Monotone: lines of other visits only keep back, each prompt by itself."""
    bothered = replace(person, ledger=(*person.ledger, *more))
    for prompt in declared:
        if person.due([prompt], day) is None:
            assert bothered.due([prompt], day) is None


@given(PROMPTS, PEOPLE, DAYS)
def test_at_most_one_and_the_first_that_may(
    declared: list[Prompt], person: Person, day: float
) -> None:
    """Due is the first declared of those that would be due alone."""
    alone = [prompt for prompt in declared if person.due([prompt], day)]
    assert person.due(declared, day) == (alone[0] if alone else None)
    reasons = [status.because for status in person.why(declared, day)]
    assert reasons.count(None) == min(len(alone), 1)
    assert reasons.count(NotDue.BEHIND) == max(len(alone) - 1, 0)


@given(PROMPTS, PEOPLE, DAYS)
def test_until_tells_the_truth(
    declared: list[Prompt], person: Person, day: float
) -> None:
    """Up to the instant that why names, time alone changes nothing."""
    now = START + day * DAY
    for prompt, status in zip(declared, person.why(declared, day), strict=True):
        if status.until is None:
            continue
        assert status.until > now
        almost = (status.until - START) / DAY - 1e-9
        assert person.due([prompt], max(almost, day)) is None


@given(PEOPLE, DAYS)
def test_the_same_past_gives_the_same_prompt(person: Person, day: float) -> None:
    """Nothing but its arguments decides, and copies of them decide alike."""
    twin = Person(*(tuple(part) for part in (person.moments, person.responses)))
    twin = replace(
        twin,
        ledger=person.ledger[::-1],
        account_id=person.account_id,
        policy=person.policy,
    )
    assert person.why([FIRST], day) == twin.why([FIRST], day)


@given(PROMPTS, PEOPLE, DAYS)
def test_whatever_is_due_may_be_answered(
    declared: list[Prompt], person: Person, day: float
) -> None:
    """Nobody is shown a form whose sending is refused, and it is a new response."""
    now = START + day * DAY
    prompt = person.due(declared, day)
    if prompt:
        assert was_asked(prompt, person.history(), now)
        assert answered_now(prompt, person.history(), now) is None


@given(st.sampled_from(NAMES), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_sample_keeps_the_smaller_one(
    name: str, one: float, other: float
) -> None:
    """Sampling is sticky: raising the share adds people and drops none."""
    small, large = (
        Prompt(name=name, after=OrderPlaced, sample=share)
        for share in sorted((one, other))
    )
    for account in (f"account{n}" for n in range(30)):
        assert is_sampled(large, account) or not is_sampled(small, account)


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 1])
def test_a_sample_has_about_its_share(share: float) -> None:
    """Of ten thousand accounts, within two per cent of what was declared."""
    prompt = Prompt(name="one", after=OrderPlaced, sample=share)
    asked = sum(is_sampled(prompt, f"account{n}") for n in range(10_000))
    assert asked / 10_000 == pytest.approx(share, abs=0.02)


def test_two_samples_are_independent() -> None:
    """Who is in the sample of one prompt is not more often in that of another."""
    one, two = (Prompt(name=n, after=OrderPlaced, sample=0.5) for n in ("one", "two"))
    both = sum(
        is_sampled(one, f"account{n}") and is_sampled(two, f"account{n}")
        for n in range(10_000)
    )
    assert both / 10_000 == pytest.approx(0.25, abs=0.02)


# ── what is said ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("score", "text", "kept"),
    [
        (0, "", (0, "")),
        (10, " Good. \n", (10, "Good.")),
        (None, "Line one.\r\nTwo.", (None, "Line one.\nTwo.")),
        (None, "x" * TEXT_LIMIT + "  ", (None, "x" * TEXT_LIMIT)),
    ],
    ids=["score", "both", "words", "longest"],
)
def test_a_score_or_words_are_a_full_answer(
    score: int | None, text: str, kept: tuple[int | None, str]
) -> None:
    """Either alone is kept; space around the words is not."""
    assert check_said(FIRST, score, text) == kept


@pytest.mark.parametrize(
    ("score", "text", "problem"),
    [
        (None, "", "prompt.pick_or_write"),
        (None, " \r\n\t", "prompt.pick_or_write"),
        (None, "\u200b\u2800\r\n\u3164", "prompt.pick_or_write"),
        (-1, "", "prompt.off_scale"),
        (11, "Great.", "prompt.off_scale"),
        (True, "", "prompt.off_scale"),
        (7.0, "", "prompt.off_scale"),
        (7, "x" * (TEXT_LIMIT + 1), "prompt.too_long"),
    ],
    ids=["nothing", "white", "blank", "below", "above", "true", "fraction", "too long"],
)
def test_what_cannot_be_kept_says_what_to_do(
    score: int | None, text: str, problem: str
) -> None:
    """The error names the prompt and the key of a sentence."""
    with pytest.raises(InvalidAnswer) as refused:
        check_said(FIRST, score, text)
    assert (refused.value.question, refused.value.problem) == ("first-order", problem)


def test_other_words_replace_the_first_until_a_reply() -> None:
    """The same is the same; other is other; a reply stays true to what it answers."""
    response = answered(1)
    assert amended(response, score=7, text="") is response
    assert amended(response, score=6, text="Bent.").text == "Bent."
    closed = replied(response, "Thank you.", "Noor", START)
    assert amended(closed, score=7, text="") is closed
    with pytest.raises(InvalidAnswer) as refused:
        amended(closed, score=6, text="")
    assert refused.value.problem == "prompt.replied"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "reply.empty"),
        (" \n ", "reply.empty"),
        ("\u2060\u3164", "reply.empty"),
        ("x" * 2001, "reply.too_long"),
    ],
    ids=["empty", "white", "blank", "too long"],
)
def test_a_reply_has_words(text: str, problem: str) -> None:
    """An empty reply would close the loop without a word."""
    with pytest.raises(InvalidAnswer) as refused:
        replied(answered(1), text, "Noor", START)
    assert refused.value.problem == problem


def test_a_reply_may_be_put_better_until_it_is_seen() -> None:
    """What somebody has read stays what they have read."""
    first = replied(answered(1), "Thanks.", "Noor", START)
    assert (first.reply, first.replied_by, first.replied_at) == (
        "Thanks.",
        "Noor",
        START,
    )
    assert replied(first, " Thanks. ", "Sam", START + DAY) is first
    better = replied(first, "Thank you.", "Sam", START + DAY)
    assert (better.reply, better.replied_by) == ("Thank you.", "Sam")
    seen = replace(better, seen_at=START + 2 * DAY)
    with pytest.raises(InvalidAnswer) as refused:
        replied(seen, "No.", "Sam", START + 3 * DAY)
    assert refused.value.problem == "reply.seen"
    assert replied(seen, "Thank you.", "Sam", START + 3 * DAY) is seen


def test_a_clock_that_was_set_back_asks_nothing_twice() -> None:
    """Who was asked may answer, and the answer is never before what it is about."""
    asked = Person(ONCE).history()
    back = START - timedelta(minutes=5)
    assert was_asked(FIRST, asked, back)
    assert given_at(FIRST, asked, back) == START
    assert given_at(FIRST, asked, START + DAY) == START + DAY
    # A clock that was far ahead says nothing.
    assert given_at(FIRST, asked, START - DAY) == START - DAY


def test_a_page_that_lay_open_may_still_be_sent() -> None:
    """A moment that has passed was due; one that never came was not."""
    asked = Person(ONCE).history()
    assert was_asked(FIRST, asked, START + 100 * DAY)
    assert not was_asked(FIRST, asked, START - DAY)
    assert not was_asked(NOBODY, asked, START + DAY)
    assert not was_asked(FIRST, History(account_id="ann"), START + DAY)


def test_a_new_round_begins_with_a_later_moment() -> None:
    """Before that, what somebody says changes what they said."""
    past = Person(happened(0, 5), (answered(1),)).history()
    earlier: Response = past.responses[0]
    assert answered_now(YEARLY, past, START + 6 * DAY) is earlier
    assert answered_now(YEARLY, past, START + 11 * DAY) is None
    assert answered_now(FIRST, past, START + 50 * DAY) is earlier


# ── as declared ──────────────────────────────────────────────────────────────


def test_no_prompts_mean_nothing_due() -> None:
    """Without prompts there is nothing to decide."""
    assert Person(ONCE).due([], 1) is None
