"""Ids, secrets, signing and hashing: everything that must not be guessed.

A bearer token is an id and a secret, ``id.secret``; only the secret's SHA-256 is
stored, so a copy of the database opens nothing. Signed values (itsdangerous)
have one key per purpose, so a value signed for one purpose is worth nothing for
another. ``secret_key`` may be a list, newest first: old values stay readable
while a key is being replaced.
"""

import hmac
import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from hashlib import blake2s, sha256
from typing import TYPE_CHECKING

from onboarding.clock import Clock
from onboarding.errors import ConfigError
from onboarding.frozen import dataclass, field
from onboarding.shapes import several

if TYPE_CHECKING:
    from itsdangerous import URLSafeSerializer

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in lower case: sorts as its numbers do, no look-alikes."""

PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
"""Two letters at once, for half the steps: there is an id in all that is kept."""

ID = re.compile(r"[0-9a-hjkmnp-tv-z]{20}\Z")
TOKEN = re.compile(r"[0-9a-hjkmnp-tv-z]{20}\.[A-Za-z0-9_-]{43}\Z")
SHORTEST_KEY = 32
"""Bytes a ``secret_key`` must have: the output of SHA-256 (RFC 2104 §3)."""


class Ids:
    """Makes ids of 20 characters that sort in the order they were made.

    48 bits of Unix milliseconds and 52 random bits; within one millisecond, or
    when the clock steps back, the last id plus a random step. The order holds
    within one process and is approximate across several. Ids are names, never
    credentials.
    """

    def __init__(self, clock: Clock):
        self._clock = clock
        self._last = 0

    def new(self) -> str:
        """Return an id that nobody has seen before."""
        milliseconds = int(self._clock().timestamp() * 1000)
        fresh = milliseconds << 52 | secrets.randbits(52)
        if fresh >> 52 <= self._last >> 52:
            fresh = self._last + 1 + secrets.randbits(32)
        self._last = fresh
        return _base32(fresh)


def made_at(id: str) -> int:
    """Return when an id of ``Ids`` was made, in Unix milliseconds."""
    number = 0
    for letter in id:
        number = number << 5 | ALPHABET.index(letter)
    return number >> 52


def derived_id(value: str) -> str:
    """Return the id that belongs to a value: the same value, the same id."""
    digest = sha256(value.encode()).digest()
    return _base32(int.from_bytes(digest[:13]) >> 4)


def _base32(number: int) -> str:
    return "".join([PAIRS[number >> shift & 1023] for shift in range(90, -1, -10)])


def new_reference() -> str:
    """Return eight letters to read out on the phone, ``7f3k-2m9q``: 40 random bits."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def part_of(duration: timedelta) -> timedelta:
    """Return a part of a duration that nobody can foresee, from none to all of it."""
    microseconds = duration // timedelta(microseconds=1)
    return timedelta(microseconds=secrets.randbelow(microseconds + 1))


def is_id(value: str) -> bool:
    """Tell whether a text has the shape of one of our ids."""
    return ID.match(value) is not None


def hash_secret(secret: str) -> str:
    """Return the SHA-256 of a random secret as 43 characters of base64url."""
    return _base64url(sha256(secret.encode()).digest())


def same(one: str, other: str) -> bool:
    """Compare two texts in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token: a public id and a secret of 256 random bits."""

    id: str
    secret: str = field(repr=False)

    @classmethod
    def new(cls, id: str) -> "Token":
        """Make a token with this id and a secret that nobody has seen before."""
        return cls(id, secrets.token_urlsafe(32))

    @classmethod
    def parse(cls, text: str) -> "Token | None":
        """Read ``id.secret``; anything of another shape is None."""
        if not TOKEN.match(text):
            return None
        return cls(text[:20], text[21:])

    @property
    def hash(self) -> str:
        """What may be stored of this token."""
        return hash_secret(self.secret)

    def reveal(self) -> str:
        """Return the text for the one who carries the token, and nobody else."""
        return f"{self.id}.{self.secret}"


def read(text: str) -> tuple[str, str] | None:
    """Read ``id.secret`` as the id and the hash of the secret; None for other shapes.

    For every request: the same as ``Token.parse`` without the object in between.
    """
    return (text[:20], hash_secret(text[21:])) if TOKEN.match(text) else None


def digest(text: str) -> bytes:
    """Return the hash of a token, by which it is known without being kept.

    BLAKE2s: in this process alone, and for half of what SHA-256 costs.
    """
    return blake2s(text.encode()).digest()


def is_digest_of(digest: bytes, text: str) -> bool:
    """Tell whether a digest is that of a token: cheaper than ``read``."""
    return hmac.compare_digest(digest, blake2s(text.encode()).digest())


