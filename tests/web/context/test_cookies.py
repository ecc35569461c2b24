"""Cookies: which are believed, and how ours are written."""

import pytest

from onboarding.cookies import CookieNames, CookieSpec
from onboarding.web.context import cookies

NAME = b"__Host-onboarding"
SECURE = CookieNames(secure=True)
PLAIN = CookieNames(secure=False)
STAFF = CookieNames(secure=True, prefix="staff")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(b"__Host-onboarding=a.b", [b"a.b"], id="alone"),
        pytest.param(b"x=1; __Host-onboarding=a.b; y=2", [b"a.b"], id="among others"),
        pytest.param(b"x=1;__Host-onboarding=a", [b"a"], id="without space"),
        pytest.param(b"__Host-onboarding=a=b", [b"a=b"], id="with an equals sign"),
        pytest.param(b"__Host-onboarding=", [b""], id="empty"),
        pytest.param(
            b"__Host-onboarding=a; __Host-onboarding=b", [b"a", b"b"], id="twice"
        ),
        pytest.param(b"__host-onboarding=a", [], id="other case"),
        pytest.param(b"__Host-onboarding-language=nl", [], id="a longer name"),
        pytest.param(b"my__Host-onboarding=a", [], id="inside another name"),
        pytest.param(b"x=__Host-onboarding", [], id="as a value"),
        pytest.param(b"__Host-onboarding", [], id="without a value"),
        pytest.param(b"", [], id="nothing"),
    ],
)
def test_a_cookie_is_found_by_its_exact_name(
    line: bytes, expected: list[bytes]
) -> None:
    """Only the very name counts; browsers would not keep another case apart."""
    assert cookies.values([(b"cookie", line)], NAME) == expected


def test_two_lines_are_read_as_one() -> None:
    """HTTP/2 may split cookies over several lines (RFC 9113 §8.2.3)."""
    headers = [(b"cookie", b"x=1"), (b"host", b"h"), (b"cookie", NAME + b"=a")]
    assert cookies.values(headers, NAME) == [b"a"]


def test_the_jar_holds_ours_without_prefix() -> None:
    """Other people's cookies, other cases and contradictions stay out of it."""
    line = (
        b"__Host-onboarding-confirm=c; __host-onboarding-x=1; theirs=2; "
        b"__Host-onboarding-twice=a; __Host-onboarding-twice=b; "
        b"__Host-onboarding-same=s; __Host-onboarding-same=s"
    )
    assert cookies.jar([(b"cookie", line)], SECURE) == {
        "onboarding-confirm": "c",
        "onboarding-same": "s",
    }


@pytest.mark.parametrize(
    ("sent", "believed"),
    [([], None), ([b"a"], b"a"), ([b"a"] * 3, b"a"), ([b"a", b"b"], None)],
)
def test_the_same_twice_is_no_contradiction(
    sent: list[bytes], believed: bytes | None
) -> None:
    """Two values that differ are: one of them was planted."""
    assert cookies.agreed(sent) == believed


def test_a_cookie_of_localhost_is_none_of_production() -> None:
    """Without https no name has the prefix, and with it none goes without."""
    line = [(b"cookie", b"onboarding-confirm=c")]
    assert cookies.jar(line, PLAIN) == {"onboarding-confirm": "c"}
    assert cookies.jar(line, SECURE) == {}


def test_a_cookie_is_written_for_this_host_alone() -> None:
    """Secure, HttpOnly, Lax, for the whole path and without a domain."""
    spec = CookieSpec(name="onboarding", value="v", max_age=60)
    assert cookies.line(spec, SECURE) == (
        b"set-cookie",
        b"__Host-onboarding=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure",
    )
    assert cookies.line(spec, PLAIN) == (
        b"set-cookie",
        b"onboarding=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax",
    )


@pytest.mark.parametrize(
    "sent", ["__Host-staff", "__Host-staff-confirm", "__Host-staff-attempt-1"]
)
def test_a_name_travels_there_and_back(sent: str) -> None:
    """With the prefix of the application, which no page needs to know."""
    name = STAFF.own(sent)
    assert name is not None
    assert name.startswith("onboarding")
    assert STAFF.sent(name) == sent


@pytest.mark.parametrize("sent", ["__Host-staffroom", "staff", "__Host-onboarding", ""])
def test_a_cookie_of_another_application_is_none_of_ours(sent: str) -> None:
    """Not even where one prefix begins with the other."""
    assert STAFF.own(sent) is None
    assert cookies.jar([(b"cookie", f"{sent}=x".encode())], STAFF) == {}
