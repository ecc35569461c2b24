"""A mail server, and certificates for it."""

from collections.abc import AsyncIterator

import pytest

from tests.mailers.server import Certificates, MailServer, serving


@pytest.fixture(scope="session")
def certificates() -> Certificates:
    """Return certificates for 127.0.0.1."""
    return Certificates.new("127.0.0.1", "localhost")


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    """Run a server without TLS."""
    async with serving() as server:
        yield server
