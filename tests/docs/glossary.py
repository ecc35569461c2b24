"""The glossary: its words are written by hand, its list of classes is made of code."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from tests.docs.markdown import markdown, table
from tests.docs.pages import DOCS, ROOT

PACKAGE = ROOT / "src/onboarding"
BEGIN = (
    "<!-- Below: made by `python -m tests.docs.generate`; change the code instead. -->"
)
ABOUT_CLASSES = """\
What a name in the code means: the first sentence of its docstring, and the module below
`onboarding` that has it. No two have one name.
"""


class Defined(NamedTuple):
    """A public name that a module defines: a class, a type, or a constant."""

    name: str
    module: str
    says: str


def classes() -> list[Defined]:
    """Return every public class of the library, in the order of the alphabet."""
    return sorted(
        Defined(node.name, module, _lead(node))
        for module, tree in _modules()
        for node in tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )


def defined() -> Iterator[tuple[str, str]]:
    """Yield the name and the module of each public class, type and constant."""
    yield from ((one.name, one.module) for one in classes())
    for module, tree in _modules():
        for node in tree.body:
            targets: list[ast.expr] = []
            if isinstance(node, ast.Assign):
                targets = node.targets
            elif isinstance(node, ast.AnnAssign):
                targets = [node.target]
            for target in targets:
                if isinstance(target, ast.Name) and re.match(r"[A-Z]\w", target.id):
                    yield target.id, module


def glossary() -> str:
    """Return the glossary: what stands in it by hand, and every class."""
    by_hand = (DOCS / "glossary.md").read_text(encoding="utf-8").partition(BEGIN)[0]
    rows = [(f"`{one.name}`", one.says, f"`{one.module}`") for one in classes()]
    parts = [BEGIN, "", "## Every class", "", ABOUT_CLASSES]
    return by_hand + "\n".join([*parts, table(("class", "is", "in"), *rows)])


def words() -> tuple[set[str], set[str]]:
    """Return the words that the glossary has, and those that it has them instead of."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in glossary().partition(BEGIN)[0].splitlines()
        if line.startswith("| ")
    ][1:]
    has, instead = ({w for r in rows for w in r[n].split(", ")} for n in (0, 2))
    return has, instead - has - {""}


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = PurePosixPath(path.relative_to(PACKAGE)).with_suffix("")
        parts = [part for part in inside.parts if part != "__init__"]
        yield ".".join(parts), ast.parse(path.read_text(encoding="utf-8"))


def _lead(node: ast.ClassDef) -> str:
    text = markdown((ast.get_docstring(node) or "").split("\n\n")[0])
    return re.split(r"(?<=[.;:])\s", text, maxsplit=1)[0].rstrip(".;:")
