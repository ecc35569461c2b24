"""What a sign-in accepts: which authorization responses, and which ID tokens.

An authorization response comes through a browser, so anybody may have written it; an
ID token comes straight from the provider, but perhaps was issued for somebody else.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.emails import is_certain
from onboarding.errors import BadRequest
from onboarding.frozen import dataclass, field

LONGEST_VALUE = 4096
"""Characters of one parameter of a response; codes of some providers are long."""

MOST_OTHERS = 32
"""Further parameters of a response that are read; those of OpenID 2.0 are 15."""

LEEWAY = timedelta(seconds=60)
"""How far the provider's clock may be from ours, both ways."""

CANCELLED = frozenset(
    {"access_denied", "user_cancelled_authorize", "user_cancelled_login"}
)
"""Errors that say that the person stopped: RFC 6749 §4.1.2.1, and what Apple and
LinkedIn send instead."""

ERROR = re.compile(r"[a-z][a-z0-9_]{0,63}\Z", re.IGNORECASE)
"""An error code as all registries have them: a word."""

OTHER_NONCE = "nonce is of another attempt"
"""The problem of an ID token whose code somebody may have taken from another attempt:
where a provider knows no PKCE, this alone shows it."""

DIGESTS = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}
"""What ``at_hash`` is made with, by the last digits of ``alg`` (Core §3.1.3.6)."""


# ── the authorization response ───────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class AuthorizationResponse:
    """What a provider lets a browser bring back (RFC 6749 §4.1.2, RFC 9207 §2).

    ``None`` is a parameter that did not come, or came empty (§3.1).
    """

    state: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)
    error: str | None = None
    iss: str | None = None
    others: Mapping[str, str] = field(default_factory=dict, repr=False)
    description: str | None = field(default=None, repr=False)


def read_response(
    params: Mapping[str, Sequence[str]], code_name: str = "code"
) -> AuthorizationResponse:
    """Return an authorization response; what it need not have may be anything.

    Args:
        params: Every value of every parameter, as the browser brought them.
        code_name: What the provider calls the code.

    Raises:
        BadRequest: When one of those that decide something came twice (RFC 6749
            §3.1), or is far too long. Two readers would each believe another one.
    """
    found: dict[str, str | None] = {}
    for name in ("state", "code", "error", "iss"):
        sent = code_name if name == "code" else name
        values = [value for value in params.get(sent, ()) if value]
        if len(values) > 1 or any(len(value) > LONGEST_VALUE for value in values):
            raise BadRequest(f"the parameter {sent} came twice, or is too long")
        found[name] = values[0] if values else None
    # For the log alone: what is wrong with it decides nothing.
    description = next(iter(params.get("error_description", ())), None)
    others = _others(params, code_name)
    return AuthorizationResponse(**found, others=others, description=description)


def _others(params: Mapping[str, Sequence[str]], code_name: str) -> Mapping[str, str]:
    """Return what else came, once each, for providers that tell something there.

    The state is among it: who signs where the answer leads signs it, too.
    """
    known = {"error", code_name}
    told = {
        name: values[0]
        for name, values in params.items()
        if name not in known and len(values) == 1 and len(values[0]) <= LONGEST_VALUE
    }
    return dict(list(told.items())[:MOST_OTHERS])


def error_code(error: object) -> str:
    """Return a provider's error code as it may be shown and logged.

    A code is a word (RFC 6749 §4.1.2.1); anything else was written by somebody else.
    """
    if not isinstance(error, str) or not ERROR.match(error):
        return "unknown"
    return error


