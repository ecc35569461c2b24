"""Older answers, as the question of today takes them.

A stored answer stays as it was given, with the version of the question that it was
given to. Whoever reads it converts it on the way: one function after another, from
its version to today's.
"""

import logging

from onboarding.errors import ConfigError
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.model import Answer, Ask, Question
from onboarding.shapes import is_async

log = logging.getLogger("onboarding")


class NotConverted(Exception):
    """An answer cannot be made one to today's version of its question."""


def check_versions(where: str, ask: Ask) -> None:
    """Refuse versions that answers could not get through.

    Args:
        where: The field, such as ``Profile.genre``.
        ask: Its question.

    Raises:
        ConfigError: Naming the step that is missing or too much, and what to write.
    """
    if ask.version < 1:
        raise ConfigError(f"{where}: version={ask.version}; the first version is 1")
    for step in range(1, ask.version):
        if step not in ask.convert:
            raise ConfigError(
                f"{where} is at version {ask.version}, and nothing converts answers to "
                f"version {step}; write Ask(…, convert={{{step}: …}}) with a function "
                f"that makes of such an answer one to version {step + 1}; one that "
                "returns None has the question asked again"
            )
    for step, convert in ask.convert.items():
        if not 1 <= step < ask.version:
            raise ConfigError(
                f"{where} converts answers to version {step}, and is at version "
                f"{ask.version} itself; write version={step + 1}, or take this away"
            )
        if is_async(convert):
            raise ConfigError(
                f"{where}: what converts answers to version {step} is async, and "
                "answers are converted without waiting; write a plain function"
            )


def converted(question: Question, answer: Answer) -> JsonValue:
    """Return the value of an answer as today's version of the question has it.

    Raises:
        NotConverted: When a function fails, or the answer is to a newer version: one
            that another release of the application asked.
    """
    ask, value = question.ask, answer.value
    if answer.version > ask.version:
        raise NotConverted
    for step in range(answer.version, ask.version):
        try:
            value = ask.convert[step](value)
        except Exception as error:  # noqa: BLE001  # a function of the host's
            # The person is asked again; whoever wrote it should hear of it. What the
            # answer is, which the text of the error may quote, is not for the log.
            kind = type(error).__name__
            log.warning("%s: convert[%s] raised %s", question.name, step, kind)
            raise NotConverted from None
    return value


def is_for_today(question: Question, answer: Answer) -> bool:
    """Tell whether an answer was given for what the question is for today.

    One of before purposes were declared was given for what its question said then, and
    says still.
    """
    return answer.purpose is None or answer.purpose == question.ask.purpose
