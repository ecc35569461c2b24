"""Rates and the policy that holds them."""

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest

from onboarding.errors import ConfigError
from onboarding.limiting.model import LimitedAct, LimitPolicy, Rate, Scope

MINUTE = timedelta(minutes=1)

WRONG: Any = "wrong"


@pytest.mark.parametrize(
    ("build", "told"),
    [
        (lambda: Rate(0, per=MINUTE), "lets nobody through"),
        (lambda: Rate(WRONG, per=MINUTE), "times must be a whole number"),
        (lambda: Rate(5, per=WRONG), "per must be a timedelta"),
        (lambda: Rate(5, per=timedelta(seconds=1.5)), "not one second or several"),
        (lambda: Rate(5, per=timedelta(0)), "datetime.timedelta(0) is not one second"),
        (lambda: LimitPolicy(guests_overall=WRONG), "guests_overall must be a Rate"),
        (lambda: LimitPolicy(ipv4_prefix=0), "must be 8 to 32"),
        (lambda: LimitPolicy(ipv6_prefix=129), "16 to 128"),
        (lambda: LimitPolicy(storage="postgresql://x"), 'write storage="redis://'),
    ],
)
def test_what_cannot_be_is_refused(build: Callable[[], object], told: str) -> None:
    """Where it is written, with what to write."""
    with pytest.raises(ConfigError, match="write") as caught:
        build()
    assert told in str(caught.value)


def test_each_rate_belongs_to_one_act_and_scope() -> None:
    """A refusal names the field of the policy, so that it can be found and changed."""
    policy = LimitPolicy()
    told = {
        f"{act}_{scope}": rate
        for act in LimitedAct
        for scope, rate in policy.of(act).items()
        if rate
    }
    named = {one.name: getattr(policy, one.name) for one in fields(policy)}
    rates = {name: value for name, value in named.items() if isinstance(value, Rate)}
    assert rates == told
    assert list(Scope) == list(policy.of(LimitedAct.GUEST))


def test_a_policy_may_be_off_altogether_or_in_part() -> None:
    """Each None is one limit less."""
    assert LimitPolicy.off().is_off
    part = LimitPolicy(letters_per_contact=None)
    assert not part.is_off
    assert part.of(LimitedAct.LETTER)[Scope.CONTACT] is None


def test_the_password_of_a_server_is_not_shown() -> None:
    """Not even where a policy is printed."""
    policy = LimitPolicy(storage="redis://:geheim@localhost/0")
    assert "geheim" not in repr(policy)
