"""A cookie as a value, and its name: for whoever writes or reads headers."""

from collections.abc import Iterable
from datetime import timedelta

from onboarding.frozen import dataclass, field
from onboarding.tokens import Token

OURS = "onboarding"
"""What the name of every cookie begins with, unless an application says otherwise."""

MOST_ATTEMPTS = 10
"""Attempts of one kind that one browser may have open; for one more the oldest goes.

A cookie is 113 bytes of the request, so that ten are one kB of the eight that servers
take as a line.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieNames:
    """How the names of our cookies travel.

    Args:
        secure: Whether they have the prefix ``__Host-``.
        prefix: What stands there instead of ``onboarding``: two objects of one origin
            would else overwrite each other's cookies.
    """

    secure: bool
    prefix: str = OURS

    def sent(self, name: str) -> str:
        """Return the name of a cookie as it travels."""
        host = "__Host-" if self.secure else ""
        return f"{host}{self.prefix}{name.removeprefix(OURS)}"

    def own(self, sent: str) -> str | None:
        """Return which cookie of ours travels by a name; None where it is none."""
        first = self.sent(OURS)
        is_ours = sent == first or sent.startswith(f"{first}-")
        return OURS + sent.removeprefix(first) if is_ours else None


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


def overflow(cookies: Iterable[str], kind: str) -> tuple[CookieSpec, ...]:
    """Return which cookies of older attempts go when one more begins.

    Args:
        cookies: The names of all cookies that came.
        kind: What the names of those begin with; the attempt's id follows.
    """
    # Ids sort in the order they were made.
    ours = sorted(name for name in cookies if name.startswith(kind))
    return tuple(
        CookieSpec.clear(name) for name in ours[: max(0, len(ours) - MOST_ATTEMPTS + 1)]
    )
