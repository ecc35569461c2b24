"""The tree of errors: stable codes, statuses, and nothing that must not be told."""

import inspect

import pytest

from onboarding import errors
from onboarding.errors import (
    ConfigError,
    InvalidAnswer,
    MailError,
    OnboardingError,
    ProviderError,
    Refused,
    StateMismatch,
    StoreError,
)


def leaves() -> list[type[OnboardingError]]:
    """Every error of the tree below its root."""
    return [
        found
        for _, found in inspect.getmembers(errors, inspect.isclass)
        if issubclass(found, OnboardingError) and found is not OnboardingError
    ]


@pytest.mark.parametrize("error", leaves(), ids=lambda error: error.__name__)
def test_every_error_says_who_must_act(error: type[OnboardingError]) -> None:
    """Each error belongs to the developer, visitor, provider or an operator."""
    actors = ConfigError | Refused | ProviderError | MailError | StoreError
    assert issubclass(error, actors)
    assert 400 <= error.status <= 599


def test_codes_are_stable_names_and_unique() -> None:
    """No two errors share a code, and a code is lower snake case."""
    codes = [error.code for error in leaves()]

    assert sorted(set(codes)) == sorted(codes)
    assert all(code.replace("_", "").islower() for code in codes)


def test_details_hold_the_facts_that_may_be_shown() -> None:
    """Public attributes are the details; private ones and None stay inside."""
    wrong = InvalidAnswer("age", "answer.too_small", {"min": 18})
    assert {"question": "age", "problem": "answer.too_small", "slots": {"min": 18}} == (
        wrong.details()
    )
    assert {} == StateMismatch(restartable=True).details()
