"""The stylesheet and the script: read once, named by their content."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from onboarding.frozen import dataclass, field

STATIC_FOLDER = Path(__file__).parent / "static"

MEDIA_TYPES = {
    "onboarding.css": "text/css; charset=utf-8",
    "onboarding.js": "text/javascript; charset=utf-8",
    "passkeys.js": "text/javascript; charset=utf-8",
    "typed.js": "text/javascript; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, with the first 12 characters of its SHA-256 as its version."""

    data: bytes = field(repr=False)
    media_type: str
    version: str


@cache
def asset(name: str) -> Asset:
    """Return a file of ours, one of ``MEDIA_TYPES``."""
    data = (STATIC_FOLDER / name).read_bytes()
    return Asset(data, MEDIA_TYPES[name], sha256(data).hexdigest()[:12])


def versioned(name: str) -> str:
    """Return the path of a file below the mount, with its version."""
    return f"static/{name}?v={asset(name).version}"
