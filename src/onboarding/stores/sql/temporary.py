"""``memory:``, a SQLite file that lasts as long as its store: for tests and tries.

A file, and not SQLite's own ``:memory:``, which each of our connections would have to
itself: so a host's tables, threads and races are as on any other database.
"""

import shutil
import tempfile
import weakref
from pathlib import Path

from typing_extensions import override

from onboarding.deadlines import USUAL, Deadlines
from onboarding.stores.sql.sqlite import SqliteExecutor


class TemporarySqlite(SqliteExecutor):
    """Runs SQL on a file of its own, in the machine's folder for such files.

    The file is made at the first opening, found again at the next, and goes with this
    object, at the latest when the process ends.
    """

    is_temporary = True

    def __init__(self, deadlines: Deadlines = USUAL) -> None:
        super().__init__(Path("memory"), synchronous="normal", deadlines=deadlines)
        self._is_made = False

    @override
    async def open(self) -> None:
        if not self._is_made:
            folder = tempfile.mkdtemp(prefix="onboarding-")
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            self._path, self._is_made = Path(folder) / "memory.db", True
        await super().open()
