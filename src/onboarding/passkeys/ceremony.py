"""What is said to browsers and read from them, by py_webauthn: the only one who has it.

Whatever a browser sends is somebody else's text: it is either what a passkey of this
site signs, or refused, and never an error of another kind.
"""

import importlib
import logging
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from onboarding.accounts.model import Passkey
from onboarding.errors import ConfigError, PasskeyRefused
from onboarding.jsonvalue import JsonValue
from onboarding.passkeys.model import (
    LONGEST_ID,
    CreatedCredential,
    PasskeyPolicy,
    UsedCredential,
)

if TYPE_CHECKING:
    from webauthn.helpers.structs import CredentialDeviceType

log = logging.getLogger("onboarding")

CREDENTIAL_ID = re.compile(r"[A-Za-z0-9_-]{1,1364}\Z")
"""A credential id in base64url; 1364 characters are 1023 bytes."""

LONGEST_REASON = 200
"""Characters of what py_webauthn says is wrong: it may quote what was sent."""

REACHED_BY = ("usb", "nfc", "ble", "smart-card", "hybrid", "internal")
"""How a browser may reach a passkey (WebAuthn §5.8.4); other words help nobody."""


class Ceremony:
    """Asks browsers for passkeys, and checks what they answer (WebAuthn §7).

    Args:
        rp_id: The domain that passkeys are for.
        rp_name: What the site is called.
        origin: Of our pages: nobody else's pages can have asked.
        policy: What the application demands.

    Raises:
        ConfigError: When py_webauthn is not installed.
    """

    def __init__(self, rp_id: str, *, rp_name: str, origin: str, policy: PasskeyPolicy):
        try:
            # Now: it loads OpenSSL, and no request waits for that.
            importlib.import_module("webauthn")
        except ImportError:
            raise ConfigError(
                "passkeys need webauthn; install it with: "
                'pip install "onboarding[passkeys]"'
            ) from None
        self.rp_id = rp_id
        self._rp_name = rp_name
        self._origin = origin
        self._policy = policy

    # ── what browsers are asked ──────────────────────────────────────────────

    def creation(
        self,
        *,
        challenge: str,
        user_handle: str,
        name: str,
        known: Sequence[Passkey],
    ) -> Mapping[str, JsonValue]:
        """Return what asks a browser to make a passkey.

        Args:
            challenge: In base64url.
            user_handle: In base64url.
            name: What the device is to call it.
            known: Passkeys of the account: a device that has one makes no second.
        """
        from webauthn import base64url_to_bytes, generate_registration_options
        from webauthn.helpers import options_to_json_dict
        from webauthn.helpers.structs import (
            AuthenticatorSelectionCriteria,
            AuthenticatorTransport,
            PublicKeyCredentialDescriptor,
            ResidentKeyRequirement,
            UserVerificationRequirement,
        )

        verification = UserVerificationRequirement(self._policy.user_verification)
        options = generate_registration_options(
            rp_id=self.rp_id,
            rp_name=self._rp_name,
            user_id=base64url_to_bytes(user_handle),
            user_name=name,
            challenge=base64url_to_bytes(challenge),
            timeout=self._timeout,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=verification,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(
                    id=base64url_to_bytes(one.id),
                    transports=[AuthenticatorTransport(t) for t in one.transports],
                )
                for one in known
            ],
        )
        return options_to_json_dict(options)

    def request(self, challenge: str) -> Mapping[str, JsonValue]:
        """Return what asks a browser to use a passkey, whichever the person picks."""
        from webauthn import base64url_to_bytes, generate_authentication_options
        from webauthn.helpers import options_to_json_dict
        from webauthn.helpers.structs import UserVerificationRequirement

        options = generate_authentication_options(
            rp_id=self.rp_id,
            challenge=base64url_to_bytes(challenge),
            timeout=self._timeout,
            user_verification=UserVerificationRequirement(
                self._policy.user_verification
            ),
        )
        return options_to_json_dict(options)

    @property
    def _timeout(self) -> int:
        return int(self._policy.life.total_seconds() * 1000)

    @property
    def _must_verify(self) -> bool:
        return self._policy.user_verification == "required"

    # ── what they answer ─────────────────────────────────────────────────────

    def check_created(
        self, credential: Mapping[str, JsonValue], challenge: str
    ) -> CreatedCredential:
        """Check a passkey that was made (WebAuthn §7.1).

        Raises:
            PasskeyRefused: When it is not what was asked for.
        """
        from webauthn import base64url_to_bytes, verify_registration_response
        from webauthn.helpers import (
            bytes_to_base64url,
            decode_credential_public_key,
            decoded_public_key_to_cryptography,
        )

        try:
            made = verify_registration_response(
                credential=dict(credential),
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self.rp_id,
                expected_origin=self._origin,
                require_user_verification=self._must_verify,
            )
            _check_frame(credential)
            # A key that is none would be found out at the next sign-in, too late.
            key = decode_credential_public_key(made.credential_public_key)
            decoded_public_key_to_cryptography(key)
        except Exception as error:  # of somebody else's text, anything
            raise _refused(error) from error
        if len(made.credential_id) > LONGEST_ID:
            raise PasskeyRefused("its id is too long")
        return CreatedCredential(
            id=bytes_to_base64url(made.credential_id),
            public_key=bytes_to_base64url(made.credential_public_key),
            sign_count=made.sign_count,
            is_syncable=_is_syncable(made.credential_device_type),
            is_synced=made.credential_backed_up,
            transports=_transports(credential),
        )

    def check_used(
        self, credential: Mapping[str, JsonValue], challenge: str, passkey: Passkey
    ) -> UsedCredential:
        """Check what a passkey has signed (WebAuthn §7.2), but for its count.

        Raises:
            PasskeyRefused: When it is not what was asked for.
        """
        from webauthn import base64url_to_bytes, verify_authentication_response

        try:
            used = verify_authentication_response(
                credential=dict(credential),
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self.rp_id,
                expected_origin=self._origin,
                credential_public_key=base64url_to_bytes(passkey.public_key),
                # Ours looks at the count, at the moment at which it is written.
                credential_current_sign_count=0,
                require_user_verification=self._must_verify,
            )
            _check_frame(credential)
        except Exception as error:  # of somebody else's text, anything
            raise _refused(error) from error
        # Step 6: the device names the person, and must mean the one of this passkey.
        if _handle(credential) != passkey.user_handle:
            raise PasskeyRefused("it names another user handle")
        # Step 19: whether it may be on several devices is settled when it is made.
        if _is_syncable(used.credential_device_type) is not passkey.is_syncable:
            raise PasskeyRefused("whether it is syncable has changed")
        return UsedCredential(
            sign_count=used.new_sign_count,
            is_syncable=passkey.is_syncable,
            is_synced=used.credential_backed_up,
        )


