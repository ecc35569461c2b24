"""The policy of attention refuses what makes no sense."""

from datetime import timedelta

import pytest

from onboarding.attention.model import AttentionPolicy
from onboarding.errors import ConfigError


@pytest.mark.parametrize(
    "setting",
    [
        {"per_visit": -1},
        {"any_gap": timedelta(seconds=-1)},
        {"item_gap": timedelta(days=-7)},
        {"snooze": timedelta(days=-14)},
    ],
    ids=lambda setting: next(iter(setting)),
)
def test_negative_settings_are_refused(setting: dict[str, object]) -> None:
    """A negative budget or gap is a mistake of the developer, and is named."""
    with pytest.raises(ConfigError, match=next(iter(setting))):
        AttentionPolicy(**setting)  # type: ignore[arg-type]  # the table mixes types


def test_nothing_may_be_asked_at_all() -> None:
    """Zeros are fine: never ask, or ask without any gap."""
    zero = timedelta(0)
    policy = AttentionPolicy(per_visit=0, any_gap=zero, item_gap=zero, snooze=zero)
    assert policy.per_visit == 0
