"""What answers are for: a few words for each purpose that a question names."""

from collections.abc import Mapping

from pydantic import BaseModel

from onboarding.errors import ConfigError
from onboarding.names import unknown
from onboarding.profiling.grammar import FEATURE
from onboarding.profiling.model import Question
from onboarding.visible import is_blank


def compile_purposes(
    model: type[BaseModel],
    questions: Mapping[str, Question],
    words: Mapping[str, str] | None,
) -> Mapping[str, str]:
    """Return the purposes of some questions, in words, in the order of the questions.

    Args:
        model: The host's profile, for the errors.
        questions: By name.
        words: What the host calls each purpose; None where nobody reads it.

    Raises:
        ConfigError: When a purpose has no words, when no question has it, or when its
            name cannot stand in an address.
    """
    used = {q.ask.purpose: n for n, q in questions.items() if q.ask.purpose is not None}
    for purpose, question in used.items():
        _check(f"{model.__name__}.{question}", purpose, words)
    for purpose in words or ():
        if purpose not in used:
            raise ConfigError(f"purposes holds {unknown('purpose', purpose, used)}")
    declared = {purpose: purpose for purpose in used} if words is None else words
    return {
        q.ask.purpose: declared[q.ask.purpose]
        for q in questions.values()
        if q.ask.purpose is not None
    }


def _check(where: str, purpose: str, words: Mapping[str, str] | None) -> None:
    if not FEATURE.match(purpose):
        raise ConfigError(
            f"{where}: purpose={purpose!r} stands in an address; write lower case "
            "letters, digits, - and _, beginning with a letter, at most 64"
        )
    if words is not None and is_blank(words.get(purpose, "")):
        raise ConfigError(
            f"{where} has purpose={purpose!r}, which nobody could read; write "
            f'Onboarding(purposes={{"{purpose}": "Recommending books to you"}}, …)'
        )
