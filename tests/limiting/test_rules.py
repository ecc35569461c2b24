"""Who a client is, whatever anybody writes into headers; and what a mailbox is."""

from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.errors import ConfigError
from onboarding.limiting.rules import (
    Doubt,
    Proxies,
    client_of,
    forwarded_hops,
    mailbox_of,
    network_of,
    parse_address,
)

CLIENT, OTHER = "92.110.7.1", "84.24.0.9"
PROXY, INNER = "10.0.0.5", "10.1.0.9"
OURS = Proxies.parse([f"{PROXY}/32", "10.1.0.0/16"])
NONE = Proxies()
SOCKET = Proxies.parse(["unix:", INNER])


def client(
    peer: str | None,
    forwarded_for: str = "",
    *,
    proxies: Proxies = NONE,
    is_https: bool = True,
    forwarded: str = "",
) -> str:
    """Return who a client is, in words."""
    found = client_of(
        peer,
        forwarded=list(forwarded_hops(forwarded.split(", "))) if forwarded else [],
        forwarded_for=forwarded_for.split(", ") if forwarded_for else [],
        proxies=proxies,
        is_https=is_https,
    )
    return str(found)


@pytest.mark.parametrize(
    ("peer", "header", "proxies", "expected"),
    [
        pytest.param(CLIENT, "", NONE, CLIENT, id="a peer is who it is"),
        pytest.param(CLIENT, OTHER, NONE, CLIENT, id="a header of a client is ignored"),
        pytest.param(CLIENT, OTHER, OURS, CLIENT, id="also where there are proxies"),
        pytest.param(PROXY, CLIENT, OURS, CLIENT, id="a proxy of ours is believed"),
        pytest.param(
            PROXY, f"{OTHER}, {CLIENT}", OURS, CLIENT, id="what the client wrote is not"
        ),
        pytest.param(
            PROXY, f"{OTHER}, {CLIENT}, {INNER}", OURS, CLIENT, id="two proxies of ours"
        ),
        pytest.param(
            PROXY, f"{INNER}, {CLIENT}", OURS, CLIENT, id="a proxy of ours, made up"
        ),
        pytest.param(PROXY, f"{INNER}, {INNER}", OURS, INNER, id="a proxy itself asks"),
        pytest.param(
            PROXY, f"{CLIENT}, unknown", OURS, "silent", id="a proxy hides its client"
        ),
        pytest.param(PROXY, "", OURS, "silent", id="a proxy of ours says nothing"),
        pytest.param(PROXY, CLIENT, NONE, "unnamed", id="a proxy nobody named"),
        pytest.param("127.0.0.1", CLIENT, NONE, "unnamed", id="one on this machine"),
        pytest.param("100.64.0.1", CLIENT, NONE, "unnamed", id="one of a carrier"),
        pytest.param("fd00::1", CLIENT, NONE, "unnamed", id="one on IPv6"),
        pytest.param(PROXY, "", NONE, PROXY, id="somebody in the house"),
        pytest.param(PROXY, PROXY, NONE, PROXY, id="the server has read the header"),
        pytest.param(
            PROXY, f"{CLIENT}, {PROXY}", NONE, "unnamed", id="and only half of it"
        ),
        pytest.param(None, "", NONE, "nobody", id="no peer"),
        pytest.param(None, CLIENT, NONE, "nobody", id="no peer, and a header"),
        pytest.param("testclient", CLIENT, NONE, "nobody", id="a name is no address"),
        pytest.param("", CLIENT, OURS, "nobody", id="an empty one is none"),
        pytest.param(None, CLIENT, SOCKET, CLIENT, id="a proxy on a socket"),
        pytest.param(None, f"{CLIENT}, {INNER}", SOCKET, CLIENT, id="and one behind"),
        pytest.param(None, "", SOCKET, "silent", id="a socket that says nothing"),
        pytest.param("::ffff:10.0.0.5", CLIENT, OURS, CLIENT, id="IPv4 inside of IPv6"),
    ],
)
def test_who_a_client_is(
    peer: str | None, header: str, proxies: Proxies, expected: str
) -> None:
    """The first from the right that is no proxy of ours; nobody else's word counts."""
    assert expected == client(peer, header, proxies=proxies)
    named = ", ".join(f'for="{hop}"' for hop in header.split(", ")) if header else ""
    assert expected == client(peer, forwarded=named, proxies=proxies)


def test_on_this_machine_a_header_is_no_matter() -> None:
    """By http a developer is alone: nobody needs to name a proxy."""
    assert "127.0.0.1" == client("127.0.0.1", CLIENT, is_https=False)


