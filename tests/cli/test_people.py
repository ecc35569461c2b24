"""``onboarding export`` and ``onboarding erase``: whose it is, and what stays."""

import asyncio
import io
import json
import stat
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from onboarding.accounts.outcome import SignInResult
from onboarding.cli import main
from onboarding.stores import store_from, upgrade
from tests.cli.conftest import NOW, ORDERS, TABLE, order, people, run, write
from tests.world import World, identity

KIM = "kim@example.org"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop in a folder, and its people.

    Attributes:
        app: The name of its module.
        kim: Has proven an address, and ordered something.
        before: Who kim was before a merge.
        others: Two guests who typed the same address, and one who ended.
        secret: What kim's browser holds.
    """

    folder: Path
    app: str
    kim: str
    before: str
    others: tuple[str, ...]
    secret: str


@pytest.fixture
def shop(folder: Path, request: pytest.FixtureRequest) -> Shop:
    """Return a shop whose kim has others beside them who merely typed their address."""

    async def move_in() -> Shop:
        async with people(folder, ago=DAY) as world:
            run(folder, TABLE)
            person = await world.person("kim", KIM)
            order(folder, person.account.id, world.now)
            before = await world.guest()
            joined = await world.accounts.sign_in(identity("kim", KIM), before)
            assert isinstance(joined, SignInResult)
            guests = [await world.guest() for _ in range(3)]
            for guest in guests:
                await world.guests.give_contact(guest.account, KIM)
            await world.data.erase(guests[2].account.id)
            return Shop(
                folder=folder,
                app=f"app_{abs(hash(request.node.name))}",
                kim=person.account.id,
                before=before.account.id,
                others=tuple(guest.account.id for guest in guests),
                secret=joined.new_session.token.secret,
            )

    shop = asyncio.run(move_in())
    write(folder, shop.app, resources=ORDERS)
    return shop


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Return what will be typed; nothing at first, as where nobody is there."""
    typed = io.StringIO()
    monkeypatch.setattr("sys.stdin", typed)
    return typed


def kinds(shop: Shop) -> dict[object, object]:
    """Return how the accounts of the shop ended, by id."""
    rows = run(shop.folder, "SELECT id, ending FROM onboarding_accounts")
    return {row[0]: row[1] for row in rows}


# ── whose it is ──────────────────────────────────────────────────────────────


