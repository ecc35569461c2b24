"""The mailer that speaks to a mail server: how it connects, and what may go wrong."""

import asyncio
import socket
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onboarding.errors import ConfigError, MailError, MailRefused, MailUnavailable
from onboarding.mailers.base import Message
from onboarding.mailers.smtp import SMTP_CONNECTIONS, SmtpMailer
from tests.mailers.server import HANG, HANG_UP, Certificates, MailServer, serving

pytestmark = pytest.mark.anyio

SENDER = "Lamplight <post@shop.example>"
PASSWORD = "correct horse"
MESSAGE = Message(
    id="l-1", to="kim@example.org", subject="Your order", text="It is on its way."
)
BEYOND_ASCII = replace(MESSAGE, to="jörg@example.org")


def mailer(port: int, **settings: Any) -> SmtpMailer:
    """Return a mailer for a server without TLS, unless told otherwise."""
    usual: dict[str, Any] = {"security": "none", "sender": SENDER}
    return SmtpMailer("127.0.0.1", port=port, **{**usual, **settings})


async def failure(mailer: SmtpMailer, message: Message = MESSAGE) -> MailError:
    """Return what sending raises, which shows nobody's address, password or words."""
    with pytest.raises(MailError) as raised:
        await mailer(message)
    told = "".join(traceback.format_exception(raised.value)) + repr(raised.value)
    for secret in (message.to, PASSWORD, "wrong horse", message.text, "quoted"):
        assert secret not in told
    assert raised.value.__context__ is None
    assert raised.value.__cause__ is None
    return raised.value


# ── what is sent ─────────────────────────────────────────────────────────────


async def test_the_envelope_has_the_bare_addresses(server: MailServer) -> None:
    """From the sender's, without the name, to the one recipient."""
    await mailer(server.port)(MESSAGE)
    [envelope] = server.envelopes
    assert "post@shop.example" == envelope.mail_from
    assert ["kim@example.org"] == envelope.rcpt_tos


async def test_the_date_is_the_clocks(server: MailServer) -> None:
    """As everything that depends on the time."""
    at = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    await mailer(server.port, clock=lambda: at)(MESSAGE)
    assert b"\r\nDate: Sun, 01 Mar 2026 09:30:00 +0000\r\n" in server.raw()


async def test_it_greets_by_the_domain_of_the_sender(server: MailServer) -> None:
    """Which is a name in the DNS, as that of a container is not (RFC 5321 §4.1.1.1)."""
    await mailer(server.port, sender="post@bücher.example")(MESSAGE)
    assert ["xn--bcher-kva.example"] == server.names


async def test_an_address_beyond_ascii_is_announced(server: MailServer) -> None:
    """RFC 6531: by SMTPUTF8, and only where there is one."""
    await mailer(server.port)(BEYOND_ASCII)
    assert ["jörg@example.org"] == server.envelopes[0].rcpt_tos
    assert "SMTPUTF8" in server.options
    server.options.clear()
    await mailer(server.port)(MESSAGE)
    assert "SMTPUTF8" not in server.options


async def test_connections_are_few(server: MailServer) -> None:
    """However many letters there are, and in one event loop after another."""
    one = mailer(server.port)
    await asyncio.gather(*(one(MESSAGE) for _ in range(4 * SMTP_CONNECTIONS)))
    assert 1 < server.busiest <= SMTP_CONNECTIONS
    assert len(server.envelopes) == 4 * SMTP_CONNECTIONS


def test_a_mailer_outlives_an_event_loop() -> None:
    """Tests, and processes that open again, have more than one."""

    async def send(one: SmtpMailer | None, port: int) -> tuple[SmtpMailer, int]:
        async with serving(port=port) as server:
            one = one or mailer(server.port)
            await asyncio.gather(*(one(MESSAGE) for _ in range(2 * SMTP_CONNECTIONS)))
        assert len(server.envelopes) == 2 * SMTP_CONNECTIONS
        return one, server.port

    one, port = asyncio.run(send(None, 0))
    asyncio.run(send(one, port))


# ── to whom ──────────────────────────────────────────────────────────────────


@asynccontextmanager
async def secured(
    security: str, certificates: Certificates
) -> AsyncIterator[MailServer]:
    """Run a server that is secured in a way."""
    asked = {security: certificates.server}
    async with serving(tls=asked.get("tls"), starttls=asked.get("starttls")) as server:
        yield server


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_password_goes_over_tls(
    security: str, certificates: Certificates
) -> None:
    """From the first byte, or after STARTTLS."""
    async with secured(security, certificates) as server:
        await mailer(
            server.port,
            security=security,
            username="shop",
            password=PASSWORD,
            ssl_context=certificates.client,
        )(MESSAGE)
    assert ["shop"] == server.logins
    assert [True] == server.is_encrypted
    assert len(server.envelopes) == 1


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_stranger_with_a_certificate_gets_nothing(
    security: str, certificates: Certificates
) -> None:
    """Neither one that nobody trusts, nor one for another name."""
    elsewhere = Certificates.new("smtp.shop.example")
    for trusted in None, Certificates.new("127.0.0.1").client, elsewhere.client:
        theirs = elsewhere if trusted is elsewhere.client else certificates
        async with secured(security, theirs) as server:
            one = mailer(
                server.port,
                security=security,
                username="shop",
                password=PASSWORD,
                ssl_context=trusted,
            )
            error = await failure(one)
        assert isinstance(error, MailUnavailable)
        assert "certificate is not trusted" in str(error)
        assert [] == server.logins
        assert [] == server.envelopes


