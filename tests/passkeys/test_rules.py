"""What is decided of passkeys: for which site, by whom, and whether one is a copy."""

from datetime import timedelta

import pytest

from onboarding.accounts.model import Account, AccountKind
from onboarding.errors import ConfigError
from onboarding.passkeys.model import PasskeyPolicy
from onboarding.passkeys.rules import is_behind, may_finish, relying_party
from onboarding.testing.contracts.store_nouns import FIRST, SECOND, account


@pytest.mark.parametrize(
    ("host", "rp_id", "expected"),
    [
        pytest.param("shop.example", None, "shop.example", id="the host itself"),
        pytest.param("localhost", None, "localhost", id="this machine by its name"),
        pytest.param("a.shop.example", "shop.example", "shop.example", id="above it"),
        pytest.param("shop.example", "shop.example", "shop.example", id="said"),
    ],
)
def test_passkeys_are_for_the_host_or_a_domain_above_it(
    host: str, rp_id: str | None, expected: str
) -> None:
    """WebAuthn §5.1.3: the effective domain, or a registrable suffix of it."""
    assert expected == relying_party(host, PasskeyPolicy(rp_id=rp_id))


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.7", "[::1]"])
def test_an_address_in_numbers_has_no_passkeys(host: str) -> None:
    """No browser takes one, so the developer is told where to go instead."""
    with pytest.raises(ConfigError, match="http://localhost:8000"):
        relying_party(host, PasskeyPolicy())


@pytest.mark.parametrize(
    "rp_id", ["other.example", "example", "op.example", "b.shop.example"]
)
def test_no_other_domain_can_be_meant(rp_id: str) -> None:
    """Not another's, no top-level domain, no half of a label, none below."""
    with pytest.raises(ConfigError, match="nor a domain above it"):
        relying_party("shop.example", PasskeyPolicy(rp_id=rp_id))


@pytest.mark.parametrize(
    "settings",
    [
        {"rp_id": "https://shop.example"},
        {"rp_id": "shop.example:8000"},
        {"rp_id": "Shop.Example"},
        {"rp_id": ""},
        {"rp_id": 7},
        {"user_verification": "discouraged"},
        {"life": timedelta(seconds=5)},
        {"life": 300},
    ],
    ids=str,
)
def test_a_policy_that_cannot_work_is_refused(settings: dict[str, object]) -> None:
    """When it is written, and not when somebody presses the button."""
    with pytest.raises(ConfigError, match="PasskeyPolicy"):
        PasskeyPolicy(**settings)  # type: ignore[arg-type]


GUEST = account(FIRST)
OTHER = account(SECOND)
PERSON = account(SECOND, kind=AccountKind.REGISTERED)


@pytest.mark.parametrize(
    ("is_anybodys", "began", "current", "expected"),
    [
        pytest.param(True, None, None, True, id="nobody, nobody"),
        pytest.param(True, None, GUEST, True, id="nobody, a guest since"),
        pytest.param(True, None, PERSON, False, id="nobody, a person since"),
        pytest.param(False, GUEST, GUEST, True, id="the same"),
        pytest.param(False, GUEST, None, False, id="somebody, nobody now"),
        pytest.param(False, GUEST, OTHER, False, id="somebody, another now"),
        pytest.param(False, None, GUEST, False, id="somebody who is gone"),
    ],
)
def test_who_may_finish_is_who_began(
    is_anybodys: bool,
    began: Account | None,
    current: Account | None,
    expected: bool,
) -> None:
    """Each cell of the table."""
    said = may_finish(is_anybodys=is_anybodys, began=began, current=current)
    assert said is expected


@pytest.mark.parametrize(
    ("known", "sent", "expected"),
    [
        (0, 0, False),
        (0, 1, False),
        (1, 2, False),
        (1, 1, True),
        (2, 1, True),
        (1, 0, True),
        (2**32 - 2, 2**32 - 1, False),
    ],
)
def test_a_count_rises_or_is_none(known: int, sent: int, expected: bool) -> None:
    """WebAuthn §7.2, step 22."""
    assert is_behind(known, sent) is expected
