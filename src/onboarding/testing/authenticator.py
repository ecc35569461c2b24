"""A fake authenticator: makes passkeys and uses them, as a browser with a device does.

It takes what ``navigator.credentials`` takes in JSON, and returns what that gives
(WebAuthn §5.1, §6). Its attributes may be set: so it is another site's, a copy of
itself, or one that did not ask who is there.
"""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntFlag
from hashlib import sha256
from typing import Any

from cbor2 import dumps
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256


class _Flag(IntFlag):
    """What an authenticator says of itself (WebAuthn §6.1)."""

    PRESENT = 0x01
    VERIFIED = 0x04
    SYNCABLE = 0x08
    SYNCED = 0x10
    ATTESTED = 0x40


@dataclass
class _Key:
    id: bytes
    user_handle: bytes
    private: EllipticCurvePrivateKey
    count: int = 0


@dataclass
class FakeAuthenticator:
    """A device of somebody's, with the passkeys that they have made on it.

    Attributes:
        origin: Of the page that asks, as the browser writes it down.
        rp_id: The domain that it signs for; None is the one that it is asked for.
        verifies: Whether it makes sure who is there.
        syncable: Whether its passkeys may be on several devices.
        synced: Whether they are.
        counts: Whether it counts how often each of them is used.
        framed: Whether the page that asks stands in a frame of another site.
    """

    origin: str
    rp_id: str | None = None
    verifies: bool = True
    syncable: bool = True
    synced: bool = True
    counts: bool = False
    framed: bool = False
    _keys: dict[str, list[_Key]] = field(default_factory=dict)

    def create(
        self, options: Mapping[str, Any], *, id: str | None = None
    ) -> dict[str, Any]:
        """Make a passkey: what ``navigator.credentials.create()`` gives, in JSON.

        Args:
            options: ``PublicKeyCredentialCreationOptionsJSON``.
            id: In base64url; None is a new one, as it should be.

        Raises:
            ValueError: When it has one of those that are excluded.
        """
        rp_id = str(options["rp"]["id"])
        held = {_text(key.id) for key in self._keys.get(rp_id, [])}
        if held & {one["id"] for one in options.get("excludeCredentials", [])}:
            raise ValueError("this device has a passkey of this person already")
        key = _Key(
            id=secrets.token_bytes(32) if id is None else _bytes(id),
            user_handle=_bytes(options["user"]["id"]),
            private=generate_private_key(SECP256R1()),
        )
        self._keys.setdefault(rp_id, []).append(key)
        attested = bytes(16) + len(key.id).to_bytes(2) + key.id + _cose(key.private)
        data = self._data(rp_id, key, _Flag.ATTESTED) + attested
        statement = {"fmt": "none", "attStmt": {}, "authData": data}
        return _credential(
            key,
            clientDataJSON=self._client_data("webauthn.create", options["challenge"]),
            attestationObject=dumps(statement),
            transports=["internal", "hybrid"],
        )

    def get(self, options: Mapping[str, Any], *, which: int = -1) -> dict[str, Any]:
        """Use a passkey: what ``navigator.credentials.get()`` gives, in JSON.

        Args:
            options: ``PublicKeyCredentialRequestOptionsJSON``.
            which: The number of the passkey that the person picks, by age.

        Raises:
            IndexError: When it has none for this site.
        """
        rp_id = str(options["rpId"])
        key = self._keys.get(rp_id, [])[which]
        key.count += self.counts
        data = self._data(rp_id, key, _Flag(0))
        client_data = self._client_data("webauthn.get", options["challenge"])
        signed = data + sha256(client_data).digest()
        return _credential(
            key,
            clientDataJSON=client_data,
            authenticatorData=data,
            signature=key.private.sign(signed, ECDSA(SHA256())),
            userHandle=key.user_handle,
        )

    def count_back(self, steps: int = 1) -> None:
        """Let its counts go back, as those of a copy that was used less often."""
        for keys in self._keys.values():
            for key in keys:
                key.count -= steps

    def _client_data(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin}
        return json.dumps({**said, "crossOrigin": self.framed}).encode()

    def _data(self, rp_id: str, key: _Key, flags: _Flag) -> bytes:
        flags |= _Flag.PRESENT
        flags |= _Flag.VERIFIED if self.verifies else 0
        flags |= _Flag.SYNCABLE if self.syncable else 0
        flags |= _Flag.SYNCED if self.synced else 0
        domain = sha256((self.rp_id or rp_id).encode()).digest()
        return domain + flags.to_bytes(1) + key.count.to_bytes(4)


def _cose(private: EllipticCurvePrivateKey) -> bytes:
    """Return a public key as a COSE key: EC2, ES256, P-256 (RFC 9053 §2.1, §7.1)."""
    numbers = private.public_key().public_numbers()
    x, y = numbers.x.to_bytes(32), numbers.y.to_bytes(32)
    return bytes(dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y}))


def _credential(key: _Key, **response: object) -> dict[str, Any]:
    said = {
        name: _text(value) if isinstance(value, bytes) else value
        for name, value in response.items()
    }
    return {
        "id": _text(key.id),
        "rawId": _text(key.id),
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": said,
    }


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
