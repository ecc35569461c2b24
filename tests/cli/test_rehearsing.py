"""``onboarding profile rehearse``: counts over real answers, and nothing written."""

import asyncio
import json
import sqlite3
import tracemalloc
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from onboarding.accounts.model import Account
from onboarding.changes import Add
from onboarding.cli import main
from onboarding.cli.rehearsing import bar
from onboarding.clock import system_clock
from onboarding.profiling.catalogue import Catalogue
from onboarding.profiling.model import Answer, AnswerKind, Source
from onboarding.profiling.no_profile import NoProfile
from onboarding.profiling.rehearsal import rehearse
from onboarding.stores import store_from

NOW = datetime(2026, 11, 3, tzinfo=UTC)
APP = """
from typing import Annotated, Literal
from pydantic import BaseModel
from onboarding import Ask, Feature, Onboarding

class Profile(BaseModel):
    genre: Annotated[Literal[{genres}] | None, Ask("What?", why="w")] = None
    town: Annotated[str | None, Ask("Where?", why="w"{unused})] = None

onboarding = Onboarding(
    url="http://localhost:8000/welcome",
    secret_key="a key for tests, of more than thirty-two bytes",
    database="sqlite:///shop.db",
    providers=[],
    mailer=None,
    profile=Profile,
    features=[{features}],
)
"""


def write(folder: Path, name: str, genres: str, features: str) -> None:
    """Write an application under a module name of its own."""
    unused = "" if "town" in features else ', unused="For the test."'
    text = APP.replace("{genres}", genres).replace("{features}", features)
    text = text.replace("{unused}", unused)
    (folder / f"{name}.py").write_text(text)


async def fill(folder: Path, people: int) -> None:
    """Keep what so many people said: one in ten declined, one of all has an odd one."""
    store = store_from(f"sqlite:///{folder / 'shop.db'}")
    await store.open()
    for number in range(people):
        account = Account(id=f"a{number:05}", created_at=NOW)
        declined = number % 10 == 9
        answer = Answer(
            account_id=account.id,
            question="genre",
            reply=AnswerKind.DECLINED if declined else AnswerKind.VALUE,
            value=None if declined else ("ghost" if number == 0 else "novel"),
            source=Source.PERSON,
            answered_at=NOW,
        )
        await store.commit(Add(account), Add(answer))
    await store.close()


def everything(folder: Path) -> list[str]:
    """Return all that the database holds, as SQL."""
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        return sorted(connection.iterdump())


def test_a_rehearsal_counts_and_writes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who would be asked, what would close; of a few people it is told that alone."""
    asyncio.run(fill(folder, 200))
    write(folder, "today", '"novel", "ghost"', 'Feature("shelf", needs=["genre"])')
    write(
        folder,
        "coming",
        '"novel"',
        """Feature("shelf", needs=["genre", "town"]),
        Feature("club", needs=["genre"])""",
    )
    before = everything(folder)

    assert 0 == main(["profile", "rehearse", "today", "coming:onboarding"])

    assert before == everything(folder)
    assert capsys.readouterr().out.splitlines() == [
        "200 accounts; nothing was written",
        "",
        "feature   today    then  people",
        "club          -     ask      <5",
        "club          -  denied      20",
        "club          -    open     179",
        "shelf    denied  denied      20",
        "shelf      open     ask     180",
        "",
        "question  asked  kept  lost",
        "genre        <5   199    <5",
        "town        180     0     0",
    ]
    assert 0 == main(["profile", "rehearse", "today", "coming", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["questions"][0] == {
        "question": "genre",
        "asked": "<5",
        "kept": 199,
        "lost": "<5",
    }
    fewest = ["--fewest", "30"]
    assert 0 == main(["profile", "rehearse", "today", "coming", *fewest])
    assert "shelf    denied  denied     <30" in capsys.readouterr().out


@pytest.mark.parametrize("fewest", ["4", "0", "-1", "few"])
def test_numbers_about_few_people_are_never_told(folder: Path, fewest: str) -> None:
    """The least is a floor, which nobody lowers."""
    write(folder, "floor", '"novel"', "")
    with pytest.raises(SystemExit) as refused:
        main(["profile", "rehearse", "floor", "floor", "--fewest", fewest])
    assert 2 == refused.value.code


def test_memory_does_not_grow_with_the_number_of_people(folder: Path) -> None:
    """One batch is held at a time: of nobody before it so much as a pointer is left.

    An answer takes some hundred bytes; counters and the test's own list take a few.
    """
    asyncio.run(fill(folder, 1240))
    catalogue: Catalogue[NoProfile] = _catalogue(folder)

    async def peaks() -> list[int]:
        store = store_from(f"sqlite:///{folder / 'shop.db'}")
        await store.open()
        found = []
        steps = rehearse(store, system_clock, catalogue, catalogue, batch=40)
        async for _ in steps:
            found.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.reset_peak()
        await store.close()
        return found

    tracemalloc.start()
    try:
        held = asyncio.run(peaks())
    finally:
        tracemalloc.stop()
    assert 32 == len(held)
    people = 40 * (len(held) - 10)
    assert max(held[20:]) - max(held[2:10]) < 16 * people


def _catalogue(folder: Path) -> Catalogue[NoProfile]:
    from onboarding.cli.loading import load

    write(folder, "measured", '"novel"', 'Feature("shelf", needs=["genre"])')
    found: Catalogue[NoProfile] = load("measured").profiling.catalogue
    return found


@pytest.mark.parametrize(
    ("done", "total", "line"),
    [
        (500, 2000, "[#####...............]  25%, 500 of 2000 accounts"),
        (2000, 2000, "[####################] 100%, 2000 of 2000 accounts"),
        (7, 3, "[####################] 100%, 7 of 7 accounts"),
        (0, 0, "[####################] 100%, 0 of 0 accounts"),
    ],
)
def test_the_bar_is_never_more_than_full(done: int, total: int, line: str) -> None:
    """Also with nobody there, or with people who come while it runs."""
    assert bar(done, total) == line


def test_a_long_rehearsal_says_how_far_it_is(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the result, so that a pipe gets the numbers alone."""
    asyncio.run(fill(folder, 600))
    write(folder, "far_today", '"novel", "ghost"', 'Feature("shelf", needs=["genre"])')
    monkeypatch.setattr("onboarding.cli.rehearsing.BETWEEN_LINES", 0)
    main(["profile", "rehearse", "far_today:onboarding", "far_today:onboarding"])
    told = capsys.readouterr()
    assert "500 of 600 accounts" in told.err
    assert "[" not in told.out
