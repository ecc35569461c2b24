"""Endpoints of a host that run only once a feature is open."""

import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from starlette.concurrency import run_in_threadpool

from onboarding.errors import ConfigError

HostEndpoint = TypeVar("HostEndpoint", bound=Callable[..., Any])


def unlocked(
    endpoint: HostEndpoint, feature: str, require: Callable[[object], Awaitable[None]]
) -> HostEndpoint:
    """Return an endpoint that first awaits ``require`` with its request.

    Args:
        endpoint: A function or method, async or not.
        feature: What it needs, for the messages of errors.
        require: Raises where the feature is closed.

    Raises:
        ConfigError: When the endpoint takes no request.
    """
    if not inspect.signature(endpoint).parameters:
        raise ConfigError(
            f'@onboarding.unlock("{feature}") on {endpoint.__name__}: the endpoint '
            "takes no request to look at; add a request parameter, or with FastAPI "
            f'use Depends(Dependencies(onboarding).unlocked("{feature}"))'
        )

    @functools.wraps(endpoint)
    async def checked(*args: object, **kwargs: object) -> object:
        await require(_request_among(args, kwargs))
        if inspect.iscoroutinefunction(endpoint):
            return await endpoint(*args, **kwargs)
        return await run_in_threadpool(endpoint, *args, **kwargs)

    return cast("HostEndpoint", checked)


def _request_among(args: tuple[object, ...], kwargs: dict[str, object]) -> object:
    for value in (*args, *kwargs.values()):
        if hasattr(value, "scope"):
            return value
    raise ConfigError(
        "unlock found no request among the arguments of the endpoint; with FastAPI "
        "use Depends(Dependencies(onboarding).unlocked(…))"
    )
