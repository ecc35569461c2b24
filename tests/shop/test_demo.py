"""The demo as a program: how it starts, what it keeps, and how it stops."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from examples.shop.__main__ import main
from examples.shop.demo import PortTaken, listen
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
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(f"{words!r} was never said: {said}")


def get(url: str) -> httpx2.Response:
    """Ask for a page, until somebody listens."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return httpx2.get(url, trust_env=False)
        except httpx2.ConnectError:
            assert time.monotonic() < end


def free_port() -> int:
    """Return a port that nobody uses at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def test_it_says_where_it_is_and_what_to_try(tmp_path: Path) -> None:
    """It prints the address, the switch and the story, serves, and stops in peace."""
    port = free_port()
    with program(tmp_path, PORT=str(port)) as process:
        said = read_until(process, "Stop with Ctrl-C")
        shop = f"http://127.0.0.1:{port}"
        assert shop in said
        assert f"{shop}/shopkeeper" in said
        assert "as Mira" in said
        assert get(shop).status_code == 200
    assert process.returncode == 0


def test_the_shopkeepers_pages_can_be_switched_off(tmp_path: Path) -> None:
    """SHOPKEEPER=off is said at the start, and the pages are not there."""
    port = free_port()
    with program(tmp_path, PORT=str(port), SHOPKEEPER="off") as process:
        assert "off (SHOPKEEPER=on)" in read_until(process, "Stop with Ctrl-C")
        assert get(f"http://127.0.0.1:{port}/shopkeeper/nps").status_code == 404


@pytest.mark.parametrize("port", ["eighty", "-1", "99999", ""])
def test_a_port_that_is_none_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], port: str
) -> None:
    """The sentence says what to write, and nothing is left running."""
    monkeypatch.setenv("PORT", port)
    assert main() == 1
    assert "write a number, such as PORT=9000" in capsys.readouterr().err


def test_a_port_that_is_taken_is_refused(tmp_path: Path) -> None:
    """The sentence names the port and the ways out."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {port} is taken: .*PORT=9000"):
            listen(tmp_path, port)


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
