"""Which attempts begin again by themselves, and which nobody needs any more."""

from datetime import timedelta

from onboarding.accounts.model import Account, Intent

RESTARTABLE_FOR = timedelta(hours=1)
"""How old an attempt may be that restarts without a click: much longer than its life,
for whoever looked for a password, and too short for an address in an old history."""


def may_restart(
    restarts: int,
    age: timedelta,
    intent: Intent | None,
    account_id: str | None,
    *,
    wished: bool = False,
) -> bool:
    """Tell whether an attempt whose cookie is missing may restart without a click.

    An attacker could send this browser to our redirect URI with a state of their own,
    after signing it in at the provider as themselves: a restart would then link their
    identity to the account that is here. Hence it restarts once, and only for the
    account that began it; for a visitor, where no account began it. And within an
    hour: an address of last year must not send anybody anywhere. What was wished of
    the provider is wished again; where nobody knows it any more, nothing restarts, or
    somebody would come in without the age of their sign-in that was asked for.

    Args:
        restarts: How often it was restarted already.
        age: How long ago it was begun; of the future where another machine's clock is
            ahead.
        intent: The intent that the state names, if it is still there.
        account_id: The account that is here now, or None for a visitor.
        wished: Whether something was wished of the provider.
    """
    if wished and (intent is None or intent.is_used):  # which is empty by then
        return False
    # A finished one belongs to whom it signed in; who began it is no longer known.
    began = intent.account_id if intent and not intent.signed_in else None
    return restarts == 0 and is_recent(age) and began == account_id


def is_recent(age: timedelta) -> bool:
    """Tell whether an attempt was begun so lately that it may restart."""
    return abs(age) <= RESTARTABLE_FOR


def is_moot(current: Account | None, *, adds: bool) -> bool:
    """Tell whether an attempt came to nothing that its person needs no more.

    They began several, as a visitor or a guest, and are signed in by another one. Who
    began it signed in wanted a further way in, and is told that there is none yet.

    Args:
        current: Who is here now.
        adds: Whether somebody registered began it.
    """
    return current is not None and not current.is_guest and not adds