def credential_id(credential: Mapping[str, JsonValue]) -> str:
    """Return which passkey a browser says that it used.

    Raises:
        PasskeyRefused: When it says none.
    """
    id = credential.get("id")
    if not isinstance(id, str) or not CREDENTIAL_ID.match(id):
        raise PasskeyRefused("it has no id")
    return id


def _check_frame(credential: Mapping[str, JsonValue]) -> None:
    """Refuse what was made or signed in a frame of another site (§7.1, §7.2, step 10).

    The origin is ours there as well; py_webauthn does not look at the rest.
    """
    from webauthn import base64url_to_bytes
    from webauthn.helpers import parse_client_data_json

    said = base64url_to_bytes(cast("str", _response(credential)["clientDataJSON"]))
    if parse_client_data_json(said).cross_origin:
        raise PasskeyRefused("it was asked for in a frame of another site")


def _refused(error: Exception) -> PasskeyRefused:
    """Log what is wrong: a developer's url or rp_id may be another than they think."""
    said = f"{type(error).__name__}: {error}"
    log.info("a passkey was refused: %s", ascii(said)[:LONGEST_REASON])
    return PasskeyRefused()


def _response(credential: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    return cast("Mapping[str, Any]", credential["response"])  # it has been checked


def _handle(credential: Mapping[str, JsonValue]) -> object:
    return _response(credential).get("userHandle")


def _transports(credential: Mapping[str, JsonValue]) -> tuple[str, ...]:
    said = _response(credential).get("transports")
    words = said if isinstance(said, list) else []
    return tuple(one for one in REACHED_BY if one in words)


def _is_syncable(kind: "CredentialDeviceType") -> bool:
    return kind.value == "multi_device"
