"""What an error says: its own sentences, or those of its kind."""

import pytest

from onboarding.errors import (
    BadIdToken,
    Conflict,
    InvalidAnswer,
    NotFound,
    OnboardingError,
    ProviderUnreachable,
    Refused,
    StoreUnavailable,
)
from onboarding.locales.texts import Texts
from onboarding.profiling.catalogue import build_catalogue
from onboarding.web.views.problems import Problem
from tests.web.site import FEATURES, Profile, provider

CATALOGUE = build_catalogue(Profile, FEATURES)
PROVIDERS = {"lamp": provider("lamp", "Lamplight ID", "id.example")}


class OutOfStock(Refused):
    """A host's own error."""

    code = "out_of_stock"


def problem(error: OnboardingError) -> Problem:
    """Return the problem of an error, in English."""
    return Problem(
        error, texts=Texts("en"), features=CATALOGUE.plans, providers=PROVIDERS
    )


@pytest.mark.parametrize(
    ("error", "name"),
    [
        pytest.param(NotFound("x"), "not_found", id="its own"),
        pytest.param(Conflict("Account"), "conflict", id="its own of a kind"),
        pytest.param(StoreUnavailable("down"), "store_error", id="the store's"),
        pytest.param(BadIdToken("lamp"), "provider_error", id="the provider's"),
        pytest.param(OutOfStock("x"), "refused", id="any refusal's"),
        pytest.param(OnboardingError(), "onboarding_error", id="any error's"),
    ],
)
def test_an_error_has_the_sentences_of_its_kind(
    error: OnboardingError, name: str
) -> None:
    """Its code first, then who is at fault, then any refusal or error."""
    assert name == problem(error).name
    assert "what" in problem(error)


def test_a_problem_names_the_provider_by_its_title() -> None:
    """People know "Lamplight ID", and not the name in the address."""
    assert "Lamplight ID" in problem(ProviderUnreachable("lamp")).plain("title")


def test_what_is_wrong_with_an_answer_is_said_in_words() -> None:
    """The text key of the problem is a sentence, with its slots filled."""
    error = InvalidAnswer("pages", "answer.too_small", {"min": 1})
    said = Texts("en").say("answer.too_small", min=1)
    assert said == problem(error).slots["problem"]
