"""Templates of the host's that were meant to stand in for ours, and never would.

Ours are called ``onboarding/…``, and a file of that name in the host's folder stands in
for one. A file beside that folder is a page of the host's own, whatever it is called.
"""

import logging
import re
from pathlib import Path

from onboarding.errors import ConfigError

log = logging.getLogger("onboarding")

NAMED = re.compile(r"""\{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)["']""")
"""What a template stands on, where that is written out."""


def check_overrides(folder: Path, ours: Path) -> None:
    """Look for files that have the name of a template of ours, one folder too high.

    What stands on a template that the host does not have, and we do, cannot be drawn as
    it is; what merely has the name may be a page of their own, and is told of.

    Args:
        folder: The host's, of ``templates=``.
        ours: Our own.

    Raises:
        ConfigError: With where to move the file, and what to write in it.
    """
    for path in sorted(folder.iterdir()):
        name, meant = path.name, folder / "onboarding" / path.name
        is_control = name.startswith("_control_") and path.suffix == ".html"
        if not ((ours / name).is_file() or is_control) or meant.exists():
            continue
        named = NAMED.findall(path.read_text("utf-8", errors="replace"))
        missing = [
            one
            for one in named
            if (ours / one).is_file() and not (folder / one).exists()
        ]
        if missing:
            raise ConfigError(
                f"templates: {path} stands on {missing[0]!r}, which is ours, and is "
                f'called "onboarding/{missing[0]}"; write that. And where it is to '
                f"stand in for our {name}, move it to {meant}"
            )
        if is_control or f"onboarding/{name}" in named or name.startswith("letter-"):
            log.warning(
                "template_unused: %s stands in for none of ours; if it is to, move it "
                "to %s",
                path,
                meant,
            )
