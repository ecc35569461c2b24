"""The ways to sign in, as buttons: a name, and an icon where there is one."""

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
        icon: The path of its mark in one colour; empty where it has none.
        is_last: Whether it is the one by which this browser came in last.
        is_down: Whether it does not answer at the moment.
    """

    name: str
    title: str
    icon: str
    is_last: bool = False
    is_down: bool = False


def sign_in_buttons(
    providers: Iterable[Provider],
    last: str | None = None,
    is_down: Callable[[str], bool] = lambda _: False,
) -> list[SignInButton]:
    """Return a button for each provider, in the host's order, the last used first.

    Behind all of them those that do not answer at the moment: they can be tried.

    Args:
        providers: Those that the application has.
        last: By which this browser came in last; one that is no more is no matter.
        is_down: Tells of the name of a provider whether it does not answer.
    """
    ways = sorted(providers, key=lambda way: (is_down(way.name), way.name != last))
    return [
        SignInButton(
            name=way.name,
            title=way.title,
            icon=way.icon or "",
            is_last=way.name == last,
            is_down=is_down(way.name),
        )
        for way in ways
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
