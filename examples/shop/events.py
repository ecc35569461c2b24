"""What happens in the shop. Only people with a record leave a trace here."""

from typing import ClassVar

from onboarding import Event, Phase


class CartFilled(Event, about="book", phase=Phase.CONSIDERATION):
    """Somebody put a book into their cart."""

    name: ClassVar[str] = "cart_filled"
    book: str


class CheckoutOpened(Event, phase=Phase.PURCHASE):
    """Somebody with a cart looked at the checkout page."""

    name: ClassVar[str] = "checkout_opened"


class AddressGiven(Event, phase=Phase.PURCHASE):
    """Somebody sent the checkout form with a usable e-mail address."""

    name: ClassVar[str] = "address_given"


class OrderPlaced(Event, about="order", worth="cents", phase=Phase.PURCHASE):
    """Somebody bought something."""

    name: ClassVar[str] = "order_placed"
    order: int
    cents: int
