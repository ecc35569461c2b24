"""The path of a request: the whole one that browsers see, and the one below a prefix.

An application that is told a ``root_path`` stands below it. The path of a scope then
has that prefix (ASGI specification, "HTTP Connection Scope"), or lacks it, where a
proxy took it off and only the application was told, as with ``FastAPI(root_path=…)``.
"""

from collections.abc import Mapping
from typing import Any


def whole_path(scope: Mapping[str, Any]) -> str:
    """Return the path as the browser asked for it, the prefix included."""
    path: str = scope["path"]
    prefix = _prefix(scope)
    return path if not prefix or _is_below(path, prefix) else prefix + path


def path_below(scope: Mapping[str, Any]) -> str:
    """Return the path as the routes of the application know it, without the prefix."""
    path: str = scope["path"]
    prefix = _prefix(scope)
    return path[len(prefix) :] if prefix and _is_below(path, prefix) else path


def _prefix(scope: Mapping[str, Any]) -> str:
    return str(scope.get("root_path", "")).rstrip("/")


def _is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")
