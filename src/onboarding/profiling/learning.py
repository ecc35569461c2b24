"""Proposals of values: read by the host's model, known by a digest, kept if new.

Nothing here is an answer. What a provider tells at a sign-in, and what the application
itself knows, take the same road.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.changes import Change
from onboarding.clock import Clock
from onboarding.errors import InvalidAnswer
from onboarding.jsonvalue import JsonValue, canonical
from onboarding.profiling import proposal_rules as rules
from onboarding.profiling.catalogue import Catalogue
from onboarding.profiling.drafts import Typed
from onboarding.profiling.model import Answer
from onboarding.profiling.problems import MISSING
from onboarding.profiling.proposal import Proposal
from onboarding.profiling.validation import check, spoken, stored, usable
from onboarding.providers.claims import VERDICTS, facts
from onboarding.store import NounStore
from onboarding.tokens import Keys

log = logging.getLogger("onboarding.profiling")


class Learning:
    """Makes proposals of what somebody else says of a person.

    Args:
        store: Where they are kept.
        clock: The present instant.
        catalogue: The questions.
        keys: What digests are made with.
    """

    def __init__(
        self, store: NounStore, clock: Clock, catalogue: Catalogue[Any], keys: Keys
    ):
        self._store = store
        self._clock = clock
        self._catalogue = catalogue
        self._keys = keys

    def digests(self, question: str, value: JsonValue) -> tuple[str, ...]:
        """Return by what a value of a question is known, by the newest key first.

        To another version of the question the same value may mean something else.
        """
        version = self._catalogue.questions[question].ask.version
        text = f"{question}\0{version}\0{canonical(value)}"
        return self._keys.derivations("proposal", text)

    def read(
        self, question: str, value: object, answers: Sequence[Answer]
    ) -> JsonValue:
        """Return a value as an answer of it would be kept.

        Raises:
            InvalidAnswer: When the model does not take it, beside the other answers.
        """
        drafts, questions = self._catalogue.drafts, self._catalogue.questions
        said = spoken(value)  # type: ignore[arg-type]  # the model looks at it
        if said is None:
            raise InvalidAnswer(question, MISSING)
        known: Typed = {}
        if drafts.are_whole:
            known = usable(drafts, questions, answers, self._clock())[1]
        typed = check(drafts, known, question, said)
        if typed is None:
            raise InvalidAnswer(question, MISSING)
        return stored(drafts, question, typed)

    def today(self, answers: Sequence[Answer]) -> Mapping[str, Answer]:
        """Return the answers that count, by question, as they read today."""
        drafts, questions = self._catalogue.drafts, self._catalogue.questions
        return usable(drafts, questions, answers, self._clock())[0]

    async def learn(self, account_id: str, identity: Identity) -> Sequence[Change]:
        """Return what to commit beside a sign-in; see ``LearnsFacts``."""
        told = facts(identity)
        answers = await self._store.list_of(Answer, account_id)
        known = await self._store.list_of(Proposal, account_id)
        changes: list[Change] = []
        for claim, names in self._catalogue.proposes.items():
            for name in names:
                here = [p for p in known if p.question == name]
                value = self._news(identity, name, claim, told.get(claim), answers)
                if value is None:
                    changes += rules.giving_way(here, identity.issuer)
                    continue
                digests = self.digests(name, value)
                new = Proposal(
                    account_id=account_id,
                    question=name,
                    digest=digests[0],
                    value=value,
                    provider=identity.provider,
                    issuer=identity.issuer,
                    is_verified=_is_verified(claim, identity),
                    proposed_at=self._clock(),
                )
                changes += rules.taking(new, here, digests)
        return changes

    def _news(
        self,
        identity: Identity,
        question: str,
        claim: str,
        value: JsonValue,
        answers: Sequence[Answer],
    ) -> JsonValue:
        """Return a claim as the model holds it; None where it is no news, or no answer.

        A log names what is no answer, and not what it says.

        Of an address as parts, the model may want the parts, or the whole as one text.
        """
        if value is None:
            return None
        ways: list[JsonValue] = [value]
        if isinstance(value, dict):
            ways.append(value.get("formatted"))
        for way in ways:
            try:
                read = self.read(question, way, answers)
                is_news = rules.is_news(read, self.today(answers).get(question))
            except Exception as error:  # noqa: BLE001  # the host's validators may raise anything
                kind = type(error).__name__
            else:
                return read if is_news else None
        log.info(
            "claim_dropped: what %s says as %s is no answer to %s (%s)",
            identity.provider,
            claim,
            question,
            kind,
        )
        return None


def _is_verified(claim: str, identity: Identity) -> bool:
    if claim == "email":
        return identity.email_trust >= EmailTrust.VERIFIED
    verdicts: Mapping[str, object] = identity.claims
    return claim in VERDICTS and verdicts.get(VERDICTS[claim]) is True
