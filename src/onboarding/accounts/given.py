"""Accounts and their ids, as a host's code hands them in."""

from onboarding.accounts.model import Account
from onboarding.errors import ConfigError
from onboarding.shapes import UNSET, shown


def id_of(account: object) -> str:
    """Return the id of an account.

    Raises:
        ConfigError: When it is none: nobody is here, or its id was given.
    """
    if isinstance(account, Account):
        return account.id
    raise ConfigError(
        f"this wants an account, not {shown(account)}; write account = await "
        "onboarding.ensure_account(request) where somebody acts, or look an id up: "
        "await onboarding.accounts.find(id)"
    )


def checked_id(account_id: object) -> str:
    """Return an id.

    Raises:
        ConfigError: When it is none, such as the account itself.
    """
    if isinstance(account_id, str):
        return account_id
    is_whole = isinstance(account_id, Account)
    given = "the account itself" if is_whole else shown(account_id)
    hint = UNSET if account_id is None else ""
    raise ConfigError(
        f"this wants the id of an account, not {given}{hint}; write account.id"
    )
