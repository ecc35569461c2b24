"""People whom a host has already, and what became of them when they were brought in."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from onboarding.accounts.model import Identity
from onboarding.accounts.refs import check_ref
from onboarding.errors import BadRequest, ConfigError
from onboarding.frozen import dataclass, field
from onboarding.jsonvalue import check_text
from onboarding.shapes import check_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """Somebody whom the host knows: a row of its own table of users.

    Attributes:
        ref: The host's key for this person, unique: printable text of at most 255
            characters.
        email: Their address, where there is one.
        is_proven: Whether the host knows that this person reads the mail of that
            address, as by a link that they opened. Then it lets them in here; one that
            somebody merely typed grants nothing.
        identities: Ways to sign in with providers that the host has verified.
        created_at: Since when they are there, aware; now, unless it is said.

    Raises:
        ConfigError: When a field holds something else.
    """

    ref: str
    email: str | None = field(default=None, repr=False)
    is_proven: bool = False
    identities: Sequence[Identity] = ()
    created_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be kept."""
        check_ref(self.ref)
        check_fields(self, f"Adopted {self.ref!r}")
        for one in self.identities:
            _check_kept(self.ref, one)
        if self.created_at is not None and self.created_at.tzinfo is None:
            raise ConfigError(
                f"Adopted {self.ref!r}: created_at is naive; write "
                "created_at=row.created_at.replace(tzinfo=UTC)"
            )

    @property
    def distinct_identities(self) -> Sequence[Identity]:
        """Each of the identities once."""
        return tuple({(i.issuer, i.subject): i for i in self.identities}.values())


class Obstacle(StrEnum):
    """Why somebody was not adopted."""

    ADDRESS_TAKEN = "address_taken"
    IDENTITY_TAKEN = "identity_taken"
    INVALID_ADDRESS = "invalid_address"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAdopted:
    """Somebody of whom nothing was written, and why.

    Attributes:
        ref: The host's key for them.
        why: What stands in the way.
        account_id: Of the account that has proven the address, or has the identity.
            Where that is the same person, ``accounts.set_ref`` says so.
    """

    ref: str
    why: Obstacle
    account_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """What became of everybody who was brought in.

    Attributes:
        added: How many have an account since.
        known: How many had one with this ref before; nothing was changed.
        not_adopted: Those who could not be, in their order.
    """

    added: int = 0
    known: int = 0
    not_adopted: Sequence[NotAdopted] = ()


def _check_kept(ref: str, identity: Identity) -> None:
    said = (identity.provider, identity.issuer, identity.subject)
    try:
        check_text("".join((*said, identity.email or "", identity.name or "")))
    except BadRequest:
        raise ConfigError(
            f"Adopted {ref!r}: an identity of {identity.provider!r} holds a character "
            "that no database keeps (a NUL, or half of one); write it without"
        ) from None
