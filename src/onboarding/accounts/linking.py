"""What is written when a proof of who somebody is joins an account, or comes again."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from onboarding.accounts.model import (
    Contact,
    ContactLevel,
    EmailTrust,
    Identity,
    IdentityLink,
    Intent,
    Passkey,
    ProvenAddress,
    Purpose,
)
from onboarding.accounts.ways import Way
from onboarding.changes import Add, Change, Put, Remove, Replace
from onboarding.frozen import dataclass

BY_MAIL = "email"
"""What proved an address to which a letter came; no provider may have this name."""

BY_PASSKEY = "passkey"
"""What vouches for who has a passkey; no provider may have this name either."""

PROOFS = (Purpose.MAIL_SIGN_IN, Purpose.PROVE, Purpose.MAIL_CONFIRM, Purpose.CLAIM)
"""What the code or the link of a letter finishes."""


class Credential(Protocol):
    """What has just shown who somebody is: a provider's identity, or a letter."""

    @property
    def provider(self) -> str:
        """Who vouches, as events name it."""
        ...

    @property
    def proves(self) -> str | None:
        """The address that this proves, or None."""
        ...

    @property
    def is_first_proof(self) -> bool:
        """Whether no account has proven that address yet."""
        ...

    @property
    def way(self) -> Way | None:
        """The way to sign in that an account gains by it; None when it is known."""
        ...

    @property
    def tells(self) -> Identity | None:
        """What a provider tells of the person, None where none does."""
        ...

    def changes(
        self, account_id: str, contact: Contact | None, now: datetime
    ) -> list[Change]:
        """Return what to commit beside the account that it opens.

        Args:
            account_id: Whose it is from now on.
            contact: What this account has of the address in ``proves``.
            now: The present instant.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPasskey:
    """A passkey that has just shown its identity: made, or used.

    Attributes:
        was: As it was read; None for a new one.
        now: As it is from now on; whose it is, its identity says.
    """

    was: Passkey | None
    now: Passkey

    def change(self, account_id: str) -> Change:
        """Return what to commit: of two who use it at once, one reads it again.

        Args:
            account_id: Whose it is.
        """
        now = replace(self.now, account_id=account_id)
        return Add(now) if self.was is None else Replace(self.was, now)


ReadPasskey = Callable[[], Awaitable[ShownPasskey]]
"""Reads a passkey that has shown who somebody is, at each try anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking:
    """An identity that is to be linked to one account or another.

    Attributes:
        identity: What the provider vouches for.
        earlier: Its link as it was read; None for an identity that is new here.
        is_first_proof: Whether no account has proven its address yet.
        attempt: The intent that comes to its end by this, where there is one.
        passkey: What has shown it, where that is one.
    """

    identity: Identity
    earlier: IdentityLink | None
    is_first_proof: bool
    attempt: Intent | None = None
    passkey: ShownPasskey | None = None

    @property
    def provider(self) -> str:
        """Who vouches."""
        return self.identity.provider

    @property
    def proves(self) -> str | None:
        """The address that this proves: a verified one that nobody proved before."""
        is_verified = self.identity.email_trust >= EmailTrust.VERIFIED
        return self.identity.email if is_verified and self.is_first_proof else None

    @property
    def way(self) -> Way | None:
        """The provider, unless it was linked before, and the address it proves."""
        if self.earlier and not self.proves:
            return None
        return Way(
            provider=None if self.earlier else self.provider, address=self.proves
        )

    @property
    def tells(self) -> Identity | None:
        """The identity; but what a passkey is called here tells us nothing new."""
        return None if self.provider == BY_PASSKEY else self.identity

    def changes(
        self, account_id: str, contact: Contact | None, now: datetime
    ) -> list[Change]:
        """Return what to commit: the link, its proof, and the end of the attempt."""
        link = self._link(account_id, now)
        linking: list[Change] = [
            Replace(self.earlier, link) if self.earlier else Add(link)
        ]
        if self.attempt:
            # Put, not Replace: a sweep in between is no reason to let nobody in.
            linking.append(Put(self.attempt.finished(account_id)))
        if self.passkey:
            linking.append(self.passkey.change(account_id))
        if not self.proves:
            return linking
        known = contact or Contact(
            account_id=account_id,
            address=self.proves,
            typed=self.proves,
            given_at=now,
        )
        finder = _finder(account_id, self.proves)
        return [*linking, _proven(known, self.provider, now), finder]

    def _link(self, account_id: str, now: datetime) -> IdentityLink:
        return IdentityLink(
            issuer=self.identity.issuer,
            subject=self.identity.subject,
            account_id=account_id,
            provider=self.identity.provider,
            email=self.identity.email,
            email_trust=self.identity.email_trust,
            name=self.identity.name,
            linked_at=self.earlier.linked_at if self.earlier else now,
            used_at=now,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MailProof:
    """A letter that reached somebody: its code or its link came back.

    Attributes:
        intent: What asked for it: used up in the commit of whatever it opens; None
            where that has happened.
        address: Where it went, normalised.
        typed: As the person wrote it.
        is_first_proof: Whether no account has proven this address yet.
    """

    intent: Intent | None
    address: str
    typed: str
    is_first_proof: bool

    @property
    def provider(self) -> str:
        """What vouches: a letter."""
        return BY_MAIL

    @property
    def proves(self) -> str | None:
        """The address, each time anew: how old a proof is may matter."""
        return self.address

    @property
    def way(self) -> Way | None:
        """The address, where nobody had proven it before."""
        return Way(address=self.address) if self.is_first_proof else None

    @property
    def tells(self) -> Identity | None:
        """Nothing: a letter proves an address."""
        return None

    def changes(
        self, account_id: str, contact: Contact | None, now: datetime
    ) -> list[Change]:
        """Return what to commit: the proof is used up, and the contact proven."""
        known = contact or Contact(
            account_id=account_id,
            address=self.address,
            typed=self.typed,
            given_at=now,
        )
        finder = [_finder(account_id, self.address)] if self.is_first_proof else []
        used = [Remove(self.intent)] if self.intent else []
        return [*used, _proven(known, BY_MAIL, now), *finder]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """A letter that reached the owner of an address, and the identity that waited.

    Attributes:
        proof: The letter: it lets the owner in.
        linking: The identity, which is to be linked to the owner's account.
        waiting: The intent that kept it, if it is still there: finished by this.
    """

    proof: MailProof
    linking: Linking
    waiting: Intent | None

    @property
    def provider(self) -> str:
        """What vouches for the owner: a letter."""
        return self.proof.provider

    @property
    def proves(self) -> str | None:
        """The address, anew."""
        return self.proof.proves

    @property
    def is_first_proof(self) -> bool:
        """Whether nobody has proven it: the owner has."""
        return self.proof.is_first_proof

    @property
    def way(self) -> Way | None:
        """The provider."""
        return self.linking.way

    @property
    def tells(self) -> Identity | None:
        """What the provider tells."""
        return self.linking.tells

    def changes(
        self, account_id: str, contact: Contact | None, now: datetime
    ) -> list[Change]:
        """Return what to commit: the proof used up, and the identity linked."""
        done: list[Change] = []
        if self.waiting is not None:
            # Replace, not Put: whoever confirmed it meanwhile, or let it go, was first.
            done = [Replace(self.waiting, self.waiting.finished(account_id))]
        return [
            *self.proof.changes(account_id, contact, now),
            *self.linking.changes(account_id, None, now),
            *done,
        ]


def _proven(contact: Contact, by: str, now: datetime) -> Put:
    return Put(replace(contact, level=ContactLevel.PROVEN, proven_by=by, proven_at=now))


def _finder(account_id: str, address: str) -> Add:
    # Add, not Put: of two people who prove one address at once, one is first.
    return Add(ProvenAddress(address=address, account_id=account_id))
