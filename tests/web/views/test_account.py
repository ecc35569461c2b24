"""What we know, in words: every kind of line that "My data" has."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onboarding.accounts.model import (
    Contact,
    ContactLevel,
    IdentityLink,
    Receipt,
    Session,
)
from onboarding.accounts.own import (
    ContactsResource,
    IdentitiesResource,
    ReceiptsResource,
    SessionsResource,
)
from onboarding.accounts.planned import Outcome, Planned
from onboarding.accounts.resources import Resource
from onboarding.feedback.model import Response
from onboarding.feedback.resource import ResponsesResource
from onboarding.profiling.model import Answer, AnswerKind, Source
from onboarding.profiling.resource import AnswersResource
from onboarding.web.views.account import AccountView
from onboarding.web.views.data_rows import DataRow
from onboarding.web.views.renderer import Renderer
from onboarding.web.views.sign_in import sign_in_buttons
from tests.web.site import Site, open_site

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
USED_BY = "Used by: Recommendations."


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Open a shop that calls its carts by a name of its own."""
    async with open_site(texts={"nl": {"Cart lines": "Winkelmand"}}) as site:
        yield site


def account_view(site: Site, locale: str = "en") -> AccountView:
    """Return the view of the shop, in a language."""
    host = site.onboarding
    renderer = Renderer(
        path=host.path, site_name=host.site_name, home=host.home, texts=host.texts
    )
    return AccountView(
        texts=renderer.texts(locale),
        url=renderer.url,
        catalogue=host.catalogue,
        providers=host.providers,
        buttons=sign_in_buttons(host.providers.values()),
        prompts=host.prompts,
        resources=[Resource.table("orders", owner="account_id", page="/orders")],
        site_name=host.site_name,
        now=host.clock(),
    )


def rows(site: Site, section: str, locale: str = "en", **nouns: Any) -> list[DataRow]:
    """Return the lines of one section, of nouns as their resources tell them."""
    told = {name: [tell(site, one) for one in some] for name, some in nouns.items()}
    sections = account_view(site, locale).sections(told)
    return [row for one in sections if one.id == section for row in one.rows]


def tell(site: Site, noun: Any) -> Any:
    """Return a noun as it is told; a row of the host's is told as it is."""
    store = site.onboarding.store
    resources: dict[type, Any] = {
        Answer: AnswersResource(store),
        Contact: ContactsResource(store),
        IdentityLink: IdentitiesResource(store),
        Receipt: ReceiptsResource(store),
        Response: ResponsesResource(store),
        Session: SessionsResource(store),
    }
    teller = resources.get(type(noun))
    return teller.tell(noun) if teller else noun


def answer(question: str, **more: Any) -> Answer:
    """Return an answer of somebody who is signed in, unless said otherwise."""
    told: dict[str, Any] = {"source": Source.PERSON, "answered_at": NOW, **more}
    return Answer(account_id="a", question=question, **told)


@pytest.mark.parametrize(
    ("told", "title", "about"),
    [
        pytest.param(
            answer("genre", value="novel"),
            "What do you like to read? <bdi>Novels</bdi>",
            "You told us on 21 November. We sort your shelf by it. " + USED_BY,
            id="by the person",
        ),
        pytest.param(
            answer("genre", value="novel", source=Source.GUEST),
            "What do you like to read? <bdi>Novels</bdi>",
            "You told us on 21 November, as a guest. We sort your shelf by it. "
            + USED_BY,
            id="as a guest",
        ),
        pytest.param(
            answer("genre", value="novel", source=Source.PROVIDER, via="lamp"),
            "What do you like to read? <bdi>Novels</bdi>",
            "Lamplight ID says so; not confirmed by you. We sort your shelf by it. "
            + USED_BY,
            id="by a provider",
        ),
        pytest.param(
            answer("genre", reply=AnswerKind.DECLINED),
            "What do you like to read? You’d rather not say",
            "We will not ask again.",
            id="declined",
        ),
        pytest.param(
            answer("birthday", value="1990-05-01", answered_at=NOW - timedelta(365)),
            "When is your birthday? <bdi>1 May 1990</bdi>",
            "You told us on 21 November 2025. A gift waits that day. " + USED_BY,
            id="a day, told another year",
        ),
        pytest.param(
            answer("genre", value="novel", suggested=("adventure", "<b>war</b>")),
            "What do you like to read? <bdi>Novels</bdi>",
            "You told us on 21 November. We sort your shelf by it. " + USED_BY,
            id="otherwise as a guest",
        ),
        pytest.param(
            answer("birthday", value="someday"),
            "When is your birthday? <bdi>someday</bdi>",
            "You told us on 21 November. A gift waits that day. " + USED_BY,
            id="no day any more",
        ),
        pytest.param(
            answer("shoe_size", value=42),
            "shoe_size: <bdi>42</bdi>",
            "You told us on 21 November.",
            id="no longer asked",
        ),
    ],
)
async def test_an_answer_says_where_it_came_from(
    site: Site, told: Answer, title: str, about: str
) -> None:
    """Value, source, date, purpose, and what uses it."""
    row, *_ = rows(site, "known", answers=[told])
    assert (row.title, row.about) == (title, about)


