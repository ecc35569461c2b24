"""The promise of a mailer: a callable that sends one message."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One mail, plain text, to one address."""

    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)


Mailer = Callable[[Message], Awaitable[None]]
"""Sends one message, or raises."""
