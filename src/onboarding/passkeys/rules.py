"""What is decided of passkeys: for which site, by whom, and whether one is a copy."""

from ipaddress import ip_address

from onboarding.accounts.model import Account
from onboarding.errors import ConfigError
from onboarding.passkeys.model import PasskeyPolicy


def relying_party(host: str, policy: PasskeyPolicy) -> str:
    """Return the domain that passkeys are for.

    Whether a domain above ours is one that many share ("co.uk"), only a list could
    tell: a browser has it, and refuses to make a passkey there.

    Args:
        host: Of ``url``, without its port.
        policy: What the application says.

    Raises:
        ConfigError: When no browser would make one: for an address in numbers, or for
            a domain that this site is not part of (WebAuthn §5.1.3, steps 7 and 8).
    """
    if _is_number(host):
        raise ConfigError(
            f"passkeys need a site with a name, and url is at {host}: a browser makes "
            "none for an address in numbers; on this machine write "
            'url="http://localhost:8000/…" and go there, or leave passkeys= out'
        )
    wanted = policy.rp_id or host
    is_above = host.endswith(f".{wanted}") and "." in wanted
    if wanted != host and not is_above:
        raise ConfigError(
            f"PasskeyPolicy: rp_id={wanted!r} is neither the host of url, {host!r}, "
            "nor a domain above it, so no browser would make a passkey; leave it out, "
            "or write one of these"
        )
    return wanted


def _is_number(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def may_finish(
    *, is_anybodys: bool, began: Account | None, current: Account | None
) -> bool:
    """Tell whether who is here may finish what was begun in this browser.

    ==================  ======  ==============  ===================
    begun by            nobody  guest           registered person
    ==================  ======  ==============  ===================
    nobody              yes     yes             no
    guest, or a person  no      the same alone  the same alone
    ==================  ======  ==============  ===================

    A passkey that somebody made for their account must not become a way in to that of
    another one, who signed in at this browser meanwhile.

    Args:
        is_anybodys: Whether nobody had an account when it was begun.
        began: Who had one, merges followed; None where it is gone.
        current: Who is here now.
    """
    if is_anybodys:
        return current is None or current.is_guest
    return began is not None and current is not None and began.id == current.id


def is_behind(known: int, sent: int) -> bool:
    """Tell whether a count went back, or stands still: there may be two of a passkey.

    A passkey that counts nothing says 0 each time (WebAuthn §6.1.1, §7.2 step 22).
    """
    return (known > 0 or sent > 0) and sent <= known
