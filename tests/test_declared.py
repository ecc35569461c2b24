"""What a host declares is held against what is wanted, and the line to write is told.

For those who run no type checker: each row is a slip that Python itself accepts, and
that would otherwise be found at a first click, or never.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any, ClassVar

import httpx2
import pytest
from pydantic import BaseModel, Field, create_model

from onboarding import Anonymise, DeleteRows, KeepLarger, KeepRows, Resource
from onboarding.accounts.model import EmailTrust
from onboarding.accounts.rules import SessionPolicy
from onboarding.attention.model import AttentionPolicy
from onboarding.core import Core
from onboarding.errors import ConfigError
from onboarding.events import Event, SignedIn
from onboarding.feedback.model import Prompt
from onboarding.journey.model import Funnel
from onboarding.limiting.model import LimitPolicy, Rate
from onboarding.profiling.model import Ask, Feature
from onboarding.profiling.widgets.text import Text
from onboarding.providers import Endpoints, Google, OAuth2, OpenIDConnect, Read
from onboarding.segments.model import Answered
from onboarding.social.model import HttpPolicy
from onboarding.stores import store_from
from onboarding.testing import FrozenClock, RecordingSink

Build = Callable[[], object]

WHY = "We sort your shelf by it."
ASK = Ask("What do you read?", why=WHY)


class Profile(BaseModel):
    """One question."""

    genre: Annotated[str | None, ASK] = None


class Placed(Event):
    """A host's own event."""

    name: ClassVar[str] = "declared_placed"


async def tell(entry: object) -> None:
    """Take an event, as a sink does."""


async def tell_two(entry: object, more: object) -> None:
    """Take more than a sink is given."""


class Slack:
    """A sink that is a class: an object of it takes events."""

    async def __call__(self, entry: object) -> None:
        """Take an event."""


class Nameless(Text):
    """A widget of no name."""

    name = None  # type: ignore[assignment]  # that is what is tested


def build(**changed: Any) -> Core[Any]:
    """Build from settings that work, but for what is changed."""
    settings: dict[str, Any] = {
        "url": "https://shop.example/welcome",
        "mailer": None,
        "secret_key": "a key for tests, of more than thirty-two bytes",
        "database": "memory:",
        "profile": Profile,
        "features": [Feature("shelf", needs=["genre"])],
    }
    return Core(**{**settings, **changed})


def asked(annotation: object, default: object = None) -> Build:
    """Return what builds with one field in the profile."""
    return lambda: build(
        profile=create_model("Profile", genre=(annotation, default))  # type: ignore[call-overload]  # made of data
    )


def ask(**changed: Any) -> Build:
    """Build with one question, but for what is changed in its Ask."""
    settings = {"question": "What do you read?", "why": WHY, **changed}
    return asked(Annotated[str | None, Ask(**settings)])


def prompt(**changed: Any) -> Build:
    """Return what makes a prompt that works, but for what is changed."""
    return lambda: Prompt.nps(**{"name": "nps", "after": Placed, **changed})


def funnel(**changed: Any) -> Build:
    """Return what makes a funnel that works, but for what is changed."""
    return lambda: Funnel(**{"name": "path", "steps": (SignedIn, Placed), **changed})


def table(*where: Any, **changed: Any) -> Build:
    """Return what declares a table, but for what is changed."""
    settings = {"owner": "account_id", **changed}
    return lambda: Resource.table(*(where or ("orders",)), **settings)


def google(**changed: Any) -> Build:
    """Return what makes a provider that works, but for what is changed."""
    return lambda: Google(**{"client_id": "id", "client_secret": "hush", **changed})


def oidc(**changed: Any) -> Build:
    """Return what makes a provider of one's own that works, but for what is changed."""
    known = {
        "name": "id",
        "title": "ID",
        "issuer": "https://id.example",
        "client_id": "shop",
        "client_secret": "hush",
    }
    return lambda: OpenIDConnect(**{**known, **changed})


CALLS = Endpoints(authorization="https://a.example", token="https://t.example")
GROUPS = Read("groups", "https://api.example/groups")
OFFSET = timezone(timedelta(hours=1))

