"""Settings of a provider that are made of other settings of it, as an issuer is."""

import re
from typing import TYPE_CHECKING

from onboarding.errors import ConfigError
from onboarding.shapes import UNSET
from onboarding.urls import url_problem

if TYPE_CHECKING:
    from onboarding.providers.base import Provider

HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?\Z")
"""A host in lower case, perhaps with a port."""


def make(provider: "Provider", name: str, made: object) -> None:
    """Set a field that is made of other settings, where it was left out.

    Raises:
        ConfigError: When it was given and says something else: then one of the two
            would be ignored, and nobody could tell which.
    """
    given = getattr(provider, name)
    if given and given != made:
        raise ConfigError(
            f"{type(provider).__name__}: {name} is made of its other settings; leave "
            f"{name} out"
        )
    object.__setattr__(provider, name, made)


def host_of(provider: "Provider", name: str) -> str:
    """Return a setting that is a host.

    Raises:
        ConfigError: When it is none, a whole address for example.
    """
    value: object = getattr(provider, name)
    if not isinstance(value, str) or not HOST.match(value):
        hint = "" if value else UNSET
        raise ConfigError(
            f"{type(provider).__name__}: {name} must be a host in lower case, without "
            f'https:// and without a slash{hint}; write {name}="shop.example"'
        )
    return value


def address_of(provider: "Provider", name: str) -> str:
    """Return a setting that is the address of a server, without a slash at its end.

    Raises:
        ConfigError: When it is none.
    """
    value: object = getattr(provider, name)
    text = value.rstrip("/") if isinstance(value, str) else ""
    if (problem := url_problem(text)) or "?" in text:
        hint = "" if value else UNSET
        raise ConfigError(
            f"{type(provider).__name__}: {name} {problem or 'must have no query'}"
            f'{hint}; write {name}="https://id.shop.example"'
        )
    return text


def word_of(provider: "Provider", name: str, pattern: str, example: str) -> str:
    """Return a setting that is one word of a certain form.

    Raises:
        ConfigError: When it has another form.
    """
    value: object = getattr(provider, name)
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        hint = "" if value else UNSET
        raise ConfigError(
            f"{type(provider).__name__}: {name} has not the form that it has there"
            f'{hint}; write {name}="{example}"'
        )
    return value
