"""Texts: the same in every language, in the voice of the house, and all of use."""

import ast
import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from markupsafe import Markup

from onboarding import errors
from onboarding.accounts.linking import PROOFS
from onboarding.errors import ConfigError, OnboardingError
from onboarding.locales import LOCALES
from onboarding.locales.texts import Texts, check, sentences, slots
from onboarding.mail.model import STOPPABLE, Letters
from onboarding.web.context.letters import LETTER_VALUES
from onboarding.web.views.problems import OTHER_WORDS
from onboarding.web.views.renderer import TEMPLATE_FOLDER

PACKAGE = Path(errors.__file__).parent
BY_PROOF = (
    *("prove.button.", "prove.link.", "prove.yes."),
    *("letter.proof.why.", "letter.proof.go."),
)
"""Keys that end in what the proof of an address is for."""

BY_LETTER = ("title", "lead", "done", "done_lead")
"""How keys end that say which letters may be stopped."""

GROUPS = (
    "condition.",
    *("problem.", "resource.", "moved.", "merging.", "tag.", "notice.", "unsubscribe."),
    "deletion.",
    *BY_PROOF,
)
"""Keys that are put together: by an error, a resource, an outcome, an act, a kind."""

EN, NL = sentences("en"), sentences("nl")


def literals() -> set[str]:
    """Return every text in the code that looks like a key of ours."""
    tops = {key.partition(".")[0] for key in EN}
    shape = re.compile(rf"({'|'.join(tops)})(\.[a-z0-9_]+)+\Z")
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    for path in PACKAGE.rglob("web/views/templates/*.html"):
        found |= set(re.findall(r'\bt\("([a-z0-9_.]+)"', path.read_text()))
    return {text for text in found if shape.match(text) and not text.endswith(".html")}


def in_forms(key: str) -> bool:
    """Tell whether a key is a sentence, or stands in the forms of a number."""
    return key in EN or f"{key}.other" in EN


def test_every_language_says_the_same_things() -> None:
    """No sentence is missing in one language."""
    assert set(EN) == set(NL)


@pytest.mark.parametrize("key", sorted(EN))
def test_a_sentence_has_the_same_slots_in_every_language(key: str) -> None:
    """What a sentence is given, it says in every language; ``one`` may leave it out."""
    if key.endswith(".one"):
        assert slots(NL[key]) <= slots(NL[f"{key[:-4]}.other"])
    else:
        assert slots(EN[key]) == slots(NL[key])


@pytest.mark.parametrize("locale", LOCALES)
def test_a_sentence_is_text_and_not_markup(locale: str) -> None:
    """No sentence carries HTML, a straight apostrophe, or space at its ends."""
    for key, text in sentences(locale).items():
        assert not re.search(r"[<>&]|[a-z]'[a-z]", text), key
        assert text == text.strip(), key


def test_nobody_is_shouted_at() -> None:
    """No exclamation mark, and none of the words that the voice leaves to others."""
    barred = re.compile(
        r"!|\b(oops|invalid|authenticat\w*|session|log in|sign up)\b", re.IGNORECASE
    )
    assert {k: v for k, v in EN.items() if barred.search(v)} == {}
    assert {k: v for k, v in NL.items() if "!" in v} == {}


def test_dutch_says_je() -> None:
    """Dutch never says "u", and its e-mail does not break after the "e"."""
    formal = re.compile(r"\b(u|uw|uzelf)\b|\be-mail", re.IGNORECASE)
    assert {k: v for k, v in NL.items() if formal.search(v)} == {}


def test_every_key_in_the_code_is_a_sentence() -> None:
    """No page can ask for a text that is not there."""
    assert {key for key in literals() if not in_forms(key)} == set()


def test_every_sentence_is_said_somewhere() -> None:
    """No text lies about unused, but for those that are put together."""
    used, forms = literals(), re.compile(r"\.(one|other)\Z")
    idle = {key for key in EN if key not in used and forms.sub("", key) not in used}
    assert {key for key in idle if not key.startswith(GROUPS)} == set()


def test_every_proof_has_its_words() -> None:
    """A purpose that is new needs a sentence wherever one is chosen by purpose."""
    purposes = {one.value for one in PROOFS}
    for group in BY_PROOF:
        said = {key.removeprefix(group) for key in EN if key.startswith(group)}
        assert purposes == said, group


def test_every_letter_has_its_words_and_templates() -> None:
    """A kind that is new needs a subject, a text and HTML; and a page, to stop it."""
    templates = {path.name for path in TEMPLATE_FOLDER.iterdir()}
    for kind in LETTER_VALUES:
        assert f"letter.{kind}.subject" in EN
        name = f"letter-{kind.replace('_', '-')}"
        assert {f"{name}.txt", f"{name}.html"} <= templates
    for kind in STOPPABLE:
        assert {f"unsubscribe.{kind}.{end}" for end in BY_LETTER} <= set(EN)
    assert {*Letters.__dataclass_fields__, "proof", "order"} == set(LETTER_VALUES)


