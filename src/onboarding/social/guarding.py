"""Others' code at a provider's data: whatever it throws becomes an error of ours.

What a provider answers is read by libraries and by mappings that somebody else wrote.
Both throw whatever they like at what they did not foresee, a ``KeyError`` at an
unknown curve, an ``AttributeError`` at a null. Here, and nowhere else, that becomes
``BadProviderReply``: a page for the person, and a line for the developer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

from onboarding.errors import BadProviderReply, OnboardingError


@contextmanager
def guarding(
    provider: str, what: str, lets: type[OnboardingError] = OnboardingError
) -> Iterator[None]:
    """Turn what is thrown inside into an error of ours; its cause goes along.

    The log names the kind and the place of what was thrown. Its text may quote what
    the provider said of a person: that is in the cause alone, which is logged at DEBUG.

    Args:
        provider: The name of the provider.
        what: What is done inside.
        lets: Which errors of ours pass as they are. A mapping raises those of a
            provider; any other is a mistake in it.

    Raises:
        BadProviderReply: When anything else was thrown.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, lets):
            raise
        reason = f"{what} fails on what was answered"
        raise BadProviderReply(provider, reason, note=_place(error)) from error


def _place(error: Exception) -> str:
    """Return what was thrown, and the line that threw it; no text of it."""
    kind, innermost = type(error).__name__, error.__traceback__
    while innermost is not None and innermost.tb_next is not None:
        innermost = innermost.tb_next
    if innermost is None:
        return kind
    code = innermost.tb_frame.f_code
    return f"{kind} at {PurePath(code.co_filename).name}:{innermost.tb_lineno}"
