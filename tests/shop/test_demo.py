"""The demo as a program: how it starts, what it keeps, and how it stops."""

import gc
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from examples.shop.__main__ import main
from examples.shop.demo import PortTaken, _bind_after, listen, port_of
from tests.shop.running import running_demo
from tests.stories.browser import Browser
from tests.stories.steps import buy, orders, sign_in, titles_in_cart

ROOT = Path(__file__).parents[2]
PATIENCE = 60


@contextmanager
def program(folder: Path, **settings: str) -> Iterator["subprocess.Popen[str]"]:
    """Start the demo as people do, and stop it as they do."""
    process = subprocess.Popen(
        [sys.executable, "-m", "examples.shop"],
        cwd=ROOT,
        env=os.environ | {"DATA": str(folder)} | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)


def read_until(process: "subprocess.Popen[str]", words: str) -> str:
    """Read what the demo prints, up to a line with these words."""
    assert process.stdout is not None
    assert process.stderr is not None
    too_late = threading.Timer(PATIENCE, process.kill)
    too_late.start()
    said = ""
    try:
        for line in process.stdout:
            said += line
            if words in line:
                return said
    finally:
        too_late.cancel()
    raise AssertionError(f"{words!r} was never said: {said}{process.stderr.read()}")


def shop_in(said: str) -> str:
    """Return the address of the shop, as the demo printed it."""
    found = re.search(r"Lamplight, a bookshop +(http://127.0.0.1:\d+)", said)
    assert found, said
    return found[1]


def get(url: str) -> httpx2.Response:
    """Ask for a page; who asks before the demo serves waits in its socket's queue."""
    return httpx2.get(url, trust_env=False, timeout=PATIENCE)


def test_it_says_where_it_is_and_what_to_try(tmp_path: Path) -> None:
    """It prints the address, the switch and the story, serves, and stops in peace."""
    with program(tmp_path, PORT="0") as process:
        said = read_until(process, "Stop with Ctrl-C")
        shop = shop_in(said)
        assert f"{shop}/shopkeeper" in said
        assert "as Mira" in said
        assert get(shop).status_code == 200
    assert process.returncode == 0


def test_the_shopkeepers_pages_can_be_switched_off(tmp_path: Path) -> None:
    """SHOPKEEPER=off is said at the start, and the pages are not there."""
    with program(tmp_path, PORT="0", SHOPKEEPER="off") as process:
        said = read_until(process, "Stop with Ctrl-C")
        assert "off (SHOPKEEPER=on)" in said
        assert get(f"{shop_in(said)}/shopkeeper/nps").status_code == 404


@pytest.mark.parametrize("port", ["eighty", "-1", "99999", ""])
def test_a_port_that_is_none_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], port: str
) -> None:
    """The sentence says what to write, and nothing is left running."""
    monkeypatch.setenv("PORT", port)
    assert main() == 1
    assert "write a number, such as PORT=9000" in capsys.readouterr().err


def test_a_way_to_merge_that_is_none_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The sentence says what to write, before any port is taken."""
    monkeypatch.setenv("DATA", str(tmp_path))
    monkeypatch.setenv("MERGE", "perhaps")
    assert main() == 1
    assert "write MERGE=tell or MERGE=ask" in capsys.readouterr().err


def test_a_port_that_is_taken_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The sentence names the port that was asked for, and the ways out."""
    monkeypatch.setenv("DATA", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        assert main() == 1
    said = capsys.readouterr().err
    assert f"port {port} is taken: free the port" in said
    assert "PORT=9000" in said


def test_who_cannot_have_every_port_keeps_none(tmp_path: Path) -> None:
    """When a provider's port is taken, no other socket is left open."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        (tmp_path / "ports.json").write_text(f'{{"harbour": {port_of(other)}}}')
        with warnings.catch_warnings(record=True, action="always") as left_open:
            with pytest.raises(PortTaken, match=f"port {port_of(other)} is taken"):
                listen(tmp_path, 0)
            gc.collect()
    assert [str(warning.message) for warning in left_open] == []


def test_no_port_follows_the_last() -> None:
    """A provider of a shop at port 65535 listens wherever there is room."""
    with _bind_after(2**16 - 1) as found:
        assert 0 < port_of(found) < 2**16


def test_the_key_is_for_its_owner_only(tmp_path: Path) -> None:
    """It is made at the first start, stays the same, and nobody else may read it."""
    keys = []
    for _ in range(2):
        with running_demo(tmp_path):
            file = tmp_path / "secret-key"
            keys.append(file.read_text("utf-8"))
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert keys[0] == keys[1]
    assert len(keys[0]) == 64


def test_a_restart_loses_nothing(tmp_path: Path) -> None:
    """Cookies, orders and people are what they were; Kim's cart is filled once."""
    with running_demo(tmp_path) as demo:
        guest, ports = Browser(demo.url), (tmp_path / "ports.json").read_text("utf-8")
        buy(guest, "Dracula")
    with running_demo(tmp_path) as demo:
        guest.home = demo.url
        assert orders(guest) == ["Order 2041"]
        kim = Browser(demo.url)
        sign_in(kim, "Lamplight ID", "Kim de Vries")
        assert sorted(titles_in_cart(kim)) == ["Moby-Dick", "Walden"]
        assert "2 ×" not in kim.page.text
        kim.close()
    guest.close()
    assert (tmp_path / "ports.json").read_text("utf-8") == ports
    assert json.loads(ports).keys() == {"lamplight", "harbour"}


def test_localhost_leads_to_the_one_address(tmp_path: Path) -> None:
    """Cookies of localhost would be another cart, so pages are asked for again."""
    with running_demo(tmp_path) as demo:
        port = demo.url.rpartition(":")[2]
        there = httpx2.get(
            f"{demo.url}/cart?added=walden",
            headers={"host": f"localhost:{port}"},
            trust_env=False,
        )
    assert there.status_code == 307
    assert there.headers["location"] == f"{demo.url}/cart?added=walden"