async def test_a_server_without_starttls_gets_nothing(server: MailServer) -> None:
    """Whoever sits between could have taken the offer out: there is no way back."""
    error = await failure(mailer(server.port, security="starttls"))
    assert isinstance(error, MailUnavailable)
    assert "STARTTLS" in str(error)
    assert [] == server.envelopes


async def test_a_port_that_speaks_otherwise_is_named(
    server: MailServer, certificates: Certificates
) -> None:
    """TLS at a port without: the error says which port speaks what."""
    one = mailer(server.port, security="tls", ssl_context=certificates.client)
    error = await failure(one)
    assert isinstance(error, MailUnavailable)
    assert '587 "starttls"' in str(error)


# ── what goes wrong ──────────────────────────────────────────────────────────

REPLIES = [
    # the command, the reply to it, never or not now, what is told of the reply
    ("RCPT", "550 5.1.1 kim@example.org quoted", MailRefused, "550 5.1.1"),
    ("RCPT", "553 no such box", MailRefused, "553"),
    ("RCPT", "552 5.2.2 mailbox full", MailRefused, "552 5.2.2"),
    ("RCPT", "450 4.2.1 greylisted", MailUnavailable, "450 4.2.1"),
    ("RCPT", "452 4.2.2 full", MailUnavailable, "452 4.2.2"),
    ("RCPT", "421 4.7.0 too many", MailUnavailable, "421 4.7.0"),
    ("RCPT", "530 5.7.0 sign in first", MailUnavailable, "530 5.7.0"),
    ("MAIL", "550 5.7.1 not your sender", MailUnavailable, "550 5.7.1"),
    ("MAIL", "552 5.3.4 too big", MailRefused, "552 5.3.4"),
    ("MAIL", "451 4.3.0 later", MailUnavailable, "451 4.3.0"),
    ("DATA", "554 5.6.0 spam", MailRefused, "554 5.6.0"),
    ("DATA", "451 4.3.0 disk", MailUnavailable, "451 4.3.0"),
    ("DATA", "550 5.1.1.kim@example.org", MailRefused, "550"),
]


@pytest.mark.parametrize(("command", "reply", "kind", "told"), REPLIES)
async def test_a_reply_means_never_or_not_now(
    server: MailServer, command: str, reply: str, kind: type[MailError], told: str
) -> None:
    """What the recipient's side refuses for good is never; the rest may change."""
    server.says[command] = reply
    error = await failure(mailer(server.port))
    assert kind is type(error)
    assert {"reply": told} == error.details()
    assert told in str(error)
    assert f"127.0.0.1:{server.port}" in str(error)
    assert [] == server.envelopes


async def test_a_wrong_password_is_the_operators_to_mend(server: MailServer) -> None:
    """Letters wait meanwhile; the error says what is wrong, and shows neither."""
    one = mailer(server.port, username="shop", password="wrong horse")
    error = await failure(one)
    assert isinstance(error, MailUnavailable)
    assert "username and password (535 5.7.8)" in str(error)
    assert "wrong horse" not in repr(one)


async def test_a_server_that_knows_no_login_gets_nothing() -> None:
    """A username where nobody asks for one is no reason to send without."""
    nothing = {"auth_exclude_mechanism": ["PLAIN", "LOGIN"]}
    async with serving(settings=nothing) as server:
        error = await failure(mailer(server.port, username="u", password=PASSWORD))
    assert isinstance(error, MailUnavailable)
    assert "no way to sign in" in str(error)


async def test_an_address_that_it_cannot_carry_is_never_sent() -> None:
    """RFC 6531 §3.2: without SMTPUTF8 there is no way to write it."""
    async with serving(settings={"enable_SMTPUTF8": False}) as server:
        error = await failure(mailer(server.port), BEYOND_ASCII)
        assert isinstance(error, MailRefused)
        await mailer(server.port)(MESSAGE)
    assert len(server.envelopes) == 1


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_a_server_that_hangs_is_given_up(
    server: MailServer, command: str
) -> None:
    """After the time of one delivery, wherever it stops."""
    server.says[command] = HANG
    one = mailer(server.port, timeout=timedelta(milliseconds=150))
    error = await failure(one)
    assert isinstance(error, MailUnavailable)
    assert "longer than 0.15 s" in str(error)


