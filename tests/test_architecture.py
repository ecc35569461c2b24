"""The habits of the house that import-linter cannot say (CONTRIBUTING.md)."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src/onboarding"
TESTS = ROOT / "tests"
SOURCES = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text())
    for path in sorted(PACKAGE.rglob("*.py"))
}
FEATURES = {path.parent.name for path in PACKAGE.glob("*/model.py")}
TREE = ("src", "tests", "examples", "benchmarks", "docs", ".ci")
CACHE = re.compile(r"/(__pycache__|\.\w+)/")

# A file has one job and fewer than 300 lines, except:
LONG = {
    "accounts/model.py": "the nouns of identity, which say together what is apart",
    "profiling/model.py": "the nouns of profiling: what is asked, and what was said",
    "errors.py": "the whole tree of what may go wrong, in one place",
}

# One tap: the only places where a library is imported. testing/ stands outside.
WEB = ("web/", "drawing.py", "app.py", "fastapi.py")
TAPS = {
    "aiosmtplib": ("mailers/smtp",),
    "asyncpg": ("stores/sql/",),
    "authlib": ("social/",),
    "cryptography": ("tokens.py",),
    "fastapi": ("fastapi.py",),
    "httpx2": ("social/", "testing/"),
    "idna": ("emails.py",),
    "itsdangerous": ("tokens.py",),
    "jinja2": ("testing/", "web/views/renderer.py"),
    "joserfc": ("providers/client_key.py", "providers/signatures.py", "social/"),
    "limits": ("limiting/shared.py",),
    "pytest": (),
    "random": (),
    "redis": ("limiting/shared.py",),
    "secrets": ("tokens.py",),
    "sqlite3": ("stores/sql/",),
    "starlette": WEB,
    "uuid": ("social/messages.py",),
    "uvicorn": (),
    "webauthn": ("passkeys/ceremony.py",),
}

# What a host does not pay for until it is used.
LAZY = {
    *("aiosmtplib", "asyncpg", "authlib", "babel", "cryptography", "fastapi"),
    *("httpx2", "idna"),
    *("itsdangerous", "jinja2", "joserfc", "limits", "pydantic", "pydantic_core"),
    *("pytest", "redis"),
    *("decimal", "markupsafe", "sqlalchemy", "statistics", "tomllib", "uvicorn"),
    "webauthn",
}

# What only some applications need of ours, and what the layer loads when it is made.
LAZY_OURS = (
    *("onboarding.mailers.", "onboarding.sinks.", "onboarding.social."),
    *("onboarding.guests.proofs.", "onboarding.journey.model."),
    "onboarding.passkeys.",
    *("onboarding.web.pages.", "onboarding.web.views."),
)

# The kinds of provider that are no vendor's, and so may be imported by name.
KINDS = {
    *(
        "__init__",
        "base",
        "checking",
        "claims",
        "client_key",
        "endpoints",
        "icons",
        "oauth2",
    ),
    *("oidc", "places", "reads", "replies", "signals", "signatures"),
}


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the full dotted name of what a module imports, at any depth, when it runs.

    What only the type checker reads is left out.
    """
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif not (
            isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        ):
            yield from imported(node)


def parent(full: str) -> str:
    """Return the module of a name imported from it."""
    return full.rpartition(".")[0]


def named(*patterns: str) -> list[str]:
    """Return the source files that one of the patterns matches."""
    return [n for n in SOURCES if any(Path(n).match(p) for p in patterns)]


