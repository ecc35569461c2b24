"""Functions that a host hands in: whether they can be called as they will be."""

import inspect
from collections.abc import Mapping
from typing import Any

from onboarding.errors import ConfigError
from onboarding.shapes import UNSET, check_instance, is_async, shown
from onboarding.site import Site

SINK = "async def tell(entry: Entry) -> None: … and sinks=[tell]"
CALLED: Mapping[str, tuple[str, str]] = {
    "adopt": (
        "an address",
        "async def find_user(address: str) -> Adopted | None: … and adopt=find_user",
    ),
    "keep_tokens": (
        "the tokens of a sign-in",
        "async def keep(tokens: ProviderTokens) -> None: … and keep_tokens=keep",
    ),
    "mailer": (
        "a message",
        "async def send(message: Message) -> None: … and mailer=send",
    ),
}
"""What each function is called with, and how to write one."""

NO_MAILER = (
    "mailer is missing, and url is https: people sign in by mail, and are told of a "
    "reply and of a new way into their account. Write mailer=SmtpMailer("
    '"smtp.shop.example", sender="Lamplight <post@shop.example>", …), from '
    "onboarding.mailers.smtp; or mailer=None, where this application mails nothing"
)


def check_functions(settings: Mapping[str, Any]) -> None:
    """Refuse what cannot be called, and silence where people are served.

    Who cannot sign in by mail, or is not told of a new way into their account, would
    never complain: so whoever deploys says that it shall be so, or what sends mail.

    Raises:
        ConfigError: Saying what to write.
    """
    for sink in settings.get("sinks", ()):
        check_called("sinks", sink, "an entry", SINK)
    for name, (takes, example) in CALLED.items():
        is_silent = name == "mailer" and settings.get(name) is None
        if name in settings and not is_silent:
            check_called(name, settings[name], takes, example)
    if "mailer" not in settings and Site.parse(settings["url"]).is_secure:
        raise ConfigError(NO_MAILER)


def check_called(name: str, given: object, takes: str, example: str) -> None:
    """Refuse what cannot be awaited with one thing.

    Args:
        name: Of the setting.
        given: What was handed in.
        takes: What it is called with, in a word.
        example: The line to write.

    Raises:
        ConfigError: Saying what to write instead.
    """
    check_instance(name, given, example)
    if not callable(given) or not is_async(given):
        what = "cannot be called" if not callable(given) else "is not async"
        hint = UNSET if given is None else ""
        raise ConfigError(
            f"{name} holds {shown(given)}, which {what}{hint}; write {example}"
        )
    try:
        inspect.signature(given).bind(takes)
    except TypeError:
        raise ConfigError(
            f"{name} holds {shown(given)}, which cannot be called with {takes} alone; "
            f"write {example}"
        ) from None
