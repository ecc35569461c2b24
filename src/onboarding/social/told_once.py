"""What a provider tells one time only, kept until that sign-in has come to its end.

Apple tells a person's name at their first consent and never again: were the next step
to fail, it would be gone for good. So it waits in a sealed cookie, from before anything
can fail. It comes by way of the browser and is no more than a browser's word.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta

from onboarding.cookies import CookieSpec
from onboarding.providers.base import Provider
from onboarding.tokens import Keys

TOLD_COOKIE = "onboarding-told-"
"""What the name of its cookie begins with; the provider's name follows."""

TOLD_LIFE = timedelta(hours=1)
"""Enough to try again; on a shared screen somebody else comes next."""

LONGEST_TOLD = 1000
"""Characters that are kept: a name in JSON has a hundred, and a cookie 4,096."""


class ToldOnce:
    """Seals what was told, for this browser and this provider.

    Args:
        keys: Of the application.
    """

    def __init__(self, keys: Keys):
        self._keys = keys

    def keep(
        self, provider: Provider, params: Mapping[str, Sequence[str]]
    ) -> CookieSpec | None:
        """Return the cookie that keeps it; None where nothing of it was told now."""
        told = {
            name: values[0]
            for name in provider.told_once
            if (values := params.get(name)) and values[0]
        }
        text = json.dumps(told)
        if not told or len(text) > LONGEST_TOLD:
            return None
        name = TOLD_COOKIE + provider.name
        sealed = self._keys.sealer(name).seal([text])
        seconds = int(TOLD_LIFE.total_seconds())
        return CookieSpec(name=name, value=sealed, max_age=seconds)

    def recall(
        self, provider: Provider, cookies: Mapping[str, str]
    ) -> Mapping[str, str]:
        """Return what was told before in this browser, or nothing."""
        name = TOLD_COOKIE + provider.name
        match self._keys.sealer(name).open(cookies.get(name, "")):
            case [str(text)]:
                told: dict[str, str] = json.loads(text)
                return told
        return {}

    def forget(
        self, provider: Provider, cookies: Mapping[str, str]
    ) -> tuple[CookieSpec, ...]:
        """Return what the browser forgets: it has been heard."""
        name = TOLD_COOKIE + provider.name
        is_kept = name in cookies or provider.told_once
        return (CookieSpec.clear(name),) if is_kept else ()
