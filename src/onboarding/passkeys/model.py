"""The nouns of passkeys."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from onboarding.accounts.outcome import MergeWaits, SignInResult
from onboarding.cookies import CookieSpec
from onboarding.errors import ConfigError
from onboarding.frozen import dataclass, field
from onboarding.jsonvalue import JsonValue
from onboarding.shapes import check_fields

ISSUER = "passkey:"
"""What the issuer of every passkey begins with; the id of the relying party follows.

No provider can have such a one: its issuer begins with http (OpenID Connect Core §2).
"""

LONGEST_ID = 1023
"""Bytes of a credential id (WebAuthn §7.1, step 26)."""

RP_ID = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\Z")
"""A domain as browsers write it: in lower case and ASCII."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyPolicy:
    """How passkeys are made and used.

    Attributes:
        rp_id: The domain that they are for (WebAuthn, "relying party identifier"):
            that of ``url``, or one above it, so that its other sites may use them as
            well. None is the host of ``url``. Another one later makes every passkey
            useless.
        user_verification: Whether the device must make sure who holds it, by a finger,
            a face or a PIN, or merely should.
        life: How long somebody may take, from a press of the button on.

    Raises:
        ConfigError: When the domain is none, or the life is nothing.
    """

    rp_id: str | None = None
    user_verification: Literal["required", "preferred"] = "required"
    life: timedelta = timedelta(minutes=5)

    def __post_init__(self) -> None:
        """Refuse values with which no passkey could be made."""
        check_fields(self, "PasskeyPolicy")
        if self.rp_id is not None and not RP_ID.match(self.rp_id):
            raise ConfigError(
                f"PasskeyPolicy: rp_id={self.rp_id!r} is no domain; write one in lower "
                'case, without scheme and port, such as "shop.example"'
            )
        if self.life < timedelta(seconds=30):
            raise ConfigError(
                "PasskeyPolicy: life must leave people the time to find their device, "
                "half a minute at least; write life=timedelta(minutes=5)"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedCredential:
    """What a browser has shown that it made, checked.

    Attributes:
        id: In base64url.
        public_key: In base64url.
        transports: How it is reached.
    """

    id: str
    public_key: str = field(repr=False)
    sign_count: int
    is_syncable: bool
    is_synced: bool
    transports: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedCredential:
    """What a passkey says of itself when it has signed, checked."""

    sign_count: int
    is_syncable: bool
    is_synced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyAsked:
    """A browser is asked to make a passkey, or to use one.

    Attributes:
        attempt: Its id, to be sent with the answer; no secret.
        options: For ``navigator.credentials``, with bytes as base64url.
        life: How long the answer is waited for.
        cookies: To set, and to clear those of older attempts.
    """

    attempt: str
    options: Mapping[str, JsonValue] = field(repr=False)
    life: timedelta
    cookies: tuple[CookieSpec, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyAnswered:
    """A passkey has shown who somebody is.

    Attributes:
        outcome: Who is in now; or a merge that waits for a yes or no.
        next: Where the person wanted to go.
        cookies: To set or clear.
    """

    outcome: SignInResult | MergeWaits
    next: str
    cookies: tuple[CookieSpec, ...]
