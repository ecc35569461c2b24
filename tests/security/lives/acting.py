"""What a deed may do, and to whom: the invariants of acts, one method each."""

import json
from collections import Counter
from typing import Any

from onboarding.accounts.model import Account
from onboarding.accounts.outcome import How
from onboarding.accounts.rules import SessionPolicy
from onboarding.guests.model import GuestPolicy
from onboarding.stores.sql.values import to_us
from tests.security.lives.look import Row
from tests.security.lives.owning import PROVEN, Owning

FUTURE = {"due_at", "expires_at"}
"""Columns with an instant that is still to come."""


class Acting(Owning):
    """Invariants of what is done, by their numbers."""

    def i6_asserted_grants_nothing(self) -> None:
        """Only who has shown to read an address's mail has it, or orders by it."""
        for contact in self.after["contacts"]:
            if contact["level"] == PROVEN:
                assert self._has_proved(contact["account_id"], contact["address"])
        for id in {here for here in self.after.here if here}:
            account = self.run(self.core.store.find(Account, id))
            for order in self.run(self.core.orders.list_claimable(account)):
                assert self._has_proved(id, self.placed[int(order.key)])

    def i7_proof_is_single_use(self) -> None:
        """A letter opens one thing once, however often code and link come back.

        From several processes at once: ``tests/security/test_at_once.py``.
        """
        assert set(self.redeemed.values()) <= {1}
        assert not self.after.by("intents", "id").keys() & self.redeemed.keys()

    def i8_power_change_is_a_new_epoch(self) -> None:
        """Who becomes registered, or gains a way in, has no older session left."""
        was, now = self.before.accounts, self.after.accounts
        new_ways = {
            self.after["identities"][n]["account_id"]
            for n, row in enumerate(self.after["identities"])
            if row["linked_at"] == to_us(self.market.clock())
        }
        for id in was.keys() & now.keys() - self.after.ended():
            if was[id]["kind"] != now[id]["kind"] or id in new_ways:
                assert now[id]["epoch"] > was[id]["epoch"]
            if now[id]["epoch"] > was[id]["epoch"]:
                older = {t for t, owner in self.after.alive.items() if owner == id}
                assert not older & self.before.known
        for row in self.after["sessions"]:
            assert row["epoch"] == now[row["account_id"]]["epoch"]
        revived = self.after.alive.keys() & self.before.known - set(self.before.alive)
        assert not revived

    def i10_no_loss_on_failure(self) -> None:
        """Who is refused is who they were, with all they had; others never notice."""
        if self.deed.error is not None:
            counted = "intents", "events", "sessions"
            known = set(self.before.accounts)
            was, now = (
                {
                    table: [row for row in rows if _owner(row) in known]
                    for table, rows in look.without(*counted).items()
                }
                for look in (self.before, self.after)
            )
            assert was == now
        here = zip(self.before.here, self.after.here, strict=True)
        for at, (was_here, is_here) in enumerate(here):
            if was_here is not None and is_here is None:
                account = self.after.accounts[was_here]
                rose = account["epoch"] > self.before.accounts[was_here]["epoch"]
                has_left = self.deed.name in {"sign out", "forget"}
                # Who takes a way in away stays, and every other browser is out.
                is_out = at not in self.deed.by and self._lost_a_way(was_here)
                assert rose or account["ending"] or has_left or is_out

    def _lost_a_way(self, account_id: str) -> bool:
        was, now = (
            {
                row["address"]
                for row in look["proven_addresses"]
                if row["account_id"] == account_id
            }
            for look in (self.before, self.after)
        )
        return self.deed.name == "put right" and bool(was - now)

    def i11_no_cross_read(self) -> None:
        """An order is seen by whose it is, and where its link was opened.

        That answers and their timing tell nothing of accounts:
        ``tests/security/test_enumeration.py`` and ``test_same_answer.py``.
        """
        orders, links = self.after.by("orders", "number"), self.core.orders.links
        erased = self.after.ended("erased")
        for at in self.deed.by:
            id = self.after.here[at]
            grants = links.grants_in(links.keep(self.browsers[at].grants))
            here = self.run(self.core.store.find(Account, id)) if id else None
            for number in list(orders)[-3:]:
                owner = self.after.end_of(orders[number]["account_id"])
                opened = any(
                    one.order == str(number)
                    and self.after.end_of(one.account_id) == owner
                    and owner not in erased
                    for one in grants
                )
                seen = self.run(self.core.orders.may_see(number, here, grants))
                assert seen == (opened or (id is not None and owner == id))

    def i12_purge_rechecks(self) -> None:
        """Only a guest who left nothing that is kept, and begun nothing, lapses.

        Between its look and its commit: ``tests/security/test_races.py``.
        """
        now, policy = self.market.clock(), GuestPolicy()
        idle = policy.idle or SessionPolicy().guest_life
        for id in self.after.ended("expired") - self.before.ended():
            assert self.before.accounts[id]["kind"] == 0
            for table in ("orders", "order_lines"):
                assert id not in {row["account_id"] for row in self.before[table]}
            for row in self.before["intents"]:
                begun = row["secret_hash"] and row["expires_at"] > to_us(now)
                assert not (begun and row["account_id"] == id)
            for row in self.before["sessions"]:
                seen = row["created_at"] + row["seen_after"]
                since = idle if row["seen_after"] else policy.orphaned_after
                assert row["account_id"] != id or seen <= to_us(now - since)

    def i13_one_event_per_transition(self) -> None:
        """The log gains what happened, once, and tells no address and no secret."""
        before, after = (
            look.by("events", "account_id", "id") for look in (self.before, self.after)
        )
        assert all(after.get(key) == row for key, row in before.items())
        new = [row for key, row in after.items() if key not in before]
        told = Counter(row["name"] for row in new)
        assert told == self._expected_events(), self.deed
        said = json.dumps([row["data"] for row in new])
        assert "@" not in said
        assert not any(token.partition(".")[2] in said for token in self.tokens)

    def _expected_events(self) -> Counter[str]:
        """Return what the rows say that has happened."""
        was, now = self.before.accounts, self.after.accounts
        at = to_us(self.market.clock())
        told = Counter(self.deed.told)
        for id, row in now.items():
            kind, old = row["kind"], was.get(id)
            if old is None:
                told["account_registered" if kind else "guest_started"] += 1
            elif old["kind"] != kind:
                told["guest_upgraded"] += 1
            if row["ending"] and (old is None or not old["ending"]):
                told[f"account_{row['ending']}"] += 1
        for result in self.deed.results:
            told["signed_in"] += result.how in {How.SIGNED_IN, How.MERGED}
            told["identity_linked"] += result.how is How.LINKED
        had, has = (
            look.by("contacts", "account_id", "address")
            for look in (self.before, self.after)
        )
        gone = {key for key in had.keys() - has.keys() if key[0] in self.after.live}
        told["contact_removed"] += len(gone)
        told["contact_given"] += sum(
            row["given_at"] == at and row["level"] != PROVEN for row in has.values()
        )
        told["question_answered"] += sum(
            row["answered_at"] == at for row in self.after["answers"]
        )
        found, finds = (
            look.by("proven_addresses", "address").keys()
            for look in (self.before, self.after)
        )
        told["contact_proven"] += len(finds - found)
        orders = self.before.by("orders", "number")
        for number, row in self.after.by("orders", "number").items():
            if number in orders and row["account_id"] != orders[number]["account_id"]:
                was_of = self.after.end_of(orders[number]["account_id"])
                told["order_claimed"] += row["account_id"] != was_of
        return +told

    def i15_server_clock_only(self) -> None:
        """No instant is later than the clock that was passed in, or of another."""
        now, began = to_us(self.market.clock()), to_us(self.market.began)
        for table, rows in self.after.rows.items():
            for row in rows:
                for name, value in row.items():
                    is_past = name == "at" or name.endswith("_at")
                    if is_past and isinstance(value, int) and name not in FUTURE:
                        assert began <= value <= now, (table, name)

    def i18_proof_lifts_only_its_browser(self) -> None:
        """No deed changes who is in a browser in which it was not done."""
        for at, (was, now) in enumerate(
            zip(self.before.here, self.after.here, strict=True)
        ):
            assert at in self.deed.by or now in {was, None}


def _owner(row: Row) -> Any:
    """Return whose a row is; of an account, itself."""
    return row.get("account_id") or row.get("id")
