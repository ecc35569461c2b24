"""The nouns of profiling: questions, guards, features, answers, decisions."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import ClassVar, NamedTuple

from onboarding.attention.model import Verdict
from onboarding.errors import ConfigError
from onboarding.frozen import dataclass, field
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.needs import Fact, Group, Need
from onboarding.segments.model import Condition
from onboarding.segments.rules import Compiled, Test
from onboarding.shapes import check_fields, several

# ── what a host declares ─────────────────────────────────────────────────────


Converter = Callable[[JsonValue], JsonValue]
"""Makes of a stored answer what the next version of its question takes."""


# eq=False: `typing` hashes what stands in Annotated, and mappings have no hash.
@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """Says how a field of the profile model is asked for; stands in ``Annotated``.

    Args:
        question: The question, a whole sentence in the host's default language.
        why: Why it is asked: shown beside it, always. Required.
        labels: What the options are called, by their stored value.
        hints: A few words under an option, by its stored value.
        declinable: Whether "I'd rather not say" is offered.
        widget: Name of a widget; by default found from the field's type.
        autocomplete: What a browser may fill in: a token of HTML's autofill, such
            as ``"bday"`` (HTML standard, section "Autofill").
        when: The question applies only where this is true of other answers, such as
            ``Answered("plan", is_in=["gold"])``.
        fresh_for: How long an answer is taken as it is. Then the question is offered
            again, softly: is this still right?
        valid_for: How long an answer counts at all. Then it is as if nobody had said.
        purpose: What the answer is used for: a name, whose words stand in
            ``Onboarding(purposes=…)``. People can take a purpose back as a whole. An
            answer is used for the purpose that it was given for, and no other.
        version: Which version of the question this is: one more than before, whenever
            a stored answer would mean something else, or be refused, from now on.
        convert: What makes of a stored JSON answer to an older version one to the
            next: one function for each older version, by its number. Answers are
            converted when they are read. Where a function raises, or gives what the
            field refuses, the question is asked again.
        propose: The claim of a provider that is shown beside the question, for one
            press to make it the answer: a standard one such as ``"birthdate"`` (OpenID
            Connect Core §5.1), or what the mapping of your own provider calls it.
        unused: Why it is asked although no feature needs or wants it, such as ``"Asked
            by the newsletter form."``; for those who read the code, and nobody else.
    """

    question: str
    why: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    declinable: bool = True
    widget: str | None = None
    autocomplete: str = "off"
    when: Condition | None = None
    fresh_for: timedelta | None = None
    valid_for: timedelta | None = None
    purpose: str | None = None
    version: int = 1
    convert: Mapping[int, Converter] = field(default_factory=dict)
    propose: str | None = None
    unused: str | None = None


@dataclass(frozen=True, slots=True)
class Feature:
    """Something that opens once what it needs is known.

    Args:
        name: As in the URL: lower case, digits, ``-`` and ``_``.
        needs: What it stays locked without, in the order in which it is asked: names
            of questions; tests of their answers, ``Answered(…)`` and ``Age(…)``;
            ``Any(…)`` of these; ``Proven("email")``; ``Linked()``.
        wants: Names of questions it would like to know; they never block.
        title: What people call it; shown above its questions.
        button: The words of the button that opens it, e.g. ``"Open my shelf"``.
        per_page: How many needs share a page.
        without: What it does without an answer, by the question: a sentence that
            stands beside "I'd rather not say", which then opens it.
        after: Names of features that open before it; what they need, it needs.
        budget: How many questions it may cost at most; see
            ``onboarding profile check``.

    Raises:
        ConfigError: When needs or wants are one text instead of several, or a page
            would be empty.
    """

    name: str
    needs: tuple[Need, ...] = ()
    wants: tuple[str, ...] = ()
    title: str | None = None
    button: str | None = None
    per_page: int = 1
    without: Mapping[str, str] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    budget: int | None = None

    def __init__(
        self,
        name: str,
        *,
        needs: Sequence[Need] = (),
        wants: Sequence[str] = (),
        title: str | None = None,
        button: str | None = None,
        per_page: int = 1,
        without: Mapping[str, str] | None = None,
        after: Sequence[str] = (),
        budget: int | None = None,
    ):
        where = f"Feature {name!r}"
        example = '["genre"]'
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "needs", several(f"{where}: needs", needs, example))
        object.__setattr__(self, "wants", several(f"{where}: wants", wants, example))
        object.__setattr__(self, "title", title)
        object.__setattr__(self, "button", button)
        object.__setattr__(self, "per_page", per_page)
        object.__setattr__(self, "without", without or {})
        object.__setattr__(
            self, "after", several(f"{where}: after", after, '["shelf"]')
        )
        object.__setattr__(self, "budget", budget)
        check_fields(self, where)
        if per_page < 1:
            raise ConfigError(f"{where}: per_page must be at least 1")


# ── what the catalogue makes of it ───────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One field of the profile model, as it is asked.

    Attributes:
        type: The field's type, without None.
        constraints: What else ``Annotated`` or ``Field`` say, such as ``Ge(ge=0)``.
        parts: Its parts, where the type is a model: questions by the name of their
            field, each called ``<question>.<field>``.
        required: Of a part: whether there is no answer without it.
        guard: ``Ask.when``, checked and compiled; None where it always applies.
    """

    name: str
    ask: Ask
    type: object
    constraints: tuple[object, ...] = ()
    guard: Compiled | None = None
    parts: Mapping[str, "Question"] = field(default_factory=dict)
    required: bool = False

    @property
    def applies(self) -> Test | None:
        """What tells whether it applies; None where it always does."""
        return None if self.guard is None else self.guard.test

    def limit(self, name: str) -> object | None:
        """Return a constraint such as ``ge``, ``lt`` or ``max_length``, or None."""
        for constraint in self.constraints:
            limit: object | None = getattr(constraint, name, None)
            if limit is not None:
                return limit
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A feature with every question it may ever ask.

    Attributes:
        path: The questions of its needs and wants, and those that decide whether
            these apply, by name; each stands after the one its guard looks at.
        hard: The names of those that its needs hang on.
        groups: Its needs, after those of the features that open before it.
        steps: Each question of the path, with what tells whether it applies.
        guards: The guards of those that have one, by name.
        facts: What it needs that is no question.
        needs: The same, as a decision reads them.
        soft: The questions that only its wants hang on.
        aging: The questions of the path whose answers have an edge, by name.
        ages: The conditions on its way that look at somebody's age.
    """

    feature: Feature
    path: Mapping[str, Question]
    hard: frozenset[str]
    groups: tuple[Group, ...]
    steps: tuple[tuple[str, Test | None], ...]
    guards: Mapping[str, Compiled]
    facts: tuple[Fact, ...]
    needs: tuple["NeedRow", ...]
    soft: tuple[str, ...]
    aging: Mapping[str, Question]
    ages: tuple[Condition, ...]


class NeedRow(NamedTuple):
    """A need, as a decision reads it.

    Attributes:
        name: The question or fact; empty where one of several is enough.
        test: What its answer must be; None where every answer will do.
        guard: Its guard, if it has one.
        told: Why it is not met, by the question that is asked for it: itself, or one
            that its guards hang on.
        group: The need.
    """

    name: str
    test: Test | None
    guard: Compiled | None
    told: Mapping[str, "Reason"]
    group: Group


# ── what people said ─────────────────────────────────────────────────────────


class Source(IntEnum):
    """Where an answer came from; the higher one wins a merge."""

    PROVIDER = 1
    GUEST = 2
    PERSON = 3


class AnswerKind(StrEnum):
    """What an answer is: a value, or the wish not to say."""

    VALUE = "value"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one account said to one question, and where that came from.

    Attributes:
        value: The JSON value, None when declined.
        via: Name of the provider who said it, where the person did not type it but
            confirmed a proposal.
        because: What the application knew it by, where it was the one to propose it.
        feature: The feature that asked, if one did.
        suggested: JSON values that the same person said otherwise, as a guest or in
            another account, before these came together. They wait until the person
            answers again, and count for nothing.
        purpose: What it was given for; None where the question had no purpose then.
        version: The version of the question that was answered.
        withdrawn: Whether the person took the whole purpose back, and said nothing to
            this question since: it counts as declined.
    """

    KEY: ClassVar[tuple[str, ...]] = ("account_id", "question")
    GUARD: ClassVar[tuple[str, ...]] = ("answered_at",)
    ORDER: ClassVar[tuple[str, ...]] = ("question",)

    account_id: str
    question: str
    reply: AnswerKind = AnswerKind.VALUE
    value: JsonValue = field(default=None, repr=False)
    source: Source
    via: str | None = None
    because: str | None = field(default=None, repr=False)
    feature: str | None = None
    answered_at: datetime
    suggested: tuple[JsonValue, ...] = field(default=(), repr=False)
    purpose: str | None = None
    version: int = 1
    withdrawn: bool = False


