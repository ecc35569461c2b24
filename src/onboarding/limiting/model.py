"""The nouns of limiting: what is counted, for whom, and how often it may be."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Self

from onboarding.errors import ConfigError
from onboarding.frozen import dataclass, field
from onboarding.shapes import check_fields

MEMORY = "memory:"
"""Each process counts by itself."""

SHARED = ("redis://", "rediss://", "unix://")
"""With what the address of a Redis server begins."""

SECOND = timedelta(seconds=1)


class LimitedAct(StrEnum):
    """What is counted: acts that cost a stranger nothing, and us or others something.

    Attributes:
        GUEST: A guest is made.
        LETTER: A letter is asked for.
        CODE: A code is tried.
        ORDER: An order link is opened, or an order is looked up.
    """

    GUEST = "guests"
    LETTER = "letters"
    CODE = "codes"
    ORDER = "orders"


class Scope(StrEnum):
    """For whom it is counted.

    Attributes:
        CLIENT: The network that a request comes from.
        CONTACT: The mailbox that it is about.
        ACCOUNT: Who is here.
        OVERALL: Everybody together.
    """

    CLIENT = "per_client"
    CONTACT = "per_contact"
    ACCOUNT = "per_account"
    OVERALL = "overall"


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something may be done within a while, whenever that while begins.

    Attributes:
        times: How often, at least once.
        per: Within how long, in whole seconds.

    Raises:
        ConfigError: When it is no such number, or no such while.
    """

    times: int
    per: timedelta = field(kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what would let nobody through, or could not be counted."""
        check_fields(self, "Rate")
        if self.times < 1:
            raise ConfigError(
                f"Rate: times={self.times} lets nobody through; write Rate(10, "
                "per=timedelta(minutes=10)), or None where there is no limit"
            )
        if self.per < SECOND or self.per % SECOND:
            raise ConfigError(
                f"Rate: per={self.per!r} is not one second or several; write "
                f"Rate({self.times}, per=timedelta(minutes=10))"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitPolicy:
    """How often things may be done that cost a stranger nothing.

    Each rate stands for itself, and None is no limit. The usual ones are far above what
    people do, also where a thousand of them share an address (a campus, a phone
    network), and far below what harms. Beneath them stands ``ProofPolicy``: how many
    letters one address gets in ten minutes, and how often one code is tried. Keep the
    windows of a mailbox short: whoever fills one keeps its owner out for as long.

    Attributes:
        guests_per_client: Guests that one client makes.
        guests_overall: Guests that all make.
        letters_per_client: Letters that one client asks for.
        letters_per_contact: Letters that one mailbox gets, however its address is
            written; beyond it none is written, and nothing says so.
        letters_per_account: Letters that one account asks for.
        letters_overall: Letters that all ask for; your mail server has a limit, too.
        codes_per_client: Codes that one client tries.
        codes_per_contact: Codes that are tried for one mailbox, by whomever. A link
            still works beyond it, whoever has used them up.
        codes_per_account: Codes that one account tries.
        codes_overall: Codes that all try: a guess in a million is right.
        orders_per_client: Orders that one client looks up or opens by a link.
        orders_per_contact: Orders that are looked up for one mailbox, by whomever.
        orders_per_account: Orders that one account looks up or opens by a link.
        orders_overall: Orders that all look up or open by a link.
        ipv4_prefix: Bits of an IPv4 address that make a client. All of them: an address
            is one line, or many already (RFC 6598).
        ipv6_prefix: Bits of an IPv6 address that make a client. A household gets 56
            (RIPE-690 §4.2.2, RFC 6177 §2), and may use any address below it.
        storage: ``memory:``, where each process counts by itself; or the address of a
            Redis server, ``redis://…``, where all count together.

    Raises:
        ConfigError: When one of them cannot be; says what to write.
    """

    guests_per_client: Rate | None = Rate(200, per=timedelta(minutes=10))
    guests_overall: Rate | None = Rate(10_000, per=timedelta(minutes=10))
    letters_per_client: Rate | None = Rate(100, per=timedelta(hours=1))
    letters_per_contact: Rate | None = Rate(12, per=timedelta(hours=1))
    letters_per_account: Rate | None = Rate(20, per=timedelta(hours=1))
    letters_overall: Rate | None = Rate(5_000, per=timedelta(hours=1))
    codes_per_client: Rate | None = Rate(200, per=timedelta(hours=1))
    codes_per_contact: Rate | None = Rate(20, per=timedelta(hours=1))
    codes_per_account: Rate | None = Rate(50, per=timedelta(hours=1))
    codes_overall: Rate | None = Rate(20_000, per=timedelta(hours=1))
    orders_per_client: Rate | None = Rate(200, per=timedelta(hours=1))
    orders_per_contact: Rate | None = Rate(20, per=timedelta(hours=1))
    orders_per_account: Rate | None = Rate(100, per=timedelta(hours=1))
    orders_overall: Rate | None = Rate(20_000, per=timedelta(hours=1))
    ipv4_prefix: int = 32
    ipv6_prefix: int = 56
    storage: str = field(default=MEMORY, repr=False)  # it may hold a password

    def __post_init__(self) -> None:
        """Refuse what could not be counted by, or counted in."""
        check_fields(self, "LimitPolicy")
        if not 8 <= self.ipv4_prefix <= 32 or not 16 <= self.ipv6_prefix <= 128:
            raise ConfigError(
                f"LimitPolicy: ipv4_prefix={self.ipv4_prefix} must be 8 to 32, and "
                f"ipv6_prefix={self.ipv6_prefix} 16 to 128; write ipv4_prefix=32, "
                "ipv6_prefix=56"
            )
        if self.storage != MEMORY and not self.storage.startswith(SHARED):
            raise ConfigError(
                'LimitPolicy: storage is neither "memory:" nor the address of a Redis '
                'server; write storage="redis://localhost:6379/0"'
            )

    @classmethod
    def off(cls) -> Self:
        """Return a policy without any limit, for tests, or where a proxy has them."""
        rates = (one.name for one in fields(cls) if isinstance(one.default, Rate))
        none: dict[str, Any] = dict.fromkeys(rates)
        return cls(**none)

    def of(self, act: LimitedAct) -> Mapping[Scope, Rate | None]:
        """Return the rate of an act for each scope, in the order of the scopes."""
        rates: tuple[Rate | None, ...]
        match act:
            case LimitedAct.GUEST:
                rates = self.guests_per_client, None, None, self.guests_overall
            case LimitedAct.LETTER:
                rates = (
                    self.letters_per_client,
                    self.letters_per_contact,
                    self.letters_per_account,
                    self.letters_overall,
                )
            case LimitedAct.CODE:
                rates = (
                    self.codes_per_client,
                    self.codes_per_contact,
                    self.codes_per_account,
                    self.codes_overall,
                )
            case LimitedAct.ORDER:
                rates = (
                    self.orders_per_client,
                    self.orders_per_contact,
                    self.orders_per_account,
                    self.orders_overall,
                )
        return dict(zip(Scope, rates, strict=True))

    @property
    def is_off(self) -> bool:
        """Whether nothing is limited."""
        return not any(rate for act in LimitedAct for rate in self.of(act).values())


# ── one act, being counted ───────────────────────────────────────────────────


class Place(NamedTuple):
    """One place that somebody wants in a window.

    Attributes:
        scope: For whom it is counted.
        key: Which window it is.
        times: How many places the window has.
        seconds: How long it is.
    """

    scope: Scope
    key: str
    times: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Full:
    """A window without a place.

    Attributes:
        scope: For whom it is counted.
        until: When the next place is free, in seconds since 1970.
    """

    scope: Scope
    until: float
