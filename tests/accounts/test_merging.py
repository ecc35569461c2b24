"""What a merge would do, told before it is done."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from onboarding import (
    AccountWins,
    GuestWins,
    KeepLarger,
    KeepOne,
    Park,
    PerState,
    Reassign,
    Resource,
)
from onboarding.accounts.belongings import Belongings
from onboarding.accounts.merge_plan import (
    MergedAnswer,
    MergePlan,
    Part,
    ResourcePlan,
    Side,
)
from onboarding.accounts.planned import Outcome
from onboarding.changes import Put, Statement
from onboarding.errors import AccountEnded, ConfigError
from onboarding.profiling.model import Answer, AnswerKind, Source
from onboarding.profiling.resource import AnswersResource
from onboarding.stores import store_from
from tests.world import World

pytestmark = pytest.mark.anyio

LARGER = KeepLarger(key="book", quantity="quantity")
PARTS: Mapping[str, tuple[Any, list[tuple[str, int, str, str | None]]]] = {
    "moves": (Reassign(), [("added", 2, "Reassign", None)]),
    "joins": (
        LARGER,
        [("combined", 1, "KeepLarger", None), ("added", 1, "KeepLarger", None)],
    ),
    "stays behind": (KeepOne(), [("dropped", 2, "KeepOne", None)]),
    "waits": (Park(take_back=LARGER), [("parked", 2, "Park", None)]),
    "loses, and waits": (
        AccountWins(losing=Park(take_back=LARGER)),
        [("parked", 2, "AccountWins", None)],
    ),
    "wins": (
        GuestWins(),
        [("added", 2, "GuestWins", None), ("replaced", 1, "GuestWins", None)],
    ),
    "wins, and the other waits": (
        GuestWins(losing=Park(take_back=LARGER)),
        [("added", 2, "GuestWins", None), ("displaced", 1, "GuestWins", None)],
    ),
    "by its state": (
        PerState("state", {"checkout": GuestWins(), "cart": LARGER}),
        [
            ("added", 2, "GuestWins", "checkout"),
            ("replaced", 1, "GuestWins", "checkout"),
        ],
    ),
    "each for itself": (
        PerState("state", {"checkout": KeepOne()}, otherwise=Reassign()),
        [("added", 1, "KeepOne", "checkout"), ("added", 1, "Reassign", None)],
    ),
}
ROWS = """
INSERT INTO lines VALUES
  ('{guest}', 'emma', 1, 'checkout'), ('{guest}', 'walden', 1, 'cart'),
  ('{account}', 'emma', 2, 'cart')
"""


class Shop(World):
    """A world with one table, whose rule a test declares."""

    def declare(self, merge: Any) -> None:
        """Open it again with another rule."""
        self.resources = [Resource.table("lines", owner="account_id", merge=merge)]
        self.__post_init__()


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    """Open a shop with a table."""
    store = store_from("memory:")
    await store.open()
    columns = "account_id TEXT, book TEXT, quantity INTEGER, state TEXT"
    await store.commit(Statement(f"CREATE TABLE lines ({columns})"))
    yield Shop(store, own=lambda one: [AnswersResource(one)])
    await store.close()


async def pair(shop: Shop) -> tuple[str, str]:
    """Return a guest and somebody registered."""
    return (await shop.guest()).account.id, (await shop.person("kim")).account.id


@pytest.mark.parametrize("case", PARTS)
async def test_a_plan_tells_what_becomes_of_which_rows_and_why(
    shop: Shop, case: str
) -> None:
    """Outcome, number, the rule that decides, and the state that chose it."""
    rule, expected = PARTS[case]
    shop.declare(rule)
    guest, account = await pair(shop)
    await shop.store.commit(Statement(ROWS.format(guest=guest, account=account)))

    plan = await shop.merging.plan(guest, account)

    (lines,) = [one for one in plan.resources if one.name == "lines"]
    parts = [(p.outcome.value, p.count, p.rule, p.state) for p in lines.parts]
    assert expected == parts
    assert not plan.is_empty


async def test_a_plan_writes_nothing(shop: Shop) -> None:
    """However often it is asked for; the merge then does what it said."""
    shop.declare(GuestWins(losing=Park()))
    guest, account = await pair(shop)
    await shop.store.commit(Statement(ROWS.format(guest=guest, account=account)))
    accounts = await shop.store.query("SELECT * FROM onboarding_accounts")
    plans = [await shop.merging.plan(guest, account) for _ in range(2)]
    assert plans[0] == plans[1]
    assert accounts == await shop.store.query("SELECT * FROM onboarding_accounts")
    receipt = await shop.merging.merge(guest, account)
    assert {"lines": "added:2 displaced:1"} == plans[0].moved == receipt.moved


async def test_a_plan_tells_whose_answer_counts(shop: Shop) -> None:
    """What is new, what stays, and what is kept beside it to be looked at."""
    guest, account = await pair(shop)

    async def say(who: str, question: str, value: Any, source: Source) -> None:
        reply = AnswerKind.DECLINED if value is None else AnswerKind.VALUE
        answer = Answer(
            account_id=who,
            question=question,
            value=value,
            reply=reply,
            source=source,
            answered_at=shop.now,
        )
        await shop.store.commit(Put(answer))

    await say(guest, "town", "Delft", Source.GUEST)
    await say(guest, "genre", "ghost", Source.GUEST)
    await say(account, "genre", "novel", Source.PERSON)
    await say(guest, "lamp", "oil", Source.GUEST)
    await say(account, "lamp", "gas", Source.PROVIDER)
    await say(account, "pages", 300, Source.PERSON)
    await say(guest, "mood", 3, Source.GUEST)
    await say(account, "mood", None, Source.PERSON)

    plan = await shop.merging.plan(guest, account)

    told = {one.question: one for one in plan.answers}
    kept = {"is_declined": False, "suggested": ()}
    assert {
        "town": MergedAnswer(question="town", winner=Side.GUEST, value="Delft", **kept),
        "genre": MergedAnswer(
            question="genre",
            winner=Side.ACCOUNT,
            is_declined=False,
            value="novel",
            suggested=("ghost",),
        ),
        "lamp": MergedAnswer(
            question="lamp",
            winner=Side.GUEST,
            is_declined=False,
            value="oil",
            suggested=("gas",),
        ),
        "mood": MergedAnswer(
            question="mood",
            winner=Side.ACCOUNT,
            is_declined=True,
            value=None,
            suggested=(3,),
        ),
    } == told


async def test_an_empty_guest_brings_nothing(shop: Shop) -> None:
    """A session is nobody's doing, and neither is what they were asked."""
    guest, account = await pair(shop)
    plan = await shop.merging.plan(guest, account)
    assert plan.is_empty
    assert {} == plan.moved


