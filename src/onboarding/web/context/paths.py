"""The path of a request: the whole one that browsers see, and the one below a prefix.

An application that is told a ``root_path`` stands below it. The path of a scope then
has that prefix (ASGI specification, "HTTP Connection Scope"), or lacks it, where a
proxy took it off and only the application was told, as with ``FastAPI(root_path=…)``.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

AS_SENT = re.compile(r"[\w\-.~!$&'()*+,;=:@%/]+", re.ASCII)
"""What a path may hold as it is sent (RFC 3986 §3.3)."""


def whole_path(scope: Mapping[str, Any]) -> str:
    """Return the path as the browser asked for it, the prefix included."""
    path: str = scope["path"]
    prefix = _prefix(scope)
    return path if not prefix or _is_below(path, prefix) else prefix + path


def path_as_sent(scope: Mapping[str, Any]) -> str:
    """Return the path of a request as it was sent, so that a link leads there again.

    ``/shelf/AC%2FDC`` and ``/shelf/AC/DC`` are two pages, though servers decode both
    to the same. Without a raw path, or with one that middleware has left behind, it is
    the decoded one, encoded anew.
    """
    path, whole = scope["path"], whole_path(scope)
    sent = (scope.get("raw_path") or b"").decode("latin-1")
    if AS_SENT.fullmatch(sent):
        if unquote(sent) == whole:
            return sent
        if unquote(sent) == path:  # a server that keeps the prefix to itself
            return quote(whole[: len(whole) - len(path)]) + sent
    return quote(whole)


def path_below(scope: Mapping[str, Any]) -> str:
    """Return the path as the routes of the application know it, without the prefix."""
    path: str = scope["path"]
    prefix = _prefix(scope)
    return path[len(prefix) :] if prefix and _is_below(path, prefix) else path


def _prefix(scope: Mapping[str, Any]) -> str:
    return str(scope.get("root_path", "")).rstrip("/")


def _is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")
