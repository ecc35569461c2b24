"""What a type checker makes of a host's events: mypy reads this file, nothing runs it.

Each line that must not pass says which error it is, and mypy, which is strict here,
complains of an ignore that is not needed. That a keyword names a field of the class is
found when the class is made.
"""

from typing import Any, ClassVar, assert_type

from onboarding import Account, Event, Onboarding
from onboarding.events import Phase


class OrderPlaced(Event, about="order", worth="cents", phase=Phase.PURCHASE):
    """Each keyword, as it is meant."""

    name: ClassVar[str] = "order_placed"
    order: str
    cents: int


class OrderPaid(OrderPlaced):
    """A subclass keeps what it does not say anew."""

    name: ClassVar[str] = "order_paid"
    method: str | None = None


class Looked(Event, phase=Phase.AWARENESS):
    """One keyword alone."""

    name: ClassVar[str] = "looked"


class Numbered(Event, about=7):  # type: ignore[arg-type]  # the name of a field
    """About a number instead of the name of a field."""

    name: ClassVar[str] = "numbered"


class Priced(Event, worth=12.5):  # type: ignore[arg-type]  # the name of a field
    """Worth a price instead of the name of a field."""

    name: ClassVar[str] = "priced"


class Phased(Event, phase="purchase"):  # type: ignore[arg-type]  # one of Phase
    """A word that looks like a phase."""

    name: ClassVar[str] = "phased"


class Slipped(Event, abuot="order"):  # type: ignore[call-arg]  # a slip of the pen
    """A keyword that there is not."""

    name: ClassVar[str] = "slipped"
    order: str


async def records(onboarding: Onboarding[Any], account: Account) -> None:
    """What is recorded is an event, made with the fields of its class."""
    await onboarding.record(account, OrderPlaced(order="2041", cents=2400))
    await onboarding.record(account, OrderPaid(order="2041", cents=2400))
    assert_type(OrderPaid(order="1", cents=1, method="card").method, str | None)
    OrderPlaced(order="2041", cents="24")  # type: ignore[arg-type]  # cents are a number
    OrderPlaced(order="2041")  # type: ignore[call-arg]  # and are said
    OrderPlaced(order="1", cents=1, about="order")  # type: ignore[call-arg]  # no field
    OrderPlaced(order="1", cents=1).cents = 2  # type: ignore[misc]  # it has happened
    OrderPlaced(order="1", cents=1).colour = "red"  # type: ignore[attr-defined]  # no field
    await onboarding.record(account, OrderPlaced)  # type: ignore[arg-type]  # the class
    await onboarding.record(account, "order_placed")  # type: ignore[arg-type]  # a name
    await onboarding.record(None, Looked())  # type: ignore[arg-type]  # of nobody
    await onboarding.record(account.id, Looked())  # type: ignore[arg-type]  # an id
