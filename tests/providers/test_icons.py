"""Icons of providers: which there are, why others have none, and what may be given."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import onboarding.providers
from onboarding.errors import ConfigError
from onboarding.providers import GitHub, Google, OpenIDConnect, Provider, named
from onboarding.providers.icons import ICON_PATH, find_icon, why_none
from onboarding.providers.table import rows
from tests.docs.provider_pages import PROVIDERS

DATA: Mapping[str, Any] = json.loads(
    files("onboarding.providers").joinpath("icons.json").read_text("utf-8")
)
CLASSES = {page: one.brand for page, one in PROVIDERS.items()}
NO_BRAND = {"local", "openid-connect"}
"""Whoever stands behind these has a name, and a mark, of their own."""

BRANDS = {
    *(brand for page, brand in CLASSES.items() if page not in NO_BRAND),
    *rows.names(),
}
OWN = "M12 2 22 22H2Z"


# ── what is known ────────────────────────────────────────────────────────────


def test_every_provider_has_an_icon_or_a_reason_and_nobody_else() -> None:
    """A new class or row says which of the two; no path lies here for nobody."""
    icons, none = set(DATA["icons"]), set(DATA["none"])
    assert icons & none == set()
    assert icons | none == BRANDS


@pytest.mark.parametrize("brand", sorted(DATA["icons"]))
def test_every_icon_is_a_path_that_is_small(brand: str) -> None:
    """Six of them stand on one page, whose HTML has 15 kB."""
    path = find_icon(brand)
    assert ICON_PATH.match(path)
    assert len(path) <= 2000
    assert why_none(brand) == ""


@pytest.mark.parametrize("brand", sorted(DATA["none"]))
def test_every_reason_is_a_sentence(brand: str) -> None:
    """For whoever wonders, on the provider's page."""
    assert len(why_none(brand).split()) >= 3
    assert find_icon(brand) == ""


def test_the_source_and_its_licence_are_named() -> None:
    """The files are free; the marks are their owners'."""
    assert "CC0" in DATA["source"]


# ── which one a provider gets ────────────────────────────────────────────────


def github(**given: Any) -> GitHub:
    """Return a provider that has an icon."""
    return GitHub(client_id="shop", client_secret="hush-hush", **given)


def test_a_provider_keeps_its_icon_by_another_name() -> None:
    """Two of one kind stand in one application; their addresses differ."""
    assert github().icon == find_icon("github") != ""
    assert github(name="git-two", title="GitHub at work").icon == find_icon("github")
    assert find_icon("github") not in repr(github())


def test_a_row_of_the_table_has_its_icon_too() -> None:
    """By the name of the row."""
    one = named("gitea", client_id="a", client_secret="b", domain="git.example.org")
    assert one.icon == find_icon("gitea") != ""


def test_nobody_wears_the_mark_of_another() -> None:
    """A name that somebody chose says nothing of who they are."""
    one = OpenIDConnect(
        name="github",
        title="Our own ID",
        issuer="https://id.example",
        client_id="shop",
        client_secret="hush-hush",
    )
    assert one.icon == ""


def test_without_an_icon_there_is_none() -> None:
    """No letter in its place."""
    google: Provider = Google(client_id="shop", client_secret="hush-hush")
    assert google.icon == ""
    assert why_none("google")


def test_a_host_gives_an_icon_of_its_own_or_takes_one_away() -> None:
    """It may know better what a brand allows it."""
    assert github(icon=OWN).icon == OWN
    assert github(icon="").icon == ""
    assert Google(client_id="a", client_secret="b", icon=OWN).icon == OWN


# ── what may be given ────────────────────────────────────────────────────────

NO_PATHS = {
    "an svg": '<svg viewBox="0 0 24 24"><path d="M1 1"/></svg>',
    "a script": 'M1 1"/><script>alert(1)</script>',
    "an end of the attribute": 'M1 1" onload="alert(1)',
    "an address": "https://cdn.example/icon.svg",
    "data": "data:image/svg+xml;base64,AAAA",
    "a reference": "url(#a)",
    "an entity": "M1 1&quot;",
    "no move first": "L1 1",
    "nothing but white space": " ",
    "too much": "M" + "1 1L" * 2000,
    "a letter that is no command": "M1 1X2",
    "a null": "M1 1\0",
    "a line at the end": "M1 1\u2028",
}


@pytest.mark.parametrize("text", NO_PATHS.values(), ids=NO_PATHS)
def test_what_is_no_path_is_told_at_the_start(text: str) -> None:
    """With what to write."""
    with pytest.raises(ConfigError, match="icon is no path of an SVG"):
        github(icon=text)


@given(st.text())
def test_no_path_says_anything_in_html(text: str) -> None:
    """Whatever passes has no character that ends an attribute or begins a tag."""
    if ICON_PATH.match(text):
        assert not set(text) & set("<>&\"'=:;/\\#()")


def test_the_list_of_classes_is_whole() -> None:
    """Every class that can be declared has a page, and so is looked at above."""
    parts = {"ClientKey", "Endpoints", "OAuth2", "Provider", "ProviderFacts"}
    parts |= {"Identity", "ProviderRequest", "Read", "named"}
    classes = {type(one).__name__ for one in PROVIDERS.values()}
    assert classes == set(onboarding.providers.__all__) - parts
