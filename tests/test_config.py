"""Misconfiguration fails when the object is built, and says what to write."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from onboarding.accounts.resources import Resource
from onboarding.accounts.rules import SessionPolicy
from onboarding.core import Core
from onboarding.errors import ConfigError
from onboarding.events import GuestUpgraded, SignedIn
from onboarding.feedback.model import Prompt
from onboarding.guests.model import GuestPolicy
from onboarding.journey.model import Funnel
from onboarding.profiling.model import Ask, Feature
from onboarding.providers import GitHub, Google
from onboarding.site import Site

DAY = timedelta(days=1)
KEY = "a key for tests, of more than thirty-two bytes"


class Profile(BaseModel):
    """One question."""

    genre: Annotated[str | None, Ask("What do you read?", why="We sort by it.")] = None


def build(**changed: Any) -> Core[Any]:
    """Build from settings that work, but for what is changed."""
    settings: dict[str, Any] = {
        "url": "https://shop.example/welcome",
        "secret_key": KEY,
        "database": "memory:",
        "profile": Profile,
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
    ("past", lambda: build(guests=GuestPolicy(idle=-DAY)), "GuestPolicy.idle"),
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
