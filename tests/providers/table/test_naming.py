"""``named``: a row becomes a provider, or the sentence says what to write."""

import subprocess
import sys
from importlib.resources import files
from typing import Any

import pytest

import onboarding.providers
from onboarding.accounts.model import EmailTrust
from onboarding.errors import ConfigError
from onboarding.providers import named
from onboarding.providers.table import rows
from onboarding.providers.table.rows import ABSENT

named_any: Any = named  # the names of a test are no literals


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("dezer", "did you mean 'deezer'?"),
        ("Deezer", "did you mean 'deezer'?"),
        ("nobody-near-at-all", "nothing of this kind is near"),
        ("google", "from onboarding.providers import Google"),
        ("github", "from onboarding.providers import GitHub"),
        ("telegram", "it is no OAuth"),
        (7, "there is no such provider"),
        (ABSENT, "there is no such provider"),
    ],
)
def test_an_unknown_name_is_told_what_may_be_meant(name: object, advice: str) -> None:
    """A slip of the pen, a class of its own, or the reason why there is none."""
    with pytest.raises(ConfigError) as caught:
        named_any(name, client_id="shop", client_secret="hush")
    assert advice in str(caught.value)


def test_a_slip_in_a_setting_is_told_too() -> None:
    """And not as a TypeError of Python's."""
    with pytest.raises(ConfigError, match="did you mean 'domain'"):
        named("mastodon", client_id="shop", client_secret="hush", domian="a.example")
    with pytest.raises(ConfigError, match="no such setting"):
        named("deezer", client_id="shop", client_secret="hush", domain="a.example")


@pytest.mark.parametrize(
    "domain",
    [
        *(
            "",
            " ",
            "localhost",
            "127.0.0.1",
            "[::1]",
            "https://a.example",
            "a.example/",
        ),
        *("a.example/x", "a.example?x", "a.example#x", "me@a.example", "a..example"),
        *("-a.example", "a_b.example", "a.example.", "é.example", "a.example\n"),
        *("a.example:0", "a.example:x", f"{'a' * 64}.example", "a.1", "{x}.example"),
        *(f"{'a.' * 130}example", 7, ["a.example"]),
    ],
)
def test_what_is_no_host_name_is_refused(domain: object) -> None:
    """It stands in addresses that tokens go to."""
    with pytest.raises(ConfigError, match="is no host name of Gitea"):
        named_any("gitea", client_id="shop", client_secret="hush", domain=domain)


@pytest.mark.parametrize(
    "domain",
    [
        *("shop.example", "myshopify.com", "a.myshopify.com.eve.example"),
        *("a.b.myshopify.com", "a.myshopify.com:8443", "evilmyshopify.com"),
    ],
)
def test_a_shop_is_at_the_platform_and_nowhere_else(domain: str) -> None:
    """Whoever says which shop it is decides where the secret goes."""
    with pytest.raises(ConfigError, match="is no host name of Shopify"):
        named("shopify", client_id="shop", client_secret="hush", domain=domain)


def test_a_host_is_written_in_one_way() -> None:
    """Or the same server would be two issuers."""
    one = named("gitea", client_id="a", client_secret="b", domain="Git.Example:3000")
    assert one.issuer == "https://git.example:3000/login/oauth"


def test_what_a_row_has_to_be_told_is_asked_for() -> None:
    """With the line to write; what has a default need not be said."""
    with pytest.raises(ConfigError, match="domain='mastodon.social'"):
        named("mastodon", client_id="shop", client_secret="hush")
    zoho = named("zoho", client_id="shop", client_secret="hush")
    assert zoho.issuer == "https://accounts.zoho.com"


def test_a_key_goes_where_it_belongs_and_cannot_leave_its_place() -> None:
    """And shows nowhere."""
    key = "k&y=1/é".replace("é", "e")
    stack = named("stackexchange", client_id="a", client_secret="b", key=key)
    assert "&key=k%26y%3D1%2Fe&" in stack.reads[0].url
    etsy = named("etsy", client_id="a", key=key)
    assert etsy.headers["x-api-key"] == key
    assert key not in f"{stack!r} {etsy!r}"
    assert "k%26y" not in repr(stack)
    with pytest.raises(ConfigError, match="can be sent"):
        named("etsy", client_id="a", key="two\nlines")


def test_any_setting_of_a_provider_can_be_given() -> None:
    """What is a mapping is added to what the row has."""
    one = named(
        "dingtalk",
        client_id="a",
        client_secret="b",
        name="our-dingtalk",
        title="Our DingTalk",
        scopes=("openid",),
        params={"corpId": "c-1"},
        email_trust=EmailTrust.STATED,
    )
    assert (one.name, one.title, one.scopes) == (
        "our-dingtalk",
        "Our DingTalk",
        ("openid",),
    )
    assert one.params == {"prompt": "consent", "corpId": "c-1"}


def test_a_word_is_taken_no_further_because_a_host_trusts_it() -> None:
    """Where nothing says that an address was checked, trust makes no proof of it."""
    trusted = named(
        "gitea",
        client_id="a",
        client_secret="b",
        domain="git.example",
        email_trust=EmailTrust.VERIFIED,
    )
    told = {"user": {"id": 1, "email": "kim@example.org"}}
    assert trusted.identity(told).email_trust is EmailTrust.STATED


ROW: dict[str, Any] = {**rows.table()["bitbucket"]}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"colour": "red"}, "colour is no key"),
        ({"kind": "saml"}, "neither oauth2 nor oidc"),
        ({"kind": "oidc"}, "id is missing, or stands"),
        ({"id": None}, "id is missing, or stands"),
        ({"id": "a b"}, "is no path"),
        ({"email": "a|b"}, "is no path"),
        ({"id_is": "name"}, "no text, number or digits"),
        ({"email_verified": None}, "nothing says for which"),
        ({"email_trust": "hoped"}, "hoped"),
        ({"key": None}, "key"),
        ({"checked": None}, "checked"),
        ({"asks": {"domain": {"exmaple": "x"}}}, "exmaple"),
    ],
)
def test_a_row_that_says_nonsense_is_refused(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], why: str
) -> None:
    """When it is loaded, with its name."""
    changed = {key: v for key, v in {**ROW, **change}.items() if v is not None}
    monkeypatch.setattr(rows, "table", lambda: {"odd": changed, ABSENT: {}})
    with pytest.raises(ConfigError, match=r"named.toml, \[odd\]") as caught:
        rows.row("odd")
    assert why in str(caught.value)


def loaded(code: str) -> set[str]:
    """Return the modules that are loaded once code has run."""
    run = [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"]
    said = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    return set(said.split())


def test_the_table_costs_nothing_until_it_is_asked() -> None:
    """Importing the library, its providers or one of them loads no row."""
    code = "import onboarding, onboarding.providers; onboarding.providers.Google"
    before = loaded(code)
    assert [m for m in before if m.startswith("onboarding.providers.table")] == []
    assert "tomllib" not in before
    after = loaded(
        "from onboarding.providers import named\n"
        "named('osu', client_id='a', client_secret='b')"
    )
    assert {"onboarding.providers.table.rows", "tomllib"} <= after
    assert "onboarding.providers.table.names" not in after


def test_the_table_is_part_of_the_package() -> None:
    """As the templates are: it comes along in the wheel."""
    assert (files("onboarding.providers.table") / "named.toml").is_file()
    assert onboarding.providers.named is named
