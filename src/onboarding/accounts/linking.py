"""What is written when a proof of who somebody is joins an account, or comes again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from onboarding.accounts.model import (
    Contact,
    ContactLevel,
    EmailTrust,
    Identity,
    IdentityLink,
    Intent,
    ProvenAddress,
)
from onboarding.changes import Add, Change, Put, Remove, Replace

BY_MAIL = "email"
"""What proved an address to which a letter came; no provider may have this name."""


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
class Linking:
    """An identity that is to be linked to one account or another.

    Attributes:
        identity: What the provider vouches for.
        earlier: Its link as it was read; None for an identity that is new here.
        is_first_proof: Whether no account has proven its address yet.
        attempt: The intent that comes to its end by this, where there is one.
    """

    identity: Identity
    earlier: IdentityLink | None
    is_first_proof: bool
    attempt: Intent | None = None

    @property
    def provider(self) -> str:
        """Who vouches."""
        return self.identity.provider

    @property
    def proves(self) -> str | None:
        """The address that this proves: a verified one that nobody proved before."""
        is_verified = self.identity.email_trust >= EmailTrust.VERIFIED
        return self.identity.email if is_verified and self.is_first_proof else None

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
class Agreed:
    """A proof that waited until the person said what comes of what they did before.

    Attributes:
        proof: What has shown who they are.
        intent: What kept it: used up in the commit of whatever it opens, once.
    """

    proof: Credential
    intent: Intent

    @property
    def provider(self) -> str:
        """Who vouches."""
        return self.proof.provider

    @property
    def proves(self) -> str | None:
        """The address that it proves."""
        return self.proof.proves

    @property
    def is_first_proof(self) -> bool:
        """Whether no account has proven that address yet."""
        return self.proof.is_first_proof

    def changes(
        self, account_id: str, contact: Contact | None, now: datetime
    ) -> list[Change]:
        """Return what to commit: the intent is used up, and what the proof brings."""
        used = Replace(self.intent, self.intent.finished(account_id))
        return [used, *self.proof.changes(account_id, contact, now)]


def pack(identity: Identity) -> Mapping[str, str | None]:
    """Return an identity as the data of an intent."""
    return {
        "provider": identity.provider,
        "issuer": identity.issuer,
        "subject": identity.subject,
        "email": identity.email,
        "email_trust": identity.email_trust.name,
        "name": identity.name,
    }


def unpack(data: Mapping[str, str | None]) -> Identity:
    """Return the identity that ``pack`` put away."""
    return Identity(
        provider=data["provider"] or "",
        issuer=data["issuer"] or "",
        subject=data["subject"] or "",
        email=data["email"],
        email_trust=EmailTrust[data["email_trust"] or "NONE"],
        name=data["name"],
    )


def _proven(contact: Contact, by: str, now: datetime) -> Put:
    return Put(replace(contact, level=ContactLevel.PROVEN, proven_by=by, proven_at=now))


def _finder(account_id: str, address: str) -> Add:
    # Add, not Put: of two people who prove one address at once, one is first.
    return Add(ProvenAddress(address=address, account_id=account_id))
