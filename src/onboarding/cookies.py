"""A cookie as a value: what is to be set or cleared, for whoever writes headers."""

from dataclasses import dataclass, field
from datetime import timedelta

from onboarding.tokens import Token


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieSpec:
    """A cookie to set or to clear, for whoever writes headers.

    It is always HttpOnly and SameSite=Lax; over https it is also Secure and its name
    is prefixed with ``__Host-``.

    Attributes:
        name: Without the prefix.
        max_age: Seconds it lives; 0 clears it.
    """

    name: str
    value: str = field(repr=False)
    max_age: int
    path: str = "/"

    @classmethod
    def holding(cls, name: str, token: Token, life: timedelta) -> "CookieSpec":
        """Return what makes the browser carry a token as long as it may be used."""
        seconds = int(life.total_seconds())
        return cls(name=name, value=token.reveal(), max_age=seconds)

    @classmethod
    def clear(cls, name: str) -> "CookieSpec":
        """Return what makes the browser forget a cookie."""
        return cls(name=name, value="", max_age=0)
