"""For `make docs`: the reference shows what ``onboarding.frozen`` makes as dataclasses.

Whoever reads a class sees its signature and its fields; without this, griffe, which
reads the sources, knows the original decorator alone.
"""

from typing import Any

from griffe import Alias, Extension

OURS, ORIGINAL = "onboarding.frozen.", "dataclasses."


class FrozenDataclasses(Extension):
    """Takes our decorator for the original, as type checkers do."""

    def on_alias_instance(self, *, alias: Alias, **_: Any) -> None:
        """Lead the name that a module imports to the original."""
        if alias.target_path.startswith(OURS):
            alias.target_path = ORIGINAL + alias.target_path.removeprefix(OURS)
