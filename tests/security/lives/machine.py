"""Random lives: deeds in whatever order, and after each everything that holds."""

import re
from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from onboarding.accounts.model import Identity
from tests.security.lives.people import ADDRESS, AT, PEOPLE, WHO
from tests.security.lives.town import GENRE, Town


class Lives(Town):
    """Each deed by itself, and several as they often come together."""

    @invariant()
    def everything_holds(self) -> None:
        """Each invariant, by its number."""
        for name in INVARIANTS:
            getattr(self, name)()

    def _one_by_one(self, *deeds: Callable[[], None]) -> None:
        for deed in deeds:
            deed()
            self.everything_holds()

    @rule(at=AT, who=WHO, address=ADDRESS, genre=GENRE)
    def buy_and_come_home(
        self, at: int, who: Identity, address: str, genre: str
    ) -> None:
        """Buy as a guest, say something, and sign in."""
        self._one_by_one(
            lambda: self.sign_out(at),
            lambda: self.buy(at, address),
            lambda: self.fill_cart(at, "x", 5),
            lambda: self.answer(at, genre),
            lambda: self.sign_in(at, who),
        )

    @rule(at=AT, who=WHO, address=ADDRESS)
    def come_for_an_order(self, at: int, who: Identity, address: str) -> None:
        """Order by phone, and take it over by its link."""
        self._one_by_one(
            lambda: self.call(address),
            lambda: self.sign_in(at, who),
            lambda: self.open_order_link(at, len(self.owners) - 1),
            lambda: self.claim_by_link(at, len(self.browsers[at].grants) - 1),
        )

    @rule(at=AT, address=ADDRESS, days=st.sampled_from([0, 2, 2, 40, 100]))
    def leave(self, at: int, address: str, days: int) -> None:
        """Leave a cart for good, beside somebody who ordered by phone; then a purge."""
        if days == 2:
            self._one_by_one(
                lambda: self.sign_out(at),
                lambda: self.fill_cart(at, "y", 1),
                lambda: self.call(address),
            )
        self.purge(days)

    @rule(at=AT, who=WHO)
    def order_where_one_is_known(self, at: int, who: Identity) -> None:
        """Order by phone with a proven address, and take it over by that."""
        self._one_by_one(
            lambda: self.sign_in(at, who),
            lambda: self.call(who.email or "d@example.org"),
            lambda: self.claim_by_address(at),
        )

    @rule(at=AT)
    def come_by_another_way(self, at: int) -> None:
        """Use a second identity, be asked who one is, and say so."""
        first, second, *_ = PEOPLE
        self._one_by_one(
            lambda: self.sign_out(at),
            lambda: self.sign_in(at, first),
            lambda: self.sign_out(at),
            lambda: self.sign_in(at, second),
            lambda: self.sign_in(at, first),
            lambda: self.confirm(at),
        )


INVARIANTS = sorted(
    (name for name in dir(Lives) if re.match(r"i\d+_", name)),
    key=lambda name: int(name[1:].partition("_")[0]),
)
