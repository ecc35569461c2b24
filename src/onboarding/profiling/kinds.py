"""Kinds of answers beside Python's own: for the fields of a host's profile.

Each is a plain type with a check and a look, so a profile holds a ``str``, a
``Decimal``, a ``bool``::

    class Profile(BaseModel):
        phone: Annotated[PhoneNumber | None, Ask("…", why="…")] = None
        budget: Annotated[Decimal | None, Money("EUR"), Ask("…", why="…")] = None
        home: Annotated[Address | None, Ask("…", why="…")] = None
"""

from collections.abc import Callable
from decimal import Decimal
from types import ModuleType, NoneType
from typing import Annotated, Any, ClassVar, get_args

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from onboarding.emails import normalise
from onboarding.errors import ConfigError
from onboarding.frozen import dataclass
from onboarding.locales.places import countries, decimals, is_currency
from onboarding.names import unknown
from onboarding.profiling.problems import OUR_KIND

Handler = Callable[[Any], CoreSchema]
"""What pydantic hands to an annotation: makes the schema of the type below it."""


@dataclass(frozen=True, slots=True)
class LooksLike:
    """Names the widget of a type of one's own; stands in its ``Annotated``.

    ``Ask(widget=…)`` of a question counts for more.

    Args:
        widget: The name of the widget, as in ``Ask(widget=…)``.
    """

    widget: str


@dataclass(frozen=True, slots=True)
class Autofill:
    """What a browser may fill in for one part of a question; stands in ``Annotated``.

    Args:
        autocomplete: A token of HTML's autofill, such as ``"postal-code"`` (HTML
            standard, section "Autofill").
    """

    autocomplete: str


def _refusal(key: str, **slots: int) -> PydanticCustomError:
    return PydanticCustomError(OUR_KIND, key, dict(slots))


# ── texts ────────────────────────────────────────────────────────────────────


def _email(text: str) -> str:
    plain = normalise(text)
    if plain is None:
        raise _refusal("answer.not_an_email")
    return plain


def _country(text: str) -> str:
    code = text.strip().upper()
    if code not in countries("en"):
        raise _refusal("answer.not_a_country")
    return code


LongText = Annotated[str, LooksLike("long-text")]
"""Words of several lines."""

Email = Annotated[str, AfterValidator(_email), LooksLike("email")]
"""An e-mail address, kept as it is compared. It proves nothing: nobody was asked."""

Country = Annotated[str, AfterValidator(_country), LooksLike("country")]
"""A country or area, by its code of ISO 3166-1 alpha-2."""


# ── a tick ───────────────────────────────────────────────────────────────────


def _consent(given: bool) -> bool:  # noqa: FBT001, what pydantic calls
    if not given:
        raise _refusal("answer.not_ticked")
    return given


Consent = Annotated[bool, AfterValidator(_consent), LooksLike("consent")]
"""A statement to tick; only ``True`` is an answer, and declining is the no."""


# ── phone numbers ────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Phone:
    """Makes a text a phone number, kept as ``+31612345678`` (ITU-T E.164).

    Args:
        region: The country (ISO 3166-1 alpha-2) whose numbers may be written
            without their country code; None wants the code of everybody.

    Raises:
        ConfigError: When the class of the profile is made: where the library
            ``phonenumbers`` is missing, or knows no such region.
    """

    widget: ClassVar[str] = "phone"

    region: str | None = None

    def __get_pydantic_core_schema__(
        self, source: object, handler: Handler
    ) -> CoreSchema:
        """Return the schema of the type below, with the check after it."""
        regions = phone_library().SUPPORTED_REGIONS
        if self.region is not None and self.region not in regions:
            raise ConfigError(f"Phone: {unknown('region', self.region, regions)}")
        return core_schema.no_info_after_validator_function(self._read, handler(source))

    def _read(self, text: str | None) -> str | None:
        if text is None:
            return None
        library = phone_library()
        try:
            number = library.parse(text, self.region)
        except library.NumberParseException:
            raise self._refused() from None
        # E.164 has no extensions, and none is dropped in silence.
        if number.extension or not library.is_valid_number(number):
            raise self._refused()
        return str(library.format_number(number, library.PhoneNumberFormat.E164))

    def _refused(self) -> PydanticCustomError:
        here, abroad = "answer.not_a_phone_here", "answer.not_a_phone"
        return _refusal(here if self.region else abroad)


def phone_library() -> ModuleType:
    """Return ``phonenumbers``, the library of the extra ``phone``.

    Raises:
        ConfigError: Where it is not installed.
    """
    try:
        import phonenumbers
    except ImportError:
        raise ConfigError(
            "phone numbers need a library; write: pip install onboarding[phone]"
        ) from None
    return phonenumbers


PhoneNumber = Annotated[str, Phone()]
"""A phone number with its country code; see ``Phone`` for those without."""


# ── money ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Money:
    """Makes a ``Decimal`` an amount of one currency.

    Args:
        currency: Its code of ISO 4217, such as ``"EUR"``.

    Raises:
        ConfigError: When there is no such currency.
    """

    widget: ClassVar[str] = "money"

    currency: str

    def __post_init__(self) -> None:
        if not is_currency(self.currency):
            raise ConfigError(
                f"Money({self.currency!r}): write a currency of ISO 4217, such as "
                'Money("EUR")'
            )

    def __get_pydantic_core_schema__(
        self, source: object, handler: Handler
    ) -> CoreSchema:
        """Return the schema of the type below, with the check after it."""
        if set(get_args(source) or (source,)) - {Decimal, NoneType}:
            raise ConfigError(
                f"Money({self.currency!r}) stands at {source!r}, which loses cents; "
                f'write Annotated[Decimal | None, Money("{self.currency}"), Ask(…)]'
            )
        return core_schema.no_info_after_validator_function(
            self._whole, handler(source)
        )

    def _whole(self, amount: Decimal | None) -> Decimal | None:
        """Return the amount with as many digits as the currency has."""
        if amount is None:
            return None
        places = decimals(self.currency)
        try:
            exact = amount.quantize(Decimal(1).scaleb(-places))
        except ArithmeticError:
            raise _refusal("answer.not_a_number") from None
        if exact != amount:
            raise _refusal(
                "answer.too_fine" if places else "answer.not_whole", max=places
            )
        return exact


# ── an address ───────────────────────────────────────────────────────────────

LONGEST_PART = 200
"""Characters of a line of an address."""

Short = Annotated[str, Field(min_length=1, max_length=LONGEST_PART)]


class Address(BaseModel):
    """Where somebody lives, or where something is sent: one answer, kept whole.

    Attributes:
        street: Street and number.
        extra: A second line, such as a floor.
        postcode: None where a country has none.
        town: The town.
        country: The code of ISO 3166-1.
    """

    street: Annotated[Short, Field(title="postal.street"), Autofill("address-line1")]
    extra: Annotated[
        Short | None, Field(title="postal.extra"), Autofill("address-line2")
    ] = None
    postcode: Annotated[
        Short | None, Field(title="postal.postcode"), Autofill("postal-code")
    ] = None
    town: Annotated[Short, Field(title="postal.town"), Autofill("address-level2")]
    country: Annotated[Country, Field(title="postal.country"), Autofill("country")]
