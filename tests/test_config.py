"""Misconfiguration fails when the object is built, and says what to write."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from onboarding.accounts.resources import Resource
from onboarding.accounts.rules import SessionPolicy
from onboarding.core import Core
from onboarding.errors import ConfigError
from onboarding.events import GuestUpgraded, SignedIn
from onboarding.feedback.model import Prompt
from onboarding.guests.model import GuestPolicy
from onboarding.journey.model import Funnel
from onboarding.mailers.base import Message
from onboarding.profiling.model import Ask, Feature
from onboarding.providers import GitHub, Google
from onboarding.site import Site
from onboarding.web.context.protection import is_same_site

DAY = timedelta(days=1)
KEY = "a key for tests, of more than thirty-two bytes"


class Profile(BaseModel):
    """One question."""

    genre: Annotated[str | None, Ask("What do you read?", why="We sort by it.")] = None


def build(**changed: Any) -> Core[Any]:
    """Build from settings that work, but for what is changed."""
    settings: dict[str, Any] = {
        "url": "https://shop.example/welcome",
        "mailer": None,
        "secret_key": KEY,
        "database": "memory:",
        "profile": Profile,
        "features": [Feature("shelf", needs=["genre"])],
    }
    return Core(**{**settings, **changed})


def google(**changed: Any) -> Google:
    """Return a provider with made-up credentials."""
    return Google(**{"client_id": "id", "client_secret": "secret", **changed})


def test_what_works_is_built_and_opens_nothing() -> None:
    """Building checks everything and opens nothing."""
    core = build(
        providers=[google(), GitHub(client_id="id", client_secret="secret")],
        features=[Feature("shelf", needs=["genre"])],
        prompts=[Prompt.nps("first-order", after=GuestUpgraded)],
        funnels=[Funnel(name="path", steps=(GuestUpgraded, SignedIn))],
    )

    assert not core.is_open
    assert ["google", "github"] == list(core.providers)


WRONG: list[tuple[str, Callable[[], object], str]] = [
    ("no scheme", lambda: build(url="shop.example/welcome"), "https://shop.example"),
    ("no host", lambda: build(url="https:///welcome"), "https://shop.example"),
    ("no path", lambda: build(url="https://shop.example"), "shop.example/welcome"),
    ("root path", lambda: build(url="https://shop.example/"), "shop.example/welcome"),
    ("a query", lambda: build(url="https://shop.example/w?a=b"), "without a user"),
    ("a user", lambda: build(url="https://kim@shop.example/w"), "without a user"),
    ("plain http", lambda: build(url="http://shop.example/welcome"), "use https"),
    ("lookalike", lambda: build(url="http://localhost.evil.example/w"), "use https"),
    ("a port that is none", lambda: build(url="https://a.example:99999/w"), "Port"),
    ("port 0", lambda: build(url="https://shop.example:0/w"), "no browser can go"),
    ("a broken bracket", lambda: build(url="https://[::1/w"), "https://shop.example"),
    ("dots", lambda: build(url="https://shop..example/w"), "no browser can go"),
    ("a wildcard", lambda: build(url="https://*.shop.example/w"), "no browser can go"),
    ("a number", lambda: build(url="https://127.1/w"), "no browser can go"),
    ("hexadecimal", lambda: build(url="https://0x7f.0x1/w"), "no browser can go"),
    ("percent", lambda: build(url="https://shop%2eexample/w"), "no browser can go"),
    ("no letters", lambda: build(url="https://\u2603.example/w"), "no browser can go"),
    ("half a domain", lambda: build(url="https://-.example/w"), "no browser can go"),
    ("up", lambda: build(url="https://shop.example/a/../w"), "plain path"),
    ("here", lambda: build(url="https://shop.example/./w"), "plain path"),
    ("a line end within", lambda: build(url="https://shop.example/w\nx"), "full add"),
    ("skip all", lambda: build(skip=["/"]), "our own pages are below /welcome"),
    ("skip ours", lambda: build(skip=["/welcome"]), "our own pages are below"),
    ("skip one of ours", lambda: build(skip=["/welcome/sign-in"]), "our own pages"),
    ("a path for a database", lambda: build(database=Path("a.db")), "sqlite:///a.db"),
    ("no store", lambda: build(database=object()), "has no open()"),
    ("a key of numbers", lambda: build(secret_key=[1, 2]), "token_urlsafe"),
    ("a key that is a number", lambda: build(secret_key=7), "secret_key must be"),
    ("odd path", lambda: build(url="https://shop.example/a b"), "plain path"),
    ("short key", lambda: build(secret_key="short"), "token_urlsafe"),
    ("database", lambda: build(database="shop.db"), "sqlite:///shop.db"),
    ("sqlite memory", lambda: build(database="sqlite:///:memory:"), "memory:"),
    ("prefix", lambda: build(prefix="x; drop"), "onboarding_"),
    ("home", lambda: build(home="https://evil.example"), "path of this site"),
    ("skip", lambda: build(skip=["static"]), "/static/"),
    ("templates", lambda: build(templates="/nowhere/at/all"), "not a folder"),
    ("provider", lambda: build(providers=["google"]), "no provider"),
    ("two providers", lambda: build(providers=[google(), google()]), "name="),
    (
        "unknown need",
        lambda: build(features=[Feature("shelf", needs=["gnere"])]),
        "genre",
    ),
    (
        "two features",
        lambda: build(features=[Feature("shelf"), Feature("shelf")]),
        "shelf",
    ),
    (
        "two prompts",
        lambda: build(
            prompts=[
                Prompt.nps("one", after=SignedIn),
                Prompt.nps("one", after=SignedIn),
            ]
        ),
        "one",
    ),
    (
        "two funnels",
        lambda: build(funnels=[Funnel(name="p", steps=(GuestUpgraded, SignedIn))] * 2),
        "rename",
    ),
    ("resource", lambda: build(resources=["orders"]), "Resource.table"),
    (
        "two resources",
        lambda: build(
            database="sqlite:///x.db",
            resources=[Resource.table("orders", owner="account_id")] * 2,
        ),
        "orders",
    ),
    ("a slip", lambda: build(providres=[google()]), "did you mean 'providers'"),
    ("no address", lambda: Core(secret_key=KEY, database="memory:"), "url is missing"),  # type: ignore[call-overload]  # that is what is tested
    ("unset key", lambda: build(secret_key=None), "is the variable set"),
    ("unset database", lambda: build(database=None), "sqlite:///shop.db"),
    ("one provider", lambda: build(providers=google()), "must be a list"),
    ("a name", lambda: build(providers="google"), "must be a list"),
    ("a class", lambda: build(providers=[Google]), "client_id=…"),
    ("feature", lambda: build(features=["shelf"]), "no feature"),
    ("prompt", lambda: build(prompts=["first-order"]), "Prompt.nps"),
    ("funnel", lambda: build(funnels=["path"]), "steps="),
    ("policy", lambda: build(sessions={"absolute": 1}), "SessionPolicy(…)"),
    ("days", lambda: build(sessions=SessionPolicy(absolute=400)), "timedelta(days"),  # type: ignore[arg-type]  # that is what is tested
    ("no time", lambda: build(sessions=SessionPolicy(absolute=DAY * 0)), "stay signed"),
    (
        "never fresh",
        lambda: build(sessions=SessionPolicy(fresh=DAY * 0)),
        "ever add a way",
    ),
    ("past", lambda: build(guests=GuestPolicy(idle=-DAY)), "GuestPolicy.idle"),
    (
        "too short a life",
        lambda: build(guests=GuestPolicy(idle=10 * DAY)),
        "write idle=timedelta(days=30)",
    ),
    (
        "a shorter life than the session's",
        lambda: build(
            guests=GuestPolicy(with_contact=40 * DAY),
            sessions=SessionPolicy(guest_idle=60 * DAY),
        ),
        "write with_contact=timedelta(days=60)",
    ),
    ("an age in days", lambda: build(guests=GuestPolicy(idle=30)), "timedelta(days"),  # type: ignore[arg-type]  # that is what is tested
    ("event as text", lambda: Prompt.nps("x", after="order_placed"), "class"),  # type: ignore[arg-type]  # that is what is tested
]


@pytest.mark.parametrize(
    ("built", "advice"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_what_cannot_work_says_what_to_write(
    built: Callable[[], object], advice: str
) -> None:
    """Each mistake fails at once, with the fix in the message."""
    with pytest.raises(ConfigError) as refused:
        built()

    assert advice in str(refused.value)


def test_did_you_mean_names_the_question() -> None:
    """A misspelt question is answered with the one that was meant."""
    with pytest.raises(ConfigError, match="did you mean"):
        build(features=[Feature("shelf", needs=["gnere"])])


@pytest.mark.parametrize(
    ("url", "origin", "path", "is_secure"),
    [
        ("https://shop.example/welcome", "https://shop.example", "/welcome", True),
        ("https://shop.example/a/b/", "https://shop.example", "/a/b", True),
        ("https://Shop.Example:443/w", "https://shop.example", "/w", True),
        ("https://bücher.example/w", "https://xn--bcher-kva.example", "/w", True),
        (
            "https://BÜCHER.example:8443/w",
            "https://xn--bcher-kva.example:8443",
            "/w",
            True,
        ),
        ("https://straße.example/w", "https://xn--strae-oqa.example", "/w", True),
        (
            "https://xn--bcher-kva.example/w",
            "https://xn--bcher-kva.example",
            "/w",
            True,
        ),
        ("https://shop。example/w", "https://shop.example", "/w", True),
        ("https://shop.example:/w", "https://shop.example", "/w", True),
        ("https://shop.example:0443/w", "https://shop.example", "/w", True),
        ("https://shop.example:08443/w", "https://shop.example:8443", "/w", True),
        ("https://shop.example./w", "https://shop.example", "/w", True),
        ("https://shop.example/w\n", "https://shop.example", "/w", True),
        ("HTTPS://shop.example/w", "https://shop.example", "/w", True),
        ("https://[2001:DB8:0:0::1]/w", "https://[2001:db8::1]", "/w", True),
        ("http://localhost:080/w", "http://localhost", "/w", False),
        ("http://[0:0:0:0:0:0:0:1]:8000/w", "http://[::1]:8000", "/w", False),
        ("http://localhost:8000/w", "http://localhost:8000", "/w", False),
        ("http://127.0.0.1:80/w", "http://127.0.0.1", "/w", False),
        ("http://[::1]:8000/w", "http://[::1]:8000", "/w", False),
    ],
)
def test_one_address_says_four_things(
    url: str, origin: str, path: str, is_secure: bool
) -> None:
    """Origin, path and production are read off the public address, as browsers do."""
    site = Site.parse(url)

    assert (origin, path, is_secure) == (site.origin, site.path, site.is_secure)
    assert origin + path == site.url


def test_the_address_that_forms_are_compared_with_is_what_browsers_send() -> None:
    """However it was written: a form of ours is never refused for its own address."""
    for url in ("https://bücher.example:0443/w", "https://Bücher.example:/w/"):
        origin = build(url=url).origin
        assert is_same_site([(b"origin", origin.encode())], origin)
        assert "https://xn--bcher-kva.example" == origin


@given(port=st.integers(1, 65535), zeros=st.integers(0, 3), slashes=st.integers(0, 2))
def test_a_port_is_written_once(port: int, zeros: int, slashes: int) -> None:
    """Reading what was read changes nothing, and the implied port is never written."""
    url = f"https://shop.example:{'0' * zeros}{port}/w{'/' * slashes}"
    site = Site.parse(url)
    assert Site.parse(site.url) == site
    assert site.origin.endswith(f":{port}") is (port != 443)


# ── what sends mail ──────────────────────────────────────────────────────────


async def _send(message: Message) -> None:
    """Send nothing."""


@pytest.mark.parametrize(
    ("url", "given", "is_mailing"),
    [
        ("https://shop.example/welcome", {"mailer": _send}, True),
        ("https://shop.example/welcome", {"mailer": None}, False),
        ("http://localhost:8000/welcome", {}, True),  # printed
        ("http://localhost:8000/welcome", {"mailer": None}, False),
    ],
    ids=["a mailer", "nothing, as said", "nothing said, at home", "nothing at home"],
)
def test_an_application_mails_as_it_says(
    url: str, given: dict[str, Any], is_mailing: bool
) -> None:
    """On this machine letters are printed, unless it says that it mails nothing."""
    core = Core(url=url, secret_key=KEY, database="memory:", **given)
    assert is_mailing is (core.mailer is not None)
    assert is_mailing is (core.post is not None)


def test_where_people_are_served_silence_about_mail_is_refused() -> None:
    """When it is built, with both lines that may be written."""
    with pytest.raises(ConfigError) as caught:
        Core(url="https://shop.example/welcome", secret_key=KEY, database="memory:")
    assert "mailer is missing" in str(caught.value)
    assert "mailer=SmtpMailer(" in str(caught.value)
    assert "from onboarding.mailers.smtp" in str(caught.value)
    assert "mailer=None" in str(caught.value)
