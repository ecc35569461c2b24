"""Runs the files of a page, one after another, in an empty folder."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType

import pytest
from joserfc.jwk import ECKey

from tests.docs.pages import Page, Running, imported, source


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """Import the files of a page, as if each had been written and saved."""
    monkeypatch.chdir(tmp_path)
    for name in ("NEW_KEY", "OLD_KEY"):
        monkeypatch.setenv(name, f"{name}: 32 random bytes or more, please")
    monkeypatch.setenv("DATABASE", "memory:")
    (tmp_path / "templates").mkdir()
    key = ECKey.generate_key("P-256").as_pem(private=True)
    (tmp_path / "AuthKey_F6G7H8I9J0.p8").write_bytes(key)
    with ExitStack() as stack:

        def run(name: str) -> dict[str, ModuleType]:
            page = Page(name)
            found = {}
            for file in page.files:
                if not file.startswith(("test_", "examples/")):
                    text = source(page.python(file))
                    stem = Path(file or "example.py").stem
                    found[file] = stack.enter_context(imported(stem, text, page))
            return found

        yield run
