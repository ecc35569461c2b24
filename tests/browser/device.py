"""The device of somebody at a screen: a virtual authenticator, by CDP's WebAuthn.

It makes and uses passkeys as a phone does whose owner looks at it, at once.
"""

from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page

PHONE = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
    "defaultBackupEligibility": True,
    "defaultBackupState": True,
}


class Device:
    """What makes passkeys, in the window of a person."""

    page: Page
    _context: BrowserContext
    _device: CDPSession
    _device_id: str

    def take_device(self) -> None:
        """Have a device from now on, with nothing on it."""
        self._device = self._context.new_cdp_session(self.page)
        self._device.send("WebAuthn.enable", {"enableUI": False})
        made = self._device.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
        self._device_id = made["authenticatorId"]

    def take_passkeys_of(self, other: "Device") -> None:
        """Have on this device what the same person has on another one, too."""
        for one in other.passkeys():
            told = {"authenticatorId": self._device_id, "credential": one}
            self._device.send("WebAuthn.addCredential", told)

    def passkeys(self) -> list[dict[str, Any]]:
        """Return the passkeys that are on the device."""
        told = {"authenticatorId": self._device_id}
        found = self._device.send("WebAuthn.getCredentials", told)
        credentials: list[dict[str, Any]] = found["credentials"]
        return credentials

    def look_away(self) -> None:
        """Show the device nobody's face: it makes sure of nobody from now on."""
        self._be_seen(False)

    def look_at_it(self) -> None:
        """Show it the right one again."""
        self._be_seen(True)

    def _be_seen(self, is_seen: bool) -> None:
        told = {"authenticatorId": self._device_id, "isUserVerified": is_seen}
        self._device.send("WebAuthn.setUserVerified", told)