def kinds() -> set[type[OnboardingError]]:
    """Return every class of error."""
    found, todo = set[type[OnboardingError]](), [OnboardingError]
    while todo:
        kind = todo.pop()
        found.add(kind)
        todo += kind.__subclasses__()
    return found


def test_every_problem_in_the_texts_is_an_error() -> None:
    """No words stand there for an error that cannot happen."""
    codes = {kind.code for kind in kinds()}
    named = {key.split(".")[1] for key in EN if key.startswith("problem.")}
    told = {"home", "mention"}
    told |= {one for words in OTHER_WORDS.values() for one in words.values()}
    assert named - codes - told == set()


def test_every_problem_says_what_happened_and_what_is_safe() -> None:
    """A title, what happened, and what is safe belong together."""
    for key in EN:
        if key.startswith("problem.") and key.endswith(".title"):
            base = key.removesuffix("title")
            assert {f"{base}what", f"{base}safe"} <= set(EN), key


# ── saying ───────────────────────────────────────────────────────────────────


def test_what_stands_in_a_slot_is_escaped() -> None:
    """A name is shown as it is written, and never becomes markup."""
    said = Texts("en")("sign_in.go_on_with", provider="<b>Bo</b>")
    assert said == Markup("Go on with &lt;b&gt;Bo&lt;/b&gt;")


def test_a_number_chooses_the_form() -> None:
    """One thing and several things are said as the language says them."""
    en, nl = Texts("en"), Texts("nl")
    assert str(en("form.summary", count=1)) == "One thing needs another look"
    assert str(en("form.summary", count=2)) == "2 things need another look"
    assert str(nl("ask.title", count=1)) == "Eén vraag, dan gaat het open"


def test_a_host_says_its_own_sentences() -> None:
    """A host's sentence is translated where it said so, and stands as it is if not."""
    texts = Texts("nl", {"What do you read?": "Wat lees je?"})
    assert texts.say("What do you read?") == "Wat lees je?"
    assert texts.say("How {are} you?") == "How {are} you?"
    assert texts.say("answer.yes") == "Ja"
    assert texts.say("account.answer") == "account.answer"


def test_a_host_may_change_a_sentence_of_ours() -> None:
    """The key of a sentence of ours is a name by which a host changes it."""
    texts = Texts("en", {"problem.home": "Back to the shop"})
    assert str(texts("problem.home", site="Lamplight")) == "Back to the shop"


@pytest.mark.parametrize("words", ["Back to {shop}", "Back to {}", "Back to {"])
def test_a_changed_sentence_must_fit(words: str) -> None:
    """A slot that the sentence is never given is refused when it is declared."""
    with pytest.raises(
        ConfigError, match=r"problem\.home.*this sentence is given site"
    ):
        check({"en": {"problem.home": words}})


def test_a_language_that_nobody_speaks_is_refused() -> None:
    """Texts in a language without pages would never be said."""
    with pytest.raises(ConfigError, match="the pages speak en, nl"):
        check({"fr": {"Yes": "Oui"}})


def test_dates_are_written_as_people_write_them() -> None:
    """A day of this year has no year; the language orders and names it."""
    now = datetime(2026, 11, 21, tzinfo=UTC)
    en, nl = Texts("en"), Texts("nl")
    assert en.short_date(now, now) == "21 November"
    assert nl.short_date(now, now) == "21 november"
    assert en.short_date(now.replace(year=2025), now) == "21 November 2025"
    assert nl.long_date(date(1990, 5, 1)) == "1 mei 1990"


def test_sentences_stand_in_the_same_order() -> None:
    """Both files read alike, so that a translator sees what is missing."""
    order = {key: place for place, key in enumerate(EN)}
    places = [order[key] for key in NL]
    assert all(one < two for one, two in pairwise(places))


@pytest.mark.parametrize(
    ("duration", "english", "dutch"),
    [
        (timedelta(seconds=1), "1 minute", "1 minuut"),
        (timedelta(minutes=8, seconds=1), "9 minutes", "9 minuten"),
        (timedelta(minutes=90), "90 minutes", "90 minuten"),
        (timedelta(minutes=91), "2 hours", "2 uur"),
        (timedelta(hours=24), "24 hours", "24 uur"),
    ],
)
def test_a_wait_is_told_in_whole_units(
    duration: timedelta, english: str, dutch: str
) -> None:
    """Rounded up, so that whoever waits as long has waited long enough."""
    assert (english, dutch) == tuple(Texts(x).duration(duration) for x in LOCALES)
