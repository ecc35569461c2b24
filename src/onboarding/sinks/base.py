"""The promise of a sink: a callable that carries events away."""

from collections.abc import Awaitable, Callable

from onboarding.events import Entry

Sink = Callable[[Entry], Awaitable[None]]
"""Takes one event after its commit, at least once, possibly out of order.

Raising means "not delivered": it is tried again later. ``Entry.id`` is the same
on every delivery, so that a receiver can drop what it has seen.
"""
