"""A feature for the questions of a test that nothing else of it uses."""

from pydantic import BaseModel

from onboarding.profiling.model import Feature


def the_rest(model: type[BaseModel]) -> Feature:
    """Return a feature that wants all questions, and needs none of them."""
    return Feature("rest", wants=list(model.model_fields))
