"""Whether the keys of a host's table let its verbs happen: found when it opens.

A key that stops a verb stops it every time: nobody could sign in to theirs, or have
their data erased, and no later try would do.
"""

from collections.abc import Collection, Iterator

from onboarding.accounts.host_table import HoldingKey, HostTable
from onboarding.accounts.table_rules import DeleteRows, KeepLarger, KeepOne
from onboarding.errors import ConfigError


def check_keys(where: str, owner: str, merge: object, found: HostTable) -> None:
    """Check that a merge leaves no two rows that a unique key takes for the same.

    Rows change owner in a merge. A key without the owner does not notice; one with it
    may have the rest alike on both sides, and then no merge of the two gets through.
    What is computed of columns may be alike where they are not.

    Raises:
        ConfigError: Naming the key, and a rule that keeps it.
    """
    if isinstance(merge, KeepOne):
        return
    for text, columns in _keys_of(owner, found):
        rest = sorted(columns - {owner})
        if isinstance(merge, KeepLarger) and set(merge.key) <= set(rest):
            continue
        other = f'merge=KeepLarger(key={rest}, quantity="…")' if rest else ""
        raise ConfigError(
            f"{where}: its key ({text}) is unique, and two "
            "accounts that become one may both have such a row: nobody could sign in "
            f"to theirs then; write {other}{' or ' * bool(rest)}merge=KeepOne()"
        )


def _keys_of(owner: str, found: HostTable) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each unique key that notices the owner, in words, and its plain columns."""
    for key in found.unique:
        if owner in key:
            yield ", ".join([owner, *sorted(key - {owner})]), key
    for computed in found.computed:
        if owner in computed.uses:
            yield computed.text, computed.columns


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
    if not isinstance(rule, DeleteRows | KeepLarger | KeepOne):
        return
    for key in held_by:
        raise ConfigError(
            f"{where}: {verb}={type(rule).__name__}(…) deletes rows, and those of "
            f"{key.table!r} reference them by ({', '.join(sorted(key.columns))}): "
            f"{STOPPED[verb]} then; let that key say ON DELETE CASCADE or SET NULL, or "
            f"write a resource of {key.table!r} before this one, by which they go first"
        )


STOPPED = {
    "merge": "nobody could sign in to theirs",
    "purge": "no guest could lapse",
    "erase": "nobody's data could be erased",
}
"""What a verb that never gets through means to people."""
