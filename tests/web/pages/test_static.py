"""The stylesheet and the script."""

import re

import pytest

from onboarding.web.views.assets import MEDIA_TYPES, STATIC_FOLDER
from tests.web.site import Browser

pytestmark = pytest.mark.anyio

FOR_EVER = "public, max-age=31536000, immutable"


async def addresses(browser: Browser) -> list[str]:
    """Return the addresses of the files that a page names."""
    html = (await browser.get("/welcome/sign-in")).text
    return re.findall(r'"(/welcome/static/[^"]+)"', html)


async def test_a_page_names_its_files_by_their_content(browser: Browser) -> None:
    """Each is kept for a year under the very address that the page names."""
    found = await addresses(browser)
    assert len(found) == 2
    for address in found:
        answer = await browser.get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == FOR_EVER
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-type"] in MEDIA_TYPES.values()
        assert "vary" not in answer.headers
        assert "set-cookie" not in answer.headers


async def test_a_file_that_the_browser_has_is_not_sent_again(browser: Browser) -> None:
    """The entity tag is compared (RFC 9110 §13.1.2)."""
    (address, *_) = await addresses(browser)
    tag = (await browser.get(address)).headers["etag"]
    answer = await browser.get(address, **{"if-none-match": tag})
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize(
    ("known", "status"),
    [
        *(("{}", 304), ("W/{}", 304), ('"a", {}', 304), ('"a,b" , W/{}', 304)),
        *(("*", 304), ('"a"', 200), ("x{}x", 200), ("", 200), ('"a {}', 200)),
    ],
)
async def test_a_list_of_entity_tags_is_read_as_one(
    browser: Browser, known: str, status: int
) -> None:
    """Any of them may be this version, weak or not (RFC 9110 §13.1.2, §8.8.3.2)."""
    (address, *_) = await addresses(browser)
    tag = (await browser.get(address)).headers["etag"]
    answer = await browser.get(address, **{"if-none-match": known.format(tag)})
    assert answer.status_code == status


@pytest.mark.parametrize("version", ["", "?v=", "?v=older"])
async def test_another_version_is_asked_for_again(
    browser: Browser, version: str
) -> None:
    """What an older page names gives the file of today, and is not kept for a year."""
    answer = await browser.get(f"/welcome/static/onboarding.css{version}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, no-cache"


@pytest.mark.parametrize(
    "name", ["nope.css", "..%2Fface.py", "%2e%2e", "onboarding.css%00"]
)
async def test_no_other_file_is_served(browser: Browser, name: str) -> None:
    """Only the files of the table, whatever the name says."""
    answer = await browser.get(f"/welcome/static/{name}")
    assert answer.status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("name", ["onboarding.css", "nope", "a/b"])
async def test_a_file_is_only_read(browser: Browser, method: str, name: str) -> None:
    """Every other method is refused, and nothing breaks."""
    answer = await browser.client.request(method, f"/welcome/static/{name}")
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


async def test_a_cookie_costs_no_read_here(browser: Browser) -> None:
    """A dead cookie is not even looked at."""
    cookie = {"cookie": "__Host-onboarding=dead"}
    answer = await browser.get("/welcome/static/onboarding.css", **cookie)
    assert "set-cookie" not in answer.headers


def test_the_files_stay_small() -> None:
    """12 KiB of style and 2 kB of each script, as the guide has it."""
    assert (STATIC_FOLDER / "onboarding.css").stat().st_size <= 12 * 1024
    for script in STATIC_FOLDER.glob("*.js"):
        assert script.stat().st_size < 2000
