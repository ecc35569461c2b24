"""What becomes of a host's rows when two accounts of one person become one.

One side is the guest, whose account ends; the other is the account that stays. A rule
is a value, and says all that happens: rows that it does not name are never touched.

====================  ==============================  ==============================
rule                  the guest's rows                the account's rows
====================  ==============================  ==============================
Reassign              come along                      stay
KeepLarger            come along, twins become one    stay, with the larger quantity
KeepOne, AccountWins  go where the account has some,  stay
                      else come along
GuestWins             come along                      go where the guest has some
Park                  wait                            stay
====================  ==============================  ==============================

What "goes" may wait instead: ``GuestWins(losing=Park(…))``. What waits can be taken
back on "My data", by the rule that ``Park`` names.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from onboarding.accounts.host_table import RowState
from onboarding.accounts.table_rules import (
    DeleteRows,
    KeepLarger,
    KeepOne,
    Reassign,
    check_plain_names,
)
from onboarding.errors import ConfigError
from onboarding.frozen import dataclass, field
from onboarding.shapes import check_value

KEEP_LARGER = 'KeepLarger(key="book", quantity="quantity")'
"""An example, for errors."""


@dataclass(frozen=True, slots=True)
class Park:
    """The guest's rows wait: on "My data" the person may take them back.

    Until then they belong to nobody's cart or list, and the account's stay as they are.

    Args:
        take_back: How they come to the account when the person asks for them:
            ``Reassign()``, ``KeepLarger(…)``, or ``GuestWins()``, with which they take
            the place of the account's.
    """

    take_back: "Reassign | KeepLarger | GuestWins" = field(default_factory=Reassign)

    def __post_init__(self) -> None:
        """Refuse a rule by which what is taken back could be lost."""
        kinds = Reassign | KeepLarger | GuestWins
        check_value("Park: take_back", self.take_back, kinds, example=KEEP_LARGER)


@dataclass(frozen=True, slots=True)
class GuestWins:
    """The guest's rows take the place of the account's, where the guest has any.

    For what somebody is in the midst of: they go on with exactly what they see.

    Args:
        losing: What becomes of the account's rows then.
    """

    losing: DeleteRows | Park = field(default_factory=DeleteRows)

    def __post_init__(self) -> None:
        """Refuse what says nothing of rows that lose."""
        _check_losing("GuestWins", self.losing)


@dataclass(frozen=True, slots=True)
class AccountWins:
    """The account's rows stay, where it has any; otherwise the guest's come along.

    Args:
        losing: What becomes of the guest's rows where the account has some.
    """

    losing: DeleteRows | Park = field(default_factory=DeleteRows)

    def __post_init__(self) -> None:
        """Refuse what says nothing of rows that lose."""
        _check_losing("AccountWins", self.losing)


@dataclass(frozen=True, slots=True)
class JoinEmpty:
    """Rows come along where the account has none, and stay where they are otherwise.

    No host names it: for stragglers of which nobody knows what makes two the same.
    """


Rule = Reassign | KeepLarger | KeepOne | GuestWins | AccountWins | Park | JoinEmpty
"""What becomes of rows, whatever state they are in."""


@dataclass(frozen=True, slots=True)
class PerState:
    """The state that the guest's rows are in says by which rule they come.

    The rows in the named states are one thing, such as a cart, and one rule decides for
    all of it: that of the first named state in which any row of the guest's is. So name
    the most pressing first, and the usual one last.

    Args:
        column: The column that holds the state, text or a whole number.
        rules: The rule of each state.
        otherwise: The rule of rows in any other state, as of orders that are paid in a
            table of carts and orders: each for itself, beside the rest. Without it, the
            table holds nothing else: rows in other states go with the rest, and where
            the guest has none in a named one, the last rule decides.
    """

    column: str
    rules: Mapping[RowState, Rule]
    otherwise: Rule | None = None

    def __post_init__(self) -> None:
        """Refuse states that no column could hold, and rules that are none."""
        check_plain_names("PerState: column", (self.column,), '"state"')
        example = f'{{"checkout": GuestWins(), "browsing": {KEEP_LARGER}}}'
        shape = Mapping[RowState, Rule]
        check_value("PerState: rules", self.rules, shape, example=example)
        if not self.rules:
            raise ConfigError(f"PerState: rules names no state; write {example}")
        check_value(
            "PerState: otherwise", self.otherwise, Rule | None, example="Reassign()"
        )
        if len({type(state) for state in self.rules}) > 1:
            raise ConfigError(
                "PerState: rules mixes texts and numbers, and a column holds one of "
                f"them; write {example}"
            )
        rules = MappingProxyType(dict(self.rules))
        object.__setattr__(self, "rules", rules)

    def __hash__(self) -> int:
        """Count as equal what is, though a mapping has no hash."""
        return hash((self.column, tuple(self.rules.items()), self.otherwise))

    @property
    def all_rules(self) -> list[Rule]:
        """Every rule in it."""
        last = [self.otherwise] if self.otherwise else []
        return [*self.rules.values(), *last]


MergeRule = Rule | PerState
"""Everything that may stand behind ``merge=``."""


def _check_losing(where: str, losing: object) -> None:
    check_value(f"{where}: losing", losing, DeleteRows | Park, example="Park()")


def columns_in(rule: MergeRule) -> Iterator[str]:
    """Yield the columns that a merge rule names, those of the rules in it included."""
    match rule:
        case PerState(column=column):
            yield column
            for one in rule.all_rules:
                yield from columns_in(one)
        case KeepLarger(key=key, quantity=quantity):
            yield from (*key, quantity)
        case GuestWins(losing=Park() as park) | AccountWins(losing=Park() as park):
            yield from columns_in(park)
        case Park(take_back=take_back):
            yield from columns_in(take_back)


# ── what was not there when it was decided ───────────────────────────────────


def when_late(rule: MergeRule) -> MergeRule:
    """Return how rows come that were written under the guest after the merge.

    They join what is there: nobody's cart is replaced or parked by a straggler. Where
    a key might forbid that, they stay where they are, and exports tell of them.
    """
    match rule:
        case PerState(column=column, rules=rules, otherwise=otherwise):
            late = {state: _late(one) for state, one in rules.items()}
            rest = _late(otherwise) if otherwise else None
            return PerState(column, late, rest)
        case _:
            return _late(rule)


def _late(rule: Rule) -> Rule:
    match rule:
        case Park() | GuestWins() | AccountWins(losing=Park()):
            back = _back(rule)
            return JoinEmpty() if isinstance(back, GuestWins) else back
    return rule


def when_taken_back(rule: MergeRule) -> MergeRule:
    """Return how rows come back that wait.

    They never lose: what a person asks for is theirs, also where the host has chosen
    another rule since.
    """
    match rule:
        case PerState(column=column, rules=rules, otherwise=otherwise):
            back = {state: _back(one) for state, one in rules.items()}
            rest = _back(otherwise) if otherwise else None
            return PerState(column, back, rest)
        case _:
            return _back(rule)


def _back(rule: Rule) -> Reassign | KeepLarger | GuestWins:
    match rule:
        case Park(take_back=back):
            return back
        case (
            GuestWins(losing=Park(take_back=back))
            | AccountWins(losing=Park(take_back=back))
        ):
            return back
        case Reassign() | KeepLarger() | GuestWins():
            return rule
    return GuestWins()
