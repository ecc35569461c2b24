"""Whether the keys of a host's table let its verbs happen: found when it opens.

A key that stops a verb stops it every time: nobody could sign in to theirs, or have
their data erased, and no later try would do.
"""

from collections.abc import Collection, Iterator, Mapping

from onboarding.accounts.host_table import HoldingKey, HostTable, RowState
from onboarding.accounts.merge_rules import (
    AccountWins,
    GuestWins,
    MergeRule,
    Park,
    PerState,
    Rule,
)
from onboarding.accounts.table_rules import DeleteRows, KeepLarger, KeepOne, Reassign
from onboarding.errors import ConfigError


def check_keys(where: str, owner: str, merge: MergeRule, found: HostTable) -> None:
    """Check that a merge leaves no two rows that a unique key takes for the same.

    Rows change owner in a merge. A key without the owner does not notice; one with it
    may have the rest alike on both sides, and then no merge of the two gets through.
    What is computed of columns may be alike where they are not.

    Raises:
        ConfigError: Naming the key, and a rule that keeps it.
    """
    for text, columns, only in _keys_of(owner, found):
        rest = sorted(columns - {owner})
        if isinstance(merge, PerState) and _is_across(merge, columns, only):
            raise ConfigError(
                f"{where}: its key ({text}) is unique and has no {merge.column!r} in "
                "it, so that a row in a state that is named and one in another may be "
                "the same to it; leave otherwise out, or put the column into the key"
            )
        rules = _deciding(merge, only) if isinstance(merge, PerState) else [merge]
        if all(_keeps(rule, rest) for rule in rules):
            continue
        waits = any(isinstance(_parks(rule), Park) for rule in rules)
        choices = _choices(rest, only, waits=waits)
        raise ConfigError(
            f"{where}: its key ({text}) is unique, and two accounts that become one "
            "may both have such a row: nobody could sign in to theirs then; write "
            f"{' or '.join(choices)}"
        )


States = Mapping[str, frozenset[RowState]]
"""In which states a column of each row of a key is; all rows where it says nothing."""


def _is_across(merge: PerState, columns: frozenset[str], only: States) -> bool:
    """Tell whether a row by a named rule may be the same to a key as one beside it."""
    if merge.otherwise is None or merge.column in columns:
        return False
    states = only.get(merge.column)
    return states is None or not (
        states <= merge.rules.keys() or states.isdisjoint(merge.rules)
    )


def _deciding(merge: PerState, only: States) -> list[Rule]:
    """Return the rules that may decide of rows of a key, by the states they are in."""
    states = only.get(merge.column)
    if states is None or merge.otherwise is None:
        return merge.all_rules
    named = list(merge.rules.values()) if states & merge.rules.keys() else []
    return [*named, *([merge.otherwise] if states - merge.rules.keys() else [])]


def _choices(rest: list[str], only: States, *, waits: bool) -> list[str]:
    """Return what to write so that a key is kept."""
    other = f'KeepLarger(key={rest}, quantity="…")' if rest else ""
    rules = [one for one in (other, "GuestWins()" if waits else "KeepOne()") if one]
    if waits:
        return [f"take_back={one}" for one in rules]
    if not only:
        return [f"merge={one}" for one in rules]
    # The rows beside the key have nothing to lose by it.
    column, states = next(iter(only.items()))
    named = [
        ", ".join(f"{state!r}: {rule}" for state in sorted(states, key=str))
        for rule in rules
    ]
    return [
        f"merge=PerState({column!r}, {{{one}}}, otherwise=Reassign())" for one in named
    ]


def _keeps(rule: Rule, rest: list[str]) -> bool:
    match rule:
        case Reassign():
            return False
        case KeepLarger(key=key):
            return set(key) <= set(rest)
    park = _parks(rule)
    return park is None or _keeps(park.take_back, rest)


def _parks(rule: Rule) -> Park | None:
    match rule:
        case Park():
            return rule
        case GuestWins(losing=Park() as park) | AccountWins(losing=Park() as park):
            return park
    return None


def _keys_of(
    owner: str, found: HostTable
) -> Iterator[tuple[str, frozenset[str], States]]:
    """Yield each unique key that notices the owner.

    In words, its plain columns, and in which states its rows are.
    """
    for key in found.unique:
        if owner in key:
            yield ", ".join([owner, *sorted(key - {owner})]), key, {}
    for partial in found.partial:
        if owner in partial.columns:
            yield partial.text, partial.columns, partial.only
    for computed in found.computed:
        if owner in computed.uses:
            yield computed.text, computed.columns, computed.only


def check_references(
    where: str, verb: str, rule: object, held_by: Collection[HoldingKey]
) -> None:
    """Check that no foreign key keeps the rows that a verb deletes.

    Args:
        where: What the message is about.
        verb: ``merge``, ``purge`` or ``erase``.
        rule: What becomes of rows by it.
        held_by: The foreign keys whose rows no resource before takes away.

    Raises:
        ConfigError: Naming the table that holds on to them, and what to do.
    """
    if not _deletes(rule):
        return
    for key in held_by:
        raise ConfigError(
            f"{where}: {verb}={type(rule).__name__}(…) deletes rows, and those of "
            f"{key.table!r} reference them by ({', '.join(sorted(key.columns))}): "
            f"{STOPPED[verb]} then; let that key say ON DELETE CASCADE or SET NULL, or "
            f"write a resource of {key.table!r} before this one, by which they go first"
        )


def replaces(rule: object) -> bool:
    """Tell whether a merge deletes rows of the account that stays.

    Then no resource before it lets go of them: it moves what the guest has.
    """
    match rule:
        case PerState():
            return any(replaces(one) for one in rule.all_rules)
        case GuestWins(losing=losing):
            return _deletes(losing)
        case AccountWins(losing=losing):
            return replaces(losing)
        case Park(take_back=take_back):
            return replaces(take_back)
    return False


def _deletes(rule: object) -> bool:
    match rule:
        case DeleteRows() | KeepLarger() | KeepOne():
            return True
        case PerState():
            return any(_deletes(one) for one in rule.all_rules)
        case GuestWins(losing=losing) | AccountWins(losing=losing):
            return _deletes(losing)
        case Park(take_back=take_back):
            return _deletes(take_back)
    return False


STOPPED = {
    "merge": "nobody could sign in to theirs",
    "purge": "no guest could lapse",
    "erase": "nobody's data could be erased",
}
"""What a verb that never gets through means to people."""
