"""What the shop declares to `onboarding`: all that makes it a host.

What it asks, and what opens by an answer, is in `profile.py`.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Literal

from examples.shop.events import AddressGiven, CartFilled, CheckoutOpened, OrderPlaced
from examples.shop.profile import FEATURES, PURPOSES, Profile
from examples.shop.words import translations
from onboarding import (
    After,
    Anonymise,
    AttentionPolicy,
    Claim,
    DeleteRows,
    Funnel,
    GuestPolicy,
    GuestWins,
    KeepLarger,
    KeepRows,
    Onboarding,
    Park,
    PasskeyPolicy,
    PerState,
    Prompt,
    Resource,
)
from onboarding.clock import Clock, system_clock
from onboarding.events import GuestUpgraded
from onboarding.mailers.base import Mailer
from onboarding.providers import Provider

Merge = Literal["tell", "ask"]

TEMPLATES = Path(__file__).with_name("templates")


FIRST_ORDER = Prompt.nps("first-order", after=OrderPlaced)
PATH = Funnel(
    name="path_to_an_order",
    steps=(CartFilled, CheckoutOpened, AddressGiven, OrderPlaced, GuestUpgraded),
    within=timedelta(days=30),
    goal=OrderPlaced,
)
ATTENTION = AttentionPolicy(
    # Real shops leave an hour between two asks. Nobody waits that long in a demo.
    per_visit=3,
    any_gap=timedelta(0),
)
TOGETHER = KeepLarger(key="book", quantity="quantity")
CART = PerState(
    "state",
    {
        # At the till the person buys what they see. An older cart waits on "My data".
        "checkout": GuestWins(losing=Park(take_back=TOGETHER)),
        "browsing": TOGETHER,
    },
)
"""What becomes of two carts when a guest turns out to have an account."""

GUESTS = GuestPolicy(
    # Whoever bought as a guest and was not seen for a year is erased, as if they had
    # asked for it: nobody needs to know any more who they were.
    with_orders=timedelta(days=365),
)
TAX = "Tax law keeps orders for ten years."
TEN_YEARS = After("placed_at", timedelta(days=3653))
RESOURCES = (
    # A cart goes with its guest; somebody's order keeps its guest, and when they are
    # erased it stays without who it was.
    Resource.table(
        "cart_lines",
        owner="account_id",
        merge=CART,
        purge=DeleteRows(),
        page="/cart",
    ),
    Resource.table(
        "order_lines",
        owner="account_id",
        erase=KeepRows(TAX, until=TEN_YEARS),
        page="/orders",
    ),
)
ORDERS = Resource.table(
    "orders",
    owner="account_id",
    erase=Anonymise(
        columns=["email", "name", "street", "postcode", "town"],
        reason=TAX,
        until=TEN_YEARS,
    ),
    page="/orders",
    claim=Claim(
        key="number",
        contact="email",
        at="placed_at",
        page="/orders/{key}",
        parts={"order_lines": "number"},
    ),
)


def declare(
    *,
    url: str,
    secret_key: str,
    database: Path,
    providers: Sequence[Provider],
    mailer: Mailer,
    passkeys: PasskeyPolicy | None = None,
    merge: Merge = "tell",
    clock: Clock = system_clock,
) -> Onboarding[Profile]:
    """Return the shop's `onboarding`; nothing is opened yet.

    Args:
        url: Where its pages are, such as ``http://127.0.0.1:8000/welcome``.
        database: The file that the shop's own tables are in, too.
        mailer: What sends mail.
        passkeys: How passkeys are made; None where browsers can make none.
        merge: Whether somebody who turns out to have an account is asked before what
            they did as a guest comes along, or told afterwards.
    """
    return Onboarding(
        url=url,
        secret_key=secret_key,
        database=f"sqlite:///{database}",
        providers=providers,
        profile=Profile,
        features=FEATURES,
        purposes=PURPOSES,
        prompts=[FIRST_ORDER],
        funnels=[PATH],
        resources=RESOURCES,
        orders=ORDERS,
        guests=GUESTS,
        attention=ATTENTION,
        texts=translations(),
        templates=TEMPLATES,
        name="Lamplight",
        help_url="/help",
        mailer=mailer,
        passkeys=passkeys,
        merge=merge,
        clock=clock,
    )
