"""What cannot be moved or removed, whenever it is tried: named, and left where it is.

A row of a host's that breaks a key, or a verb of theirs that fails, concerns one
account. Whoever walks over all of them goes on with the others, and tells of this one.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from onboarding.accounts.resources import Resource
from onboarding.changes import KeyTaken
from onboarding.errors import Conflict, StoreError, StoreUnavailable
from onboarding.frozen import dataclass, field
from onboarding.log_lines import log_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """Something of one account that stays where it is, since its change fails.

    Attributes:
        account_id: Whose.
        resource: The name of the resource, or of those among which it is; empty where
            none is to blame.
        where: How that was declared, such as ``Resource.table('orders')``.
        reason: What is wrong, without any value of a row.
        error: What was raised.
    """

    account_id: str
    resource: str
    where: str
    reason: str
    error: Exception = field(repr=False)

    @classmethod
    def of(cls, account_id: str, error: Exception, *resources: Resource) -> "Stuck":
        """Return what to tell of an error that came of some resources.

        Raises:
            StoreUnavailable: When it was that: nobody else would fare better.
        """
        return cls(
            account_id=account_id,
            resource=", ".join(one.name for one in resources),
            where=", ".join(one.where or type(one).__name__ for one in resources),
            reason=reason_of(error),
            error=error,
        )


def is_race(error: Exception) -> bool:
    """Tell whether somebody else was faster, so that trying again may do."""
    return isinstance(error, Conflict) and not isinstance(error.__cause__, KeyTaken)


def reason_of(error: Exception) -> str:
    """Return why something fails, as a report and a log may tell it.

    A database's own words, or else the kind of error: the message of a host's own may
    hold what stood in a row.

    Raises:
        StoreUnavailable: When it was that: it concerns everybody.
    """
    if isinstance(error, StoreUnavailable):
        raise error
    if isinstance(error.__cause__, KeyTaken):
        return f"a statement breaks a unique key of its table: {error.__cause__}"
    if isinstance(error, StoreError):
        return log_line(error)
    return type(error).__name__


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """What one step over ended accounts came to.

    Attributes:
        count: Of how many accounts, or rows, it was.
        stuck: What stays where it is.
    """

    count: int = 0
    stuck: Sequence[Stuck] = ()


def together(steps: Sequence[Upkeep]) -> Upkeep:
    """Return several steps as one."""
    return Upkeep(
        count=sum(one.count for one in steps),
        stuck=[stuck for one in steps for stuck in one.stuck],
    )


async def find_owners(
    resources: Iterable[Resource],
    account_ids: Sequence[str],
    ask: Callable[[Resource, Sequence[str]], Awaitable[Sequence[str]]],
) -> tuple[dict[str, list[Resource]], list[Stuck]]:
    """Ask each resource which of some accounts own something; say who cannot be asked.

    All at once; where that fails, one by one.

    Args:
        resources: Whom to ask.
        account_ids: About whom.
        ask: Asks one of them.
    """
    found: dict[str, list[Resource]] = {}
    stuck: list[Stuck] = []
    for one in resources:
        try:
            owners = await ask(one, account_ids)
        except Exception as error:  # noqa: BLE001  # a host's verb may raise anything
            reason_of(error)
            owners = []
            for id in account_ids:
                try:
                    owners += await ask(one, [id])
                except Exception as error:  # noqa: BLE001  # see above
                    stuck.append(Stuck.of(id, error, one))
        for id in owners:
            found.setdefault(id, []).append(one)
    return found, stuck
