"""Every statement of ours, found where it is written: nobody has to list it."""

import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from importlib import import_module
from types import ModuleType
from typing import ClassVar

import onboarding.stores.sql as package
from onboarding.events import Event
from onboarding.journey.model import Funnel
from onboarding.journey.sql import funnel_sql
from onboarding.stores.sql.feedback import list_moments_sql
from onboarding.stores.sql.journey import list_undeclared_sql
from onboarding.stores.sql.tables import TABLES

BEGINS = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
CATALOGUE = re.compile(r"\b(pg_\w+|sqlite_\w+|information_schema)\b")
"""What one database alone is asked about itself."""


class Entered(Event):
    """Somebody came in."""

    name: ClassVar[str] = "entered"


class Left(Event):
    """Somebody went away."""

    name: ClassVar[str] = "left"


def a_funnel_sql() -> str:
    """Return the question of a funnel."""
    funnel = Funnel(name="visit", steps=(Entered, Left), within=timedelta(hours=1))
    return funnel_sql(
        funnel, events="onboarding_events", accounts="onboarding_accounts"
    )


WRITTEN: Mapping[str, Callable[[], str]] = {
    "list_moments_sql": lambda: list_moments_sql(3),
    "list_undeclared_sql": lambda: list_undeclared_sql(3),
    "funnel_sql": a_funnel_sql,
}
"""A sample of what each function writes that returns a statement."""


def modules() -> Iterator[ModuleType]:
    """Give each module that speaks SQL."""
    for found in pkgutil.iter_modules(package.__path__):
        yield import_module(f"{package.__name__}.{found.name}")


def writers() -> set[str]:
    """Return the names of the functions that write a statement."""
    names = {name for module in modules() for name in vars(module)}
    return {name for name in names if name.endswith("_sql")}


def questions() -> dict[str, str]:
    """Return what the features ask and the steps do; a part of another is none."""
    texts = {
        f"{module.__name__.rpartition('.')[2]}.{name}": value
        for module in modules()
        for name, value in vars(module).items()
        if isinstance(value, str)
        and BEGINS.match(value)
        and not CATALOGUE.search(value)
    }
    texts |= {name: write() for name, write in WRITTEN.items()}
    return {
        name: text
        for name, text in texts.items()
        if not any(text in other for other in texts.values() if text != other)
    }


def by_table() -> dict[str, str]:
    """Return what each table can do."""
    return {
        f"{noun.__name__}-{number}": statement
        for noun, table in TABLES.items()
        for number, statement in enumerate(table.statements)
    }
