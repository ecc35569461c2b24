"""E-mail addresses: what is one, and the one form in which it is compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.emails import is_certain, masked, normalise


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (" Kim@Example.ORG ", "kim@example.org"),
        ("kim+books@example.org", "kim+books@example.org"),
        ("kim@bücher.example", "kim@xn--bcher-kva.example"),
        ("kim\uff20example.org", "kim@example.org"),
        ("\uff4bim@example.org", "kim@example.org"),
        ("kim@xn--strae-oqa.example", "kim@xn--strae-oqa.example"),
        ("kim@r3---a.example", "kim@r3---a.example"),
        ("jérôme@example.org", "jérôme@example.org"),
        ("je\u0301ro\u0302me@example.org", "jérôme@example.org"),
        ("x" * 64 + "@example.org", "x" * 64 + "@example.org"),
    ],
)
def test_how_addresses_are_compared(typed: str, expected: str) -> None:
    """In one form: lower case, composed, the domain in ASCII."""
    assert expected == normalise(typed)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "kim", "kim@", "@example.org", "kim@example", "kim@127.0.0.1"),
        *("kim@example.org@evil.example", "kim de@example.org", '"kim"@example.org'),
        *("kim@exa mple.org", "kim@example..org", "kim@-example.org", "kim@.org"),
        *(".kim@example.org", "ki..m@example.org", "kim.@example.org"),
        "kim@example.org\nbcc: x@example.org",
        *("kim@a_b.exämple", "kim@bücher..example", "kim@-bücher.example"),
        *("k\ud800im@example.org", "kim@ex\ud800mple.org"),
        "x" * 65 + "@example.org",
        "ж" * 33 + "@example.org",
        "kim@" + "x" * 64 + ".example",
        "kim@" + "ü" * 60 + ".example",
        "kim@" + "x.." * 9_999 + "ü",
        "kim@" + ".".join(["x" * 49] * 5) + ".org",
    ],
)
def test_what_no_mail_server_takes_is_no_address(typed: str) -> None:
    """Quoted names, numbers for hosts, and what is too long in octets as well."""
    assert normalise(typed) is None


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("info@straße.de", "info@xn--strae-oqa.de"),
        ("info@STRAẞE.de", "info@xn--strae-oqa.de"),
        ("info@strasse.de", "info@strasse.de"),
        ("info@οδός.gr", "info@xn--pxavk3b.gr"),
        # A capital sigma has one small letter in IDNA, at the end of a word, too.
        ("info@ΟΔΌΣ.gr", "info@xn--pxavn9a.gr"),
        ("info@ශ්\u200dරී.ලංකා", "info@xn--10cl1a0b660p.xn--fzc2c9e2c"),
        ("info@نامه\u200cای.ایران", "info@xn--mgba3gch31f060k.xn--mgba3a4f16a"),
        ("info@דוגמה.קום", "info@xn--6dbbec0c.xn--9dbq2a"),
        ("anna@example。jp", "anna@example.jp"),
        ("anna@example．jp", "anna@example.jp"),
        ("anna@example｡jp", "anna@example.jp"),
        ("anna@ｅｘａｍｐｌｅ.jp", "anna@example.jp"),
        ("anna@例え。テスト", "anna@xn--r8jz45g.xn--zckzah"),
        ("ශ්\u200dරී@example.lk", "ශ්\u200dරී@example.lk"),
    ],
)
def test_an_address_in_any_script_leads_to_its_own_domain(
    typed: str, expected: str
) -> None:
    """As in a browser's address bar: IDNA 2008 after Unicode TS 46."""
    assert expected == normalise(typed)


@pytest.mark.parametrize(
    "around",
    [
        *(
            " {} ",
            "\t{}\r\n",
            "\u00a0{}\u3000",
            "\u200b{}\u200b",
            "\ufeff{}",
            "{}\ufeff",
        ),
        *("\u2068{}\u2069", "\u2066{}\u2069", "\u202a{}\u202c", "\u200e{}", "{}\u200f"),
        *(
            "\u2060{}\u00ad",
            "\u200d{}\u200c",
            "\u2800{}\u3164",
            "\u200b \u2068{}\u2069\n",
        ),
    ],
)
def test_what_cannot_be_seen_around_an_address_is_cut_off(around: str) -> None:
    """Chats and word processors leave it around what is copied."""
    assert normalise(around.format("anna@example.org")) == "anna@example.org"
    assert normalise(around.format("info@straße.de")) == "info@xn--strae-oqa.de"


@pytest.mark.parametrize(
    "typed",
    [
        *("kim@ex\u200dample.org", "ki\u200bm@example.org", "ki\u202em@example.org"),
        *("ki\u200dm@example.org", "k\u3164im@example.org", "\u2800@example.org"),
        *("kim\ufe0f@example.org", "kim@\u202eexample.org", "kim\u200b@example.org"),
        "kim\u0378\u200c\u0378@example.org",
    ],
)
def test_what_cannot_be_seen_inside_an_address_is_refused(typed: str) -> None:
    """Two addresses that look the same are never two mailboxes."""
    assert normalise(typed) is None


@given(st.text(max_size=60) | st.from_regex(r"\A\w{1,9}@(\w{1,9}\.){1,2}\w{2,9}\Z"))
def test_normalising_is_final(typed: str) -> None:
    """Normalising twice is normalising once, and never crashes."""
    once = normalise(typed)

    assert once is None or once == normalise(once)


@pytest.mark.parametrize(
    ("address", "certain"),
    [
        ("kim@example.org", True),
        ("kim@bücher.example", True),
        ("strauß@example.org", True),
        ("kim@straße.example", False),
        ("kim@STRAẞE.example", False),
        ("kim@οδός.example", False),
        ("kim@ශ්\u200dරී.example", False),
    ],
)
def test_two_editions_of_the_standard_may_mean_two_domains(
    address: str, *, certain: bool
) -> None:
    """Who reads the older one has checked another mailbox."""
    assert is_certain(address) is certain


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("kim@example.org", "k***@example.org"),
        ("k@example.org", "k***@example.org"),
        ("書店@example.org", "書***@example.org"),
        (None, None),
        ("", None),
    ],
)
def test_what_is_masked_tells_its_first_letter_and_its_host(
    address: str | None, shown: str | None
) -> None:
    """Not even how long it is."""
    assert shown == masked(address)
