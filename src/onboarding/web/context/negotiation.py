"""Content negotiation: whether a caller wants JSON or a page."""

from collections.abc import Mapping
from typing import Any

from onboarding.web.context.headers import JSON_TYPE, header_values


def wants_json(scope: Mapping[str, Any]) -> bool:
    """Tell whether to respond in JSON.

    Asked for with ``Accept: application/json`` (or a problem's own type); or sent as
    JSON by a caller that has no wish, as ``fetch`` sends ``*/*``.
    """
    accept = _value(scope, b"accept")
    if b"text/html" in accept:
        return False
    if JSON_TYPE.encode() in accept or b"application/problem+json" in accept:
        return True
    return _value(scope, b"content-type").startswith(JSON_TYPE.encode())


def _value(scope: Mapping[str, Any], name: bytes) -> bytes:
    return b",".join(header_values(scope["headers"], name)).lower()
