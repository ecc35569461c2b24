"""Content negotiation: whether a caller wants JSON or a page (RFC 9110 §12.5.1)."""

from collections.abc import Mapping, Sequence
from typing import Any

from onboarding.web.context.headers import JSON_TYPE, header_values
from onboarding.web.context.lists import Weighted, media_type, weighted

HTML_TYPE = "text/html"
JSON_TYPES = (JSON_TYPE, "application/problem+json")


def wants_json(scope: Mapping[str, Any]) -> bool:
    """Tell whether to respond in JSON.

    What weighs more in ``Accept`` decides, and of equals the one that is named; where
    both are, it is a page. A caller that has no wish, as ``fetch`` with its ``*/*``,
    gets JSON if that is what it sent.
    """
    wishes = list(weighted(_value(scope, b"accept")))
    html = _wish(wishes, HTML_TYPE)
    json = max(_wish(wishes, kind) for kind in JSON_TYPES)
    if html[0] != json[0]:
        return json[0] > html[0]
    if json[1] or html[1]:
        return json[0] > 0 and json[1] > html[1]
    return media_type(_value(scope, b"content-type")) in JSON_TYPES


def _wish(wishes: Sequence[Weighted], kind: str) -> tuple[float, int]:
    """Return the weight of a media type, and how closely it was named: 0 to 2."""
    ranges = ("*/*", f"{kind.partition('/')[0]}/*", kind)
    for closeness in (2, 1, 0):
        found = [wish.weight for wish in wishes if wish.value == ranges[closeness]]
        # Java writes a single star for any type.
        found += [w.weight for w in wishes if not closeness and w.value == "*"]
        if found:
            return max(found), closeness
    return 0.0, 0


def _value(scope: Mapping[str, Any], name: bytes) -> str:
    return b",".join(header_values(scope["headers"], name)).decode("latin-1")
