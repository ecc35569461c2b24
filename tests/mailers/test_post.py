"""Letters leave through the outbox: after their commit, at least once, one by one."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from onboarding.background import LEASE
from onboarding.changes import Add
from onboarding.errors import MailRefused, MailUnavailable
from onboarding.mail.model import Letter
from onboarding.mailers.base import Message
from onboarding.mailers.post import MAIL_PATIENCE, Post
from onboarding.stores import store_from
from onboarding.stores.base import Store
from onboarding.testing import FrozenClock, RecordingMailer

pytestmark = pytest.mark.anyio

TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """Open an empty store."""
    store = store_from("memory:")
    await store.open()
    yield store
    await store.close()


@pytest.fixture
def clock() -> FrozenClock:
    """Return a clock that stands still."""
    return FrozenClock()


async def draw(letter: Letter) -> Message:
    """Draw a letter in one word."""
    return Message(id=letter.id, to=letter.typed, subject="Hello", text="Hello.\n")


async def write(store: Store, clock: FrozenClock, id: str = "a" * 20) -> Letter:
    """Let a letter wait."""
    letter = Letter(
        id=id,
        kind="proof",
        address="kim@example.org",
        typed="Kim@example.org",
        locale="en",
        due_at=clock(),
        until=clock() + TEN_MINUTES,
    )
    await store.commit(Add(letter))
    return letter


async def waiting(store: Store, clock: FrozenClock) -> list[Letter]:
    """Return what is not sent yet."""
    due = clock() + timedelta(days=9)
    return list(await store.list_letters(due_before=due, limit=99))


Failing = Callable[[Message], Awaitable[None]]


def failing(error: BaseException) -> Failing:
    """Return a mailer that always fails in one way."""

    async def mailer(_: Message) -> None:
        raise error

    return mailer


async def test_a_letter_is_sent_once_and_is_gone(
    store: Store, clock: FrozenClock
) -> None:
    """With the id that it keeps on every delivery."""
    letter = await write(store, clock)
    mailer = RecordingMailer()
    post = Post(store, mailer, draw, clock)
    assert 1 == await post.run_once()
    assert 0 == await post.run_once()
    assert [letter.id] == [message.id for message in mailer.messages]
    assert [] == await waiting(store, clock)


async def test_two_processes_send_it_once(store: Store, clock: FrozenClock) -> None:
    """The one that moves it forward has it."""
    for n in range(10):
        await write(store, clock, f"{n:020}")
    mailer = RecordingMailer()
    posts = [Post(store, mailer, draw, clock) for _ in range(4)]
    await asyncio.gather(*(post.run_once() for post in posts))
    assert 10 == len({message.id for message in mailer.messages})
    assert 10 == len(mailer.messages)


async def test_what_a_dead_process_took_falls_due_again(
    store: Store, clock: FrozenClock
) -> None:
    """After what it had for it, and not before."""
    await write(store, clock)
    began = asyncio.Event()

    async def dies(_: Message) -> None:
        began.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(Post(store, dies, draw, clock).run_once())
    await began.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    mailer = RecordingMailer()
    post = Post(store, mailer, draw, clock)
    assert 0 == await post.run_once()
    clock.advance(MAIL_PATIENCE + LEASE)
    assert 1 == await post.run_once()
    assert 1 == len(mailer.messages)


@pytest.mark.parametrize(
    "error",
    [
        MailUnavailable("later"),
        OSError("gone"),
        asyncio.CancelledError(),
        SystemExit(1),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_is_not_taken_now_is_tried_again(
    store: Store,
    clock: FrozenClock,
    error: BaseException,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Later and later, whatever the mailer does; no address stands in the log."""
    await write(store, clock)
    post = Post(store, failing(error), draw, clock)
    for seconds in (5, 10, 20):
        assert 1 == await post.run_once()
        [letter] = await waiting(store, clock)
        assert clock() + timedelta(seconds=seconds) == letter.due_at
        clock.set(letter.due_at)
    assert "mail_waits: letter" in caplog.text
    assert "kim" not in caplog.text.lower()


async def test_what_is_refused_for_ever_is_given_up(
    store: Store, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    """And said to the operator, without the address."""
    await write(store, clock)
    await Post(store, failing(MailRefused("550")), draw, clock).run_once()
    assert [] == await waiting(store, clock)
    assert [logging.ERROR] == [record.levelno for record in caplog.records]
    assert "kim" not in caplog.text.lower()


async def test_what_nobody_needs_any_more_is_not_sent(
    store: Store, clock: FrozenClock
) -> None:
    """A code of an hour ago helps nobody."""
    await write(store, clock)
    clock.advance(TEN_MINUTES)
    mailer = RecordingMailer()
    await Post(store, mailer, draw, clock).run_once()
    assert [] == mailer.messages
    assert [] == await waiting(store, clock)


async def test_a_letter_that_cannot_be_drawn_stops_no_other(
    store: Store, clock: FrozenClock
) -> None:
    """A template of the host's that breaks is mended, and the letter still goes."""
    bad = await write(store, clock, "a" * 20)
    good = await write(store, clock, "b" * 20)

    async def choosy(letter: Letter) -> Message:
        if letter.id == bad.id:
            raise KeyError("no such text")
        return await draw(letter)

    mailer = RecordingMailer()
    await Post(store, mailer, choosy, clock).run_once()
    assert [good.id] == [message.id for message in mailer.messages]
    assert [bad.id] == [letter.id for letter in await waiting(store, clock)]


async def test_a_mailer_that_hangs_keeps_nobody_waiting(
    store: Store, clock: FrozenClock
) -> None:
    """Its time is over, and the letter is tried again."""
    await write(store, clock)

    async def hangs(_: Message) -> None:
        await asyncio.Event().wait()

    post = Post(store, hangs, draw, clock, patience=timedelta(milliseconds=10))
    assert 1 == await post.run_once()
    assert 1 == (await waiting(store, clock))[0].tries
