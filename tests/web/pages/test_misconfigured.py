"""Who is told what: the developer by the log, and the visitor that it is not theirs."""

import logging
import re
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from onboarding.changes import Statement
from onboarding.errors import StoreUnavailable
from onboarding.log_lines import LONGEST_LINE, log_line
from onboarding.providers import Endpoints
from onboarding.testing import Fault
from tests.web.site import KIM, Browser, Site, open_site, provider, words

pytestmark = pytest.mark.anyio

LAMP = provider("lamp", "Lamplight ID", "id.example")
OURS = "Something is not set up right here"
THEIRS = "That is on their side"


def line_of(caplog: pytest.LogCaptureFixture) -> str:
    """Return the one line of the log that tells of a refusal."""
    [record] = [one for one in caplog.records if one.getMessage()[:7] == "refused"]
    assert record.levelno == logging.WARNING
    return record.getMessage()


async def went_wrong(site: Site, *, begins: bool) -> httpx2.Response:
    """Try to sign in, and return the page on which that ends."""
    browser = site.browser()
    if not begins:
        return await browser.post("/welcome/sign-in/lamp")
    return await browser.get(await browser.at_provider(KIM))


ID = "https://id.example"


def there(**changed: str) -> dict[str, Any]:
    """Return where the provider answers, but for what is changed."""
    known = {name: f"{ID}/{name}" for name in ("token", "jwks", "userinfo")}
    paths = {"authorization": f"{ID}/authorize", **known, **changed}
    return {"endpoints": Endpoints(**paths)}


SETTINGS: dict[str, tuple[dict[str, Any], bool, tuple[str, ...]]] = {
    "a wrong client secret": (
        {"client_secret": "quite another one"},
        True,
        ("invalid_client", "endpoint=token https://id.example/", "client_secret"),
    ),
    "an issuer with nothing there": (
        {"issuer": "https://id.example/realms/shop"},
        False,
        ("answered 404", "endpoint=discovery https://id.example/realms", "issuer"),
    ),
    "an issuer that calls itself otherwise": (
        {"issuer": "https://id.example/"},
        False,
        ("another issuer", "https://id.example/: https://id.example", "issuer"),
    ),
    "a token endpoint with nothing there": (
        there(token=f"{ID}/nowhere"),
        True,
        (
            "answered 404",
            "endpoint=token https://id.example/nowhere",
            "endpoints.token",
        ),
    ),
    "keys with nothing there": (
        there(jwks=f"{ID}/nowhere"),
        False,
        ("answered 404", "endpoint=keys https://id.example/nowhere", "endpoints.jwks"),
    ),
}


@pytest.mark.parametrize("case", SETTINGS)
async def test_a_wrong_setting_is_the_developers(
    case: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The page blames nobody else; the log says where, why, and what to look at."""
    changed, begins, told = SETTINGS[case]
    async with open_site(providers=[replace(LAMP, **changed)]) as site:
        answer = await went_wrong(site, begins=begins)

    line = line_of(caplog)
    assert OURS in words(answer.text)
    assert THEIRS not in words(answer.text)
    assert "provider=lamp" in line
    assert all(part in line for part in told), line
    reference = re.search(r"· (\w{4}-\w{4})", words(answer.text))
    assert reference is not None
    assert reference[1] in line
    assert "quite another one" not in line


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.WRONG_NONCE])
async def test_a_fault_of_theirs_stays_theirs(
    site: Site, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    """No setting is named for it."""
    browser = site.browser()
    back = await browser.at_provider(KIM)
    with site.lamp.misbehave(fault):
        answer = await browser.get(back)

    assert THEIRS in words(answer.text)
    assert OURS not in words(answer.text)
    line = line_of(caplog)
    assert "provider=lamp, reason=" in line
    assert "setting=" not in line


async def test_clocks_that_differ_are_told_by_how_much(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """In seconds, with whose clock to look at."""
    with site.lamp.misbehave(Fault.ISSUED_IN_THE_FUTURE):
        answer = await went_wrong(site, begins=True)

    assert OURS in words(answer.text)
    line = line_of(caplog)
    assert "issued in the future: compare the clocks, 7200 s" in line
    assert "setting=the clock of this machine" in line


async def test_what_a_provider_writes_is_no_second_line(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """Its error code is a word, whatever else it sends along."""
    browser = site.browser()
    back = await browser.at_provider(KIM)
    forged = re.sub(r"code=[^&]*", "error=bad%0Arefused:%20nothing", back)
    await browser.get(forged)
    assert "\n" not in line_of(caplog)
    assert "reason=unknown" in line_of(caplog)


async def test_what_a_store_says_reaches_the_operator(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """Its sentence names the table, or says what to do; what caused it is at DEBUG."""
    caplog.set_level(logging.DEBUG, "onboarding")
    browser: Browser = site.browser()
    await browser.post("/cart")
    await site.onboarding.store.commit(
        Statement("ALTER TABLE onboarding_contacts RENAME TO elsewhere")
    )
    answer = await browser.get("/welcome/account")

    assert answer.status_code == 500
    assert OURS in words(answer.text)
    [line] = [r for r in caplog.records if r.levelno == logging.WARNING]
    assert "no such table: onboarding_contacts" in line.getMessage()
    [cause] = [r for r in caplog.records if "because of this" in r.getMessage()]
    assert cause.levelno == logging.DEBUG
    assert cause.exc_info is not None


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("password=hunter2 is wrong", "hunter2"),
        ("cannot reach postgresql://me:hunter2@db/shop", "hunter2"),
        ("Secret: hunter2", "hunter2"),
    ],
)
def test_the_log_holds_no_secret_of_a_database(said: str, hidden: str) -> None:
    """Drivers write what they please."""
    line = log_line(StoreUnavailable(said))
    assert hidden not in line
    assert "…" in line


def test_a_long_message_is_cut() -> None:
    """A line of the log is no document, and stays one line."""
    line = log_line(StoreUnavailable("a\n\x1b[31m" * 1000))
    assert len(line) == LONGEST_LINE
    assert line.isprintable()
