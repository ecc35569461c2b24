"""Our own mailers keep the promise that others are held to."""

from collections.abc import AsyncIterator
from typing import Literal

import pytest

from onboarding.mailers.base import Mailer
from onboarding.mailers.smtp import SmtpMailer
from onboarding.testing import ReceivedMail, RecordingMailer
from onboarding.testing.contracts import MailerContract
from onboarding.testing.contracts.mailer import Received
from tests.mailers.server import Certificates, MailServer, serving

pytestmark = pytest.mark.anyio

SENDER = "Lamplight <post@shop.example>"


class OverSmtp(MailerContract):
    @pytest.fixture
    def received(self, server: MailServer) -> Received:
        """Read what the server took."""
        return server.received


class TestPlainSmtp(OverSmtp):
    @pytest.fixture
    def mailer(self, server: MailServer) -> Mailer:
        """Give a mailer for a server on this machine."""
        return SmtpMailer("127.0.0.1", port=server.port, security="none", sender=SENDER)


class OverEncryptedSmtp(OverSmtp):
    security: Literal["starttls", "tls"]

    @pytest.fixture
    async def server(self, certificates: Certificates) -> AsyncIterator[MailServer]:
        """Run a server with a certificate."""
        async with serving(**{self.security: certificates.server}) as server:
            yield server

    @pytest.fixture
    def mailer(self, server: MailServer, certificates: Certificates) -> Mailer:
        """Give a mailer that signs in once it is safe to."""
        return SmtpMailer(
            "127.0.0.1",
            port=server.port,
            security=self.security,
            sender=SENDER,
            username="shop",
            password="correct horse",
            ssl_context=certificates.client,
        )


class TestSmtpWithStarttls(OverEncryptedSmtp):
    security = "starttls"


class TestSmtpOverTls(OverEncryptedSmtp):
    security = "tls"


class TestRecordingMailer(MailerContract):
    @pytest.fixture
    def mailer(self) -> Mailer:
        """Give a mailer that remembers."""
        return RecordingMailer()

    @pytest.fixture
    def received(self, mailer: RecordingMailer) -> Received:
        """Read what it remembers."""
        return lambda: [
            ReceivedMail(to=m.to, subject=m.subject, text=m.text, html=m.html, id=m.id)
            for m in mailer.messages
        ]
