"""What the shop's features cost a reader of whom nothing is known."""

from datetime import UTC, datetime

import pytest

from examples.shop.profile import FEATURES, PURPOSES, Profile
from onboarding.profiling.catalogue import build_catalogue
from onboarding.profiling.costs import cost_of

NOW = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
CATALOGUE = build_catalogue(Profile, FEATURES, purposes=PURPOSES)


@pytest.mark.parametrize(
    ("feature", "fewest", "most"),
    [("recommendations", 1, 1), ("circle", 3, 5), ("wine", 1, 1)],
)
def test_each_feature_keeps_its_budget(feature: str, fewest: int, most: int) -> None:
    """Every way that a reader may take was looked at."""
    cost = cost_of(CATALOGUE, CATALOGUE.plans[feature], NOW)
    assert cost.is_proven
    assert (cost.fewest, cost.most) == (fewest, most)
    assert not cost.is_over
