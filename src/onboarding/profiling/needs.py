"""What a feature needs: answers, tests of them, and facts that are proven elsewhere."""

from collections.abc import Collection, Mapping
from typing import Protocol, TypeAlias

from onboarding.errors import ConfigError
from onboarding.frozen import dataclass
from onboarding.names import unknown
from onboarding.segments.model import Age, Answered, Any
from onboarding.segments.rules import Test
from onboarding.shapes import shown

CHANNELS = ("email",)
"""What a person may prove that they are reached by."""


@dataclass(frozen=True, slots=True)
class Proven:
    """Needs an address that the person has proven to be theirs.

    An address that somebody typed, or that a provider asserts, does not count.

    Args:
        channel: ``email``.

    Raises:
        ConfigError: When it is another one.
    """

    channel: str = "email"

    def __post_init__(self) -> None:
        if self.channel not in CHANNELS:
            raise ConfigError(
                f"Proven({shown(self.channel)}): only addresses of mail are proven; "
                'write Proven("email")'
            )

    @property
    def fact(self) -> str:
        """What this is called among all that is known; no question has such a name."""
        return f"proven:{self.channel}"


@dataclass(frozen=True, slots=True)
class Linked:
    """Needs that the person has signed in: anyhow, or with one provider.

    Args:
        provider: The name of the provider; None where every way will do.
    """

    provider: str | None = None

    @property
    def fact(self) -> str:
        """What this is called among all that is known; no question has such a name."""
        return f"linked:{self.provider or ''}"


Fact: TypeAlias = Proven | Linked
Need: TypeAlias = str | Answered | Age | Proven | Linked | Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One way to meet a need.

    Attributes:
        name: The question, or what a fact is called.
        test: What its answer must be; None where every answer will do.
        declared: As the host wrote it.
        is_spared: Whether "I'd rather not say" will do: the feature says what it does
            without the answer.
    """

    name: str
    test: Test | None
    declared: Need
    is_spared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A need, compiled: one of its ways is enough.

    Attributes:
        ways: In the order in which the host wrote them, which is the order in
            which they are offered.
        names: What these look at, in the same order.
        feature: The feature that declares it: the plan's own, or one before it.
    """

    ways: tuple[Alternative, ...]
    names: tuple[str, ...]
    feature: str


class Needing(Protocol):
    """A feature that is compiled, as far as facts go."""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What it needs that is no question."""


def check_facts(
    features: Mapping[str, Needing], mailer: object, providers: Collection[str]
) -> None:
    """Refuse features that need what nobody could prove.

    Args:
        features: By name.
        mailer: What sends letters; None where nothing does.
        providers: The names of those that people sign in with.

    Raises:
        ConfigError: Naming the feature and what it needs.
    """
    for name, feature in features.items():
        for fact in feature.facts:
            if isinstance(fact, Proven) and mailer is None:
                raise ConfigError(
                    f"Feature {name!r} needs {fact}, but nothing sends mail, so no "
                    "address is ever proven; pass mailer="
                )
            wanted = fact.provider if isinstance(fact, Linked) else None
            if wanted not in {None, "passkey", *providers}:
                raise ConfigError(
                    f"Feature {name!r} needs {fact}, but there is "
                    f"{unknown('provider', str(wanted), providers)}"
                )