async def test_no_plan_is_made_that_no_merge_could_follow(shop: Shop) -> None:
    """It says no where the merge itself would."""
    guest, account = await pair(shop)
    for ids in ((guest, guest), (account, guest)):
        with pytest.raises(ConfigError):
            await shop.merging.plan(*ids)
    await shop.merging.merge(guest, account)
    with pytest.raises(AccountEnded):
        await shop.merging.plan(guest, account)


def plan(**changes: Any) -> MergePlan:
    """Return a plan, but for what is changed."""
    return MergePlan(**{"source": "a", "target": "b", **changes})


def test_a_digest_is_that_of_what_is_shown() -> None:
    """The same plan has the same; another number, rule or answer has another one."""
    part = Part(outcome=Outcome.ADDED, count=1)
    answer = MergedAnswer(
        question="genre", winner=Side.GUEST, is_declined=False, value="novel"
    )
    plans = [
        plan(),
        plan(source="c"),
        plan(answers=(answer,)),
        plan(
            answers=(
                MergedAnswer(
                    question="genre",
                    winner=Side.GUEST,
                    is_declined=False,
                    value="ghost",
                ),
            )
        ),
        *(
            plan(resources=(_resource(changed),))
            for changed in (
                part,
                Part(outcome=Outcome.ADDED, count=2),
                Part(outcome=Outcome.PARKED, count=1),
                Part(outcome=Outcome.ADDED, count=1, rule="Reassign"),
            )
        ),
    ]
    assert len(plans) == len({one.digest for one in plans})
    assert plan(answers=(answer,)).digest == plan(answers=(answer,)).digest


def _resource(part: Part) -> Any:
    return ResourcePlan(name="lines", parts=(part,))


@pytest.mark.parametrize("name", ["account", "parked"])
async def test_a_name_that_is_taken_is_refused(shop: Shop, name: str) -> None:
    """What is told of everybody would else be overwritten by a host's table."""
    with pytest.raises(ConfigError, match="another name"):
        Belongings([Resource.table(name, owner="account_id")], shop.store.query)


WRONG: Mapping[str, tuple[Any, str]] = {
    "a class": (lambda: GuestWins(losing=Park), "the class Park"),  # type: ignore[arg-type]
    "no rule for losing": (lambda: AccountWins(losing=KeepOne()), "losing"),  # type: ignore[arg-type]
    "taken back and lost": (lambda: Park(take_back=KeepOne()), "take_back"),  # type: ignore[arg-type]
    "no state": (lambda: PerState("state", {}), "names no state"),
    "a rule of states in a state": (
        lambda: PerState("state", {"cart": PerState("state", {"x": KeepOne()})}),  # type: ignore[dict-item]
        "rules",
    ),
    "words and numbers": (
        lambda: PerState("state", {"cart": KeepOne(), 1: KeepOne()}),
        "mixes texts and numbers",
    ),
    "no column": (lambda: PerState("my state", {"cart": KeepOne()}), "plain SQL name"),
    "no rule otherwise": (
        lambda: PerState("state", {"cart": KeepOne()}, otherwise="move"),  # type: ignore[arg-type]
        "otherwise",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_rule_that_is_none_says_what_to_write(case: str) -> None:
    """When it is declared, and not at the first sign-in."""
    build, told = WRONG[case]
    with pytest.raises(ConfigError, match=told):
        build()


def test_rules_are_values() -> None:
    """Two that say the same are the same, and a mapping changed later changes none."""
    rules: dict[str | int, Any] = {"cart": KeepOne()}
    one = PerState("state", rules)
    rules["checkout"] = Park()
    assert PerState("state", {"cart": KeepOne()}) == one
    assert 1 == len({one, PerState("state", {"cart": KeepOne()})})
