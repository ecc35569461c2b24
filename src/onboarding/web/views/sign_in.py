"""The ways to sign in, as sign_in_buttons: a mark of one or two letters, and a name."""

from collections.abc import Iterable

from onboarding.accounts.model import IdentityLink
from onboarding.frozen import dataclass
from onboarding.providers.base import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInButton:
    """One way to sign in, ready to be drawn."""

    name: str
    title: str
    mark: str


def sign_in_buttons(providers: Iterable[Provider]) -> list[SignInButton]:
    """Return a button for each provider, in the host's order.

    The mark is the first letter, or two where two titles begin alike.
    """
    ways = list(providers)
    firsts = [way.initials[:1] for way in ways]
    return [
        SignInButton(
            name=way.name,
            title=way.title,
            mark=way.initials if firsts.count(first) > 1 else first,
        )
        for way, first in zip(ways, firsts, strict=True)
    ]


def linked_buttons(
    providers: Iterable[Provider], links: Iterable[IdentityLink]
) -> list[SignInButton]:
    """Return a button for each provider with which somebody can sign in already."""
    known = {link.provider for link in links}
    return [one for one in sign_in_buttons(providers) if one.name in known]


def unlinked_buttons(
    providers: Iterable[Provider], links: Iterable[IdentityLink]
) -> list[SignInButton]:
    """Return a button for each provider that somebody may add."""
    known = {link.provider for link in links}
    return [one for one in sign_in_buttons(providers) if one.name not in known]
