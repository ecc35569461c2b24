"""Sends mail through a mail server, with aiosmtplib, which is imported at first use."""

import asyncio
import importlib.util
import ssl
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from onboarding.clock import Clock, system_clock
from onboarding.errors import ConfigError, MailError
from onboarding.mailers.base import Mailbox, Message
from onboarding.mailers.mime import email_message
from onboarding.urls import is_loopback

if TYPE_CHECKING:
    from aiosmtplib import SMTP

Security = Literal["tls", "starttls", "none"]
"""TLS from the first byte, after the command STARTTLS, or not at all."""

PORTS: dict[Security, int] = {"tls": 465, "starttls": 587, "none": 25}
"""Where mail is submitted (RFC 8314 §3.3, RFC 6409 §3.1), and where it is relayed."""

TIMEOUT = timedelta(seconds=30)
"""How long one delivery may take, unless the mailer is told otherwise."""

SMTP_CONNECTIONS = 5
"""Connections at once, from one process: to more, many a server answers 421."""

GOODBYE = timedelta(seconds=1)
"""How long to wait for the answer to QUIT: the mail is theirs by then."""


class SmtpMailer:
    """Hands each message to a mail server, over a connection of its own.

    Args:
        host: The server's name, as in its certificate: ``"smtp.shop.example"``.
        sender: Who mails come from: ``"Lamplight <post@shop.example>"``.
        username: Who signs in there; None where the server asks nobody.
        password: Its password. It stands in no ``repr``, log or error.
        security: ``"tls"`` from the first byte (RFC 8314), or ``"starttls"``: never
            without, whatever the server offers. ``"none"`` on this machine only.
        port: 465, 587 or 25, by ``security``, unless it is another.
        timeout: How long one delivery may take, from the first byte to the server's
            word; then it has failed for now.
        ssl_context: Whom to trust; by default whom the machine trusts.
        clock: The present instant, for the header Date.

    Raises:
        ConfigError: When a setting cannot be used, or aiosmtplib is not installed.
    """

    def __init__(
        self,
        host: str,
        *,
        sender: str,
        username: str | None = None,
        password: str | None = None,
        security: Security = "tls",
        port: int | None = None,
        timeout: timedelta = TIMEOUT,
        ssl_context: ssl.SSLContext | None = None,
        clock: Clock = system_clock,
    ):
        if importlib.util.find_spec("aiosmtplib") is None:
            raise ConfigError(
                "SmtpMailer needs aiosmtplib; install it with: "
                'pip install "onboarding[smtp]"'
            )
        _check_server(host, security)
        self._port = PORTS[security] if port is None else port
        _check_numbers(self._port, timeout)
        if (username is None) != (password is None) or "" in {username, password}:
            raise ConfigError(
                "SmtpMailer takes a username and a password, or neither; one of them "
                "is missing or empty"
            )
        self._host = host
        self._security = security
        self._sender = Mailbox.parse(sender)
        self._login = (username, password) if username and password else None
        self._timeout = timeout
        self._ssl_context = ssl_context
        self._clock = clock
        self._slots: tuple[asyncio.AbstractEventLoop, asyncio.Semaphore] | None = None

    def __repr__(self) -> str:
        return f"<SmtpMailer {self._server}, {self._security}>"

    async def __call__(self, message: Message) -> None:
        """Send one message.

        Raises:
            MailRefused: When the server will never take it for this recipient.
            MailUnavailable: When it may do so later: it is out of reach, too slow,
                busy, or knows neither sender nor password.
        """
        async with self._slot():
            error = await self._deliver(message)
        # Raised here, outside of any `except`: what aiosmtplib raised quotes addresses,
        # and would hang on ours as its context.
        if error is not None:
            raise error

    @property
    def _server(self) -> str:
        return f"{self._host}:{self._port}"

    def _slot(self) -> asyncio.Semaphore:
        """Return what keeps connections few; a semaphore belongs to one event loop."""
        loop = asyncio.get_running_loop()
        if self._slots is None or self._slots[0] is not loop:
            self._slots = loop, asyncio.Semaphore(SMTP_CONNECTIONS)
        return self._slots[1]

    async def _deliver(self, message: Message) -> MailError | None:
        mail = email_message(message, sender=self._sender, at=self._clock())
        client = self._client()
        try:
            async with asyncio.timeout(self._timeout.total_seconds()):
                await client.connect()
                if self._login is not None:
                    await client.login(*self._login)
                await client.sendmail(
                    self._sender.address,
                    message.to,
                    mail.as_bytes(),
                    mail_options=_options(message.to, self._sender.address),
                )
        except Exception as problem:  # noqa: BLE001  # foreign code, and a network
            from onboarding.mailers.smtp_replies import mail_error

            return mail_error(problem, self._server, self._timeout)
        else:
            # RFC 5321 §4.1.1.10. The mail is theirs by now, so nothing here fails it.
            with suppress(Exception):
                await client.quit(timeout=GOODBYE.total_seconds())
            return None
        finally:
            client.close()

    def _client(self) -> "SMTP":
        from aiosmtplib import SMTP

        return SMTP(
            hostname=self._host,
            port=self._port,
            # The name that a server may know us by; to ask for our own can take long.
            local_hostname=self._sender.domain,
            use_tls=self._security == "tls",
            # False, or true whatever the server offers: None would be taken for "if
            # it says so", and whoever sits between could make it not say so.
            start_tls=self._security == "starttls",
            tls_context=self._ssl_context,
            timeout=self._timeout.total_seconds(),
        )


def _options(*addresses: str) -> list[str]:
    """Return what to announce: an address that is more than ASCII (RFC 6531 §3.4)."""
    return [] if all(one.isascii() for one in addresses) else ["SMTPUTF8"]


def _check_server(host: str, security: Security) -> None:
    if not host or not host.isascii() or not host.isprintable() or set(" /@") & {*host}:
        raise ConfigError(
            "SmtpMailer(host) is the bare name of a mail server, such as "
            '"smtp.shop.example", without a scheme, a path or a user'
        )
    if ":" in host and not is_loopback(host) and host.count(":") == 1:
        raise ConfigError('SmtpMailer("smtp.shop.example", port=587): apart, like this')
    if security not in PORTS:
        raise ConfigError('SmtpMailer(security=…) is "tls", "starttls" or "none"')
    if security == "none" and not is_loopback(host):
        raise ConfigError(
            'SmtpMailer(security="none") would send passwords and letters for anybody '
            'to read; use "tls" or "starttls", or a server on localhost'
        )


def _check_numbers(port: object, timeout: object) -> None:
    if not isinstance(port, int) or not 0 < port < 65536:
        raise ConfigError("SmtpMailer(port=…) is a number from 1 to 65535")
    if not isinstance(timeout, timedelta) or timeout <= timedelta(0):
        raise ConfigError("SmtpMailer(timeout=…) is a timedelta longer than nothing")