def test_an_address_stands_for_who_has_proven_it(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    """Others who typed it are counted, and nothing of theirs is handed out."""
    assert 0 == main(["export", shop.app, "--email", " Kim@Example.org "])

    said = capsys.readouterr()
    told = json.loads(said.out)
    assert shop.kim == told["account"]["id"]
    assert "2 accounts merely typed it" in said.err
    assert not any(other in said.out + said.err for other in shop.others)
    assert shop.secret not in said.out


@pytest.mark.parametrize("verb", ["export", "erase"])
def test_to_have_typed_an_address_grants_nothing(
    shop: Shop, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    """Where nobody has proven it nothing is done, and the way on is named."""
    main(["erase", shop.app, "--account", shop.kim, "--yes"])
    before = kinds(shop)
    capsys.readouterr()

    assert 1 == main([verb, shop.app, "--email", KIM])

    said = capsys.readouterr()
    assert "no account has proven that address" in said.err
    assert "2 accounts merely typed it" in said.err
    assert "--account" in said.err
    assert ("", before) == (said.out, kinds(shop))


def test_an_id_of_before_a_merge_leads_to_who_it_is_now(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    """And whoever asks is told so."""
    assert 0 == main(["export", shop.app, "--account", shop.before])

    said = capsys.readouterr()
    assert shop.kim == json.loads(said.out)["account"]["id"]
    assert f"merged into {shop.kim}" in said.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--account", "nobody"], "no account of that id"),
        (["--account", "{gone}"], "has ended: it is erased"),
        (["--email", "nobody@example.org"], "no account has proven"),
    ],
)
@pytest.mark.parametrize("verb", ["export", "erase"])
def test_who_is_not_there_is_told(
    shop: Shop,
    capsys: pytest.CaptureFixture[str],
    verb: str,
    words: list[str],
    told: str,
) -> None:
    """In a sentence, with a status that a script sees."""
    words = [word.format(gone=shop.others[2]) for word in words]
    assert 1 == main([verb, shop.app, *words])

    said = capsys.readouterr()
    assert told in said.err
    assert "" == said.out


@pytest.mark.parametrize(
    "words",
    [[], ["--account", "a", "--email", "a@example.org"], ["--email", "nobody"]],
    ids=["nobody", "two", "no address"],
)
@pytest.mark.parametrize("verb", ["export", "erase"])
def test_one_person_is_meant(folder: Path, verb: str, words: list[str]) -> None:
    """Neither nobody nor two, nor what is no address: that is a wrong call."""
    with pytest.raises(SystemExit) as refused:
        main([verb, "shop:onboarding", *words])
    assert 2 == refused.value.code


# ── take along ───────────────────────────────────────────────────────────────


def test_an_export_may_go_to_a_file(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which nobody else on the machine can read; one that is there is kept."""
    words = ["export", shop.app, "--account", shop.kim, "--output", "kim.json"]
    assert 0 == main(words)

    file = shop.folder / "kim.json"
    told = json.loads(file.read_text("utf-8"))
    assert (shop.kim, "Lane 1") == (told["account"]["id"], told["orders"][0]["street"])
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert "" == capsys.readouterr().out
    assert 2 == main(words)
    assert "is there already" in capsys.readouterr().err
    taken = "SELECT COUNT(*) FROM onboarding_events WHERE name = 'account_exported'"
    assert [(1,)] == run(shop.folder, taken)


# ── erase ────────────────────────────────────────────────────────────────────


def test_an_erasure_tells_what_goes_and_what_stays_and_asks(
    shop: Shop, capsys: pytest.CaptureFixture[str], answer: io.StringIO
) -> None:
    """With the reason and the day; and afterwards once more what stayed."""
    answer.write("erase\n")
    answer.seek(0)

    assert 0 == main(["erase", shop.app, "--email", KIM])

    said = capsys.readouterr().out
    end = f"{NOW - DAY + timedelta(days=3653):%Y-%m-%d}"
    stays = f"  stays  orders (1) until {end}: Tax law keeps orders for ten years.\n"
    assert said.startswith(f"account {shop.kim}, registered since 2026-11-02\n")
    assert "  goes  identities (1)\n" in said
    assert 2 == said.count(stays)
    assert said.endswith(f"erased\n{stays}")
    assert KIM not in said
    assert "erased" == kinds(shop)[shop.kim]
    assert {shop.others[0], shop.others[1]} == {
        id for id, ending in kinds(shop).items() if ending is None
    }
    assert [(None,)] == run(shop.folder, "SELECT street FROM orders")


@pytest.mark.parametrize("typed", ["", "\n", "y\n", "no\n"])
def test_an_erasure_takes_a_word(
    shop: Shop, capsys: pytest.CaptureFixture[str], answer: io.StringIO, typed: str
) -> None:
    """Anything else, or nobody there, leaves everything as it is."""
    answer.write(typed)
    answer.seek(0)

    assert 1 == main(["erase", shop.app, "--account", shop.kim])

    assert "nothing was erased" in capsys.readouterr().err
    assert kinds(shop)[shop.kim] is None


def test_ctrl_c_is_no(
    shop: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Instead of an answer: nothing is erased, and nobody reads a traceback."""
    monkeypatch.setattr("sys.stdin", Interrupted())

    assert 130 == main(["erase", shop.app, "--account", shop.kim])

    assert "stopped" in capsys.readouterr().err
    assert kinds(shop)[shop.kim] is None


class Interrupted(io.StringIO):
    """Somebody who presses Ctrl-C when they are asked."""

    @override
    def readline(self, size: int | None = -1, /) -> str:
        raise KeyboardInterrupt


def test_a_script_need_not_be_asked(
    shop: Shop, capsys: pytest.CaptureFixture[str], answer: io.StringIO
) -> None:
    """It says yes with the call."""
    assert 0 == main(["erase", shop.app, "--account", shop.kim, "--yes"])
    assert "erased" == kinds(shop)[shop.kim]
    assert "Type" not in capsys.readouterr().out


def test_postgresql_is_asked_alike(
    folder: Path, postgres_dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Taken along, erased, and looked at once more by a purge."""

    async def move_in() -> str:
        await upgrade(postgres_dsn)
        store = store_from(postgres_dsn)
        await store.open()
        person = await World(store).person("kim", KIM)
        await store.close()
        return person.account.id

    kim = asyncio.run(move_in())
    write(folder, "on_a_server", database=postgres_dsn)

    assert 0 == main(["export", "on_a_server", "--email", KIM])
    assert kim == json.loads(capsys.readouterr().out)["account"]["id"]
    assert 0 == main(["erase", "on_a_server", "--email", KIM, "--yes"])
    assert 1 == main(["export", "on_a_server", "--account", kim])
    assert 0 == main(["purge", "on_a_server", "--dry-run"])
    assert "0 guests would go" in capsys.readouterr().out
