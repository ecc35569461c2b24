"""Conditions as sentences, in the language of whoever reads them.

"The answer to “What do you like to read?” is one of these: Novels, Poems". What
stands within a joined part is in brackets, so that "and" and "or" can be told apart.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import reduce
from typing import Protocol

from onboarding.jsonvalue import JsonValue
from onboarding.locales.texts import Texts
from onboarding.segments.model import Age, All, Answered, Any, Condition, Declined, Not


class Lexicon(Protocol):
    """What questions and their answers are called, in one language."""

    def question(self, name: str) -> str:
        """Return a question as people read it."""

    def answer(self, name: str, value: JsonValue) -> str:
        """Return an answer to a question, or one of several, as people read it."""


def sentence_of(condition: Condition, texts: Texts, words: Lexicon) -> str:
    """Return a condition as the part of a sentence: no capital, no full stop.

    Args:
        condition: With JSON values, as ``Compiled.condition`` has it.
        texts: The language.
        words: What its questions and answers are called in that language.
    """
    match condition:
        case All(parts) | Any(parts):
            inner = [_within(part, texts, words) for part in parts]
            return joined(inner, texts, is_all=isinstance(condition, All))
        case Not(part):
            return texts.plain("condition.not_so", part=_within(part, texts, words))
        case Declined(name):
            return texts.plain("condition.declined", question=words.question(name))
        case Age():
            return joined(list(_ages(condition, texts)), texts, is_all=True)
    return joined(list(_answers(condition, texts, words)), texts, is_all=True)


def joined(parts: Sequence[str], texts: Texts, *, is_all: bool) -> str:
    """Return parts of a sentence, joined by "and" or by "or".

    Args:
        parts: One or more.
        texts: The language.
        is_all: Whether all of them hold, and not one.
    """
    join: Callable[..., str] = texts.plain
    key = "condition.and" if is_all else "condition.or"
    return reduce(lambda first, second: join(key, first=first, second=second), parts)


def _within(part: Condition | str, texts: Texts, words: Lexicon) -> str:
    if isinstance(part, str):
        return texts.plain("condition.answered", question=words.question(part))
    said = sentence_of(part, texts, words)
    if isinstance(part, All | Any) or _looks_twice(part):
        return texts.plain("condition.within", part=said)
    return said


def _looks_twice(part: Condition) -> bool:
    """Tell whether an atom is told in two parts."""
    if isinstance(part, Age):
        return part.at_least is not None and part.below is not None
    if isinstance(part, Answered):
        listed = [one for one in (part.is_in, part.has) if one is not None]
        return len(listed) + len(part.bounds) > 1
    return False


def _ages(age: Age, texts: Texts) -> Iterator[str]:
    if age.at_least is not None:
        yield texts.plain("condition.age_at_least", years=age.at_least)
    if age.below is not None:
        yield texts.plain("condition.age_below", years=age.below)


def _answers(atom: Answered, texts: Texts, words: Lexicon) -> Iterator[str]:
    question = words.question(atom.question)
    if atom.is_in is None and atom.has is None and not atom.bounds:
        yield texts.plain("condition.answered", question=question)
    for name, values in (("is", atom.is_in), ("has", atom.has)):
        if values is None:
            continue
        said = [words.answer(atom.question, value) for value in values]  # type: ignore[arg-type]  # JSON, once compiled
        if len(said) == 1:
            key = f"condition.{name}"
            yield texts.plain(key, question=question, value=said[0])
        else:
            key = f"condition.{name}_in"
            yield texts.plain(key, question=question, values=", ".join(said))
    for name, bound in atom.bounds.items():
        is_day = isinstance(bound, date)
        key = f"condition.{name}_day" if is_day else f"condition.{name}"
        told = texts.long_date(bound) if isinstance(bound, date) else bound
        yield texts.plain(key, question=question, bound=told)
