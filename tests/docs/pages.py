"""Reads the documentation as a person who copies its examples would."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = {
    path.relative_to(ROOT).as_posix(): path
    for path in (
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
        *(ROOT / name for name in ("CHANGELOG.md", "SECURITY.md")),
        *sorted(DOCS.rglob("*.md")),
    )
}

Running = Callable[[str], dict[str, ModuleType]]
"""Runs the files of a page, and returns each as a module by its title."""

FENCE = re.compile(
    r"^```(?P<language>\w*)(?P<options>[^\n]*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
FILE = re.compile(r'title="(?P<file>[^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of code on a page.

    Attributes:
        file: The file that its title names, or ``""``.
        line: On which line of the page its first line stands.
    """

    language: str
    file: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page, by its path from the root of the project."""

    name: str

    @property
    def text(self) -> str:
        """Everything that is written on it."""
        return PAGES[self.name].read_text(encoding="utf-8")

    @property
    def blocks(self) -> list[Block]:
        """Its blocks of code, first to last."""
        return list(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        for found in FENCE.finditer(self.text):
            file = FILE.search(found["options"])
            yield Block(
                language=found["language"],
                file=file["file"] if file else "",
                text=found["text"],
                line=self.text.count("\n", 0, found.start()) + 2,
            )

    def python(self, file: str = "") -> list[Block]:
        """Return the blocks of one Python file, or those without a title."""
        return [b for b in self.blocks if b.language == "python" and b.file == file]

    @property
    def files(self) -> list[str]:
        """The Python files on it, in order; ``""`` is one without a title."""
        found = (block.file for block in self.blocks if block.language == "python")
        return list(dict.fromkeys(found))

    @property
    def commands(self) -> list[str]:
        """What is to be typed into a terminal, first to last."""
        typed = (b.text.splitlines() for b in self.blocks if b.language == "console")
        return [line[2:] for lines in typed for line in lines if line[:2] == "$ "]


def source(blocks: Iterable[Block], instead: Mapping[str, str] | None = None) -> str:
    """Return blocks as one file; each line keeps its number, so that errors tell it.

    Args:
        instead: What to write in place of what, such as a port that is free.
    """
    lines: list[str] = []
    for block in blocks:
        lines += [""] * (block.line - 1 - len(lines)) + block.text.splitlines()
    text = "\n".join(lines) + "\n"
    for old, new in (instead or {}).items():
        assert old in text, f"{old!r} stands nowhere in the example"
        text = text.replace(old, new)
    return text


@contextmanager
def imported(name: str, text: str, page: Page) -> Iterator[ModuleType]:
    """Run a file of a page as a module, which other files may import meanwhile."""
    module = ModuleType(name)
    module.__file__ = str(PAGES[page.name])
    before = sys.modules.get(name)
    sys.modules[name] = module
    try:
        exec(compile(text, page.name, "exec"), module.__dict__)  # ours
        yield module
    finally:
        sys.modules.pop(name)
        if before is not None:
            sys.modules[name] = before