def test_two_headers_that_differ_are_both_doubted() -> None:
    """A proxy passes on, as it came, the header that it does not write."""
    spoofed = f"for={OTHER}"
    assert "two" == client(PROXY, CLIENT, proxies=OURS, forwarded=spoofed)
    same = f"for={OTHER}, for={CLIENT}"
    assert CLIENT == client(PROXY, CLIENT, proxies=OURS, forwarded=same)


@given(st.lists(st.text(max_size=40), max_size=8), st.text(max_size=40))
def test_no_header_changes_who_a_peer_is(header: list[str], forwarded: str) -> None:
    """Whoever is no proxy of ours writes what they like, and stays who they are."""
    found = client_of(
        CLIENT,
        forwarded=list(forwarded_hops([forwarded])),
        forwarded_for=header,
        proxies=OURS,
        is_https=True,
    )
    assert ip_address(CLIENT) == found


@given(st.lists(st.text(max_size=40), max_size=8))
def test_no_client_chooses_who_a_proxy_says_it_is(made_up: list[str]) -> None:
    """What stands in front of what our proxy wrote is not even looked at."""
    found = client_of(
        PROXY, forwarded_for=[*made_up, CLIENT], proxies=OURS, is_https=True
    )
    assert ip_address(CLIENT) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.60", "192.0.2.60"),
        (" 192.0.2.60\t", "192.0.2.60"),
        ("192.0.2.60:4711", "192.0.2.60"),
        ("2001:DB8::17", "2001:db8::17"),
        ("[2001:db8::17]:4711", "2001:db8::17"),
        ('"[2001:db8::17]"', "2001:db8::17"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:192.0.2.60", "192.0.2.60"),
        ("unknown", None),
        ("_hidden", None),
        ("_SEVKISEK:80", None),
        ("", None),
        ("192.0.2.060", None),
        ("192.0.2", None),
        (f"{' ' * 60}192.0.2.60", None),
    ],
)
def test_addresses_as_proxies_write_them(text: str, expected: str | None) -> None:
    """With ports, in brackets and quotes (RFC 7239 §6)."""
    found = parse_address(text)
    assert expected == (None if found is None else str(found))


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
        ('proto=https; For="[2001:db8::17]:47"', '"[2001:db8::17]:47"'),
        ("proto=https", ""),
        ("for=192.0.2.60;for=192.0.2.61", ""),
        ("", ""),
    ],
)
def test_forwarded_says_for_whom(member: str, expected: str) -> None:
    """In any case and order (RFC 7239 §4); twice is nobody."""
    assert [expected] == list(forwarded_hops([member]))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("10.0.0.0/8", 'write proxies=["10.0.0.0/8"]'),
        (["nginx"], "'nginx', which is no network"),
        (["10.0.0.5/8"], "which is no network"),
        ([None], "is the variable set"),
        (["0.0.0.0/0"], "which is everybody"),
        (["::/0"], "which is everybody"),
    ],
)
def test_proxies_that_cannot_be(given: Any, told: str) -> None:
    """Each is told with the line to write; above all, everybody is no proxy."""
    with pytest.raises(ConfigError, match=r"write proxies=") as caught:
        Proxies.parse(given)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.60", "192.0.2.61", False),
        ("2001:db8:1:100::1", "2001:db8:1:1ff::2", True),
        ("2001:db8:1:100::1", "2001:db8:1:200::1", False),
        ("0.0.0.1", "::1", False),
    ],
)
def test_what_is_counted_as_one_client(one: str, other: str, is_same: bool) -> None:
    """An address of IPv4; of IPv6 what a household gets."""
    networks = {network_of(ip_address(x), ipv4=32, ipv6=56) for x in (one, other)}
    assert is_same == (len(networks) == 1)


def test_a_wider_network_is_one_client_too() -> None:
    """A host may count a whole range of IPv4 as one."""
    ends = "192.0.2.0", "192.0.2.255", "192.0.3.0"
    assert 2 == len({network_of(ip_address(x), ipv4=24, ipv6=56) for x in ends})


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("kim@example.org", "kim@example.org"),
        ("k.im+shop@example.org", "kim@example.org"),
        ("+@example.org", "+@example.org"),
        ("kim@mail.example.org", "kim@mail.example.org"),
    ],
)
def test_one_mailbox_is_counted_once(address: str, expected: str) -> None:
    """However many addresses lead to it."""
    assert expected == mailbox_of(address)


@pytest.mark.parametrize(("proxies", "are"), [(NONE, False), (OURS, True)])
def test_proxies_are_named_or_not(proxies: Proxies, are: bool) -> None:
    """So that one who looks a set-up over can ask for them; a socket is one too."""
    assert are == proxies.are_named
    assert Proxies.parse(["unix:"]).are_named


def test_every_doubt_is_a_word() -> None:
    """For the log."""
    assert {"nobody", "unnamed", "silent", "two"} == {str(doubt) for doubt in Doubt}
