"""A real mail server in this process, which refuses, is slow or leaves when told to."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

from onboarding.testing import ReceivedMail

HANG = "never an answer"
HANG_UP = "a closed connection"


@dataclass
class MailServer:
    """What happened at a server, and what it is to say.

    Attributes:
        port: Where it listens, on 127.0.0.1.
        says: Its reply to a command, ``{"RCPT": "550 5.1.1 who?"}``; to ``"DATA"`` it
            is the reply to the whole mail.
        logins: Who signed in, by username.
        options: What came with each MAIL command.
        names: By which name each client greeted.
        hangs: Set once it leaves somebody without a reply.
        is_left: Set once a connection has ended.
    """

    says: dict[str, str] = field(default_factory=dict)
    port: int = 0
    envelopes: list[Envelope] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    is_encrypted: list[bool] = field(default_factory=list)
    busy: int = 0
    busiest: int = 0
    hangs: asyncio.Event = field(default_factory=asyncio.Event)
    is_left: asyncio.Event = field(default_factory=asyncio.Event)

    def received(self) -> list[ReceivedMail]:
        """Return the mails that it took."""
        return [ReceivedMail.of(self.raw(n)) for n in range(len(self.envelopes))]

    def raw(self, number: int = 0) -> bytes:
        """Return a mail as it came."""
        content = self.envelopes[number].original_content
        assert content is not None
        return content

    def authenticate(self, *args: Any) -> AuthResult:
        """Let in whoever has the password."""
        auth = args[-1]
        assert isinstance(auth, LoginPassword)
        success = auth.password == b"correct horse"
        if success:
            self.logins.append(auth.login.decode())
        return AuthResult(success=success, handled=False)

    async def handle_MAIL(  # noqa: N802  # as aiosmtpd calls it
        self,
        server: SMTP,
        session: Any,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Take a sender."""
        self.options += options
        self.names.append(session.host_name)
        assert server.transport is not None
        self.is_encrypted.append(bool(server.transport.get_extra_info("cipher")))
        envelope.mail_from = address
        return await self._reply("MAIL", server)

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        session: Any,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Take a recipient."""
        self.busy += 1
        self.busiest = max(self.busy, self.busiest)
        await asyncio.sleep(0)
        self.busy -= 1
        envelope.rcpt_tos.append(address)
        return await self._reply("RCPT", server)

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Envelope
    ) -> str:
        """Take a mail."""
        reply = await self._reply("DATA", server)
        if reply.startswith("250"):
            self.envelopes.append(envelope)
        return reply

    async def handle_QUIT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Envelope
    ) -> str:
        """Say goodbye."""
        return await self._reply("QUIT", server, "221 Bye")

    async def _reply(self, command: str, server: SMTP, usual: str = "250 OK") -> str:
        reply = self.says.get(command, usual)
        if reply == HANG:
            self.hangs.set()
            await asyncio.get_running_loop().create_future()
        if reply == HANG_UP:
            assert isinstance(server, Connection)
            server.hang_up()
        return reply


class Connection(SMTP):
    """One client at the server."""

    opened: asyncio.BaseTransport | None = None
    """What it is connected by, below whatever TLS came later."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember what is to be closed."""
        self.opened = self.opened or transport
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Tell that it has ended."""
        super().connection_lost(error)
        self.event_handler.is_left.set()

    def hang_up(self) -> None:
        """Leave without a word."""
        if isinstance(self.opened, asyncio.WriteTransport):
            self.opened.abort()


@asynccontextmanager
async def serving(
    *,
    port: int = 0,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    settings: Mapping[str, Any] | None = None,
) -> AsyncIterator[MailServer]:
    """Run a server on this event loop.

    Args:
        port: Where to listen; by default a port that is free.
        tls: Speak TLS from the first byte.
        starttls: Offer STARTTLS, and take no mail without.
        settings: More for aiosmtpd.
    """
    loop = asyncio.get_running_loop()
    server = MailServer()

    connections: list[Connection] = []

    def connected() -> Connection:
        usual = {
            "enable_SMTPUTF8": True,
            "authenticator": server.authenticate,
            "auth_require_tls": starttls is not None,
            "tls_context": starttls,
            "require_starttls": starttls is not None,
        }
        told = {**usual, **(settings or {})}
        one = Connection(server, loop=loop, hostname="localhost", **told)
        connections.append(one)
        return one

    listening = await loop.create_server(connected, "127.0.0.1", port, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    # It logs whom a mail is for, and a test looks that nobody does.
    log = logging.getLogger("mail.log")
    log.disabled = True
    try:
        yield server
    finally:
        log.disabled = False
        listening.close()
        for one in connections:
            one.hang_up()
        for _ in range(3):  # rounds of the loop in which both sides close their sockets
            await asyncio.sleep(0)


@dataclass(frozen=True)
class Certificates:
    """A certificate for this machine, and whoever believes in it."""

    server: ssl.SSLContext
    client: ssl.SSLContext

    @classmethod
    def new(cls, *names: str) -> "Certificates":
        """Make an authority, and have it vouch for these names."""
        authority = trustme.CA()
        server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(*names).configure_cert(server)
        client = ssl.create_default_context()
        authority.configure_trust(client)
        return cls(server, client)