# ── what is decided ──────────────────────────────────────────────────────────


class AnswerState(StrEnum):
    """What is known of one question, seen through its guard.

    ``ABSENT``: the question does not apply. ``UNKNOWN``: nobody answered, or it is
    not decided whether the question applies.
    """

    VALUE = "value"
    ABSENT = "absent"
    DECLINED = "declined"
    UNKNOWN = "unknown"


class Status(StrEnum):
    """What becomes of somebody who opens a feature."""

    OPEN = "open"
    ASK = "ask"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a feature is not open: one of its needs.

    Attributes:
        need: The question that it needs, or what a fact is called; of several of which
            one is enough the first that is not ruled out, or the first.
        state: ``UNKNOWN``; ``DECLINED``; ``VALUE`` where the answer closes it.
        ask: The question or fact that moves this on: the need itself, or the question
            that decides whether it applies; None where the feature is closed by it.
        among: Every need of which one is enough; the need alone where it stands alone.
    """

    need: str
    state: AnswerState
    ask: str | None
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether a feature is open, and if not, what to ask.

    Attributes:
        must: Every question that can be asked now and has to be, in order.
        page: The first of them: what one page asks.
        instead: Other questions and facts of which one is enough, by the question that
            is asked.
        facts: What has to be proven that is no question, in order.
        wants: What may be asked beside it; never stands in the way.
        again: Those of the wants that are answered: is it still right?
        known: How many of the questions on the way are answered.
        total: How many there are, as far as can be told today.
        reasons: One for each need that is not met.
        withheld: Wants that attention keeps back, by the name of the question.
        next_change_at: The first instant at which time alone may change this;
            None when only an answer does.
    """

    feature: str
    status: Status
    must: tuple[str, ...] = ()
    page: tuple[str, ...] = ()
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    wants: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    known: int = 0
    total: int = 0
    reasons: tuple[Reason, ...] = ()
    withheld: Mapping[str, Verdict] = field(default_factory=dict)
    next_change_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether the feature may be used."""
        return self.status is Status.OPEN
