"""Whether a caller wants JSON or a page."""

from collections.abc import Mapping
from typing import Any

JSON = b"application/json"


def wants_json(scope: Mapping[str, Any]) -> bool:
    """Tell whether to answer in JSON.

    Asked for with ``Accept: application/json`` (or a problem's own type); or sent as
    JSON by a caller that has no wish, as ``fetch`` sends ``*/*``.
    """
    accept = _said(scope, b"accept")
    if b"text/html" in accept:
        return False
    if JSON in accept or b"application/problem+json" in accept:
        return True
    return _said(scope, b"content-type").startswith(JSON)


def _said(scope: Mapping[str, Any], name: bytes) -> bytes:
    values = (value for header, value in scope["headers"] if header == name)
    return b",".join(values).lower()