async def test_what_was_said_otherwise_can_be_taken(site: Site) -> None:
    """Each value has a line and a button; what is asked no more, a line alone."""
    told = [
        answer("genre", value="novel", suggested=("adventure", "<b>war</b>")),
        answer("shoe_size", value=42, suggested=(43,)),
    ]
    said = "Before your accounts came together you also said: "
    _, one, other, _, old = rows(site, "known", answers=told)
    assert one.title == f"{said}<bdi>Adventure</bdi>"
    assert one.use
    assert (one.use.question, one.use.fields) == ("genre", (("genre", "adventure"),))
    assert other.title == f"{said}<bdi>&lt;b&gt;war&lt;/b&gt;</bdi>"
    assert (old.title, old.use) == (f"{said}<bdi>43</bdi>", None)


async def test_what_is_no_longer_asked_cannot_be_changed(site: Site) -> None:
    """There is no page for it; it can be taken back."""
    (old,) = rows(site, "known", answers=[answer("shoe_size", value=42)])
    (now,) = rows(site, "known", answers=[answer("genre", value="novel")])
    (declined,) = rows(
        site, "known", answers=[answer("genre", reply=AnswerKind.DECLINED)]
    )
    assert old.href == ""
    assert old.take_back == "/welcome/answers/take-back?question=shoe_size"
    assert (now.action, declined.action) == ("Change", "Tell after all")


@pytest.mark.parametrize(
    ("provider", "name", "title", "about"),
    [
        ("lamp", "Kim", "Lamplight ID", "As <bdi>Kim</bdi>. Last used on 21 November."),
        ("lamp", None, "Lamplight ID", "Last used on 21 November."),
        ("gone", None, "gone", "Last used on 21 November."),
    ],
)
async def test_a_way_in_says_when_it_was_used(
    site: Site, provider: str, name: str | None, title: str, about: str
) -> None:
    """Under the name that people know, also of a provider that is gone."""
    link = IdentityLink(
        issuer="https://id.example",
        subject="s",
        account_id="a",
        provider=provider,
        name=name,
        linked_at=NOW,
        used_at=NOW,
    )
    (row,) = rows(site, "ways", identities=[link])
    assert (row.title, row.about) == (title, about)


@pytest.mark.parametrize(
    ("by", "about"),
    [
        ("lamp", "Confirmed by Lamplight ID on 21 November."),
        (None, "Proven on 21 November."),
    ],
)
async def test_an_address_says_what_proved_it(
    site: Site, by: str | None, about: str
) -> None:
    """And one that nobody proved says that it opens nothing."""
    proven = Contact(
        account_id="a",
        address="kim@example.org",
        typed="Kim@example.org",
        level=ContactLevel.PROVEN,
        given_at=NOW,
        proven_by=by,
        proven_at=NOW,
    )
    typed = Contact(
        account_id="a", address="a@b.example", typed="A@b.example", given_at=NOW
    )
    first, second = rows(site, "addresses", contacts=[proven, typed])

    assert (first.about, first.tag) == (about, "proven")
    assert second.tag == "not proven"
    assert "so it opens nothing" in second.about
    assert second.title == "<bdi>A@b.example</bdi>"


async def test_things_of_the_host_are_counted(site: Site) -> None:
    """By a name that people read, in their language where the host said so."""
    things: dict[str, Any] = {"cart_lines": [{}, {}], "shop.orders": [{}], "wishes": []}
    english = rows(site, "things", **things)
    dutch = rows(site, "things", "nl", **things)

    assert [(row.title, row.tag) for row in english] == [
        ("Cart lines", "2 entries"),
        ("Orders", "1 entry"),
    ]
    assert [(row.title, row.tag) for row in dutch] == [
        ("Winkelmand", "2 regels"),
        ("Orders", "1 regel"),
    ]


