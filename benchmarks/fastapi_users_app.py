"""The peer fastapi-users, on SQLAlchemy and aiosqlite, as its documentation sets it up.

Its tables are in write-ahead logging with synchronous NORMAL, as ours are.
"""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from fastapi_users import BaseUserManager, FastAPIUsers, UUIDIDMixin
from fastapi_users.authentication import (
    AuthenticationBackend,
    CookieTransport,
    JWTStrategy,
)
from fastapi_users.authentication.strategy import DatabaseStrategy
from fastapi_users_db_sqlalchemy import (
    SQLAlchemyBaseUserTableUUID,
    SQLAlchemyUserDatabase,
)
from fastapi_users_db_sqlalchemy.access_token import (
    SQLAlchemyAccessTokenDatabase,
    SQLAlchemyBaseAccessTokenTableUUID,
)
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from benchmarks.requests import GUESTS, KEY

HOUR = 3600


class Base(DeclarativeBase):  # type: ignore[misc]  # skipped by the type checker
    """What SQLAlchemy keeps its tables under."""


class User(SQLAlchemyBaseUserTableUUID, Base):  # type: ignore[misc]  # as Base
    """A person."""


class AccessToken(SQLAlchemyBaseAccessTokenTableUUID, Base):  # type: ignore[misc]  # as Base
    """A session."""


class Manager(UUIDIDMixin, BaseUserManager):  # type: ignore[misc]  # as Base
    """What the documentation asks everybody to write."""


def engine_for(database: Path) -> AsyncEngine:
    """Return the engine of a SQLite file, with the pragmas that we use, too."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{database}")

    def connected(connection: Any, record: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    event.listen(engine.sync_engine, "connect", connected)
    return engine


def build(database: Path, *, stored: bool) -> FastAPI:
    """Return an app with as many people as ours has; ``/enter`` signs one of them in.

    Args:
        database: A SQLite file that is not there yet.
        stored: Whether sessions are in the database; signed tokens (JWT) otherwise.
    """
    engine = engine_for(database)
    sessions = async_sessionmaker(engine, expire_on_commit=False)

    async def session() -> AsyncIterator[Any]:
        async with sessions() as opened:
            yield opened

    async def users(opened: Annotated[Any, Depends(session)]) -> AsyncIterator[Any]:
        yield SQLAlchemyUserDatabase(opened, User)

    async def manager(found: Annotated[Any, Depends(users)]) -> AsyncIterator[Any]:
        yield Manager(found)

    async def tokens(opened: Annotated[Any, Depends(session)]) -> AsyncIterator[Any]:
        yield SQLAlchemyAccessTokenDatabase(opened, AccessToken)

    def in_database(found: Annotated[Any, Depends(tokens)]) -> Any:
        return DatabaseStrategy(found, lifetime_seconds=HOUR)

    def signed() -> Any:
        return JWTStrategy(secret=KEY, lifetime_seconds=HOUR)

    backend = AuthenticationBackend(
        name="cookie",
        transport=CookieTransport(cookie_max_age=HOUR, cookie_secure=False),
        get_strategy=in_database if stored else signed,
    )
    who_is_here = FastAPIUsers(manager, [backend]).current_user()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        async with sessions() as opened:
            # No password: making its hash alone would take minutes.
            people = [
                User(id=uuid.uuid4(), email=f"{n}@example.org", hashed_password="")
                for n in range(GUESTS)
            ]
            opened.add_all(people)
            await opened.commit()
        yield
        await engine.dispose()

    app = FastAPI(lifespan=lifespan)

    @app.get("/")
    async def who(user: Annotated[Any, Depends(who_is_here)]) -> dict[str, str]:
        return {"who": str(user.id)}

    @app.get("/enter")
    async def enter(
        strategy: Annotated[Any, Depends(backend.get_strategy)],
        opened: Annotated[Any, Depends(session)],
    ) -> Any:
        user = (await opened.scalars(select(User).limit(1))).one()
        return await backend.login(strategy, user)

    return app
