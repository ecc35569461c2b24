"""Endpoints of a host that run only once a feature is open."""

import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

from onboarding.errors import ConfigError
from onboarding.shapes import shown

HostEndpoint = TypeVar("HostEndpoint", bound=Callable[..., Any])


def unlocked(
    endpoint: HostEndpoint,
    feature: str,
    require: Callable[[Any], Coroutine[Any, Any, None]],
    wait: Callable[[Coroutine[Any, Any, None]], None],
) -> HostEndpoint:
    """Return an endpoint of the same signature that first requires its feature.

    Args:
        endpoint: A function or method, async or not.
        feature: What it needs, for the messages of errors.
        require: Raises where the feature is closed, of a request.
        wait: Runs that from the thread of a plain endpoint.

    Raises:
        ConfigError: When the endpoint takes no request.
    """
    if not callable(endpoint):
        raise ConfigError(
            f'@onboarding.unlock("{feature}") stands above {shown(endpoint)}, which is '
            "no endpoint; write it below the line of the route, next to def"
        )
    if not inspect.signature(endpoint).parameters:
        raise ConfigError(
            f'@onboarding.unlock("{feature}") on {endpoint.__name__}: the endpoint '
            "takes no request to look at; add a request parameter, or with FastAPI "
            f'use Depends(Dependencies(onboarding).unlocked("{feature}"))'
        )

    @functools.wraps(endpoint)
    async def checked(*args: object, **kwargs: object) -> object:
        await require(_request_among(args, kwargs))
        return await endpoint(*args, **kwargs)

    # A plain endpoint stays one: a framework that runs it in a thread still does, and
    # a type checker is told no more than what is true.
    @functools.wraps(endpoint)
    def checked_in_thread(*args: object, **kwargs: object) -> object:
        wait(require(_request_among(args, kwargs)))
        return endpoint(*args, **kwargs)

    is_async = inspect.iscoroutinefunction(endpoint)
    return cast("HostEndpoint", checked if is_async else checked_in_thread)


def _request_among(args: tuple[object, ...], kwargs: dict[str, object]) -> object:
    for value in (*args, *kwargs.values()):
        if hasattr(value, "scope") or hasattr(value, "environ"):
            return value
    raise ConfigError(
        "unlock found no request among the arguments of the endpoint; with FastAPI "
        "use Depends(Dependencies(onboarding).unlocked(…))"
    )
