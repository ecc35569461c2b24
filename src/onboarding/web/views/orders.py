"""Orders that somebody may take over, in words."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote

from onboarding.accounts.claims import Order
from onboarding.frozen import dataclass
from onboarding.locales.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order on a page.

    Attributes:
        key: Its number.
        day: When it was placed, as "21 November".
        href: The host's page of it, or nothing.
        is_own: Whether it is of who is here already.
    """

    key: str
    day: str
    href: str
    is_own: bool = False


def order_row(
    order: Order, texts: Texts, now: datetime, *, page: str | None, is_own: bool = False
) -> OrderRow:
    """Return an order for a page."""
    return OrderRow(
        key=order.key,
        day=texts.short_date(order.placed_at, now),
        href=order_href(page, order.key) or "",
        is_own=is_own,
    )


def order_rows(
    orders: Iterable[Order], texts: Texts, now: datetime, *, page: str | None
) -> list[OrderRow]:
    """Return orders for a page, none of them of who is here."""
    return [order_row(one, texts, now, page=page) for one in orders]


def order_href(page: str | None, key: str) -> str | None:
    """Return the path of the host's page of an order."""
    return page.replace("{key}", quote(key, safe="")) if page else None
