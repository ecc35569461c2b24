"""The text of a PostgreSQL database as hosting companies give it, made for our driver.

They give what libpq understands (its section "Parameter Key Words"), or the driver that
they know best. asyncpg reads some of it, and hands whatever it does not know to the
server, which refuses it. So: what means nothing here is left out, what has another name
gets it, and what promises something that would not be kept is refused by its name.

https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from onboarding.errors import ConfigError
from onboarding.frozen import dataclass, field

CONNECT_TIMEOUT = timedelta(seconds=10)
"""How long to wait for a connection: an answer that says so beats a hanging page."""

SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")

# How libpq goes about its connection: it changes nothing that anybody could notice.
LEFT_OUT = frozenset(
    (
        *("client_encoding", "gssdelegation", "keepalives", "keepalives_count"),
        *("keepalives_idle", "keepalives_interval", "load_balance_hosts"),
        *("sslcompression", "sslsni", "tcp_user_timeout"),
    )
)

# What may be left out at these values only: another one is a promise.
HARMLESS: Mapping[str, tuple[str, ...]] = {
    "channel_binding": ("prefer", "disable"),
    "gssencmode": ("prefer", "disable"),
    "sslcertmode": ("allow", "disable"),
}

INSTEAD: Mapping[str, str] = {
    "channel_binding": "its driver cannot bind a channel; sslmode=verify-full proves "
    "which server it is",
    "gssencmode": "its driver does not encrypt by GSSAPI; write sslmode=require",
    "sslcertmode": "name the certificate: sslcert=…&sslkey=…",
    "hostaddr": "write the address as the host",
    "require_auth": "what its driver signs in with is the server's choice",
    "requirepeer": "its driver does not look who runs the server",
    "sslcrldir": "write sslcrl=, one file",
    "replication": "a replication connection runs none of our SQL",
    "schema": 'write prefix="name.onboarding_" beside database=',
    "pgbouncer": "connect to the server itself, or to a pooler in session mode",
}
"""Why a parameter is refused, and what to write for it."""

OF_OTHERS = frozenset(
    (
        *("async_fallback", "charset", "connection_limit", "max_overflow"),
        *("pool_size", "pool_timeout", "prepare_threshold", "sslaccept"),
        *("prepared_statement_cache_size", "prepared_statements", "socket_timeout"),
        *("statement_cache_size", "supa", "uselibpqcompat"),
    )
)
"""Settings of other drivers and poolers, which no server knows."""

YES, NO = ("1", "true", "on", "yes", "require"), ("0", "false", "off", "no", "disable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dsn:
    """A database as asyncpg takes it.

    Attributes:
        text: Its address; it may hold a password.
        connect_timeout: How long to wait for a connection.
    """

    text: str = field(repr=False)
    connect_timeout: timedelta = CONNECT_TIMEOUT

    @classmethod
    def parse(cls, text: str) -> "Dsn":
        """Read the text of a PostgreSQL database.

        Raises:
            ConfigError: Naming the parameter that cannot be had, and what to write
                instead; never quoting the text.
        """
        parts = urlsplit(text)
        given = dict(parse_qsl(parts.query, keep_blank_values=True))
        timeout = _seconds(given.pop("connect_timeout", None))
        kept: dict[str, str] = {}
        for name, value in given.items():
            if name not in LEFT_OUT and value not in HARMLESS.get(name, ()):
                kept |= READ.get(name, _as_it_is)(name, value)
        query = urlencode(kept, quote_via=quote)
        return cls(text=parts._replace(query=query).geturl(), connect_timeout=timeout)


Kept = Mapping[str, str]


def _as_it_is(name: str, value: str) -> Kept:
    if name in INSTEAD:
        raise _wrong(name, value, INSTEAD[name])
    if name in OF_OTHERS:
        raise _wrong(name, value, "it is a setting of another driver")
    return {name: value}


def _ssl(name: str, value: str) -> Kept:
    word = value.lower()
    if word in YES:
        return {"sslmode": "require"}
    if word in NO:
        return {"sslmode": "disable"}
    raise _wrong(name, value, "write sslmode=require")


def _ssl_mode(name: str, value: str) -> Kept:
    if value not in SSL_MODES:
        modes = ", ".join(SSL_MODES)
        raise _wrong(name, value, f"write one of: {modes}")
    return {name: value}


def _root_certificate(name: str, value: str) -> Kept:
    if value == "system":
        raise _wrong(name, value, "write the path of the file with the certificates")
    return {name: value}


def _application_name(_: str, value: str) -> Kept:
    return {"application_name": value}


READ: Mapping[str, Callable[[str, str], Kept]] = {
    "fallback_application_name": _application_name,
    "requiressl": _ssl,
    "ssl": _ssl,
    "sslmode": _ssl_mode,
    "sslrootcert": _root_certificate,
}
"""What is read otherwise than as it is."""


def _seconds(value: str | None) -> timedelta:
    if value is None:
        return CONNECT_TIMEOUT
    if not (value.isascii() and value.isdigit()) or len(value) > 5:
        raise _wrong(
            "connect_timeout", value, "write whole seconds, connect_timeout=10"
        )
    # libpq waits for ever with 0, and never less than two seconds.
    return timedelta(seconds=max(2, int(value))) if int(value) else CONNECT_TIMEOUT


def _wrong(name: str, value: str, instead: str) -> ConfigError:
    return ConfigError(
        f"the text of the database says {name}={value}, which cannot be had: remove it "
        f"({instead})"
    )
