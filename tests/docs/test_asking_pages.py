"""The guides around questions do what they say: needs, checks, flags, what we ask."""

import json
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from starlette.testclient import TestClient

from onboarding import Account, Onboarding
from onboarding.cli import main
from onboarding.testing import FrozenClock
from tests.docs.pages import Block, Page, Running, source

pytestmark = pytest.mark.anyio

NEEDS, CHECKS = "docs/how-to/needs.md", "docs/how-to/check-questions.md"
ASKED, FLAGS = "docs/how-to/what-we-ask.md", "docs/how-to/openfeature.md"
OWN = {"sec-fetch-site": "same-origin"}


def only(page: str, language: str, begins: str = "") -> Block:
    """Return the one block of a page in a language that begins so."""
    [block] = [
        one
        for one in Page(page).blocks
        if one.language == language and one.text.startswith(begins)
    ]
    return block


def clocked(example: ModuleType, clock: FrozenClock) -> Onboarding[Any]:
    """Return the application of the page of needs, with a clock that can be moved."""
    return Onboarding(
        url=example.onboarding.url,
        secret_key="keep 32 random bytes or more outside your code",
        database="memory:",
        providers=list(example.onboarding.providers.values()),
        profile=example.Member,
        features=example.FEATURES,
        clock=clock,
    )


# ── needs ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("feature", "opens", "closes"),
    [
        ("letters", {"nickname": "Kim"}, None),
        ("archive", {"plan": "gold"}, {"plan": "free"}),
        ("table", {"books": 6}, {"books": 100}),
        ("poems", {"topics": ["poem", "novel"]}, {"topics": ["novel"]}),
        ("evening", {"born": "1990-05-03"}, {"born": "2020-05-03"}),
        ("waiting-list", {"post": "Oudegracht 7"}, None),
        ("late-evening", {"born": "1990-05-03", "books": 1}, {"born": "2020-05-03"}),
        ("seat", {"topics": ["novel"]}, None),
        ("nearby", {"town": "Utrecht"}, None),
    ],
)
async def test_a_need_is_met_as_the_page_says(
    running: Running,
    feature: str,
    opens: dict[str, object],
    closes: dict[str, object] | None,
) -> None:
    """It asks first; an answer opens it, and one that fails its test closes it."""
    example = running(NEEDS)["club.py"]
    async with clocked(example, FrozenClock()) as onboarding:
        for said, then in ((opens, "open"), (closes, "denied")):
            account = (await onboarding.guests.start()).account
            assert "ask" == await status(onboarding, account, feature)
            if said is not None:
                await onboarding.profiling.submit(account, said, feature=feature)  # type: ignore[arg-type]  # JSON
                assert then == await status(onboarding, account, feature)


async def status(
    onboarding: Onboarding[Any], account: Account | None, feature: str
) -> str:
    """Return what becomes of somebody who opens a feature."""
    return str((await onboarding.profiling.decide(account, feature)).status)


async def test_what_is_proven_elsewhere_costs_no_question(running: Running) -> None:
    """Needs: a guest is told what to prove, and asked nothing."""
    example = running(NEEDS)["club.py"]
    async with clocked(example, FrozenClock()) as onboarding:
        account = (await onboarding.guests.start()).account
        for feature in ("reminders", "code", "keep"):
            decision = await onboarding.profiling.decide(account, feature)
            assert ("ask", (), 1) == (
                decision.status,
                decision.must,
                len(decision.facts),
            )


async def test_going_without_and_growing_old(running: Running) -> None:
    """Needs: a no opens what can do without; an old answer is asked for again."""
    example, clock = running(NEEDS)["club.py"], FrozenClock()
    async with clocked(example, clock) as onboarding:
        account = (await onboarding.guests.start()).account
        profiling = onboarding.profiling
        await profiling.decline(account, ["topics"], feature="seat")
        assert "open" == await status(onboarding, account, "seat")
        await profiling.submit(account, {"town": "Utrecht"}, feature="nearby")
        for days, again, then in ((170, (), "open"), (20, ("town",), "open")):
            clock.advance(timedelta(days=days))
            decision = await profiling.decide(account, "nearby", visit="now")
            assert (again, then) == (decision.again, decision.status)
        clock.advance(timedelta(days=560))
        assert "ask" == await status(onboarding, account, "nearby")


async def test_a_birthday_opens_by_itself(running: Running) -> None:
    """Needs: at midnight in UTC of the day on which somebody has the age."""
    example, clock = running(NEEDS)["club.py"], FrozenClock()
    today = clock().date()
    async with clocked(example, clock) as onboarding:
        account = (await onboarding.guests.start()).account
        born = date(today.year - 18, today.month, today.day) + timedelta(days=1)
        await onboarding.profiling.submit(account, {"born": born.isoformat()})
        assert "denied" == await status(onboarding, account, "evening")
        clock.advance(timedelta(days=1))
        assert "open" == await status(onboarding, account, "evening")


# ── check and explain ────────────────────────────────────────────────────────


def test_the_check_prints_what_the_page_shows(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Line by line, of the application of the page."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [*__import__("sys").path])
    text = source(Page(CHECKS).python("checked.py"))
    (tmp_path / "checked.py").write_text(text, "utf-8")
    command, *shown = only(CHECKS, "console", "$ onboarding profile check").text.split(
        "\n"
    )
    assert 0 == main(command.removeprefix("$ onboarding ").split())
    printed = capsys.readouterr().out.split("\n")
    assert [line.rstrip() for line in printed] == shown


async def test_an_explanation_says_what_to_answer(running: Running) -> None:
    """Check: the question that decides whether the need applies."""
    example = running(CHECKS)["checked.py"]
    async with example.onboarding as onboarding:
        account = (await onboarding.guests.start()).account
        assert ["vat is unknown: answer kind"] == await example.why(account, "invoice")


# ── what we ask ──────────────────────────────────────────────────────────────


def test_what_is_published_is_what_the_page_shows(running: Running) -> None:
    """Of the application on the page of answers, and with the host's own template."""
    app = running("docs/how-to/answers.md")["purposes.py"].onboarding.around(
        lambda *_: 1
    )
    told = json.loads(only(ASKED, "json").text)
    with TestClient(app, base_url="https://shop.example") as client:
        found = client.get(
            "/welcome/what-we-ask", headers={"accept": "application/json"}
        )
    towns = [one for one in found.json()["questions"] if one["name"] == "town"]
    assert told["questions"] == towns
    assert told == {"questions": towns, "kept": found.json()["kept"]}


# ── flags ────────────────────────────────────────────────────────────────────


async def test_a_feature_is_a_flag(running: Running) -> None:
    """OpenFeature: true once it is open, and an error where there is none."""
    api = pytest.importorskip("openfeature.api", reason="openfeature-sdk is missing")
    from openfeature.evaluation_context import EvaluationContext

    files = running(FLAGS)
    async with files["shelf_app.py"].onboarding as onboarding:
        account = (await onboarding.guests.start()).account
        api.set_provider_and_wait(files["flags.py"].OpenFeatures())
        client, kim = api.get_client(), EvaluationContext(targeting_key=account.id)

        async def flag(name: str, who: object = kim) -> tuple[bool, str | None]:
            found = await client.get_boolean_details_async(name, False, who)
            return found.value, found.variant or str(found.error_code)

        assert (False, "ask") == await flag("shelf")
        await onboarding.profiling.submit(account, {"genre": "novel"}, feature="shelf")
        assert (True, "open") == await flag("shelf")
        assert (False, "ask") == await flag("shelf", None)
        assert (False, "FLAG_NOT_FOUND") == await flag("shlf")