# ── what an ID token says ────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What an ID token of this attempt must say.

    Attributes:
        issuers: Any of these, letter by letter.
        audience: Our client id.
        also: Client ids of ours that count as well: those of our apps, whose tokens
            name one as ``aud`` and, on Android, another as ``azp``.
        nonce: The attempt's own.
        access_token: What came beside it; None where nothing did, and ``at_hash`` is
            of a token that we are not shown (Core §3.1.3.8).
        now: Our clock.
        needs_nonce: Whether a token without one is refused.
        max_age: How long ago the person may have signed in there; None for any time.
    """

    issuers: tuple[str, ...]
    audience: str
    also: tuple[str, ...] = ()
    nonce: str = field(repr=False)
    access_token: str | None = field(repr=False)
    now: datetime
    needs_nonce: bool = True
    max_age: timedelta | None = None


def claim_problem(
    claims: Mapping[str, object], alg: str, expected: Expected
) -> str | None:
    """Return why an ID token is not for this attempt, or None when it is.

    The checks of OpenID Connect Core §3.1.3.7, after the signature.

    Args:
        claims: The claims of a token whose signature holds.
        alg: What it was signed with.
        expected: What it must say.
    """
    return (
        origin_problem(claims, expected.issuers, expected.audience, also=expected.also)
        or _time_problem(claims, expected.now.timestamp())
        or _binding_problem(claims, alg, expected)
        or _age_problem(claims, expected)
    )


def origin_problem(
    claims: Mapping[str, object],
    issuers: Sequence[str],
    client_id: str,
    *,
    also: Sequence[str] = (),
) -> str | None:
    """Return why claims are not by one of these issuers for this client, or None."""
    if claims.get("iss") not in issuers:
        return "iss is another issuer"
    return _audience_problem(claims, (client_id, *also))


def _audience_problem(
    claims: Mapping[str, object], client_ids: Sequence[str]
) -> str | None:
    aud, azp = claims.get("aud"), claims.get("azp")
    audiences = aud if isinstance(aud, list) else [aud]
    # A token that was made for another application is worth nothing here, though
    # azp be ours: whoever runs that one could sign in as all its people.
    if not any(one in client_ids for one in audiences):
        return "aud is another client"
    if len(audiences) > 1 and azp is None:
        return "several aud, and no azp"
    if azp is not None and azp not in client_ids:
        return "azp is another client"
    return None


def _time_problem(claims: Mapping[str, object], now: float) -> str | None:
    leeway = LEEWAY.total_seconds()
    exp, iat, nbf = (_seconds(claims.get(name)) for name in ("exp", "iat", "nbf"))
    if exp is None or iat is None:
        return "exp or iat is missing or no number"
    if now >= exp + leeway:
        return "expired"
    if now < iat - leeway:
        return f"issued in the future: compare the clocks, {iat - now:.0f} s"
    is_said = claims.get("nbf") is not None
    if is_said and (nbf is None or now < nbf - leeway):
        return "not valid yet"
    return None


def _age_problem(claims: Mapping[str, object], expected: Expected) -> str | None:
    """Core §3.1.2.1 and §3.1.3.7, number 13: who asks for an age checks it."""
    if expected.max_age is None:
        return None
    at, now = _seconds(claims.get("auth_time")), expected.now.timestamp()
    if at is None:
        return "auth_time is missing or no number"
    if now > at + (expected.max_age + LEEWAY).total_seconds():
        return "the person signed in there too long ago"
    return None


def _seconds(value: object) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    # Beyond 2^53 a float is no longer a second; NaN is smaller than nothing.
    return float(value) if abs(value) < 2**53 else None


def _binding_problem(
    claims: Mapping[str, object], alg: str, expected: Expected
) -> str | None:
    # Without the nonce, a token of another attempt could be put in place of ours.
    nonce = claims.get("nonce")
    is_wanted = expected.needs_nonce or nonce is not None
    if is_wanted and not _is_same(nonce, expected.nonce):
        return "nonce is missing" if nonce is None else OTHER_NONCE
    at_hash = claims.get("at_hash")
    if expected.access_token is None:
        return None
    if at_hash is not None and not _is_same(
        at_hash, _half_hash(expected.access_token, alg)
    ):
        return "at_hash is of another access token"
    return None


def _is_same(value: object, expected: str | None) -> bool:
    if not isinstance(value, str) or expected is None:
        return False
    return hmac.compare_digest(value.encode(errors="replace"), expected.encode())


def _half_hash(token: str, alg: str) -> str | None:
    digest = DIGESTS.get(alg[-3:]) or (hashlib.sha512 if alg.startswith("Ed") else None)
    if digest is None:
        return None
    whole = digest(token.encode(errors="replace")).digest()
    return urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=").decode()


# ── what an address proves ───────────────────────────────────────────────────


def with_address(identity: Identity, address: str | None) -> Identity:
    """Return the identity with its address as it is compared here.

    Args:
        identity: As the provider's mapping made it.
        address: Its address normalised, or None where it is no address.
    """
    if identity.email is None or address is None:
        return replace(identity, email=None, email_trust=EmailTrust.NONE)
    written = identity.email.strip().rpartition("@")[0].lower()
    trust = identity.email_trust
    # Normalising changed more than case: the provider checked another mailbox, which
    # only looks like this one, or perhaps that of another domain.
    if written != address.rpartition("@")[0] or not is_certain(identity.email):
        trust = min(trust, EmailTrust.STATED)
    return replace(identity, email=address, email_trust=trust)