async def test_every_count_leads_to_what_is_counted(site: Site) -> None:
    """To the host's page of it; else, and for ours, to where it is handed out."""
    found = [
        *rows(site, "things", orders=[{}], cart_lines=[{}]),
        *rows(site, "more", events=[{}], attention=[{}], intents=[{}]),
    ]
    (orders, *others) = found
    assert (orders.href, orders.action, orders.hidden) == (
        "/orders",
        "Look at it",
        "Orders",
    )
    assert {(row.href, row.action) for row in others} == {("#leave", "Take along")}


def response(**more: Any) -> Response:
    """Return something that was said to the shop's prompt."""
    told: dict[str, Any] = {"prompt": "first-order", **more}
    return Response(id="r", account_id="a", given_at=NOW, **told)


@pytest.mark.parametrize(
    ("said", "title", "about", "action"),
    [
        pytest.param(
            response(score=6),
            "How likely are you to recommend Lamplight to a friend? 6",
            "21 November",
            "Look at it",
            id="a score",
        ),
        pytest.param(
            response(text="Bent."),
            "How likely are you to recommend Lamplight to a friend? "
            "You answered in words",
            "21 November",
            "Look at it",
            id="words",
        ),
        pytest.param(
            response(score=6, reply="Sorry.", replied_at=NOW),
            "How likely are you to recommend Lamplight to a friend? 6",
            "21 November, with a reply",
            "Read the reply",
            id="a reply",
        ),
        pytest.param(
            response(score=6, reply="Sorry.", replied_by="Noor", replied_at=NOW),
            "How likely are you to recommend Lamplight to a friend? 6",
            "21 November, answered by <bdi>Noor</bdi>",
            "Read the reply",
            id="somebody's reply",
        ),
        pytest.param(
            response(prompt="older", score=6), "older 6", "21 November", "", id="gone"
        ),
    ],
)
async def test_an_opinion_leads_to_its_reply(
    site: Site, said: Response, title: str, about: str, action: str
) -> None:
    """What was asked, what was said, when, and what became of it."""
    (row,) = rows(site, "opinions", responses=[said])
    assert (row.title, row.about, row.action) == (title, about, action)
    assert bool(row.href) == bool(action)


async def test_a_receipt_says_what_moved(site: Site) -> None:
    """In words; what did not move is left out."""
    moved = {
        "answers": "combined:1",
        "orders": "added:3",
        "responses": "nothing:0",
        # Nobody did these: they only come along.
        **dict.fromkeys(("attention", "intents", "sessions", "events"), "added:1"),
    }
    receipt = Receipt(source="b", target="a", at=NOW, moved=moved)
    empty = Receipt(source="c", target="a", at=NOW, moved={})
    first, second = rows(site, "receipts", receipts=[receipt, empty])

    assert first.title == "On 21 November, another visit of yours joined this account"
    assert first.about == "Answers: one combined. Orders: 3 added."
    assert second.about == "There was nothing to move."


async def test_an_erasure_says_what_stays_and_why(site: Site) -> None:
    """Resources without rows are left out."""
    planned = [
        (
            Resource.table("orders", owner="account_id"),
            Planned(
                outcome=Outcome.KEPT, count=2, reason="The law says so.", until=NOW
            ),
        ),
        (
            Resource.table("cart_lines", owner="account_id"),
            Planned(outcome=Outcome.ERASED, count=1),
        ),
        (AnswersResource(site.onboarding.store), Planned()),
    ]
    fates = account_view(site).erasure(planned)
    assert [(fate.title, fate.stays, fate.reason, fate.until) for fate in fates] == [
        ("Orders", True, "The law says so.", NOW.date()),
        ("Cart lines", False, "", None),
    ]


async def test_a_session_says_since_when_and_when_last(site: Site) -> None:
    """So that somebody sees a device that is not theirs."""
    session = Session(
        id="s",
        account_id="a",
        secret_hash="h",
        epoch=0,
        created_at=NOW - timedelta(3),
        seen_after=timedelta(2),
    )
    (row,) = rows(site, "sessions", sessions=[session])
    assert (row.title, row.about) == (
        "Since 18 November",
        "Last used on 20 November.",
    )


async def test_what_is_only_counted_is_in_the_export(site: Site) -> None:
    """The ledger, the log and what is open; what is empty is left out."""
    found = rows(site, "more", attention=[{}], events=[{}, {}], intents=[])
    assert [(row.title, row.tag) for row in found] == [
        ("What you were asked", "1 entry"),
        ("What happened here", "2 entries"),
    ]
