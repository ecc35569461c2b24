"""A client secret that no ``repr``, log line or traceback shows."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import SecretStr


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A text for the token endpoint and nobody else.

    As pydantic's ``SecretStr``, which a host may give as well: without pydantic, whose
    import takes as long as a quarter of ours, for who asks no questions.
    """

    _text: str

    @classmethod
    def of(cls, given: "SecretStr | Secret | str") -> "Secret":
        """Return what was given, wrapped."""
        return cls(given if isinstance(given, str) else given.get_secret_value())

    def get_secret_value(self) -> str:
        """Return the text."""
        return self._text

    def __repr__(self) -> str:
        return "Secret('**********')"
