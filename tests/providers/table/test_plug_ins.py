"""Providers of other distributions: what is named is found, and nothing is enabled."""

import sys
from pathlib import Path

import pytest

from onboarding.errors import ConfigError
from onboarding.providers import named
from onboarding.providers.table.naming import ours
from onboarding.providers.table.plug_ins import misnamed, plug_ins

ACME = """
from dataclasses import dataclass

from onboarding.providers import OpenIDConnect


@dataclass(frozen=True, kw_only=True)
class Acme(OpenIDConnect):
    name: str = "acme"
    title: str = "Acme"
    issuer: str = "https://id.acme.example"
    region: str

    def __post_init__(self):
        if self.region == "moon":
            raise KeyError("moon")
        super().__post_init__()
"""
ID = {"client_id": "shop", "client_secret": "hush"}


class Site:
    """A folder of installed distributions, found by Python.

    Args:
        folder: Where they are.
    """

    def __init__(self, folder: Path):
        self._folder = folder

    def install(
        self, distribution: str, entries: dict[str, str], **modules: str
    ) -> None:
        """Install a distribution as an installer leaves it behind."""
        info = self._folder / f"{distribution}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n"
        )
        listed = "".join(f"{name} = {value}\n" for name, value in entries.items())
        (info / "entry_points.txt").write_text(f"[onboarding.providers]\n{listed}")
        for name, text in modules.items():
            (self._folder / f"{name}.py").write_text(text)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Return a folder of distributions that are found while the test runs."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return Site(tmp_path)


def forget(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    """Have modules imported anew, and gone after the test."""
    for module in modules:
        monkeypatch.delitem(sys.modules, module, raising=False)


def test_a_plug_in_is_named_as_a_row_is(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its own settings; before that, nothing of it is imported."""
    forget(monkeypatch, "acme_a")
    site.install("acme-login", {"acme": "acme_a:Acme"}, acme_a=ACME)
    named("deezer", **ID)
    assert [one.name for one in plug_ins()] == ["acme"]
    assert "acme_a" not in sys.modules
    acme = named("acme", **ID, region="eu")
    assert (acme.name, acme.client_id, type(acme).__name__) == ("acme", "shop", "Acme")
    assert acme.secret == "hush"
    assert named("acme", **ID, region="eu", name="staff").name == "staff"
    forget(monkeypatch, "acme_a")


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({}, r"named\('acme'\) has to be told region=…"),
        ({"region": "eu", "regoin": "eu"}, "did you mean 'region'"),
        ({"region": "moon"}, "plug-in of acme-login 1.0, cannot be built: KeyError"),
        ({"region": "eu", "title": ""}, "Acme: title"),
    ],
    ids=str,
)
def test_a_setting_that_cannot_be_is_said(
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str],
    problem: str,
) -> None:
    """In the words of any provider, or with the name of who brings it."""
    forget(monkeypatch, "acme_b")
    site.install("acme-login", {"acme": "acme_b:Acme"}, acme_b=ACME)
    with pytest.raises(ConfigError, match=problem):
        named("acme", **ID, **settings)
    forget(monkeypatch, "acme_b")


@pytest.mark.parametrize(
    ("entry", "text", "problem"),
    [
        ("broken_c:Acme", "import no_such_module", "cannot be loaded: ModuleNotFound"),
        ("broken_c:Acme", "1 / 0", "cannot be loaded: ZeroDivisionError"),
        ("broken_c:Other", ACME, "cannot be loaded: AttributeError"),
        ("broken_c:ID", f"{ACME}\nID = 7", "is no provider: broken_c:ID"),
        ("broken_c:Acme", ACME.replace('"acme"', '"acmee"'), "calls itself 'acmee'"),
    ],
    ids=["a missing module", "a crash", "no such class", "no class", "another name"],
)
def test_a_broken_plug_in_is_named(
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    entry: str,
    text: str,
    problem: str,
) -> None:
    """With the distribution that brings it: that is who has to mend it."""
    forget(monkeypatch, "broken_c")
    site.install("acme-login", {"acme": entry}, broken_c=text)
    with pytest.raises(ConfigError, match=f"a plug-in of acme-login 1.0, {problem}"):
        named("acme", **ID)
    assert named("deezer", **ID).name == "deezer"
    forget(monkeypatch, "broken_c")


def test_a_plug_in_cannot_have_a_name_of_ours(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither that of a row nor that of a class; who tries is told."""
    forget(monkeypatch, "taking_d")
    taken = dict.fromkeys(("deezer", "google", "Acme One"), "taking_d:Acme")
    site.install("acme-login", taken, taking_d=ACME)
    assert named("deezer", **ID).title == "Deezer"
    with pytest.raises(
        ConfigError,
        match="class of its own: .* import Google; the one "
        "of acme-login 1.0 cannot have that name",
    ):
        named("google", **ID)
    assert "taking_d" not in sys.modules
    said = "\n".join(misnamed(ours))
    assert "'deezer', a plug-in of acme-login 1.0, cannot be named" in said
    assert "that name is Google of this library" in said
    assert "'Acme One'" in said


def test_one_name_is_not_two_plug_ins(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which one would be meant depends on the machine."""
    forget(monkeypatch, "acme_e")
    site.install("acme-login", {"acme": "acme_e:Acme"}, acme_e=ACME)
    site.install("other-login", {"acme": "acme_e:Acme"})
    with pytest.raises(ConfigError, match=r"acme-login 1\.0 and other-login 1\.0"):
        named("acme", **ID, region="eu")


def test_a_slip_of_the_pen_is_told_of_plug_ins_too(site: Site) -> None:
    """They are names as others are."""
    site.install("acme-login", {"acmelogin": "acme_f:Acme"})
    with pytest.raises(ConfigError, match="did you mean 'acmelogin'"):
        named("acmelogim", **ID)
