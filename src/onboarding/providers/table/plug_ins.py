"""Providers that other distributions bring: nameable, and never there by themselves.

A distribution announces a class under the entry point group ``onboarding.providers``;
whoever has it installed can name it, ``named("acme", client_id=…)``. Nothing is
imported before it is named, and no name of ours can be taken.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any

from onboarding.errors import ConfigError, OnboardingError
from onboarding.names import unknown
from onboarding.providers.base import Provider
from onboarding.providers.checking import SLUG

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "onboarding.providers"
"""The entry point group (PyPA: Entry points specification)."""


@dataclass(frozen=True, slots=True)
class PlugIn:
    """A provider that a distribution announces.

    Attributes:
        name: What it is called in ``named``.
        distribution: Who brings it, with the version.
    """

    name: str
    distribution: str
    _entry: "EntryPoint"

    def load(self) -> type[Provider]:
        """Return its class.

        Raises:
            ConfigError: When it cannot be imported, is no provider, or is called
                otherwise; names the distribution.
        """
        try:
            kind = self._entry.load()
        except Exception as error:
            raise self.wrong(f"cannot be loaded: {_said(error)}") from error
        if not isinstance(kind, type) or not issubclass(kind, Provider):
            raise self.wrong(f"is no provider: {self._entry.value} is no class of one")
        called = _default(kind, "name")
        if called not in {self.name, None}:
            raise self.wrong(f"calls itself {called!r}: the two names must be one")
        return kind

    def build(self, settings: Mapping[str, Any]) -> Provider:
        """Return the provider, built.

        Raises:
            ConfigError: When a setting is missing or none of its own, or cannot be.
        """
        kind = self.load()
        known = {one.name: one for one in fields(kind) if one.init}
        for what in settings:
            if what not in known:
                problem = unknown("setting", what, sorted(known))
                raise ConfigError(f"named({self.name!r}) is given {problem}")
        must = [
            name
            for name, one in known.items()
            if one.default is MISSING and one.default_factory is MISSING
        ]
        if missing := [name for name in must if name not in settings]:
            told = ", ".join(f"{name}=…" for name in missing)
            raise ConfigError(f"named({self.name!r}) has to be told {told}")
        try:
            return kind(**settings)
        except OnboardingError:
            raise
        except Exception as error:
            raise self.wrong(f"cannot be built: {_said(error)}") from error

    def wrong(self, problem: str) -> ConfigError:
        """Return an error that says whose plug-in it is."""
        return ConfigError(
            f"the provider {self.name!r}, a plug-in of {self.distribution}, {problem}"
        )


def plug_ins() -> list[PlugIn]:
    """Return every provider that installed distributions announce, by name."""
    from importlib.metadata import entry_points

    found = entry_points(group=GROUP)
    return sorted(map(_plug_in, found), key=lambda one: (one.name, one.distribution))


def plug_in(name: str) -> PlugIn | None:
    """Return the provider that a distribution announces under a name, or None.

    Raises:
        ConfigError: When two distributions announce it.
    """
    found = [one for one in plug_ins() if one.name == name]
    if len(found) > 1:
        theirs = " and ".join(one.distribution for one in found)
        raise ConfigError(
            f"two distributions bring a provider {name!r}: {theirs}; uninstall one, or "
            "import the class that you mean"
        )
    return found[0] if found else None


def misnamed(ours: Callable[[str], str]) -> Iterator[str]:
    """Yield what is wrong with the names of plug-ins, a sentence each.

    Args:
        ours: Says what a name of ours stands for; empty for any other.
    """
    for one in plug_ins():
        if not SLUG.match(one.name):
            yield str(one.wrong("cannot be named: lower-case letters, digits and -"))
        elif whose := ours(one.name):
            yield str(one.wrong(f"cannot be named: that name is {whose}"))


def _plug_in(entry: "EntryPoint") -> PlugIn:
    by = entry.dist
    return PlugIn(entry.name, f"{by.name} {by.version}" if by else "nobody", entry)


def _default(kind: type[Provider], name: str) -> object:
    found = next(one.default for one in fields(kind) if one.name == name)
    return found if isinstance(found, str) else None


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
