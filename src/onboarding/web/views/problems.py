"""What an error says to people and programs, in their language."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from markupsafe import Markup

from onboarding.accounts.linking import BY_MAIL, BY_PASSKEY
from onboarding.errors import (
    ConfigError,
    InvalidAnswer,
    OnboardingError,
    ProviderError,
    Refused,
    StoreError,
    TooManyTries,
)
from onboarding.locales.texts import Texts
from onboarding.profiling.model import Plan
from onboarding.web.views.questions import feature_title

if TYPE_CHECKING:
    from onboarding.providers.base import Provider


LASTING = 500
"""The status of what will be wrong the next time too; 503 is what passes (RFC 9110)."""


class Problem:
    """The sentences of an error: its ``title``, ``what``, ``safe`` and ``go``.

    ``what`` says what happened, ``safe`` what is not lost, ``go`` labels the way on.

    Args:
        error: What went wrong.
        texts: In which language to say it.
        features: The features of the application, by name.
        providers: Its identity providers, by name.

    Attributes:
        name: Whose sentences these are: the error's code, or that of its kind.
        slots: What the sentences may name.
    """

    def __init__(
        self,
        error: OnboardingError,
        *,
        texts: Texts,
        features: Mapping[str, Plan],
        providers: "Mapping[str, Provider]",
    ):
        self._texts = texts
        self.name = _name(error, texts)
        self.slots = _slots(error, texts, features, providers)

    def __contains__(self, part: str) -> bool:
        """Tell whether there is such a sentence."""
        return f"problem.{self.name}.{part}" in self._texts

    def html(self, part: str) -> Markup:
        """Return a sentence for a page."""
        return self._texts(f"problem.{self.name}.{part}", **self.slots)

    def plain(self, part: str) -> str:
        """Return a sentence for JSON, or for a template that escapes it."""
        return self._texts.plain(f"problem.{self.name}.{part}", **self.slots)


OTHER_WORDS = {
    BY_MAIL: {"identity_taken": "address_taken", "sign_in_expired": "letter_expired"},
    BY_PASSKEY: {
        "identity_taken": "passkey_taken",
        "sign_in_expired": "passkey_expired",
    },
}
"""What is said of an error that a letter met, or a passkey, and not a provider."""


def _name(error: OnboardingError, texts: Texts) -> str:
    met = OTHER_WORDS.get(str(error.details().get("provider")), {})
    if error.code in met:
        return met[error.code]
    is_lasting = isinstance(error, StoreError) and error.status == LASTING
    if is_lasting or (isinstance(error, ProviderError) and error.setting):
        return ConfigError.code  # who must act is the developer, and nobody else
    kinds = ((StoreError, "store_error"), (ProviderError, "provider_error"))
    kind = next((name for base, name in kinds if isinstance(error, base)), "")
    fallback = "refused" if isinstance(error, Refused) else "onboarding_error"
    names = (error.code, kind, fallback)
    return next(name for name in names if f"problem.{name}.title" in texts)


def _slots(
    error: OnboardingError,
    texts: Texts,
    features: Mapping[str, Plan],
    providers: "Mapping[str, Provider]",
) -> dict[str, str]:
    facts = error.details()
    provider = str(facts.get("provider", ""))
    feature = str(facts.get("feature", ""))
    known = providers.get(provider)
    slots = {
        "provider": known.title if known else provider,
        "feature": feature_title(feature, texts, features),
    }
    if isinstance(error, InvalidAnswer):
        slots["problem"] = texts.say(error.problem, **error.slots)
    if isinstance(error, TooManyTries):
        # Not "from 14:32 on": nobody told us in which time zone people read this.
        slots["wait"] = texts.duration(timedelta(seconds=error.retry_after))
    return slots