def is_impure(node: ast.AST) -> bool:
    """Tell whether a piece of code waits for something or reads a clock."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in {"now", "today", "utcnow", "time", "monotonic"}
    return isinstance(
        node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith
    )


def test_who_decides_or_describes_is_a_function_of_values() -> None:
    """No await, no clock and no chance in rules, providers, widgets and views."""
    barred = {"onboarding.clock", "random", "secrets", "time", "uuid"}
    found = []
    pure = ("*/rules.py", "providers/*", "profiling/widgets/*", "web/views/*")
    for name in named(*pure):
        tree = SOURCES[name]
        found += [f"{name}:{n.lineno}" for n in ast.walk(tree) if is_impure(n)]
        tops = {part for full in imported(tree) for part in (full, parent(full))}
        found += [f"{name} imports {full}" for full in barred & tops]
    assert found == []


def test_each_library_is_imported_in_its_one_place() -> None:
    """HTTP, JOSE, drivers, templates, chance and secrets each have one tap."""
    found = [
        f"{name} imports {full}"
        for name, tree in SOURCES.items()
        for full in imported(tree)
        if not name.startswith(TAPS.get(full.partition(".")[0], name))
    ]
    assert [line for line in found if not line.startswith("testing/")] == []


def test_frozen_values_are_made_in_one_way() -> None:
    """By frozen.py, which takes a fifth of the time; hosts know the original."""
    original = {"dataclasses.dataclass", "dataclasses.field"}
    users = {n for n, tree in SOURCES.items() if original & set(imported(tree))}
    others = {u for u in users if not u.startswith(("providers/", "testing/"))}
    assert others == {"frozen.py"}


def test_only_the_contracts_need_pytest() -> None:
    """The fakes work in any test runner, and in a demo."""
    users = {name for name, tree in SOURCES.items() if "pytest" in imported(tree)}
    assert {u for u in users if not u.startswith("testing/contracts")} <= {
        "testing/plugin.py"
    }


def test_only_the_clock_reads_the_time() -> None:
    """`datetime.now` and its like are called in clock.py, and asked of it elsewhere."""
    calls = r"\b(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns))\("
    found = {n for n in SOURCES if re.search(calls, (PACKAGE / n).read_text())}
    assert found == {"clock.py"}


@pytest.mark.parametrize("feature", sorted(FEATURES))
def test_features_meet_only_where_all_of_them_may(feature: str) -> None:
    """A feature imports itself and what lies below all of them, no other one."""
    others = FEATURES - {feature, "accounts", "attention", "mail", "segments"}
    found = [
        f"{name} imports {full}"
        for name in named(f"{feature}/*.py")
        for full in imported(SOURCES[name])
        if full.startswith("onboarding.") and full.split(".")[1] in others
    ]
    assert found == []


def test_nobody_imports_a_vendor_by_name() -> None:
    """Vendors' providers are passed in by hosts; only their own table names them."""
    vendors = {Path(name).stem for name in named("providers/*.py")} - KINDS
    by_name = tuple(f"onboarding.providers.{vendor}" for vendor in vendors)
    found = [
        f"{name} imports {full}"
        for name, tree in SOURCES.items()
        for full in imported(tree)
        if full.lower().startswith(by_name)
        and not name.startswith(("providers/", "testing/"))
    ]
    assert found == []


def floors() -> list[str]:
    """Return the floors of the house as import-linter holds them, top first."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = config["tool"]["importlinter"]["contracts"]
    return next(one["layers"] for one in contracts if one["id"] == "floors")


def test_the_docs_show_the_floors_that_are_held() -> None:
    """The list in docs/architecture.md is the one that import-linter reads."""
    text = (ROOT / "docs/architecture.md").read_text()
    shown = re.search(r"```text\n(testing\n.*?)```", text, re.DOTALL)
    assert shown
    assert floors() == shown[1].splitlines()


def room(path: str) -> str:
    """Return the folder of a source file, or the file itself at the top."""
    return path.split("/", maxsplit=1)[0].removesuffix(".py")


def rooms_known() -> dict[str, set[str]]:
    """Return which room imports which others, when it runs."""
    rooms = {room(name) for name in SOURCES} - {"__init__"}
    known: dict[str, set[str]] = {one: set() for one in rooms}
    for name, tree in SOURCES.items():
        for full in imported(tree):
            parts = full.split(".")
            if parts[0] == "onboarding" and len(parts) > 1 and room(name) in rooms:
                known[room(name)] |= {parts[1]} & rooms - {room(name)}
    return known


def circle(known: dict[str, set[str]]) -> list[str]:
    """Return the rooms that import each other in a circle; nothing where none do."""
    left = dict(known)
    while free := {one for one, others in left.items() if not others & left.keys()}:
        left = {one: others for one, others in left.items() if one not in free}
    return sorted(left)


def test_no_folders_import_each_other_in_a_circle() -> None:
    """What one room needs of another never needs the first, by however many ways."""
    known = rooms_known()
    assert {"accounts", "store", "changes"} <= known["profiling"]
    assert circle(known) == []
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["a", "b", "c"]


def is_only_a_docstring(tree: ast.Module) -> bool:
    """Tell whether a module says what it is, and nothing else."""
    return len(tree.body) == 1 and ast.get_docstring(tree) is not None


def test_a_feature_folder_only_says_what_it_is() -> None:
    """Its `__init__` is a docstring, so that importing one file loads one file."""
    folders = [f"{feature}/__init__.py" for feature in FEATURES]
    assert [name for name in folders if not is_only_a_docstring(SOURCES[name])] == []


def test_a_file_has_one_job() -> None:
    """No file has more than 300 lines, but those that say why, and those exist."""
    long = {n for n in SOURCES if (PACKAGE / n).read_text().count("\n") > 300}
    assert long - LONG.keys() == set()
    assert LONG.keys() - SOURCES.keys() == set()


def test_everything_public_says_what_it_promises() -> None:
    """Each module, and each public class, function and method in it, has a docstring.

    Overloads, setters and methods that override leave it to the one they belong to.
    """
    found = [f"{n}: {x}" for n, tree in SOURCES.items() for x in undocumented(tree)]
    assert found == []


def test_docstrings_are_written_for_who_reads_them_as_they_are() -> None:
    """In the reference and in help() a role of Sphinx would stand as it is typed."""
    role = re.compile(r":(class|func|meth|data|attr|mod|exc):`")
    texts = {path: path.read_text() for path in PACKAGE.rglob("*.py")}
    assert [] == [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path, text in texts.items()
        for found in role.finditer(text)
    ]


def undocumented(scope: ast.Module | ast.ClassDef) -> Iterator[str]:
    """Yield the public names of a scope that say nothing."""
    if not ast.get_docstring(scope):
        yield "the whole"
    skip = {"overload", "override", "setter"}
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for node in scope.body:
        if not isinstance(node, kinds) or node.name.startswith("_"):
            continue
        marks = {ast.unparse(mark).rpartition(".")[2] for mark in node.decorator_list}
        if isinstance(node, ast.ClassDef):
            yield from (f"{node.name}.{inner}" for inner in undocumented(node))
        elif not ast.get_docstring(node) and not marks & skip:
            yield node.name


def test_importing_the_library_loads_nothing_heavy() -> None:
    """A host pays for HTTP, JOSE, templates, drivers and vendors at first use only."""
    modules = loaded("from onboarding import Onboarding")
    vendors = {Path(name).stem for name in named("providers/*.py")} - KINDS
    vendor_modules = {f"onboarding.providers.{vendor}" for vendor in vendors}
    assert {m for m in modules if m.partition(".")[0] in LAZY} == set()
    assert vendor_modules & modules == set()
    ours = {m for m in modules if f"{m}.".startswith(LAZY_OURS)}
    assert ours == set()


def test_what_is_not_declared_is_not_loaded() -> None:
    """Guests alone, built and mounted, need neither pydantic nor social sign-in."""
    settings = (
        "url='https://a.example/hi', secret_key=KEY, database='memory:', mailer=None"
    )
    build = f"""