async def test_a_server_that_never_greets_is_given_up() -> None:
    """The machine took the connection, and that was all."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        for security in "none", "tls", "starttls":
            short = timedelta(milliseconds=50)
            error = await failure(mailer(port, security=security, timeout=short))
            assert isinstance(error, MailUnavailable)
            assert "longer than 0.05 s" in str(error)


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_a_server_that_hangs_up_may_be_back(
    server: MailServer, command: str
) -> None:
    """Nobody knows whether it took the mail: it is sent again, with the same id."""
    server.says[command] = HANG_UP
    error = await failure(mailer(server.port))
    assert isinstance(error, MailUnavailable)
    assert "hung up" in str(error)


async def test_a_server_that_is_gone_may_be_back() -> None:
    """Nobody listens there."""
    async with serving() as server:
        pass
    error = await failure(mailer(server.port))
    assert isinstance(error, MailUnavailable)
    assert f"127.0.0.1:{server.port} cannot be reached" in str(error)


@pytest.mark.parametrize("goodbye", [HANG, HANG_UP, "554 no"])
async def test_a_mail_that_was_taken_is_sent(server: MailServer, goodbye: str) -> None:
    """However the server says goodbye: another try would be a second mail."""
    server.says["QUIT"] = goodbye
    await mailer(server.port, timeout=timedelta(seconds=5))(MESSAGE)
    assert len(server.envelopes) == 1


async def test_who_stops_waiting_leaves_nothing_open(server: MailServer) -> None:
    """A cancelled delivery is over, and the next one goes as usual."""
    server.says["RCPT"] = HANG
    one = mailer(server.port)
    waiting = asyncio.create_task(one(MESSAGE))
    await server.hangs.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    async with asyncio.timeout(5):  # where it stays open, to say so
        await server.is_left.wait()
    server.says.clear()
    await one(MESSAGE)
    assert len(server.envelopes) == 1


# ── settings ─────────────────────────────────────────────────────────────────

MISTAKES: list[tuple[str, dict[str, Any]]] = [
    ("host", {"host": ""}),
    ("host", {"host": "smtp://smtp.shop.example"}),
    ("host", {"host": "shop@smtp.shop.example"}),
    ("host", {"host": "smtp.shop.example\r\n"}),
    ("port=587", {"host": "smtp.shop.example:587"}),
    ("security", {"security": "ssl"}),
    ("security", {"security": "none"}),
    ("security", {"security": "none", "host": "10.0.0.5"}),
    ("port", {"port": 0}),
    ("port", {"port": 65536}),
    ("port", {"port": "587"}),
    ("timeout", {"timeout": timedelta(0)}),
    ("timeout", {"timeout": 10}),
    ("sender", {"sender": "Lamplight"}),
    ("sender", {"sender": "Lamplight\nBcc: a@b.example <post@shop.example>"}),
    ("username", {"username": "shop"}),
    ("username", {"password": PASSWORD}),
    ("username", {"username": "shop", "password": ""}),
]


@pytest.mark.parametrize(("named", "settings"), MISTAKES)
def test_a_wrong_setting_is_found_when_it_is_built(
    named: str, settings: dict[str, Any]
) -> None:
    """The error says which one, and what to write, and never the password."""
    usual = {"host": "smtp.shop.example", "sender": SENDER}
    with pytest.raises(ConfigError, match=named) as refused:
        SmtpMailer(**{**usual, **settings})
    assert PASSWORD not in str(refused.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1"])
def test_this_machine_needs_no_tls(host: str) -> None:
    """Nobody listens in between."""
    shown = repr(SmtpMailer(host, security="none", sender=SENDER))
    assert f"{host}:25, none" in shown


@pytest.mark.parametrize(("security", "port"), [("tls", 465), ("starttls", 587)])
def test_the_port_is_the_usual_one(security: Any, port: int) -> None:
    """RFC 8314 §3.3 and RFC 6409 §3.1."""
    one = SmtpMailer(
        "smtp.shop.example",
        security=security,
        sender=SENDER,
        username="shop",
        password=PASSWORD,
    )
    assert f"<SmtpMailer smtp.shop.example:{port}, {security}>" == repr(one)


def test_building_one_loads_no_smtp() -> None:
    """That is for the first mail; and without the extra it says how to install it."""
    build = "SmtpMailer('smtp.shop.example', sender='post@shop.example')"
    code = f"""
import importlib.util, sys
from onboarding.errors import ConfigError
from onboarding.mailers.smtp import SmtpMailer
{build}
assert "aiosmtplib" not in sys.modules
real = importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name == "aiosmtplib" else real(name)
try:
    {build}
except ConfigError as error:
    print(error)
"""
    run = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert 'pip install "onboarding[smtp]"' in run.stdout
