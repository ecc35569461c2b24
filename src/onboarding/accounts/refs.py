"""The host's own keys for accounts: one for each at most, and one account for each.

A ref goes where its account goes. At a merge the survivor keeps its own, or takes the
source's where it has none. Where both have one, the source's stays with the tombstone,
so that it still leads to the person; an erasure takes both.
"""

from dataclasses import replace

from onboarding.accounts.live import find_live, find_survivor
from onboarding.accounts.model import Account
from onboarding.accounts.store import AccountStore
from onboarding.changes import Change, Replace, retrying
from onboarding.errors import ConfigError, RefTaken
from onboarding.shapes import shown

LONGEST_REF = 255
"""Characters of a ref: what a key of a text column mostly has."""


def check_ref(ref: object) -> str:
    """Return a ref.

    Raises:
        ConfigError: When it is no printable text of up to 255 characters.
    """
    if isinstance(ref, str):
        if ref and len(ref) <= LONGEST_REF and ref.isprintable():
            return ref
        problem = "must be printable, and of 1 to 255 characters"
    else:
        problem = f"must be a text, not {shown(ref)}"
    raise ConfigError(f"a ref {problem}; write the key of your row: ref=str(user.id)")


async def find_by_ref(store: AccountStore, ref: str) -> Account | None:
    """Return the account that a ref leads to, merges followed."""
    found = await store.find_account_by_ref(check_ref(ref))
    return await find_survivor(store, found.id) if found else None


async def set_ref(store: AccountStore, account_id: str, ref: str | None) -> Account:
    """Give an account a ref in place of the one it has.

    None takes it away, and what merges left behind.

    Raises:
        RefTaken: When it is another account's.
        AccountEnded: When the account has ended.
        ConfigError: When it is no printable text of up to 255 characters.
        Conflict: When the account kept changing elsewhere.
    """
    wanted = None if ref is None else check_ref(ref)

    async def attempt() -> Account:
        account = await find_live(store, account_id)
        changes: list[Change] = []
        if wanted is None:
            changes += await without_refs(store, account)
        if account.ref == wanted and not changes:
            return account
        if wanted and (holder := await store.find_account_by_ref(wanted)):
            owner = await find_survivor(store, holder.id) or holder
            if owner.id != account.id:
                raise RefTaken(owner.id)
            # It was left behind by a merge, and comes back to the same person.
            changes.append(_without_ref(holder))
        risen = replace(account, ref=wanted, version=account.version + 1)
        await store.commit(*changes, Replace(account, risen))
        return risen

    return await retrying(attempt)


async def without_refs(store: AccountStore, account: Account) -> list[Change]:
    """Return what takes the refs away that merges into an account left behind."""
    merged = [
        await store.find(Account, id) for id in await store.list_merged(account.id)
    ]
    return [_without_ref(one) for one in merged if one and one.ref is not None]


def _without_ref(account: Account) -> Replace:
    now = replace(account, ref=None, version=account.version + 1)
    return Replace(account, now)


def left_behind(source: Account, target: Account) -> str | None:
    """Return the ref that stays with the source of a merge: where both have one."""
    return None if target.ref is None else source.ref
