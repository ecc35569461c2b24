"""Sends the letters that wait, each at least once, by what sends mail here.

A letter is taken by moving its ``due_at`` forward: the move is a guarded write, so of
two processes one sends it, and should that one die it falls due again by itself. It
has the same id on every delivery, of which its Message-ID is made, so that a reader of
mail shows it once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from onboarding.background import LEASE, PAUSE, Background, retry_after
from onboarding.changes import Remove, Replace
from onboarding.clock import Clock
from onboarding.errors import MailRefused
from onboarding.foreign import ForeignCalls
from onboarding.log_lines import log_line
from onboarding.mail.model import Letter
from onboarding.mail.store import MailStore
from onboarding.mailers.base import Mailer, Message
from onboarding.store import try_commit

LETTERS_AT_ONCE = 20
"""Letters taken at once."""

MAIL_PATIENCE = timedelta(minutes=1)
"""How long a mailer may take for one letter, unless told otherwise."""

Draw = Callable[[Letter], Awaitable[Message]]
"""Makes what is sent of a letter, with the secrets that it tells."""


class Post(Background):
    """Takes letters out of the store and hands each to the mailer.

    Args:
        store: Where letters wait.
        mailer: What sends mail.
        draw: Makes a message of a letter.
        clock: The present instant.
        patience: How long the mailer may take for one.
        pause: How long it rests before it looks for what other processes wrote.
    """

    def __init__(
        self,
        store: MailStore,
        mailer: Mailer,
        draw: Draw,
        clock: Clock,
        *,
        patience: timedelta = MAIL_PATIENCE,
        pause: timedelta = PAUSE,
    ):
        super().__init__("mail", pause)
        self._store = store
        self._mailer = mailer
        self._draw = draw
        self._clock = clock
        self._patience = patience
        self._calls = ForeignCalls(patience)

    async def _do_some(self) -> int:
        return await self.run_once()

    async def run_once(self) -> int:
        """Send one batch of what is due; return how many letters were taken.

        Raises:
            StoreError: When the store cannot be read or written.
        """
        now = self._clock() + timedelta.resolution
        due = await self._store.list_letters(due_before=now, limit=LETTERS_AT_ONCE)
        took = await asyncio.gather(*map(self._take, due), return_exceptions=True)
        for one in took:
            if isinstance(one, BaseException):
                raise one
        return took.count(True)

    async def _take(self, waiting: Letter) -> bool:
        now = self._clock()
        if now >= waiting.until:
            self._log.warning(
                "mail_late: letter %s is no longer worth sending", waiting.id
            )
            return await try_commit(self._store, Remove(waiting))
        held = replace(waiting, due_at=now + self._patience + LEASE)
        if not await try_commit(self._store, Replace(waiting, held)):
            return False
        error = await self._calls.try_(partial(self._send, held))
        if error is not None and not isinstance(error, MailRefused):
            return await self._put_off(held, error)
        if error is not None:
            self._say_refused(held, error)
        await try_commit(self._store, Remove(held))
        return True

    async def _send(self, letter: Letter) -> None:
        await self._mailer(await self._draw(letter))

    async def _put_off(self, held: Letter, error: BaseException) -> bool:
        later = replace(
            held,
            due_at=self._clock() + retry_after(held.tries),
            tries=held.tries + 1,
        )
        self._log.warning(
            "mail_waits: letter %s, try %d (%s)",
            held.id,
            later.tries,
            type(error).__name__,
        )
        await try_commit(self._store, Replace(held, later))
        return True

    def _say_refused(self, letter: Letter, error: MailRefused) -> None:
        """Log it by its kind alone: what a mail server says may hold the address."""
        self._log.error("mail_refused: letter %s, %s", letter.id, log_line(error))
