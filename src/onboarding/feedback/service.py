"""Asks for opinions, keeps what was said, and carries the reply back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from onboarding.accounts.given import id_of
from onboarding.accounts.live import find_live
from onboarding.accounts.model import Account
from onboarding.attention.model import Act, Attention, prompt_item
from onboarding.attention.service import AttentionService
from onboarding.changes import Add, Put, Replace, Touch, retrying
from onboarding.clock import Clock
from onboarding.errors import NotFound
from onboarding.events import (
    PromptAnswered,
    PromptDismissed,
    PromptShown,
    PromptSnoozed,
    ReplySeen,
    ReplySent,
)
from onboarding.feedback.model import History, Prompt, PromptStatus, Response, Score
from onboarding.feedback.rules import (
    amended,
    answered_now,
    check_said,
    due,
    given_at,
    nps,
    replied,
    was_asked,
    why,
)
from onboarding.feedback.store import FeedbackStore
from onboarding.log import Recorder
from onboarding.mail.writing import LetterWriter
from onboarding.names import by_name
from onboarding.tokens import Ids, derived_id


class FeedbackService:
    """Prompts at defined points, responses, and replies.

    Args:
        store: Where responses, the ledger and the log are kept.
        clock: The present instant.
        ids: Makes ids.
        attention: The budget of interruptions that prompts share with questions.
        prompts: All prompts, in the order in which they go first.
        letters: Tells people that there is a reply; by default nobody.

    Raises:
        ConfigError: When two prompts have the same name.
    """

    def __init__(
        self,
        store: FeedbackStore,
        clock: Clock,
        ids: Ids,
        *,
        attention: AttentionService,
        prompts: Sequence[Prompt] = (),
        letters: LetterWriter | None = None,
    ):
        self._store = store
        self._clock = clock
        self._log = Recorder(clock, ids)
        self._attention = attention
        self._letters = letters or LetterWriter(store, clock, ids, None)
        self._prompts = by_name("prompts", prompts)

    # ── asking ───────────────────────────────────────────────────────────────

    async def due(self, account: Account | None, visit: str) -> Prompt | None:
        """Return the one prompt to show this person now, or None; writes nothing."""
        if account is None or not self._prompts:
            return None
        history = await self._history(account)
        allowance = await self._attention.allowance(account, visit)
        return due(self._prompts.values(), history, allowance, self._clock())

    async def why(self, account: Account, visit: str) -> tuple[PromptStatus, ...]:
        """Return for each prompt what keeps it back from this person, until when."""
        history = await self._history(account)
        allowance = await self._attention.allowance(account, visit)
        return why(self._prompts.values(), history, allowance, self._clock())

    async def shown(self, account: Account, prompt: str, visit: str) -> None:
        """Record that a prompt was put before a person, once a visit.

        Raises:
            NotFound: When this prompt was never due to this person.
            AccountEnded: When the account was merged, erased or has expired.
        """
        await self._note(account, prompt, Act.SHOWN, visit)

    async def snooze(self, account: Account, prompt: str, visit: str) -> None:
        """Ask again later, after the time that the policy of attention says.

        Raises:
            NotFound: When this prompt was never due to this person.
            AccountEnded: When the account was merged, erased or has expired.
        """
        await self._note(account, prompt, Act.SNOOZED, visit)

    async def dismiss(self, account: Account, prompt: str, visit: str) -> None:
        """Never ask this person this again.

        Raises:
            NotFound: When this prompt was never due to this person.
            AccountEnded: When the account was merged, erased or has expired.
        """
        await self._note(account, prompt, Act.DISMISSED, visit)

    async def respond(
        self,
        account: Account,
        prompt: str,
        *,
        score: int | None = None,
        text: str = "",
        visit: str,
    ) -> Response:
        """Keep what somebody said: a score, words, or both.

        Saying the same twice is saying it once. Saying something else changes what
        was said, until there is a reply to it.

        Raises:
            NotFound: When this prompt was never due to this person.
            AccountEnded: When the account was merged, erased or has expired.
            InvalidAnswer: When there is nothing to keep, or it cannot be kept.
        """

        async def attempt() -> Response:
            await find_live(self._store, id_of(account))
            history = await self._history(account)
            asked = self._asked(prompt, history)
            said_score, said_text = check_said(asked, score, text)
            was = answered_now(asked, history, self._clock())
            now = amended(
                was or self._begun(asked, history), score=said_score, text=said_text
            )
            if now is not was:
                await self._store.commit(
                    Touch(account.id),
                    Replace(was, now) if was else Add(now),
                    Put(self._line(account, prompt, Act.ANSWERED, visit)),
                    events=[
                        self._log.entry(
                            account.id, PromptAnswered(prompt=prompt, score=said_score)
                        )
                    ],
                )
            return now

        return await retrying(attempt)

    # ── replying ─────────────────────────────────────────────────────────────

    async def responses(self, account: Account) -> list[Response]:
        """Return what a person said, with the replies, oldest first."""
        return await self._store.list_of(Response, account.id)

    async def open_responses(self, *, limit: int = 100) -> list[Response]:
        """Return what everybody said that has no reply yet, oldest first."""
        return await self._store.list_open_responses(limit=limit)

    async def responses_to(
        self, prompt: str, *, since: datetime, until: datetime
    ) -> list[Response]:
        """Return what everybody said to a prompt in [since, until), oldest first."""
        return await self._store.list_responses_to(prompt, since=since, until=until)

    async def score(self, prompt: str, *, since: datetime, until: datetime) -> Score:
        """Return the net promoter score of what was said in [since, until)."""
        return nps(await self.responses_to(prompt, since=since, until=until))

    async def reply(
        self, account_id: str, response_id: str, *, text: str, by: str
    ) -> Response:
        """Reply to a response, or put the reply better while it was not seen yet.

        Args:
            account_id: Who said it; one that was merged since leads to its survivor.
            by: Who replies, as the person may read it.

        Raises:
            NotFound: When there is no such response.
            InvalidAnswer: Without words, with too many, or when it was seen.
        """

        async def attempt() -> Response:
            was = await self._find(account_id, response_id)
            now = replied(was, text, by, self._clock())
            if now is not was:
                first = [] if was.reply else [ReplySent(prompt=was.prompt)]
                await self._store.commit(
                    Replace(was, now),
                    *(await self._letters.reply(now.account_id) if first else ()),
                    events=[self._log.entry(now.account_id, event) for event in first],
                )
                self._letters.wake()
            return now

        return await retrying(attempt)

    async def seen(self, account: Account, response_id: str) -> Response:
        """Record that a person saw the reply to what they said, once.

        Raises:
            NotFound: When there is no such response of theirs, or no reply to it.
        """

        async def attempt() -> Response:
            was = await self._store.find(Response, account.id, response_id)
            if was is None or was.reply is None:
                raise NotFound("no reply of this id to this person")
            if was.seen_at:
                return was
            now = replace(was, seen_at=self._clock())
            event = ReplySeen(prompt=was.prompt)
            await self._store.commit(
                Replace(was, now), events=[self._log.entry(account.id, event)]
            )
            return now

        return await retrying(attempt)

    # ── behind all of them ───────────────────────────────────────────────────

    async def _history(self, account: Account) -> History:
        names = {prompt.after.name for prompt in self._prompts.values()}
        moments = await self._store.list_moments(id_of(account), sorted(names))
        responses = await self._store.list_of(Response, account.id)
        return History(
            account_id=account.id, moments=tuple(moments), responses=tuple(responses)
        )

    def _asked(self, name: str, history: History) -> Prompt:
        prompt = self._prompts.get(name)
        if prompt is None or not was_asked(prompt, history, self._clock()):
            raise NotFound("no prompt of this name was ever due to this person")
        return prompt

    def _begun(self, prompt: Prompt, history: History) -> Response:
        """A response that says nothing yet.

        Its id follows from how many there were before, so that of two that are
        sent at once the second is refused, and then finds the first.
        """
        before = sum(one.prompt == prompt.name for one in history.responses)
        return Response(
            id=derived_id(f"response {history.account_id} {prompt.name} {before}"),
            account_id=history.account_id,
            prompt=prompt.name,
            given_at=given_at(prompt, history, self._clock()),
        )

    async def _note(self, account: Account, prompt: str, act: Act, visit: str) -> None:
        """Write one line into the ledger, with its event, unless it is there."""

        async def attempt() -> None:
            await find_live(self._store, id_of(account))
            self._asked(prompt, await self._history(account))
            line = self._line(account, prompt, act, visit)
            ledger = await self._store.list_of(Attention, account.id)
            if not any(_is_same(line, earlier) for earlier in ledger):
                entry = self._log.entry(account.id, _EVENTS[act](prompt=prompt))
                await self._store.commit(Touch(account.id), Add(line), events=[entry])

        await retrying(attempt)

    def _line(self, account: Account, prompt: str, act: Act, visit: str) -> Attention:
        return self._attention.line(account, prompt_item(prompt), act, visit)

    async def _find(self, account_id: str, response_id: str) -> Response:
        owner: str | None = account_id
        while owner is not None:
            found = await self._store.find(Response, owner, response_id)
            if found is not None:
                return found
            account = await self._store.find(Account, owner)
            owner = account.merged_into if account else None
        raise NotFound("no response of this id")


_EVENTS = {
    Act.SHOWN: PromptShown,
    Act.SNOOZED: PromptSnoozed,
    Act.DISMISSED: PromptDismissed,
}


def _is_same(line: Attention, earlier: Attention) -> bool:
    """Tell whether a line says what the ledger knows: once a visit, or once at all."""
    visits = line.visit == earlier.visit or line.act is Act.DISMISSED
    return (line.item, line.act) == (earlier.item, earlier.act) and visits
