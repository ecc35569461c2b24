"""Who is counted for a request, and the one place where a request is limited.

A header says who a client is only where a proxy of ours wrote it
(``onboarding.limiting.rules``): anybody can send one.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from onboarding.limiting.model import LimitedAct
from onboarding.limiting.rules import Doubt, IPAddress, client_of, forwarded_hops
from onboarding.web.context import noticing
from onboarding.web.context.headers import Headers, header_values
from onboarding.web.context.lists import members

if TYPE_CHECKING:
    from onboarding.core import Core
    from onboarding.web.context.request_context import RequestContext

ONE_FOR_ALL = "so all such requests share the limits of one client"


async def limit(
    context: "RequestContext", act: LimitedAct, contact: str | None = None
) -> None:
    """Count an act of a request: for its client, a mailbox, who is here, and overall.

    Args:
        context: Of the request.
        act: What is about to be done.
        contact: The address that it is about, as it was typed.

    Raises:
        TooManyTries: When it may not be done now.
    """
    core, current = context.core, context.current
    if core.limits.is_off:
        return
    await core.limits.take(
        act,
        client=find_client(core, context.scope),
        contact=contact,
        account=current.account.id if current else None,
    )


def find_client(core: "Core[Any]", scope: Mapping[str, Any]) -> IPAddress | None:
    """Return who makes a request; None, and a word to the operator, if unknown."""
    server_says, headers = scope.get("client"), scope["headers"]
    peer = server_says[0] if server_says else None
    found = client_of(
        peer,
        forwarded=list(forwarded_hops(_listed(headers, b"forwarded"))),
        forwarded_for=_listed(headers, b"x-forwarded-for"),
        proxies=core.limits.proxies,
        is_https=core.secure,
    )
    if isinstance(found, Doubt):
        _notice(core, found, peer)
        return None
    return found


def _listed(headers: Headers, name: bytes) -> list[str]:
    """Return the members of a list that may stand in several lines (RFC 9110 §5.3)."""
    lines = header_values(headers, name)
    return [one for line in lines for one in members(line.decode("latin-1"))]


def _notice(core: "Core[Any]", doubt: Doubt, peer: str | None) -> None:
    """Warn where limits cannot tell clients apart."""
    who = str(peer or "an unnamed peer")[: noticing.LONGEST_SHOWN]
    match doubt:
        case Doubt.NOBODY:
            text = (
                "a request came from %r, which is no address, %s; where a proxy stands "
                'in front, on a Unix socket, write proxies=["unix:"]'
            )
        case Doubt.UNNAMED:
            text = (
                "a request came from %r with the address of somebody else, so a proxy "
                'stands there, and no setting names it, %s; write proxies=["…"] with '
                "its network"
            )
        case Doubt.SILENT:
            text = (
                "a request came from the proxy %r without the address of its client, "
                "%s; let the proxy send X-Forwarded-For"
            )
        case Doubt.TWO:
            text = (
                "a request came from the proxy %r with Forwarded and X-Forwarded-For "
                "of two different clients, %s; let the proxy drop the one of these "
                "headers that it does not write itself"
            )
    noticing.warn_once(core, f"client {doubt}", text, who, ONE_FOR_ALL)
