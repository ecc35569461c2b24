"""The ways to sign in, as sign_in_buttons: a mark of one or two letters, and a name."""

from collections.abc import Callable, Iterable

from onboarding.accounts.model import IdentityLink
from onboarding.frozen import dataclass
from onboarding.providers.base import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInButton:
    """One way to sign in, ready to be drawn.

    Attributes:
        name: The provider's, as addresses have it.
        title: What people call it.
        mark: A letter or two, for where there is no picture.
        is_last: Whether it is the one by which this browser came in last.
        is_down: Whether it does not answer at the moment.
    """

    name: str
    title: str
    mark: str
    is_last: bool = False
    is_down: bool = False


def sign_in_buttons(
    providers: Iterable[Provider],
    last: str | None = None,
    is_down: Callable[[str], bool] = lambda _: False,
) -> list[SignInButton]:
    """Return a button for each provider, in the host's order, the last used first.

    Behind all of them those that do not answer at the moment: they can be tried.

    The mark is the first letter, or two where two titles begin alike.

    Args:
        providers: Those that the application has.
        last: By which this browser came in last; one that is no more is no matter.
        is_down: Tells of the name of a provider whether it does not answer.
    """
    ways = sorted(providers, key=lambda way: (is_down(way.name), way.name != last))
    firsts = [way.initials[:1] for way in ways]
    return [
        SignInButton(
            name=way.name,
            title=way.title,
            mark=way.initials if firsts.count(first) > 1 else first,
            is_last=way.name == last,
            is_down=is_down(way.name),
        )
        for way, first in zip(ways, firsts, strict=True)
    ]


def linked_buttons(
    ways: Iterable[SignInButton], links: Iterable[IdentityLink]
) -> list[SignInButton]:
    """Return the buttons with which somebody can sign in already."""
    known = {link.provider for link in links}
    return [one for one in ways if one.name in known]


def unlinked_buttons(
    ways: Iterable[SignInButton], links: Iterable[IdentityLink]
) -> list[SignInButton]:
    """Return the buttons of providers that somebody may add."""
    known = {link.provider for link in links}
    return [one for one in ways if one.name not in known]
