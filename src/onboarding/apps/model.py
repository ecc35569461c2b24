"""The nouns of apps: one that is declared, and what it asks for."""

import re
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from onboarding.apps.redirects import redirect_problem
from onboarding.errors import ConfigError
from onboarding.frozen import dataclass, field
from onboarding.shapes import check_fields, several
from onboarding.tokens import Token

CLIENT_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
"""What names an app: it stands in addresses, forms and events."""

APP_REQUEST_LIFE = timedelta(minutes=10)
"""How long a pushed request waits for its person (RFC 9126 §2.2 leaves it to us)."""

APP_CODE_LIFE = timedelta(seconds=60)
"""How long a code waits for its app; RFC 6749 §4.1.2 allows ten minutes."""

REPLAY_LIFE = timedelta(minutes=10)
"""How long a used code is known, so that a second use ends what the first began."""

APP_REQUEST_URI = "urn:ietf:params:oauth:request_uri:"
"""What the name of a pushed request begins with (RFC 9126 §2.2)."""

GUEST_GRANT = "urn:onboarding:grant-type:guest"
"""The grant by which an app begins without anybody signed in (RFC 6749 §4.5)."""


@dataclass(frozen=True, slots=True)
class App:
    """An app or a command line that acts for people, with a token of its own.

    It is a public client (RFC 8252 §8.4): what is delivered to people keeps no secret,
    so none is asked for. Instead the answer goes to an address that is the app's alone.

    Attributes:
        client_id: Names it, such as ``shop-ios``; it is no secret, and stays for ever:
            sessions know their app by it.
        redirect_uris: Where the browser may be sent with an answer. ``https://…`` that
            the app has claimed at the system (RFC 8252 §7.2), compared letter by
            letter; or ``http://127.0.0.1/path`` and ``http://[::1]/path``, where the
            port is whichever the app listens on (§7.3).
        title: What people know it by; by default its ``client_id``.

    Raises:
        ConfigError: When it could not work, or would give answers to others.
    """

    client_id: str
    redirect_uris: Sequence[str] = field(kw_only=True)
    title: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what could not work, or would give answers to others."""
        where = f"App {self.client_id!r}"
        uris = several(
            f"{where}: redirect_uris", self.redirect_uris, '["https://…/callback"]'
        )
        check_fields(self, where)
        if not CLIENT_ID.match(self.client_id):
            raise ConfigError(
                f"{where}: client_id is 1 to 64 letters, digits and ._- ; write "
                'App("shop-ios", …)'
            )
        if not uris:
            raise ConfigError(
                f"{where} has no redirect_uris, so nobody could sign in to it; write "
                'redirect_uris=["http://127.0.0.1/callback"]'
            )
        for uri in uris:
            if problem := redirect_problem(uri):
                raise ConfigError(f"{where}: the redirect URI {uri!r} {problem}")

    @property
    def shown(self) -> str:
        """What people know it by."""
        return self.title or self.client_id


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRequest:
    """What an app asks a person for, in the browser of the system.

    Attributes:
        redirect_uri: Where the answer goes, one of the app's.
        challenge: Of its verifier, by S256 (RFC 7636 §4.2).
        state: What comes back with the answer; None where it sent none.
        is_login: Whether a sign-in of a moment ago is wanted (``prompt=login``).
        guest: The account that is the app's guest, which comes along.
        asker: The session with which the app pushed it, which ends with the answer.
        handle: What the browser names it by, where it was pushed.
    """

    app: App
    redirect_uri: str
    challenge: str
    state: str | None = None
    is_login: bool = False
    guest: str | None = None
    asker: str | None = None
    handle: Token | None = None


class GrantError(StrEnum):
    """Why no token is given, in the words of RFC 6749 §5.2."""

    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    INVALID_GRANT = "invalid_grant"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
