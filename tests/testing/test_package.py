"""The face of the testing kit."""

import subprocess
import sys
from types import ModuleType

import pytest

import onboarding.providers
import onboarding.testing
from onboarding.testing import contracts


@pytest.mark.parametrize("name", onboarding.testing.__all__)
def test_every_name_is_there(name: str) -> None:
    """Each promised name resolves to the thing of that name."""
    assert getattr(onboarding.testing, name).__name__ == name


def test_other_names_are_not() -> None:
    """A name that was never promised is an AttributeError."""
    with pytest.raises(AttributeError, match="FakeEverything"):
        _ = onboarding.testing.FakeEverything


def test_the_contracts_are_found_where_they_are_looked_for() -> None:
    """Whoever has pytest; nobody else is asked for it."""
    from onboarding.testing import (
        MailerContract,
        ProviderContract,
        StoreContract,
        WidgetContract,
    )

    found = (MailerContract, ProviderContract, StoreContract, WidgetContract)
    assert set(contracts.__all__) == {one.__name__ for one in found}


@pytest.mark.parametrize(
    "package", [onboarding, onboarding.providers, onboarding.testing]
)
def test_what_a_package_has_is_shown(package: ModuleType) -> None:
    """By dir, and so by help and by an editor; nothing that it only works with."""
    assert dir(package) == sorted(package.__all__)
    assert all(hasattr(package, name) for name in dir(package))


def test_the_fakes_need_no_pytest() -> None:
    """The demo may use every fake where pytest is not installed."""
    code = (
        "import sys; sys.modules['pytest'] = None\n"
        "import onboarding.testing as kit\n"
        "print(*(name for name in kit.__all__ if getattr(kit, name)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert onboarding.testing.__all__ == run.stdout.split()


def test_a_clock_costs_no_jose() -> None:
    """Importing the kit, or its clock, loads neither JOSE nor an HTTP client."""
    code = (
        "import sys; from onboarding.testing import FrozenClock\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    heavy = {"joserfc", "cryptography", "httpx2", "jinja2", "uvicorn", "aiosmtplib"}
    assert heavy & set(run.stdout.split()) == set()