class Keys:
    """The application's secret keys, and one derived key for each purpose.

    Args:
        secret_key: At least 32 bytes of text or bytes; or several, newest first.

    Raises:
        ConfigError: When a key is missing, too short, or plainly a placeholder.
    """

    def __init__(self, secret_key: str | bytes | Sequence[str | bytes]):
        if isinstance(secret_key, str | bytes):
            secret_key = [secret_key]
        keys = several("secret_key", secret_key, '["new", "old"]')
        if not all(isinstance(key, str | bytes) for key in keys):
            raise ConfigError(_KEY_ADVICE)
        self._keys = [k.encode() if isinstance(k, str) else bytes(k) for k in keys]
        if not self._keys or any(len(set(k)) < 8 for k in self._keys):
            raise ConfigError(_KEY_ADVICE)
        if any(len(k) < SHORTEST_KEY for k in self._keys):
            raise ConfigError(_KEY_ADVICE)
        self._signers: dict[str, Signer] = {}

    def signer(self, purpose: str) -> "Signer":
        """Return the signer of one purpose; other purposes cannot read its values."""
        # Remembered: to set one up takes as long as to sign.
        return self._signers.setdefault(purpose, Signer(self._keys, purpose))

    def sealer(self, purpose: str) -> "Sealer":
        """Return the sealer of one purpose; other purposes cannot open its values."""
        return Sealer(self.derivations("seal", purpose), purpose)

    def derive(self, purpose: str, value: str) -> str:
        """Return 43 characters that only the newest key can derive from a value."""
        message = f"onboarding.{purpose}\0{value}".encode()
        return _base64url(hmac.digest(self._keys[0], message, "sha256"))

    def derivations(self, purpose: str, value: str) -> tuple[str, ...]:
        """Return what each key, newest first, derives from a value."""
        message = f"onboarding.{purpose}\0{value}".encode()
        return tuple(_base64url(hmac.digest(k, message, "sha256")) for k in self._keys)

    def __repr__(self) -> str:
        return f"Keys({len(self._keys)} kept secret)"


_KEY_ADVICE = (
    "secret_key must be at least 32 random bytes; make one with "
    'python -c "import secrets; print(secrets.token_urlsafe(32))" and keep it '
    "outside the code. Several keys, newest first, allow replacing one"
)


class Signer:
    """Signs small values for one purpose; what ends them stands in the value."""

    def __init__(self, keys: Sequence[bytes], purpose: str):
        self._keys = keys
        self._purpose = purpose

    @cached_property
    def _serializer(self) -> "URLSafeSerializer":
        from itsdangerous import URLSafeSerializer

        # itsdangerous takes keys oldest first and signs with the last one.
        return URLSafeSerializer(
            list(reversed(self._keys)),
            salt=f"onboarding.{self._purpose}",
            signer_kwargs={"digest_method": sha256, "key_derivation": "hmac"},
        )

    def sign(self, value: object) -> str:
        """Return a URL-safe text that carries a JSON value and its signature."""
        return str(self._serializer.dumps(value))

    def unsign(self, text: str) -> object | None:
        """Return the value, or None when forged, foreign or broken."""
        from itsdangerous import BadSignature

        try:
            value: object = self._serializer.loads(text)
        except (BadSignature, ValueError):  # half a character has no bytes to check
            return None
        return value


class Sealer:
    """Seals small values for one purpose: nobody else reads, or changes, what is in it.

    For what stands in the address of a page, which logs keep: AES-256-GCM with a nonce
    of its own each time (NIST SP 800-38D).

    Args:
        keys: What it is derived from, newest first.
        purpose: What it seals for.
    """

    NONCE = 12
    """Bytes of a nonce."""

    def __init__(self, keys: Sequence[str], purpose: str):
        self._keys = [sha256(one.encode()).digest() for one in keys]
        self._purpose = purpose.encode()

    def seal(self, value: Sequence[str]) -> str:
        """Return a URL-safe text that only ``open`` makes something of."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(self.NONCE)
        plain = json.dumps(list(value), separators=(",", ":")).encode()
        return _base64url(
            nonce + AESGCM(self._keys[0]).encrypt(nonce, plain, self._purpose)
        )

    def open(self, text: str) -> list[str] | None:
        """Return what was sealed, or None when it is forged, foreign or broken."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        sealed = _bytes_of(text)
        nonce, rest = sealed[: self.NONCE], sealed[self.NONCE :]
        for key in self._keys:
            try:
                plain = AESGCM(key).decrypt(nonce, rest, self._purpose)
            except (InvalidTag, ValueError):  # too short for a nonce and a tag
                continue
            opened: list[str] = json.loads(plain)
            return opened
        return None


def _bytes_of(text: str) -> bytes:
    """Return what a text of base64url stands for; nothing where it is none."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""
