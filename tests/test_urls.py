"""Which addresses stay on this site, on this machine, or are fit for a sign-in."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.urls import Reach, is_loopback, safe_next, url_problem

ORIGIN = "https://shop.example"

# ── where to go afterwards ───────────────────────────────────────────────────

SAFE = {
    "/": "/",
    "/cart": "/cart",
    "/cart?tab=2&q=a%20b#top": "/cart?tab=2&q=a%20b#top",
    "/a//b": "/a//b",
    "/@home": "/@home",
    "/boeken/één": "/boeken/één",
    "/https://elsewhere.example": "/https://elsewhere.example",
    "https://shop.example/cart?x=1": "/cart?x=1",
}
UNSAFE = [
    *(None, "", "cart", "?x", "#x", " /cart", "/cart ", "."),
    *("//elsewhere.example", "///elsewhere.example", "/\\elsewhere.example"),
    *("\\\\elsewhere.example", "\\/elsewhere.example", "/cart\\..\\x", "/\t/x.example"),
    *(
        "/\n/x.example",
        "/\r\nSet-Cookie: a=b",
        "/\x00",
        "/\x7f",
        "/\u202eoops",
        "/\ud800",
    ),
    *("https://elsewhere.example/", "http://shop.example/", "HTTPS://shop.example/"),
    *("https://shop.example", "https://shop.example.elsewhere.example/"),
    *("https://shop.example@elsewhere.example/", "https://user@shop.example/"),
    *("https://shop.example:8443/", "https://shop.example//elsewhere.example"),
    *(
        "javascript:alert(1)",
        "data:text/html,x",
        "mailto:a@b.example",
        "/" + "a" * 2000,
    ),
]


@pytest.mark.parametrize(("given", "expected"), SAFE.items())
def test_paths_of_this_site_are_kept(given: str, expected: str) -> None:
    """With query and fragment, and without our own origin."""
    assert safe_next(given, ORIGIN) == expected


@pytest.mark.parametrize("given", UNSAFE, ids=repr)
def test_everything_else_is_home(given: str | None) -> None:
    """Other origins and schemes, what browsers would read differently, and the huge."""
    assert safe_next(given, ORIGIN, "/home") == "/home"


AWKWARD = st.text(st.sampled_from("/\\:@?#.%\t\n\r ahtps[]\x00é"), max_size=12)
ADDRESSES = st.builds(
    "".join,
    st.lists(
        st.one_of(AWKWARD, st.sampled_from(["https:", "//", "shop.example", ORIGIN])),
        max_size=6,
    ),
)


@given(st.one_of(st.text(), ADDRESSES))
def test_nobody_ever_leaves_the_site(next: str) -> None:
    """What comes out is a path that a browser resolves to this very origin."""
    path = safe_next(next, ORIGIN)
    parts = urlsplit(urljoin(f"{ORIGIN}/welcome/callback/x", path))
    assert (parts.scheme, parts.netloc) == ("https", "shop.example")
    assert path.startswith("/")
    assert path[1:2] not in {"/", "\\"}
    assert path.isprintable()


@given(st.one_of(st.text(), ADDRESSES))
def test_what_is_safe_stays_as_it_is(next: str) -> None:
    """Asking twice changes nothing."""
    once = safe_next(next, ORIGIN)
    assert safe_next(once, ORIGIN) == once


# ── this machine ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
    ],
)
def test_what_is_this_machine(host: str, expected: bool) -> None:
    """Only loopback addresses may be plain http."""
    assert expected is is_loopback(host)


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.8.8.8", "[::1]", "LOCALHOST"]
)
def test_plain_http_is_for_this_machine(host: str) -> None:
    """Any port and path of it."""
    assert url_problem(f"http://{host}:8000/id") is None


@pytest.mark.parametrize(
    "host",
    ["localhost.example", "127.0.0.1.example", "128.0.0.1", "0.0.0.0", "[::]", "me"],
)
def test_no_other_host_is_this_machine(host: str) -> None:
    """However alike it looks."""
    assert url_problem(f"http://{host}/id") is not None


@given(st.text())
def test_any_text_is_an_address_or_has_a_problem(text: str) -> None:
    """Nothing breaks the check."""
    for url in (text, f"https://{text}", f"https://id.example/{text}"):
        problem = url_problem(url)
        assert problem is None or problem


# ── how near ─────────────────────────────────────────────────────────────────

NEAR = {
    Reach.HERE: [
        *("localhost", "LOCALHOST", "localhost.", "a.localhost", "127.0.0.1", "127.1"),
        *("127.255.255.254", "2130706433", "0x7f.1", "0177.0.0.1", "0", "0.0.0.0"),
        *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]"),
        *("[2002:7f00:1::]", "169.254.169.254", "[fe80::1]", "[fe80::1%25eth0]"),
        *("[::ffff:169.254.169.254]", "2852039166", "127.0.0.1:8443"),
    ],
    Reach.INSIDE: [
        *("10.0.0.1", "10.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "192.0.2.1"),
        *("[fd00::7]", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]", "224.0.0.1"),
        *("vault.internal", "VAULT.INTERNAL.", "printer.local", "tv.home.arpa"),
        *("redis", "redis:6379", "keycloak.", "255.255.255.255", "[ff02::1]"),
    ],
    Reach.ANYWHERE: [
        *("id.example", "id.example:8443", "8.8.8.8", "[2606:4700::1111]"),
        *("internal.example", "local.example", "localhost.example", "10.0.0.1.example"),
        *("[64:ff9b::808:808]", "[::ffff:8.8.8.8]", "xn--bcher-kva.example"),
    ],
}


@pytest.mark.parametrize(
    ("host", "reach"), [(host, r) for r, hosts in NEAR.items() for host in hosts]
)
def test_a_host_is_as_near_as_its_name_or_number_says(host: str, reach: Reach) -> None:
    """However it is written; no name is looked up."""
    assert Reach.of(f"https://{host}/x") is reach


def test_the_nearer_the_more() -> None:
    """Comparing is the rule: nobody is led nearer than where they are."""
    assert Reach.ANYWHERE < Reach.INSIDE < Reach.HERE
