"""One word for one thing: what the glossary promises, the code keeps."""

import re
from collections import Counter

from tests.docs import glossary


def test_no_two_things_have_one_name() -> None:
    """A class, a type or a constant, wherever it stands."""
    places = Counter(name for name, _ in glossary.defined())
    assert [] == [
        (name, [module for found, module in glossary.defined() if found == name])
        for name, times in places.items()
        if times > 1
    ]


def test_every_class_says_what_it_is() -> None:
    """Its line in the glossary is the first sentence of its docstring."""
    found = glossary.classes()
    assert len(found) > 200
    assert [] == [one.name for one in found if not one.says]


def test_no_class_is_named_by_a_word_that_the_glossary_avoids() -> None:
    """`user`, `login`, `survey`: each has another word, and one is enough."""
    _, instead = glossary.words()
    assert {"user", "login", "survey", "popup"} <= instead
    parts = {
        one.name: {word.lower() for word in re.findall(r"[A-Z][a-z0-9]+", one.name)}
        for one in glossary.classes()
        if one.name != "OpenIDConnect"  # the standard's own name
    }
    assert {} == {
        name: said & instead for name, said in parts.items() if said & instead
    }
