"""The noun of what is not asked: a value that somebody else says of a person."""

from datetime import datetime
from typing import ClassVar

from onboarding.frozen import dataclass, field
from onboarding.jsonvalue import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A value that a provider, or the application itself, proposes as an answer.

    It counts for nothing until the person takes it. Once they have taken or refused it,
    or answered otherwise, it is closed: the value goes, and the digest stays, by which
    the same value is known and never proposed again.

    Attributes:
        digest: Of the question and the value, by a key of the application; a form
            says by it which value it has shown.
        value: The JSON value; None once it is closed.
        provider: Name of the provider that says so; None where the application does.
        issuer: The issuer that the provider vouches for.
        because: What the application knows it by: a few words such as ``"your last
            orders"``, or a text key. None where a provider says so.
        is_verified: Whether the provider says that it has checked this.
        proposed_at: When it was first said.
        is_open: Whether the person has not said anything about it.
    """

    KEY: ClassVar[tuple[str, ...]] = ("account_id", "question", "digest")
    GUARD: ClassVar[tuple[str, ...]] = ("is_open",)
    ORDER: ClassVar[tuple[str, ...]] = ("question", "proposed_at")

    account_id: str
    question: str
    digest: str = field(repr=False)
    value: JsonValue = field(default=None, repr=False)
    provider: str | None = None
    issuer: str | None = None
    because: str | None = field(default=None, repr=False)
    is_verified: bool = False
    proposed_at: datetime
    is_open: bool = True

    @property
    def origin(self) -> str:
        """Who says so: an issuer, or ``""`` for the application itself."""
        return self.issuer or ""
