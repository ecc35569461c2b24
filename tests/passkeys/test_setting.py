"""The setting: what cannot work is said when the object is built, and what to write."""

import subprocess
import sys
from typing import Any

import pytest

from onboarding import ConfigError, PasskeyPolicy
from onboarding.core import Core
from onboarding.providers import Local

SECRET = "a key for tests, of more than thirty-two bytes"
WITHOUT_WEBAUTHN = """
import sys
sys.modules["webauthn"] = None  # as where it is not installed
from onboarding import ConfigError, Onboarding, PasskeyPolicy
try:
    Onboarding(url="https://shop.example/welcome", secret_key="abcdefgh" * 5,
        database="memory:", mailer=None, passkeys=PasskeyPolicy())
except ConfigError as error:
    print(error)
"""
LOADED = """
import sys
from onboarding import Onboarding, PasskeyPolicy
Onboarding(url="https://shop.example/welcome", secret_key="abcdefgh" * 5,
    database="memory:", mailer=None{passkeys})
print(sorted({{"webauthn", "OpenSSL", "cbor2"}} & set(sys.modules)))
"""


def core(**settings: Any) -> Core[Any]:
    """Return an application that mails nothing."""
    said = {"url": "https://shop.example/welcome", "mailer": None, **settings}
    return Core(**{"secret_key": SECRET, "database": "memory:", **said})


def printed(program: str) -> str:
    """Return what a program prints, in a process of its own."""
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return run.stdout.strip()


def test_without_the_extra_the_line_to_install_is_said() -> None:
    """When the object is built, and not when somebody presses the button."""
    assert 'pip install "onboarding[passkeys]"' in printed(WITHOUT_WEBAUTHN)


def test_who_declares_none_loads_nothing_of_it() -> None:
    """And who declares them loads it at once: no request waits for it."""
    assert printed(LOADED.format(passkeys="")) == "[]"
    declared = LOADED.format(passkeys=", passkeys=PasskeyPolicy()")
    assert "webauthn" in printed(declared)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/welcome",
        "http://[::1]:8000/welcome",
        "https://192.0.2.7/welcome",
    ],
)
def test_an_address_in_numbers_is_refused(url: str) -> None:
    """Over https as well: a browser makes passkeys for names."""
    with pytest.raises(ConfigError, match="passkeys need a site with a name"):
        core(url=url, passkeys=PasskeyPolicy())


def test_plain_http_is_for_this_machine_by_its_name() -> None:
    """WebAuthn wants a secure context: https, or localhost."""
    assert core(
        url="http://localhost:8000/welcome", passkeys=PasskeyPolicy()
    ).has_passkeys
    with pytest.raises(ConfigError, match="plain http"):
        core(url="http://shop.example/welcome", passkeys=PasskeyPolicy())


def test_the_domain_of_another_site_is_refused() -> None:
    """The rule reads the host of `url`."""
    with pytest.raises(ConfigError, match="nor a domain above it"):
        core(passkeys=PasskeyPolicy(rp_id="other.example"))


@pytest.mark.parametrize("given", [True, "yes", {}, PasskeyPolicy])
def test_what_is_no_policy_is_refused(given: object) -> None:
    """With what to write."""
    with pytest.raises(ConfigError, match=r"write passkeys=PasskeyPolicy\(…\)"):
        core(passkeys=given)


def test_none_is_off() -> None:
    """So that one line decides by environment."""
    off = core(passkeys=None)
    assert not off.has_passkeys
    with pytest.raises(ConfigError, match=r"passkeys=PasskeyPolicy\(\)"):
        _ = off.passkeys


def test_no_provider_has_its_name() -> None:
    """A person reads by it which way they came, and so does the log."""
    named = Local(
        name="passkey", issuer="http://127.0.0.1:1", client_id="a", client_secret="b"
    )
    assert core(providers=[named])
    with pytest.raises(ConfigError, match="sign-in with a passkey"):
        core(providers=[named], passkeys=PasskeyPolicy())
