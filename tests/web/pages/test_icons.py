"""The icons of providers on our pages: inline, in one colour, and never a letter."""

import re
from collections.abc import AsyncIterator

import pytest

from onboarding import PasskeyPolicy
from onboarding.providers import GitHub, Google, OpenIDConnect
from onboarding.providers.icons import find_icon
from onboarding.web.views.assets import STATIC_FOLDER
from tests.web.site import KIM, Site, open_site, provider

pytestmark = pytest.mark.anyio

OWN = "M12 2 22 22H2Z"
SHOWN = ("/welcome/sign-in?next=/look", "/parts?names=sign_in", "/parts?names=keep_it")


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Open a shop with an icon that is known, one of a plug-in, and none."""
    providers = [
        GitHub(client_id="a", client_secret="b"),
        Google(client_id="a", client_secret="b"),
        OpenIDConnect(
            name="inn",
            title="Inn ID",
            issuer="https://id.example",
            client_id="shop",
            client_secret="hush-hush",
            icon=OWN,
        ),
    ]
    async with open_site(providers=providers) as site:
        yield site


def marks(page: str) -> list[str]:
    """Return what stands in the place of each icon."""
    found = re.findall(r'<span class="ob-mark" aria-hidden="true">(.*?)</span>', page)
    return [str(one) for one in found]


def icon(path: str) -> str:
    """Return an icon as it is drawn."""
    return (
        '<svg width="20" height="20" viewBox="0 0 24 24" fill="currentColor">'
        f'<path d="{path}"/></svg>'
    )


@pytest.mark.parametrize("path", SHOWN)
async def test_each_button_has_its_icon_or_its_name_alone(
    site: Site, path: str
) -> None:
    """Hidden from who listens: the name says it. And no letter in a square."""
    browser = site.browser()
    await browser.post("/order")
    page = (await browser.get(path)).text
    assert marks(page) == [icon(find_icon("github")), "", icon(OWN)]
    for title in ("GitHub", "Google", "Inn ID"):
        assert f"with {title}" in page


async def test_icons_need_nothing_of_the_policy(site: Site) -> None:
    """They stand in the page itself: no address, no style, no script."""
    page = await site.browser().get(SHOWN[0])
    policy = page.headers["content-security-policy"]
    assert "img-src 'self'" in policy
    assert "data:" not in policy
    assert "unsafe" not in policy
    assert "<img" not in page.text
    assert "style=" not in page.text


async def test_icons_of_others_are_in_no_page() -> None:
    """Of a hundred providers, those that are declared."""
    async with open_site(passkeys=PasskeyPolicy()) as site:
        page = (await site.browser().get(SHOWN[0])).text
    assert find_icon("github") not in page
    assert [mark for mark in marks(page) if "path d" in mark and "24 24" in mark] == []


async def test_a_page_of_six_icons_keeps_its_budget() -> None:
    """15 kB of HTML, with the largest icon that there is."""
    six = [
        OpenIDConnect(
            name=f"p-{n}",
            title=f"Provider {n}",
            issuer=f"https://p{n}.example",
            client_id="shop",
            client_secret="hush-hush",
            icon=max(map(find_icon, ("github", "lichess", "baidu")), key=len),
        )
        for n in range(6)
    ]
    async with open_site(providers=six) as site:
        page = await site.browser().get(SHOWN[0])
    assert len(page.content) < 15_000


async def test_a_way_of_who_is_in_has_its_icon(site: Site) -> None:
    """Where they add one, on both pages."""
    own = provider("lamp", "Lamplight ID", "id.example")
    hub = GitHub(client_id="a", client_secret="b")
    async with open_site(providers=[own, hub]) as other:
        browser = other.browser()
        await browser.sign_in(KIM)
        for path in ("/welcome/sign-in", "/welcome/account"):
            assert icon(find_icon("github")) in (await browser.get(path)).text


# ── contrast ─────────────────────────────────────────────────────────────────

CSS = (STATIC_FOLDER / "onboarding.css").read_text("utf-8")


def token(name: str) -> tuple[str, str]:
    """Return a colour of ours, in the light and in the dark."""
    found = re.search(rf"--ob-{name}:light-dark\((#\w+),(#\w+)\)", CSS)
    assert found
    return found[1], found[2]


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["surface", "sunken"])  # below the pointer, too
def test_icons_can_be_seen_in_both_themes(ground: str, theme: int) -> None:
    """Far more than the 3:1 of what is no text (WCAG 2.2, 1.4.11)."""
    dark, light = sorted(
        luminance(one[theme]) for one in (token("mark"), token(ground))
    )
    assert (light + 0.05) / (dark + 0.05) >= 7


def test_icons_are_black_or_white() -> None:
    """What brands that allow one colour allow; a tone of ours they may not."""
    assert token("mark") == ("#000", "#fff")
    assert ".ob-mark{flex:none;inline-size:1.25rem;color:var(--ob-mark)}" in CSS
