"""G14 to G16: import, memory and distributions, beside Authlib's Starlette client.

As somebody has it who installed us: from a wheel, compiled. An editable install is
read from its sources, and where no bytecode may be written compiled at each start.
"""

import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from statistics import median
from zipfile import ZipFile

from packaging.requirements import Requirement

from benchmarks.measure import Goal

ROOT = Path(__file__).parents[1]

PROBE = """
import json, time
before = time.process_time()
{what}
took = time.process_time() - before
status = open("/proc/self/status").read()
import os, sys
cached = [getattr(m, "__cached__", None) for m in list(sys.modules.values())]
assert all(os.path.exists(c) for c in cached if c), "something was not compiled"
onboarding = sys.modules.get("onboarding")
assert onboarding is None or onboarding.__file__.startswith({home!r}), "not the wheel"
print(json.dumps([took * 1000, int(status.split("VmHWM:")[1].split()[0]) / 1024]))
"""

STARLETTE = "import starlette.applications, starlette.requests, starlette.routing\n"

CASES = {
    "starlette": STARLETTE,
    "ours": f"{STARLETTE}from onboarding import Onboarding",
    "pydantic alone": f"{STARLETTE}from pydantic import BaseModel",
    "authlib": f"{STARLETTE}from authlib.integrations.starlette_client import OAuth",
}

ROUNDS = 15


def installed(folder: Path) -> Path:
    """Build our wheel, unpack it into a folder and compile it, as an installer does.

    With the build backend itself, so that nothing is fetched; a wheel without
    compiled code is installed by being unpacked.
    """
    home, wheels = folder / "installed", folder / "wheels"
    python("hatchling", "build", "--target", "wheel", "--directory", str(wheels))
    (wheel,) = wheels.iterdir()
    ZipFile(wheel).extractall(home)
    python("compileall", "-q", str(home))
    return home


def python(*module: str) -> None:
    """Run a module at the root of the checkout."""
    subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-m", *module], check=True, cwd=ROOT, capture_output=True
    )


def probe(what: str, home: Path) -> tuple[float, float]:
    """Import in a fresh process; return its CPU in ms and its peak memory in MiB."""
    env = os.environ | {"PYTHONPATH": str(home)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(  # noqa: S603  # our own text
        [sys.executable, "-c", PROBE.format(what=what, home=str(home))],
        check=True,
        capture_output=True,
        text=True,
        env=env,
        cwd=home,
    )
    took, memory = json.loads(done.stdout)
    return took, memory


def distributions(name: str, seen: set[str] | None = None) -> set[str]:
    """Return what an installation of a distribution brings, without extras."""
    seen = set() if seen is None else seen
    try:
        wanted = requires(name) or []
    except PackageNotFoundError:
        return seen
    seen.add(name.lower().replace("_", "-"))
    for line in wanted:
        requirement = Requirement(line)
        plain = requirement.name.lower().replace("_", "-")
        here = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if here and plain not in seen:
            distributions(requirement.name, seen)
    return seen


async def compare(folder: Path) -> list[Goal]:
    """Measure in fresh processes, peers in turn."""
    home = installed(folder)
    for what in CASES.values():
        probe(what, home)  # this leaves the peers compiled, too
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in CASES}
    for _ in range(ROUNDS):
        for name, what in CASES.items():
            found[name].append(probe(what, home))

    def added(name: str, column: int) -> float:
        pairs = zip(found[name], found["starlette"], strict=True)
        return median(mine[column] - base[column] for mine, base in pairs)

    beside = distributions("onboarding") - distributions("starlette")
    for name in ("ours", "pydantic alone", "authlib"):
        ms, mib = added(name, 0), added(name, 1)
        of_ms, of_mib = ms / added("authlib", 0), mib / added("authlib", 1)
        print(
            f"     {name}: {ms:.0f} ms, {mib:.1f} MiB more: {of_ms:.2f} and "
            f"{of_mib:.2f} of Authlib's"
        )
    print(f"     beside Starlette's: {', '.join(sorted(beside - {'onboarding'}))}")
    return [
        Goal(
            "G14",
            "import: what we add to Starlette / what Authlib's client adds",
            added("ours", 0) / added("authlib", 0),
            0.8,
        ),
        Goal(
            "G15",
            "memory: what we add to Starlette / what Authlib's client adds",
            added("ours", 1) / added("authlib", 1),
            0.6,
        ),
        Goal("G16", "distributions beside Starlette's", len(beside) - 1, 18),
    ]
