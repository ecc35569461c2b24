"""What is written when an identity joins an account, or signs in to it again."""

from dataclasses import dataclass
from datetime import datetime

from onboarding.accounts.model import (
    Contact,
    ContactLevel,
    EmailTrust,
    Identity,
    IdentityLink,
    Intent,
    ProvenAddress,
)
from onboarding.changes import Add, Change, Put, Replace


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
    def proves(self) -> str | None:
        """The address that this proves: a verified one that nobody proved before."""
        is_verified = self.identity.email_trust >= EmailTrust.VERIFIED
        return self.identity.email if is_verified and self.is_first_proof else None

    def changes(
        self, account_id: str, contact: Contact | None, now: datetime
    ) -> list[Change]:
        """Return what to commit: the link, what it proves, and the end of the attempt.

        Args:
            account_id: Whose identity it is from now on.
            contact: What this account has of the address in ``proves``.
            now: The present instant.
        """
        link = self._link(account_id, now)
        linking: list[Change] = [
            Replace(self.earlier, link) if self.earlier else Add(link)
        ]
        if self.attempt:
            # Put, not Replace: a sweep in between is no reason to let nobody in.
            linking.append(Put(self.attempt.finished(account_id)))
        if not self.proves:
            return linking
        proven = Contact(
            account_id=account_id,
            address=self.proves,
            typed=contact.typed if contact else self.proves,
            level=ContactLevel.PROVEN,
            given_at=contact.given_at if contact else now,
            proven_by=self.identity.provider,
            proven_at=now,
        )
        # Add, not Put: of two people who prove one address at once, one is first.
        finder = Add(ProvenAddress(address=self.proves, account_id=account_id))
        return [*linking, Put(proven), finder]

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