from onboarding import Onboarding
KEY = "a key for tests, of more than thirty-two bytes"
Onboarding({settings}).mount
"""
    modules = loaded(build)
    heavy = {"pydantic", "httpx2", "authlib", "joserfc", "jinja2"}
    assert {m for m in modules if m.partition(".")[0] in heavy} == set()
    services = {"profiling.service", "social.service", "guests.proofs"}
    carriers = {"mailers.base", "mailers.post", "sinks.relay"}
    others = {*services, *carriers, "web.pages.questions", "web.pages.prove"}
    assert {f"onboarding.{one}" for one in others} & modules == set()


def loaded(code: str) -> set[str]:
    """Return the modules that are loaded once code has run in a fresh process."""
    command = [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_examples_import_what_the_reference_documents() -> None:
    """A host needs no module of ours that is not on docs/reference.md."""
    page = (ROOT / "docs/reference.md").read_text()
    public = set(re.findall(r"^::: (onboarding[\w.]*)$", page, re.MULTILINE))
    found = [
        f"{path.relative_to(ROOT)} imports {full}"
        for path in sorted((ROOT / "examples").rglob("*.py"))
        for full in imported(ast.parse(path.read_text()))
        if full.partition(".")[0] == "onboarding" and parent(full) not in public
    ]
    assert "onboarding" in public
    assert found == []


def test_nothing_is_left_for_later_or_names_a_machine() -> None:
    """No reminders, and no absolute path of somebody's machine, in any text."""
    # In pieces, so that this line does not find itself.
    pattern = re.compile(
        r"\b(TO" + r"DO|FIX" + r"ME)\b|(?<![\w.])/(work|root)/\w|/home/\w"
    )
    # Tools write where they are into files with a dot: .coverage, a worktree's .git.
    beside = ROOT.glob("[!.]*")
    files = chain(beside, *((ROOT / folder).rglob("*") for folder in TREE))
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in files
        if path.is_file() and not CACHE.search(path.relative_to(ROOT).as_posix())
        for match in pattern.finditer(path.read_text(errors="replace"))
    ]
    assert found == []


def test_the_tests_mirror_the_source() -> None:
    """A folder of tests is named by a folder of source, and each decision is tested."""
    beside = {"browser", "docs", "hosts", "security", "shop", "stories"}
    files = [path.relative_to(TESTS) for path in TESTS.rglob("test_*.py")]
    strangers = {
        file.parts[0] for file in files if not (PACKAGE / file.parent).is_dir()
    }
    assert strangers <= beside
    rules = [TESTS / name for name in named("*/rules.py")]
    assert [r for r in rules if not list(r.parent.glob("test_rules*.py"))] == []
