"""The merge rules, each planned: what it does to the rows of two accounts.

Every statement acts on what is there at the commit. What is read before says what to
tell, and which of several rules it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from onboarding.accounts.host_table import RowState
from onboarding.accounts.merge_plan import Part, place_of
from onboarding.accounts.merge_rules import (
    AccountWins,
    GuestWins,
    JoinEmpty,
    MergeRule,
    Park,
    PerState,
    Rule,
)
from onboarding.accounts.merge_sql import (
    DROP_ACCOUNT,
    DROP_GUEST,
    MOVE,
    PARK_ACCOUNT,
    PARK_GUEST,
    RAISE,
    STATES,
    UNCHANGED,
    HostValues,
    Rows,
)
from onboarding.accounts.planned import Outcome, Planned
from onboarding.accounts.resources import Query
from onboarding.accounts.table_rules import (
    DeleteRows,
    KeepLarger,
    KeepOne,
    Reassign,
)
from onboarding.changes import Change, Statement
from onboarding.frozen import dataclass


async def plan_rows(
    query: Query, rows: Rows, rule: MergeRule, source: str, target: str
) -> Planned:
    """Plan how the rows of one account come to another; writes nothing.

    Args:
        query: Reads how many there are.
        rows: All rows of the table.
        rule: How they come.
        source: Whose rows come.
        target: To whom.
    """
    pair = _Pair(query=query, rows=rows, source=source, target=target)
    if isinstance(rule, PerState):
        return await _plan_by_state(pair, rule)
    return await pair.plan(rule)


async def check_states(query: Query, rows: Rows, rule: MergeRule) -> None:
    """Ask for rows in the states of a rule, which their column must be able to hold.

    Raises:
        StoreError: When it cannot, as a number in a column of texts.
    """
    if isinstance(rule, PerState):
        named = replace(rows, column=rule.column, states=tuple(rule.rules))
        await named.count(query, "")


async def _plan_by_state(pair: "_Pair", rule: PerState) -> Planned:
    counts = await pair.count_states(rule.column)
    decides = next((state for state in rule.rules if counts.get(state)), None)
    one = list(rule.rules.values())[-1] if decides is None else rule.rules[decides]
    guards = pair.guards(rule, counts)
    if rule.otherwise is None:
        return _joined(guards, [await replace(pair, state=decides).plan(one)])
    states = tuple(rule.rules)
    named = replace(pair.rows, column=rule.column, states=states)
    rest = replace(named, is_named=False)
    plans = [
        await replace(pair, rows=named, state=decides).plan(one),
        await replace(pair, rows=rest).plan(rule.otherwise),
    ]
    return _joined(guards, plans)


def _joined(guards: Sequence[Change], plans: Sequence[Planned]) -> Planned:
    """Return the plans of several sorts of rows of one table as one."""
    parts = tuple(part for plan in plans for part in plan.parts)
    return Planned(
        changes=[*guards, *(change for plan in plans for change in plan.changes)],
        outcome=parts[0].outcome if parts else Outcome.NOTHING,
        count=sum(plan.count for plan in plans),
        parts=parts,
        place=max(plan.place for plan in plans),
    )


OF_THE_ACCOUNT = (Outcome.DISPLACED, Outcome.REPLACED)
"""What becomes of rows that were there before the guest's came."""

