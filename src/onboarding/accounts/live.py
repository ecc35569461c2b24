"""What became of an account, and whether it may still be acted on."""

from onboarding.accounts.given import checked_id
from onboarding.accounts.model import Account, EmailTrust, Identity, ProvenAddress
from onboarding.errors import AccountEnded
from onboarding.store import NounStore


async def find_live(store: NounStore, account_id: str) -> Account:
    """Return an account as it is now, before anything is decided for it.

    Whoever decides again after a Conflict asks again: the account may have ended
    meanwhile, and its guard would fail for ever.

    Raises:
        AccountEnded: When it was merged, erased or has expired, or never was.
    """
    return check_live(await store.find(Account, checked_id(account_id)), account_id)


def check_live(account: Account | None, account_id: str) -> Account:
    """Return an account that was read, if it may be acted on.

    Raises:
        AccountEnded: As ``find_live``.
    """
    if account is None or not account.is_live:
        raise AccountEnded(account_id)
    return account


async def find_survivor(store: NounStore, account_id: str) -> Account | None:
    """Return the account that an account has become, itself when it was never merged.

    Returns:
        What all merges lead to, which may have ended otherwise; None where there is
        no account of this id.
    """
    account = await store.find(Account, checked_id(account_id))
    while account is not None and account.merged_into is not None:
        account = await store.find(Account, account.merged_into)
    return account


async def find_prover(store: NounStore, identity: Identity) -> Account | None:
    """Return the account that has proven the address of an identity, merges followed.

    Of an address that a provider merely states, nobody: it says nothing reliable.
    """
    address = verified_address(identity)
    proven = await store.find(ProvenAddress, address) if address else None
    return await find_survivor(store, proven.account_id) if proven else None


def verified_address(identity: Identity) -> str | None:
    """Return the address of an identity, if its provider vouches for it."""
    is_verified = identity.email_trust >= EmailTrust.VERIFIED
    return identity.email if is_verified else None
