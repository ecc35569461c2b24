"""Whose everything is: the invariants of what is written, one method each.

What no deed of one process can show is named where it is not asked, with the test that
asks it.
"""

import json
from collections import Counter

from tests.security.lives.memory import Memory

PROVEN = 2
"""What a contact's level is called where it is kept."""


class Owning(Memory):
    """Invariants of what is written, by their numbers."""

    def i1_one_owner(self) -> None:
        """Every row of the shop's has one living owner, or is known to have none.

        What is somebody's who is registered becomes nobody else's.
        """
        orders = self.after.by("orders", "number")
        assert set(self.owners) == set(orders)
        for number, owner in self.owners.items():
            row = orders[number]
            parts = {
                one["account_id"]
                for one in self.after["order_lines"]
                if one["number"] == number
            }
            end = self.after.end_of(owner)
            if number in self.late:
                assert row["account_id"] in {owner, end}
            elif end is None or end in self.after.live:
                assert end == row["account_id"]
                assert {end} == parts
            else:
                assert end in self.after.ended("erased")
                assert (None, set()) == (row["email"], parts)
        for number, row in self.before.by("orders", "number").items():
            was = self.before.end_of(row["account_id"])
            if was in self.before.live and self.before.accounts[was]["kind"]:
                now = orders[number]["account_id"]
                assert self.after.end_of(now) == self.after.end_of(was)
        for table in ("carts", "settings"):
            owners = {row["account_id"] for row in self.after[table]}
            assert owners <= self.after.live | self.late

    def i2_terminals_absorb(self) -> None:
        """What has ended stays as it ended; ``knock`` is told so, each time."""
        accounts = self.after.accounts
        for id, row in self.before.accounts.items():
            assert id in accounts
            assert row["ending"] is None or row == accounts[id]
        assert not set(self.after.alive.values()) - self.after.live

    def i3_merge_graph_is_a_forest(self) -> None:
        """Every merge leads to an account that was never merged, without a circle."""
        accounts = self.after.accounts
        for row in accounts.values():
            assert (row["ending"] == "merged") == (row["merged_into"] is not None)
            seen, last = {row["id"]}, row
            while (into := last["merged_into"]) is not None:
                assert into not in seen
                seen.add(into)
                last = accounts[into]
            assert last["ending"] != "expired" or last["kind"] == 0

    def i4_credential_uniqueness(self) -> None:
        """An identity is one account's for ever, and nobody's last way in goes.

        A passkey is its identity's account's.
        """
        before, after = (
            look.by("identities", "issuer", "subject")
            for look in (self.before, self.after)
        )
        for key in before.keys() & after.keys():
            was, now = before[key]["account_id"], after[key]["account_id"]
            assert now == self.after.end_of(was)
            assert self.after.accounts[now]["kind"] == 1
        ways = {
            row["account_id"]
            for table in ("identities", "proven_addresses")
            for row in self.after[table]
        }
        for row in self.after["passkeys"]:
            link = after[(self.core.passkeys.issuer, row["user_handle"])]
            assert link["account_id"] == row["account_id"]
        registered = {id for id in self.after.live if self.after.accounts[id]["kind"]}
        assert registered <= ways

    def i5_proven_contact_uniqueness(self) -> None:
        """Who has proven an address is found by it, alone, and is registered."""
        proven = [c for c in self.after["contacts"] if c["level"] == PROVEN]
        found = self.after.by("proven_addresses", "address")
        assert len(proven) == len(found)
        for contact in proven:
            assert contact["account_id"] == found[contact["address"]]["account_id"]
            assert self.after.accounts[contact["account_id"]]["kind"] == 1

    def i9_merge_is_atomic_and_idempotent(self) -> None:
        """A merge has one receipt and takes the whole cart; again, nothing happens.

        Under crashes: ``tests/security/test_crashes.py``, ``test_killed.py``.
        """
        receipts = self.after.by("receipts", "source")
        merged = {
            id: row["merged_into"]
            for id, row in self.after.accounts.items()
            if row["ending"] == "merged"
        }
        assert merged == {source: row["target"] for source, row in receipts.items()}
        if self.deed.name == "merge again":
            assert self.before.rows == self.after.rows
        for target in set(self._merged().values()) & self.after.live:
            family = {s for s, t in self._merged().items() if t == target} | {target}
            larger: Counter[str] = Counter()
            for row in self.before["carts"]:
                if row["account_id"] in family:
                    larger |= Counter({row["book"]: row["quantity"]})
            cart = [r for r in self.after["carts"] if r["account_id"] == target]
            assert larger == Counter({row["book"]: row["quantity"] for row in cart})

    def i14_registry_is_complete(self) -> None:
        """Whatever ended owns no row of ours, in any table but those that last.

        That each resource has each verb: ``tests/accounts/test_belongings.py``.
        """
        ended = self.after.ended()
        for table, rows in self.after.rows.items():
            if table in {"events", "orders", "order_lines", "carts", "settings"}:
                continue
            assert not ended & {row.get("account_id") for row in rows}, table

    def i16_consent_does_not_leak_upward(self) -> None:
        """What the account said of the newsletter stands, whatever its guest said."""
        before, after = (
            look.by("settings", "account_id") for look in (self.before, self.after)
        )
        if self.deed.name not in {"want newsletter", "write late"}:
            for id in before.keys() & self.after.live:
                assert before[id] == after[id]

    def i17_profile_has_provenance(self) -> None:
        """Of two answers one stands, and the other is a suggestion beside it."""
        said: dict[tuple[str, str], set[str]] = {}
        for row in self.before["answers"]:
            end = str(self.after.end_of(row["account_id"]))
            if end in self.after.live:
                said.setdefault((end, row["question"]), set()).add(row["value"])
        kept = self.after.by("answers", "account_id", "question")
        assert said.keys() <= kept.keys()
        for key, values in said.items():
            suggested = json.loads(kept[key]["suggested"] or "[]")
            told = {kept[key]["value"], *map(json.dumps, suggested)}
            assert values <= told or self.deed.name == "answer"
            self.reach("answers in conflict", len(values) > 1)