WAITING = (Outcome.PARKED, Outcome.DISPLACED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """The rows of two accounts that become one, and one rule for them.

    Attributes:
        state: The state that chose the rule, to be told.
    """

    query: Query
    rows: Rows
    source: str
    target: str
    state: RowState | None = None

    async def plan(self, rule: Rule) -> Planned:
        """Plan one rule."""
        count = await self.rows.count(self.query, self.source)
        match rule:
            case Reassign():
                counts = {Outcome.ADDED: count}
                return self._planned(rule, [self._move], counts)
            case KeepLarger():
                return await self._join(rule, count)
            case JoinEmpty():
                is_empty = not await self.rows.count(self.query, self.target)
                moved = [self._move] if is_empty else []
                return self._planned(rule, moved, {Outcome.ADDED: count * is_empty})
            case Park():
                parked = self.rows.statement(MOVE, (self.source, self._place))
                waits = [parked] if count else []
                return self._planned(rule, waits, {Outcome.PARKED: count})
            case KeepOne():
                return await self._let_account_win(rule, DeleteRows(), count)
            case AccountWins(losing=losing):
                return await self._let_account_win(rule, losing, count)
            case GuestWins():
                return await self._let_guest_win(rule, count)
        assert_never(rule)

    @property
    def _place(self) -> str:
        return place_of(self.source)

    @property
    def _both(self) -> HostValues:
        return self.source, self.target

    @property
    def _move(self) -> Statement:
        return self.rows.statement(MOVE, self._both)

    async def _join(self, rule: KeepLarger, count: int) -> Planned:
        key, quantity = rule.key, rule.quantity
        twins = await self.rows.count(self.query, self.source, self.target, key)
        changes = [
            # The row that stays takes the larger quantity, its twin then goes.
            self.rows.statement(
                RAISE, self._both, account="$1", key=key, quantity=quantity
            ),
            self.rows.statement(DROP_GUEST, self._both, account="$2", key=key),
            self._move,
        ]
        counts = {Outcome.COMBINED: twins, Outcome.ADDED: count - twins}
        return self._planned(rule, changes, counts)

    async def _let_account_win(
        self, rule: Rule, losing: DeleteRows | Park, count: int
    ) -> Planned:
        has_some = await self.rows.count(self.query, self.target) > 0
        if isinstance(losing, DeleteRows):
            dropped = self.rows.statement(DROP_GUEST, self._both, account="$2")
            outcome = Outcome.DROPPED if has_some else Outcome.ADDED
            return self._planned(rule, [dropped, self._move], {outcome: count})
        parked = self.rows.statement(
            PARK_GUEST, (*self._both, self._place), account="$2"
        )
        changes = [parked, self._move] if has_some and count else [self._move]
        outcome = Outcome.PARKED if has_some else Outcome.ADDED
        return self._planned(rule, changes, {outcome: count})

    async def _let_guest_win(self, rule: GuestWins, count: int) -> Planned:
        others = await self.rows.count(self.query, self.target) if count else 0
        if isinstance(rule.losing, DeleteRows):
            dropped = self.rows.statement(DROP_ACCOUNT, self._both, account="$1")
            counts = {Outcome.ADDED: count, Outcome.REPLACED: others}
            return self._planned(rule, [dropped, self._move], counts)
        parked = self.rows.statement(
            PARK_ACCOUNT, (*self._both, self._place), account="$1"
        )
        # Only where something is to wait: else there is no place to hold it.
        changes = [parked, self._move] if others else [self._move]
        counts = {Outcome.ADDED: count, Outcome.DISPLACED: others}
        return self._planned(rule, changes, counts)

    def _planned(
        self, rule: Rule, changes: Sequence[Change], counts: Mapping[Outcome, int]
    ) -> Planned:
        name = type(rule).__name__
        parts = tuple(
            Part(outcome=outcome, count=count, rule=name, state=self.state)
            for outcome, count in counts.items()
            if count
        )
        guests = [one.count for one in parts if one.outcome not in OF_THE_ACCOUNT]
        waits = any(one.outcome in WAITING for one in parts)
        return Planned(
            changes=changes,
            outcome=parts[0].outcome if parts else Outcome.NOTHING,
            count=sum(guests),
            parts=parts,
            place=self._place if waits else "",
        )

    # ── by state ─────────────────────────────────────────────────────────────

    async def count_states(self, column: str) -> Mapping[object, int]:
        """Return how many of the guest's rows are in which state."""
        asked = self.rows.statement(STATES, (self.source,), state=column)
        found = await self.query(asked.sql, asked.values)
        return {row["state"]: int(str(row["n"])) for row in found}

    def guards(self, rule: PerState, counts: Mapping[object, int]) -> list[Change]:
        """Return what holds only while the guest's rows are in the states as read.

        Down to the one that decides: what changes behind it chooses no other rule.
        """
        guards: list[Change] = []
        for state in rule.rules:
            alone = replace(self.rows, column=rule.column, states=(state,))
            same, count = alone.statement(UNCHANGED, (self.source,)), counts.get(state)
            guards.append(replace(same, rows=count or 0))
            if count:
                break
        return guards
