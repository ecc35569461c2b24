"""What a hostile or broken provider may answer, as data.

Each fault is one row of ``Fault``: which part of the conversation it touches,
and what becomes of it there. A client worth using survives all of them: it refuses,
or it reads the doubtful value with care.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, unique
from typing import Literal

from onboarding.testing import id_tokens
from onboarding.testing.id_tokens import Signing
from onboarding.testing.signing import Json, at_hash

FaultPlace = Literal[
    "discovery", "jwks", "pushed", "authorize", "decide", "token", "userinfo"
]
"""An address of the provider; ``decide`` is the form of the page at ``authorize``, and
``pushed`` takes requests that come before the browser (RFC 9126)."""

ReplyKind = Literal["discovery", "jwks", "callback", "token", "id_token", "userinfo"]
"""A place where the provider tells something in names and values."""

Alteration = Callable[[Json], Json]
"""Takes what the provider would have told honestly; returns what it tells."""


@dataclass(frozen=True, slots=True, eq=False)
class Altered:
    """The provider tells something else in these places."""

    change: Alteration
    places: tuple[ReplyKind, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Forged:
    """The ID token is signed in another way."""

    signing: Signing


@dataclass(frozen=True, slots=True, eq=False)
class Replaced:
    """An endpoint gives this answer and does not do what was asked."""

    status: int
    media_type: str
    body: str
    location: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Padded:
    """An endpoint streams this many bytes of white space before its honest answer.

    The whole is good JSON, so that only a client with a limit refuses it.
    """

    size: int


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """An endpoint keeps its caller waiting until the test opens the gate."""


Deed = Altered | Forged | Replaced | Padded | Held


def put(**values: object) -> Alteration:
    """Return a change that sets these names."""
    return lambda told: told | values


def drop(*names: str) -> Alteration:
    """Return a change that leaves these names out."""
    return lambda told: {n: value for n, value in told.items() if n not in names}


def shift(seconds: int) -> Alteration:
    """Return a change that moves ``iat`` and ``exp`` together by this much."""

    def moved(told: Json) -> Json:
        times = {n: told[n] for n in ("iat", "exp")}
        return told | {n: t + seconds for n, t in times.items() if isinstance(t, int)}

    return moved


def _in_id_token(change: Alteration) -> Altered:
    return Altered(change, ("id_token",))


def _in_every_claim(change: Alteration) -> Altered:
    return Altered(change, ("id_token", "userinfo"))


def _several_audiences(told: Json) -> Json:
    return told | {"aud": [told["aud"], "another-client"]}


def _only_authorized_party(told: Json) -> Json:
    return told | {"aud": "another-client", "azp": told["aud"]}


def _not_before(told: Json) -> Json:
    return told | {"nbf": told["exp"]}


def _for_encryption(told: Json) -> Json:
    keys = told["keys"]
    assert isinstance(keys, list)
    return {"keys": [key | {"use": "enc"} for key in keys]}


SECONDS_AN_HOUR = 3600
ELSEWHERE = "https://elsewhere.example"


@unique
class Fault(Enum):
    """Something a provider does wrong, put on with ``misbehave`` of either fake."""

    # The ID token says the wrong thing (OpenID Connect Core §3.1.3.7).
    WRONG_NONCE = _in_id_token(put(nonce="a-nonce-of-someone-else"))
    MISSING_NONCE = _in_id_token(drop("nonce"))
    WRONG_ISSUER = _in_id_token(put(iss=ELSEWHERE))
    MISSING_ISSUER = _in_id_token(drop("iss"))
    WRONG_AUDIENCE = _in_id_token(put(aud="another-client"))
    MISSING_AUDIENCE = _in_id_token(drop("aud"))
    SEVERAL_AUDIENCES = _in_id_token(_several_audiences)
    FOREIGN_AZP = _in_id_token(put(azp="another-client"))
    OURS_ONLY_AS_AZP = _in_id_token(_only_authorized_party)
    EXPIRED = _in_id_token(shift(-2 * SECONDS_AN_HOUR))
    MISSING_EXPIRY = _in_id_token(drop("exp"))
    ISSUED_IN_THE_FUTURE = _in_id_token(shift(+2 * SECONDS_AN_HOUR))
    NOT_YET_VALID = _in_id_token(_not_before)
    WRONG_AT_HASH = _in_id_token(put(at_hash=at_hash("another-token")))

    # It is signed in a way that proves nothing.
    ALG_NONE = Forged(id_tokens.unsigned)
    HMAC_WITH_PUBLIC_KEY = Forged(id_tokens.hmac_with_public_key)
    UNKNOWN_KID = Forged(id_tokens.unknown_kid)
    FOREIGN_KEY = Forged(id_tokens.foreign_key)
    KEY_IN_HEADER = Forged(id_tokens.key_in_header)
    UNKNOWN_CRITICAL_HEADER = Forged(id_tokens.unknown_critical_header)
    KEYS_FOR_ENCRYPTION = Altered(_for_encryption, ("jwks",))

    # The subject is no usable key (§2: a string of at most 255 ASCII characters).
    MISSING_SUBJECT = _in_every_claim(drop("sub"))
    NUMERIC_SUBJECT = _in_every_claim(put(sub=4711))
    OVERLONG_SUBJECT = _in_every_claim(put(sub="s" * 300))
    USERINFO_OF_SOMEONE_ELSE = Altered(put(sub="someone-else"), ("userinfo",))

    # Words where the standard has booleans: not refused, but "false" is no truth.
    EMAIL_VERIFIED_TEXT_FALSE = _in_every_claim(put(email_verified="false"))
    EMAIL_VERIFIED_TEXT_TRUE = _in_every_claim(put(email_verified="true"))

    # The way back names somebody else, or nobody (RFC 9207 §2.4).
    OTHER_ISSUER_IN_CALLBACK = Altered(put(iss=ELSEWHERE), ("callback",))
    MISSING_ISSUER_IN_CALLBACK = Altered(drop("iss"), ("callback",))
    OTHER_ISSUER_IN_DISCOVERY = Altered(put(issuer=ELSEWHERE), ("discovery",))

    # The token answer is incomplete.
    MISSING_ID_TOKEN = Altered(drop("id_token"), ("token",))
    MISSING_ACCESS_TOKEN = Altered(drop("access_token"), ("token",))
    MISSING_TOKEN_TYPE = Altered(drop("token_type"), ("token",))

    # An endpoint breaks: the token endpoint, unless ``misbehave`` names another.
    HTML_PAGE = Replaced(200, "text/html", "<!doctype html><title>Hello</title>")
    SERVER_ERROR = Replaced(500, "text/plain", "Internal Server Error")
    INVALID_JSON = Replaced(200, "application/json", '{"access_token": ')
    ERROR_ANSWER = Replaced(
        400, "application/json", json.dumps({"error": "invalid_grant"})
    )
    ERROR_WITHOUT_NAME = Replaced(
        422, "application/json", json.dumps({"detail": [{"msg": "Field required"}]})
    )
    REDIRECT = Replaced(307, "text/plain", "", location=f"{ELSEWHERE}/token")
    HUGE_BODY = Padded(64 * 1024 * 1024)
    SLOW = Held()


OF_PUBLISHED_KEYS = frozenset(
    {
        Fault.HMAC_WITH_PUBLIC_KEY,
        Fault.UNKNOWN_KID,
        Fault.KEY_IN_HEADER,
        Fault.KEYS_FOR_ENCRYPTION,
    }
)
"""Faults that mean something only where keys are published."""
