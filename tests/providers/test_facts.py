"""Every vendor says how well it is known, and nothing loads what nobody names."""

import subprocess
import sys
from datetime import date
from typing import Any

import pytest

from onboarding import EmailTrust, providers
from onboarding.providers import Provider
from onboarding.urls import url_problem
from tests.docs.provider_pages import PROVIDERS, vendors

OWN = {"Local", "OpenIDConnect"}
"""What is nobody's service."""

VENDORS = sorted(vendors() - OWN)


@pytest.mark.parametrize("name", VENDORS)
def test_every_vendor_says_how_well_it_is_known(name: str) -> None:
    """When it was checked, against what, and that nobody tried it, where none did."""
    facts = getattr(providers, name).facts
    assert date.fromisoformat(facts.checked).isoformat() == facts.checked
    assert facts.against
    for address in (facts.register, facts.documentation):
        assert url_problem(address.partition("#")[0]) is None
    assert facts.steps
    assert facts.address.endswith(".")
    assert all(text.endswith(".") for text in (*facts.steps, *facts.quirks))


def test_no_vendor_claims_to_have_been_tried() -> None:
    """Until a person has; then the day of it is written down, and this changes."""
    tried = [n for n in VENDORS if getattr(providers, n).facts.tried_live]
    assert tried == []


WORDS = {
    EmailTrust.NONE: ("There is none",),
    EmailTrust.STATED: ("Stated",),
    EmailTrust.IMPLIED: ("Implied",),
    EmailTrust.VERIFIED: ("Verified", "Stated, unless"),
    EmailTrust.AUTHORITATIVE: ("Authoritative", "A relay address"),
}


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)
def test_what_is_said_of_addresses_is_what_is_done(provider: Provider) -> None:
    """The sentence begins with the level that the class has."""
    facts: Any = type(provider).facts
    if facts is None:
        assert type(provider).__name__ in OWN
        return
    assert facts.address.startswith(WORDS[provider.email_trust])


def test_naming_one_vendor_loads_no_other() -> None:
    """However many there are, a host pays for those it has."""
    code = (
        "from onboarding.providers import Discord\nimport sys\n"
        "print(*(m for m in sys.modules if m.startswith('onboarding.providers.')))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    loaded = {one.rpartition(".")[2] for one in run.stdout.split()}
    files = {getattr(providers, n).__module__.rpartition(".")[2] for n in VENDORS}
    assert files & loaded == {"discord"}
