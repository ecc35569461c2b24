"""G14 to G16: import, memory and distributions, beside Authlib's Starlette client."""

import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, requires
from statistics import median

from packaging.requirements import Requirement

from benchmarks.measure import Goal

PROBE = """
import json, time
before = time.process_time()
{what}
took = time.process_time() - before
status = open("/proc/self/status").read()
print(json.dumps([took * 1000, int(status.split("VmHWM:")[1].split()[0]) / 1024]))
"""

CASES = {
    "starlette": "import starlette.applications, starlette.requests, starlette.routing",
    "ours": "import starlette.applications, starlette.requests, starlette.routing\n"
    "from onboarding import Onboarding",
    "authlib": "import starlette.applications, starlette.requests, starlette.routing\n"
    "from authlib.integrations.starlette_client import OAuth",
}

ROUNDS = 9


def probe(what: str) -> tuple[float, float]:
    """Import in a fresh process; return its CPU in ms and its peak memory in MiB."""
    done = subprocess.run(  # noqa: S603  # our own text
        [sys.executable, "-c", PROBE.format(what=what)],
        check=True,
        capture_output=True,
        text=True,
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


def compare() -> list[Goal]:
    """Measure in fresh processes, peers in turn."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in CASES}
    for _ in range(ROUNDS):
        for name, what in CASES.items():
            found[name].append(probe(what))

    def added(name: str, column: int) -> float:
        pairs = zip(found[name], found["starlette"], strict=True)
        return median(mine[column] - base[column] for mine, base in pairs)

    beside = distributions("onboarding") - distributions("starlette")
    for name in ("ours", "authlib"):
        print(f"     {name}: {added(name, 0):.0f} ms, {added(name, 1):.1f} MiB more")
    print(f"     beside Starlette's: {', '.join(sorted(beside - {'onboarding'}))}")
    return [
        Goal(
            "G14",
            "import: what we add to Starlette / what Authlib's client adds",
            added("ours", 0) / added("authlib", 0),
            0.5,
        ),
        Goal(
            "G15",
            "memory: what we add to Starlette / what Authlib's client adds",
            added("ours", 1) / added("authlib", 1),
            0.6,
        ),
        Goal("G16", "distributions beside Starlette's", len(beside) - 1, 18),
    ]
