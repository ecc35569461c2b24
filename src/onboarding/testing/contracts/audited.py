"""What the interpreter reports of I/O, for promises to do none."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

FORBIDDEN = ("open", "socket.", "subprocess.", "os.system", "urllib.")
"""Audit events (https://docs.python.org/3/library/audit_events.html) of I/O."""

_ear: ContextVar[list[str] | None] = ContextVar("onboarding_ear", default=None)


@contextmanager
def heard_io() -> Iterator[list[str]]:
    """Collect what the interpreter reports of I/O while the context lasts."""
    _hook()
    events: list[str] = []
    token = _ear.set(events)
    try:
        yield events
    finally:
        _ear.reset(token)


@cache
def _hook() -> None:
    # It cannot be taken out again; without an ear it hears nothing.
    sys.addaudithook(_hear)


def _hear(event: str, _: tuple[object, ...]) -> None:
    ear = _ear.get()
    if ear is not None and event.startswith(FORBIDDEN):
        ear.append(event)
