"""A package's public names, each loaded with its own file when it is first used.

``from onboarding import Onboarding`` then costs what that one needs, and ``dir()`` and
``help()`` still show everything (PEP 562).
"""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module


def exports(
    package: str, homes: Mapping[str, str], listed: Iterable[str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` for a package.

    Args:
        package: Its name.
        homes: In which module below it each name is.
        listed: The names that ``dir()`` shows.
    """

    def find(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{homes[name]}"), name)

    return find, lambda: sorted(listed)
