"""The icons of providers, as paths in one colour; and why some have none.

``icons.json`` holds what simple-icons publishes of the providers that are known here,
and a reason for each that has no icon: its owner wants no use of it, or wants it in
colours of its own, or nobody has read what its owner wants. A file that is free does
not make a mark free. The name alone is always right.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

ICON_PATH = re.compile(r"[Mm][MmZzLlHhVvCcSsQqTtAa0-9eE,.\s+-]{1,3999}\Z", re.ASCII)
"""The path of an icon, and so no script, style, link or address (SVG 2 §9.3.9)."""


@cache
def _known() -> Mapping[str, Mapping[str, str]]:
    text = files(__package__).joinpath("icons.json").read_text("utf-8")
    told: Mapping[str, Mapping[str, str]] = json.loads(text)
    return told


def find_icon(brand: str) -> str:
    """Return the path of a provider's icon; empty where it has none.

    Args:
        brand: What it is called here by default, whatever ``name`` says.
    """
    return _known()["icons"].get(brand, "")


def why_none(brand: str) -> str:
    """Return why a provider has no icon; empty where it has one, or is not known."""
    return _known()["none"].get(brand, "")
