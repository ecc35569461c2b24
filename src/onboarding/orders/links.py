"""Order links and grants: signed, ending by themselves, kept nowhere here."""

from collections.abc import Iterable
from datetime import UTC, datetime

from onboarding.clock import Clock
from onboarding.errors import ConfigError
from onboarding.orders.model import ClaimPolicy, OrderGrant
from onboarding.shapes import shown
from onboarding.tokens import Keys


class OrderLinks:
    """Makes order links and grants, and reads them.

    Each is signed for its own purpose: a grant is no link, and a link no grant.

    Args:
        clock: The present instant.
        keys: Sign both.
        policy: How long links work.
        url: The address of our pages, which links begin with.
    """

    def __init__(self, clock: Clock, keys: Keys, policy: ClaimPolicy, url: str):
        self._clock = clock
        self._links = keys.signer("order link")
        self._grants = keys.signer("order grant")
        self._policy = policy
        self._url = url

    def make(self, order: str | int, account_id: str | None) -> str:
        """Return the address that opens an order without an account, read only.

        It is a secret: hand it to whoever placed the order, and to nobody else. It
        works while the order belongs to the same account, or to the one that this is
        merged into.

        Args:
            order: Its key.
            account_id: Whose it is; None for nobody's.

        Raises:
            ConfigError: When this is no key of an order.
        """
        until = self._clock() + self._policy.link
        grant = OrderGrant(order=checked_key(order), account_id=account_id, until=until)
        return f"{self._url}/order/{self._links.sign(_said(grant))}"

    def read(self, token: str) -> OrderGrant | None:
        """Return what the end of a link says, or None when it is over or forged."""
        return self._read_grant(self._links.unsign(token))

    def grants_in(self, cookie: str) -> list[OrderGrant]:
        """Return the grants that a browser holds, those that are over left out."""
        kept = self._grants.unsign(cookie) if cookie else None
        found = (
            [self._read_grant(one) for one in kept] if isinstance(kept, list) else []
        )
        return [one for one in found if one is not None]

    def keep(self, grants: Iterable[OrderGrant]) -> str:
        """Return the text that a browser keeps of some grants."""
        return self._grants.sign([_said(one) for one in grants])

    def _read_grant(self, value: object) -> OrderGrant | None:
        match value:
            case [str(order), str() | None as owner, int(seconds)]:
                until = datetime.fromtimestamp(seconds, UTC)
                if self._clock() < until:
                    return OrderGrant(order=order, account_id=owner, until=until)
        return None


def _said(grant: OrderGrant) -> list[object]:
    return [grant.order, grant.account_id, int(grant.until.timestamp())]


def checked_key(order: object) -> str:
    """Return the key of an order as text.

    Raises:
        ConfigError: When it is none, such as the order itself.
    """
    if isinstance(order, str | int) and not isinstance(order, bool) and str(order):
        return str(order)
    raise ConfigError(
        f"this wants the key of an order, not {shown(order)}; write order.number, the "
        "value of the column that Claim(key=…) names"
    )