SLIPS: dict[str, tuple[Build, str]] = {
    # ── questions ──
    "Ask as a default": (asked(str | None, ASK), "genre: Annotated[X | None, Ask(…)]"),
    "Ask as a default of Field": (asked(str | None, Field(default=ASK)), "Annotated["),
    "Ask as a class for a default": (asked(str | None, Ask), "Annotated["),
    "Ask made by a factory": (
        asked(str | None, Field(default_factory=Ask)),  # type: ignore[arg-type]  # the mistake
        "Annotated[",
    ),
    "no words": (ask(question=None), "is the variable set"),
    "words that are a number": (ask(why=7), "why must be a text"),
    "labels in a list": (ask(labels=["Novels"]), 'labels={"novel": "Novels"}'),
    "labels by number": (ask(labels={1: "One"}), "labels must be a mapping"),
    "a widget itself": (ask(widget=Text()), 'widget="choice"'),
    "when by name": (ask(when="town"), "Answered("),
    "when as a class": (ask(when=Answered), 'Answered("…"'),
    "a model within": (asked(Profile | None), "as fields of the profile itself"),
    # ── features ──
    "needs nothing": (lambda: Feature("shelf", needs=None), 'needs=["genre"]'),  # type: ignore[arg-type]  # the mistake
    "needs a question": (lambda: Feature("shelf", needs=[ASK]), "each is a text"),  # type: ignore[list-item]  # the mistake
    "a page as text": (lambda: Feature("shelf", per_page="2"), "a whole number"),  # type: ignore[arg-type]  # the mistake
    "a page of True": (lambda: Feature("shelf", per_page=True), "a whole number"),
    "a nameless feature": (lambda: Feature(None), "is the variable set"),  # type: ignore[arg-type]  # the mistake
    # ── prompts and funnels ──
    "after an event that happened": (prompt(after=Placed()), "as Placed, which"),
    "after every event": (prompt(after=Event), "is no class of event"),
    "nth as text": (prompt(nth="1"), "nth must be a whole number"),
    "days as a number": (prompt(expires=30), "expires=timedelta(days=30)"),
    "a sample of text": (prompt(sample="half"), "sample must be a number"),
    "a nameless prompt": (prompt(name=None), "is the variable set"),
    "a step that happened": (funnel(steps=(SignedIn, Placed())), "as Placed, which"),
    "one step": (funnel(steps=Placed), "steps=(CartFilled, OrderPlaced)"),
    "steps by name": (funnel(steps="signed_in"), "must be a list"),
    "within seconds": (funnel(within=60), "within=timedelta(days=30)"),
    "a goal by name": (funnel(goal="placed"), "is no class of event"),
    # ── tables and other resources ──
    "a class for purge": (table(purge=DeleteRows), "purge=DeleteRows()"),
    "a class for erase": (table(erase=KeepRows), "erase=DeleteRows()"),
    "a class for merge": (table(merge=KeepLarger), 'merge=KeepLarger(key="book"'),
    "a rule by name": (table(purge="delete"), "purge=DeleteRows()"),
    "the rule of another verb": (table(merge=DeleteRows()), "merge=KeepLarger("),
    "anonymising no purge": (
        table(purge=Anonymise(columns=["a"], reason=WHY)),
        "purge=DeleteRows()",
    ),
    "a table of nothing": (table(None), "is the variable set"),
    "an owner with its table": (table(owner="orders.account_id"), "plain SQL name"),
    "an owner twice": (
        table(erase=Anonymise(columns=["account_id"], reason=WHY)),
        "is the owner",
    ),
    "a column alone": (
        lambda: Anonymise(columns="name", reason=WHY),
        'columns=["name"], a list',
    ),
    "no column": (lambda: Anonymise(columns=[], reason=WHY), "names no column"),
    "columns of bytes": (lambda: Anonymise(columns=b"name", reason=WHY), "a list"),  # type: ignore[arg-type]  # the mistake
    "an empty reason": (lambda: KeepRows(" "), "the person reads it"),
    "no reason": (lambda: KeepRows(None), "is the variable set"),  # type: ignore[arg-type]  # the mistake
    "an empty reason to blank": (
        lambda: Anonymise(columns=["name"], reason=""),
        "the person reads it",
    ),
    "no key": (lambda: KeepLarger(key=[], quantity="n"), "names no column"),
    "key and quantity": (lambda: KeepLarger(key="n", quantity="n"), "at once"),
    # ── providers ──
    "an unset client": (google(client_id=None), "is the variable set"),
    "an empty client": (google(client_id=""), "is the variable set"),
    "an unset secret": (google(client_secret=None), "is the variable set"),
    "a secret of bytes": (google(client_secret=b"hush"), "client_secret is a bytes"),
    "params in a list": (
        google(params=[("prompt", "login")]),
        'params={"prompt": "select_account"}',
    ),
    "params of numbers": (google(params={"max_age": 60}), "params must be a mapping"),
    "trust by name": (google(email_trust="verified"), "EmailTrust"),
    "trust as a class": (google(email_trust=EmailTrust), "EmailTrust"),
    "endpoints in a dict": (oidc(endpoints={}), "Endpoints(authorization=…"),
    "one read": (oidc(reads=GROUPS), "(Read("),
    "two reads of one name": (oidc(reads=(GROUPS, GROUPS)), "called 'groups'"),
    "a read called as ours": (
        oidc(reads=(Read("userinfo", "https://api.example"),)),
        "has the name already",
    ),
    "a read of nothing": (oidc(reads=(Read(None, "https://a.example"),)), "name must"),  # type: ignore[arg-type]  # the mistake
    "an endpoint of nothing": (
        oidc(endpoints=Endpoints(authorization=None, token="https://t.example")),  # type: ignore[arg-type]  # the mistake
        "authorization must be a text",
    ),
    "discovery as issuer": (
        oidc(issuer="https://id.example/a/.well-known/openid-configuration"),
        "issuer='https://id.example/a'",
    ),
    "metadata as issuer": (
        oidc(issuer="https://id.example/.well-known/oauth-authorization-server"),
        "issuer='https://id.example'",
    ),
    # ── what runs ──
    "a sink that is not async": (lambda: build(sinks=[print]), "async def tell"),
    "a sink that waits for nothing": (
        lambda: build(sinks=[lambda _: None]),
        "async def tell",
    ),
    "a sink's class": (lambda: build(sinks=[Slack]), "Slack(…)"),
    "no sink": (lambda: build(sinks=[None]), "is the variable set"),
    "a sink of two": (lambda: build(sinks=[tell_two]), "with an entry alone"),
    "one sink": (lambda: build(sinks=tell), "sinks must be a list"),
    "an object for a widget": (lambda: build(widgets=[object()]), "has no serves()"),
    "a widget's class": (lambda: build(widgets=[Text]), "Text(…)"),
    "a nameless widget": (lambda: build(widgets=[Nameless()]), 'name="stars"'),
    "one widget": (lambda: build(widgets=Text()), "widgets must be a list"),
    "two widgets of one name": (
        lambda: build(widgets=[Text(), Text()]),
        "two widgets are called 'text'",
    ),
    "a clock without a zone": (
        lambda: build(clock=lambda: datetime(2026, 1, 1)),  # noqa: DTZ001  # the mistake
        "datetime.now(UTC)",
    ),
    "a clock of another zone": (
        lambda: build(clock=lambda: datetime(2026, 1, 1, tzinfo=OFFSET)),
        "datetime.now(UTC)",
    ),
    "an instant": (
        lambda: build(clock=datetime(2026, 1, 1, tzinfo=UTC)),
        "datetime.now(UTC)",
    ),
    "a clock's class": (lambda: build(clock=FrozenClock), "FrozenClock(…)"),
    "seconds": (lambda: build(clock=lambda: 1_700_000_000.0), "datetime.now(UTC)"),
    "a client for a transport": (
        lambda: build(transport=httpx2.AsyncClient()),
        "ASGITransport(",
    ),
    "a transport's class": (
        lambda: build(transport=httpx2.AsyncHTTPTransport),
        "AsyncHTTPTransport(…)",
    ),
    # ── plain settings ──
    "a url of bytes": (lambda: build(url=b"https://shop.example/w"), "url must be"),
    "no name": (lambda: build(name=None), "is the variable set"),
    "an empty name": (lambda: build(name=" "), "name is empty"),
    "home as a number": (lambda: build(home=1), "home must be a text"),
    "help that runs": (lambda: build(help_url="javascript:x"), "https://"),
    "a path to skip": (lambda: build(skip="/static/"), 'skip=["/static/"]'),
    "texts in a list": (lambda: build(texts=["nl"]), 'texts={"nl"'),
    "texts of one language": (
        lambda: build(texts={"frame.help": "Shop"}),
        "texts must be a mapping",
    ),
    "an unknown key": (
        lambda: build(texts={"en": {"frame.hlep": "Shop"}}),
        "did you mean 'frame.help'",
    ),
    "a key of an unknown group": (
        lambda: build(texts={"en": {"farme.help": "Shop"}}),
        "did you mean 'frame.help'",
    ),
    "a key that is nothing": (
        lambda: build(texts={"nl": {"sign_in.zzzzzzzz": "Ja"}}),
        "no such sentence of ours",
    ),
    "the class of a policy": (
        lambda: build(sessions=SessionPolicy),
        "SessionPolicy(…)",
    ),
    "visits as text": (lambda: AttentionPolicy(per_visit="1"), "a whole number"),  # type: ignore[arg-type]  # the mistake
    "seconds for a time-out": (lambda: HttpPolicy(read=10), "timedelta("),  # type: ignore[arg-type]  # the mistake
    "no limits": (lambda: build(limits=None), "write limits=LimitPolicy(…)"),
    "the class of limits": (
        lambda: build(limits=LimitPolicy),
        "write limits=LimitPolicy(…)",
    ),
    "a limit as a number": (
        lambda: LimitPolicy(guests_overall=10),  # type: ignore[arg-type]  # the mistake
        "guests_overall=Rate(…)",
    ),
    "a rate in seconds": (lambda: Rate(10, per=60), "timedelta("),  # type: ignore[arg-type]  # the mistake
    "a proxy by itself": (
        lambda: build(proxies="10.0.0.5"),
        'write proxies=["10.0.0.5"]',
    ),
    "a proxy by name": (lambda: build(proxies=["nginx"]), "which is no network"),
    "a proxy that is not set": (
        lambda: build(proxies=[None]),
        "is the variable set",
    ),
    "no proxies": (lambda: build(proxies=None), "is the variable set"),
    "an unknown setting": (lambda: build(zzzzzz=1), "there is: 'url'"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_that_python_accepts_says_the_line_to_write(slip: str) -> None:
    """When it is declared or built; no secret is quoted."""
    make, advice = SLIPS[slip]
    with pytest.raises(ConfigError) as refused:
        make()
    assert advice in str(refused.value)
    assert "hush" not in str(refused.value)


def test_what_is_meant_is_taken() -> None:
    """The same settings, written as the errors say."""
    core = build(
        sinks=[tell, Slack(), RecordingSink()],
        widgets=[Text()],
        clock=FrozenClock(),
        transport=httpx2.AsyncHTTPTransport(),
        help_url="mailto:help@shop.example",
        features=[Feature("shelf", needs=("genre",), per_page=2)],
        funnels=[Funnel(name="path", steps=[SignedIn, Placed])],  # type: ignore[arg-type]  # a list is meant as well
        texts={"en": {"frame.help": "Shop", "shop.home": "Ours", "What?": "Eh?"}},
        providers=[
            OpenIDConnect(
                name="id",
                title="ID",
                issuer="https://id.example",
                client_id="shop",
                client_secret="hush",
                scopes=["openid"],  # type: ignore[arg-type]  # a list is meant as well
                reads=[GROUPS],  # type: ignore[arg-type]  # a list is meant as well
            )
        ],
    )
    assert ["shelf"] == list(core.features)
    assert (GROUPS,) == core.providers["id"].reads


@pytest.mark.parametrize("kind", [datetime, list[str], dict, datetime | None])
def test_an_event_carries_primitives_alone(kind: Any) -> None:
    """It fails where the class is written, and not when the first one is recorded."""
    with pytest.raises(ConfigError, match=r"Rich\.at is a .*at: str"):
        type("Rich", (Event,), {"name": "rich", "__annotations__": {"at": kind}})


# ── plug-ins that lack something ─────────────────────────────────────────────


class Half(Resource):
    """A resource that nobody finished."""

    name = "half"

    async def merge(self, query: object, source: str, target: str) -> Any:
        """Plan nothing."""

    async def purge(self, query: object, account_id: str) -> Any:
        """Plan nothing."""

    async def export(self, query: object, account_id: str) -> Any:
        """Return nothing."""


class Whole(Half):
    """A resource with every verb, each of which returns nothing."""

    async def erase(self, query: object, account_id: str) -> Any:
        """Plan nothing."""


class Hasty(Whole):
    """A resource one of whose verbs waits for nobody."""

    def export(self, query: object, account_id: str) -> Any:
        """Return nothing at once."""


class Unnamed(Whole):
    """A resource of no name."""

    name = None  # type: ignore[assignment]  # that is what is tested


@dataclass(frozen=True, kw_only=True)
class Unmapped(OAuth2):
    """A provider that does not say who somebody is."""


@pytest.mark.parametrize(
    ("make", "advice"),
    [
        (Half, "async def erase(self, query, account_id)"),
        (Hasty, "async def export(self, query, account_id)"),
        (lambda: build(resources=[Unnamed()]), 'name="avatars"'),
        (lambda: Unmapped(client_id="id", name="id"), "def identity(self, replies"),
    ],
    ids=["a missing verb", "a verb that is not async", "no name", "no mapping"],
)
def test_a_plug_in_that_lacks_something_says_what(make: Build, advice: str) -> None:
    """When an object of it is made, or given; Python itself would name no line."""
    with pytest.raises(ConfigError) as refused:
        make()
    assert advice in str(refused.value)


@pytest.mark.anyio
async def test_a_verb_that_plans_nothing_says_what_to_return() -> None:
    """What forgets its return is named, and nothing is merged."""
    belongings = build(resources=[Whole()], database=store_from("memory:"))
    await belongings.open()
    with pytest.raises(ConfigError, match=r"Whole returned None; .* Planned\("):
        await belongings.belongings.plan_erase(
            "06gzvyj603sjantq13ek", belongings.clock()
        )
    await belongings.close()


# ── two of one name ──────────────────────────────────────────────────────────


def test_an_event_beside_another_has_a_name_of_its_own() -> None:
    """It fails where the class is written: the log could not tell them apart."""

    class Paid(Event):
        name = "declared_paid"

    with pytest.raises(ConfigError, match=r'as Paid is.*"paid_again"'):

        class PaidAgain(Event):
            name = "declared_paid"

    assert Paid().data() == {}


def test_an_event_made_of_another_has_a_name_of_its_own() -> None:
    """What it keeps is what it carries, and not what it is called."""
    with pytest.raises(ConfigError, match=r'as Placed is.*"placed_by_phone"'):

        class PlacedByPhone(Placed):
            """The same, by phone."""


# ── calls ────────────────────────────────────────────────────────────────────

NOBODY = "06gzvyj603sjantq13ek"

CALLS_OF: dict[str, tuple[Callable[[Core[Any], Any], Any], Any, str]] = {
    "record for nobody": (lambda c, a: c.record(a, Placed()), None, "ensure_account"),
    "record for an id": (lambda c, a: c.record(a, Placed()), NOBODY, "accounts.find"),
    "the profile of an id": (lambda c, a: c.profile(a), NOBODY, "accounts.find"),
    "the data of nobody": (lambda c, a: c.data.read(a), None, "ensure_account"),
    "the export of an id": (lambda c, a: c.data.export(a), NOBODY, "accounts.find"),
    "the contact of nobody": (
        lambda c, a: c.guests.give_contact(a, "kim@example.org"),
        None,
        "ensure_account",
    ),
    "a response of nobody": (
        lambda c, a: c.feedback.respond(a, "nps", score=9, visit="v"),
        None,
        "ensure_account",
    ),
    "the contacts of an id": (
        lambda c, a: c.accounts.list_contacts(a),
        NOBODY,
        "accounts.find",
    ),
}


@pytest.mark.anyio
@pytest.mark.parametrize("case", CALLS_OF)
async def test_a_call_for_nobody_says_how_to_get_an_account(case: str) -> None:
    """A visitor is None, and an id is no account: both say what to write."""
    call, account, advice = CALLS_OF[case]
    async with build(prompts=[Prompt.nps("nps", after=Placed)]) as core:
        with pytest.raises(ConfigError) as refused:
            await call(core, account)
    assert advice in str(refused.value)


@pytest.mark.anyio
async def test_a_call_by_id_says_that_it_wants_one() -> None:
    """The account itself, or nothing, where its id belongs."""
    async with build() as core:
        account = (await core.guests.start()).account
        for given, told in ((account, "the account itself"), (None, "None")):
            whose: Any = given
            for call in (core.accounts.find, core.data.erase, core.journey.timeline):
                with pytest.raises(ConfigError, match=rf"not {told}.*account\.id"):
                    await call(whose)


@pytest.mark.anyio
@pytest.mark.parametrize("given", [Placed, "declared_placed", None, {"name": "x"}])
async def test_recording_wants_an_event_that_happened(given: Any) -> None:
    """Its class or its name is none."""
    async with build() as core:
        account = (await core.guests.start()).account
        with pytest.raises(ConfigError, match=r"wants an event, not .*\(…\)"):
            await core.record(account, given)
