"""Lets pytest explain the failing asserts of the shipped contracts.

pytest rewrites asserts in test modules only; without this a failing contract would say
"AssertionError" and nothing else. pytest loads this module through the `pytest11` entry
point, so it does nothing more than that one call.
"""

import pytest

pytest.register_assert_rewrite("onboarding.testing.contracts")
