"""Who a client is, and what mailbox an address means: decided from values alone.

A proxy writes the address of whoever asked it behind those that it was sent, so of a
chain only what our own proxies wrote is known; what stands in front of that may have
been made up by the client. Read from the right, the first address that is no proxy of
ours is the client (RFC 7239 §7.4, §8.1). A header that no proxy of ours wrote says
nothing.

=====================  ===================  =========================================
the peer               a header came along  the client
=====================  ===================  =========================================
has no address         no matter            unknown
a proxy of ours        yes                  the first from the right that is no proxy
a proxy of ours        no                   unknown
not public, on https   yes, another's       unknown: a proxy that nobody told us of
anybody else           no matter            the peer
=====================  ===================  =========================================

Whose address is unknown shares the limits of one client with all others like that.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from onboarding.errors import ConfigError
from onboarding.frozen import dataclass
from onboarding.shapes import UNSET, several, shown

IPAddress = IPv4Address | IPv6Address

UNIX = "unix:"
"""What a proxy is called that comes by a Unix socket, which has no address."""


class Doubt(StrEnum):
    """Why it is not known who a client is.

    Attributes:
        NOBODY: The peer has no address.
        UNNAMED: The peer is a proxy that the settings do not name.
        SILENT: A proxy of ours says nothing of the client, or nothing that can be read.
        TWO: Two headers name two clients, and the client may have written one.
    """

    NOBODY = "nobody"
    UNNAMED = "unnamed"
    SILENT = "silent"
    TWO = "two"


LONGEST_HOP = 64
"""Characters of an address with all that may stand around it."""


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies whose word is believed.

    Attributes:
        networks: Their addresses.
        has_unix: Whether one comes by a Unix socket.
    """

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    has_unix: bool = False

    @classmethod
    def parse(cls, given: object) -> "Proxies":
        """Read networks such as ``10.0.0.0/8``, addresses, and ``unix:``.

        Raises:
            ConfigError: For anything else, and for a network that is everybody: the
                client could write whatever it likes then.
        """
        names = several("proxies", given, '["10.0.0.0/8"]')
        networks = tuple(_network(name) for name in names if name != UNIX)
        return cls(networks, UNIX in names)

    @property
    def are_named(self) -> bool:
        """Whether there is any."""
        return self.has_unix or bool(self.networks)

    def __contains__(self, peer: IPAddress | None) -> bool:
        """Tell whether somebody is a proxy of ours."""
        if peer is None:
            return self.has_unix
        return any(peer in network for network in self.networks)


def _network(name: object) -> IPv4Network | IPv6Network:
    example = 'write proxies=["10.0.0.0/8"], or ["unix:"] for a Unix socket'
    try:
        found = ip_network(str(name))
    except ValueError:
        hint = UNSET if name is None else ""
        raise ConfigError(
            f"proxies holds {shown(name)}, which is no network{hint}; {example}"
        ) from None
    if not found.prefixlen:
        raise ConfigError(
            f"proxies holds {shown(name)}, which is everybody, so that any client "
            f"could say who it is; {example}"
        )
    return found


# ── who a client is ──────────────────────────────────────────────────────────


def client_of(
    peer: str | None,
    *,
    forwarded: Sequence[str] = (),
    forwarded_for: Sequence[str] = (),
    proxies: Proxies,
    is_https: bool,
) -> IPAddress | Doubt:
    """Return the address of a client, or why it is not known.

    Args:
        peer: Who is connected to the server, as the server says.
        forwarded: Who stands in ``Forwarded``, in order.
        forwarded_for: Who stands in ``X-Forwarded-For``, in order.
        proxies: Whose word is believed.
        is_https: Whether people come by https, so that a peer in a private network who
            passes others' addresses on can only be a proxy.
    """
    found = _parse_peer(peer or "")
    heard = [chain for chain in (forwarded, forwarded_for) if chain]
    if found not in proxies:
        if found is None:
            return Doubt.NOBODY
        if heard and is_https and not found.is_global and not _is_read(heard, found):
            return Doubt.UNNAMED
        return found
    if not heard:
        return Doubt.SILENT
    # A proxy that writes one of the two headers passes the other on as it came.
    told = {_first_stranger(chain, proxies) for chain in heard}
    if len(told) > 1:
        return Doubt.TWO
    return told.pop() or Doubt.SILENT


def _is_read(heard: Sequence[Sequence[str]], peer: IPAddress) -> bool:
    """Tell whether the server has read the header already, and made it the peer."""
    return all(len(hops) == 1 and parse_address(hops[0]) == peer for hops in heard)


def _first_stranger(chain: Sequence[str], proxies: Proxies) -> IPAddress | None:
    """Return the first from the right that is no proxy; the last if all are proxies."""
    hop = None
    for text in reversed(chain):
        hop = parse_address(text)
        if hop is None or hop not in proxies:
            return hop
    return hop


def parse_address(text: str) -> IPAddress | None:
    """Read an address as servers and proxies write it: with a port, in brackets.

    None for a name, for "unknown", and for what a proxy made up to hide it (RFC 7239
    §6.2, §6.3). An IPv4 address inside of an IPv6 one is itself (RFC 4291 §2.5.5.2).
    """
    if len(text) > LONGEST_HOP:
        return None
    text = text.strip(' \t"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def forwarded_hops(members: Sequence[str]) -> Iterator[str]:
    """Yield who each member of ``Forwarded`` says it is for (RFC 7239 §4, §5.2).

    A member that does not say it is somebody unknown.
    """
    for member in members:
        pairs = (pair.partition("=") for pair in member.split(";"))
        named = [value for name, _, value in pairs if name.strip().lower() == "for"]
        yield named[0] if len(named) == 1 else ""


_parse_peer = lru_cache(maxsize=1024)(parse_address)
"""For who is connected, again and again; whoever writes headers fills no memory."""


# ── what is counted together ─────────────────────────────────────────────────


def network_of(address: IPAddress, *, ipv4: int, ipv6: int) -> str:
    """Return the network that an address is counted with.

    Args:
        address: Of a client.
        ipv4: Bits of an IPv4 address that count.
        ipv6: Bits of an IPv6 address that count.
    """
    kept = ipv4 if address.version == 4 else ipv6
    bits = int(address) >> (address.max_prefixlen - kept)
    return f"{address.version}/{bits:x}"


def mailbox_of(address: str) -> str:
    """Return what an address is counted by: the mailbox that it most likely means.

    Many providers deliver ``k.im+shop@`` to ``kim@`` (RFC 5233 for the ``+``), so one
    mailbox has addresses without end. Nobody is known by this, and two that are
    counted together by mistake share no more than a limit.

    Args:
        address: Normalised.
    """
    local, _, domain = address.rpartition("@")
    plain = local.partition("+")[0].replace(".", "")
    return f"{plain or local}@{domain}"
