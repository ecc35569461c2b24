"""Random lives: deeds in whatever order, and after each everything that holds."""

import re
from collections.abc import Callable
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from onboarding.accounts.model import Identity
from tests.security.lives.people import ADDRESS, AT, PEOPLE, WHO
from tests.security.lives.town import GENRE, LATE_ACTS, Town


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

    @rule(at=AT, who=WHO, address=ADDRESS, genre=GENRE, wanted=st.booleans())
    def buy_and_come_home(
        self, at: int, who: Identity, address: str, genre: str, wanted: bool
    ) -> None:
        """Buy as a guest, say something, and sign in."""
        self._one_by_one(
            lambda: self.sign_out(at),
            lambda: self.buy(at, address),
            lambda: self.fill_cart(at, "x", 5),
            lambda: self.answer(at, genre),
            lambda: self.want_newsletter(at, wanted),
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
        """Leave a cart for good, and in the next window an order; then a purge."""
        if days == 2:
            self._one_by_one(
                lambda: self.forget(at),
                lambda: self.fill_cart(at, "y", 1),
                lambda: self.forget(at),
                lambda: self.buy(at, address),
                lambda: self.forget(at),
            )
        self.purge(days)

    @rule(at=AT, who=WHO, typed=ADDRESS)
    def order_where_one_is_known(self, at: int, who: Identity, typed: str) -> None:
        """Order by phone with an address, typed or proven, and take over by it."""
        self._one_by_one(
            lambda: self.sign_in(at, who),
            lambda: self.type_address(at, typed),
            lambda: self.call(typed),
            lambda: self.call(who.email or typed),
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

    @rule(at=AT, address=ADDRESS, right=ADDRESS)
    def come_by_mail_and_leave_it(self, at: int, address: str, right: str) -> None:
        """Come in by a letter, and take its address away, or put it right."""
        self._one_by_one(
            lambda: self.sign_out(at),
            lambda: self.bring_back(at, "link", address),
            lambda: self.put_right(at, 0, None if address == right else right),
        )

    @rule(at=AT, of=AT, address=ADDRESS)
    def buy_and_keep_with_passkey(self, at: int, of: int, address: str) -> None:
        """Buy as a guest, keep it with a passkey, and come home elsewhere with that."""
        self._one_by_one(
            lambda: self.sign_out(at),
            lambda: self.buy(at, address),
            lambda: self.keep_with_passkey(at),
            lambda: self.sign_out(of),
            lambda: self.fill_cart(of, "z", 2),
            lambda: self.come_with_passkey(of, at),
        )

    def live_through_everything(self) -> None:
        """Live one life in which all of this happens."""
        ann, also_ann, bob, *_ = PEOPLE
        self._one_by_one(
            lambda: self.buy_and_come_home(0, ann, "d@example.org", "novel", True),
            lambda: self.buy_and_come_home(0, ann, "d@example.org", "poem", False),
            lambda: self.come_by_another_way(1),
            lambda: self.order_where_one_is_known(1, also_ann, "b@example.org"),
            lambda: self.come_for_an_order(2, bob, "d@example.org"),
            lambda: self.open_order_link(3, 0),
            lambda: self.claim_by_link(3, 0),
            lambda: self.write_late(0),
            lambda: self.leave(3, "d@example.org", 2),
            lambda: self.merge_again(0),
            *(partial(self.knock, 0, what) for what in LATE_ACTS),
            lambda: self.sign_out(3),
            lambda: self.bring_back(3, "often", "d@example.org"),
            lambda: self.bring_back(3, "code", "d@example.org"),
            lambda: self.open_a_letter_of_another_browser(2, 3, "d@example.org"),
            lambda: self.come_by_mail_and_leave_it(3, "d@example.org", "b@example.org"),
            lambda: self.come_by_mail_and_leave_it(3, "d@example.org", "d@example.org"),
            lambda: self.buy_and_come_home(3, bob, "a@example.org", "poem", True),
            lambda: self.buy(3, "a@example.org"),
            lambda: self.sign_out(1),
            lambda: self.buy(1, "a@example.org"),
            lambda: self.sign_out(2),
            lambda: self.buy(2, "a@example.org"),
            lambda: self.sign_in_twice(1, 2, bob),
            lambda: self.merge(0, 1),
            lambda: self.buy_and_keep_with_passkey(2, 3, "d@example.org"),
            lambda: self.come_with_passkey(3, 2),
            lambda: self.take_along(1),
            lambda: self.erase(1),
        )


INVARIANTS = sorted(
    (name for name in dir(Lives) if re.match(r"i\d+_", name)),
    key=lambda name: int(name[1:].partition("_")[0]),
)
