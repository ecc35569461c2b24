"""Where an answer may go: what may be registered, and what is the same as that."""

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from onboarding import App
from onboarding.apps.redirects import (
    form_source,
    is_registered,
    redirect_problem,
    with_answer,
)
from onboarding.errors import ConfigError

HTTPS = "https://shop.example/app/callback"
LOOPBACKS = ("http://127.0.0.1/callback", "http://[::1]/callback")
REGISTERED = (HTTPS, *LOOPBACKS)

hosts = st.sampled_from(
    ["127.0.0.1", "[::1]", "localhost", "127.0.0.2", "shop.example", "evil.example"]
)
addresses = st.builds(
    "{}://{}{}{}{}{}".format,
    st.sampled_from(["http", "https", "HTTP", "ftp", "com.example.shop"]),
    st.sampled_from(["", "", "kim@", "127.0.0.1@", "shop.example:443@"]),
    hosts,
    st.sampled_from(["", ":1", ":51004", ":65535", ":65536", ":0", ":01", ":x", ":"]),
    st.sampled_from(["/callback", "/app/callback", "/callback/", "", "/Callback", "/"]),
    st.sampled_from(["", "", "?a=b", "#f", "?", "/../x", "\\@evil.example", " ", "\n"]),
)


@given(registered=st.sampled_from(REGISTERED), asked=addresses | st.text())
@example(registered=HTTPS, asked=HTTPS)
@example(registered=LOOPBACKS[0], asked="http://127.0.0.1:51004/callback")
@example(registered=LOOPBACKS[1], asked="http://[::1]:9/callback")
def test_an_address_differs_in_nothing_but_a_loopback_port(
    registered: str, asked: str
) -> None:
    """Whatever is taken for a registered one is it, but for a port of loopback."""
    if not is_registered(registered, asked):
        assert registered != asked
        return
    parts = urlsplit(asked)
    if registered == HTTPS:
        assert asked == registered
        return
    port = parts.port
    assert port is None or 1 <= port <= 65_535
    assert registered == asked.replace(f":{port}/", "/", 1)
    assert parts.hostname in {"127.0.0.1", "::1"}


@given(port=st.integers(1, 65_535), registered=st.sampled_from(LOOPBACKS))
def test_any_port_of_loopback_will_do(port: int, registered: str) -> None:
    """RFC 8252 §7.3: also where one is registered with a port."""
    host, _, path = registered.removeprefix("http://").partition("/")
    asked = f"http://{host}:{port}/{path}"
    assert is_registered(registered, asked)
    assert is_registered(asked, registered)


@pytest.mark.parametrize("one", REGISTERED)
@pytest.mark.parametrize("other", REGISTERED)
def test_one_address_is_no_other(one: str, other: str) -> None:
    """127.0.0.1 is not [::1]: an app registers those on which it listens."""
    assert is_registered(one, other) == (one == other)


def test_a_root_of_loopback_may_be_written_with_its_slash() -> None:
    """An empty path is the root (RFC 3986 §6.2.3)."""
    assert is_registered("http://127.0.0.1", "http://127.0.0.1:8080/")


@pytest.mark.parametrize(
    ("uri", "problem"),
    [
        ("http://localhost/callback", "plain http"),
        ("http://127.0.0.2/callback", "plain http"),
        ("http://127.0.0.1:99999/callback", "plain http"),
        ("http://127.0.0.1/callback?a=b", "plain http"),
        ("http://127.0.0.1/callback#f", "plain http"),
        ("http://127.0.0.1.evil.example/", "plain http"),
        ("http://shop.example/callback", "plain http"),
        ("com.example.shop:/callback", "any other app may claim"),
        ("shop:/callback", "any other app may claim"),
        ("javascript:alert(1)", "any other app may claim"),
        ("/callback", "must begin with https"),
        ("https://", "must be a whole address"),
        ("https://kim@shop.example/", "no user name"),
        ("https://shop.example/#f", "before the #"),
        ("https://shop.example/a b", "must be a whole address"),
        (f"https://shop.example/{'a' * 512}", "longer than 512"),
    ],
    ids=str,
)
def test_what_could_not_work_or_leads_to_others_is_refused(
    uri: str, problem: str
) -> None:
    """When the app is declared, by the words of what is wrong."""
    assert problem in (redirect_problem(uri) or "")
    with pytest.raises(ConfigError, match="the redirect URI"):
        App("cli", redirect_uris=[uri])


@pytest.mark.parametrize("uri", [*REGISTERED, "https://a.example/cb?app=1"])
def test_what_is_an_apps_alone_may_be_registered(uri: str) -> None:
    """Claimed https, and loopback by number."""
    assert redirect_problem(uri) is None
    assert (uri,) == tuple(App("cli", redirect_uris=[uri]).redirect_uris)


@pytest.mark.parametrize(
    "settings",
    [
        {"client_id": "", "redirect_uris": [HTTPS]},
        {"client_id": "a b", "redirect_uris": [HTTPS]},
        {"client_id": "a" * 65, "redirect_uris": [HTTPS]},
        {"client_id": 7, "redirect_uris": [HTTPS]},
        {"client_id": "cli", "redirect_uris": []},
        {"client_id": "cli", "redirect_uris": HTTPS},
        {"client_id": "cli", "redirect_uris": [7]},
        {"client_id": "cli", "redirect_uris": [HTTPS], "title": 7},
    ],
    ids=str,
)
def test_an_app_that_cannot_work_is_refused(settings: dict[str, object]) -> None:
    """By name, and with what to write."""
    with pytest.raises(ConfigError, match=r"App .*"):
        App(**settings)  # type: ignore[arg-type]


def test_an_app_is_known_by_its_title_or_its_id() -> None:
    """What people read, and what stands there where nobody wrote a title."""
    assert "cli" == App("cli", redirect_uris=[HTTPS]).shown
    assert "Shop" == App("cli", redirect_uris=[HTTPS], title="Shop").shown


def test_what_an_address_has_already_stays() -> None:
    """Its query goes in front; what is not said is left out."""
    there = with_answer(f"{HTTPS}?app=1", code="a b&c", state=None)
    assert f"{HTTPS}?app=1&code=a%20b%26c" == there
    assert f"{HTTPS}?code=x" == with_answer(HTTPS, code="x")


@pytest.mark.parametrize(
    ("uri", "source"),
    [
        (HTTPS, "https://shop.example"),
        ("http://127.0.0.1:51004/callback", "http://127.0.0.1:51004"),
        ("http://[::1]:51004/callback", "http:"),
    ],
)
def test_a_form_may_lead_to_the_app(uri: str, source: str) -> None:
    """CSP has no address of IPv6 in its grammar."""
    assert source == form_source(uri)
