"""The resolution table, sessions and addresses: pure decisions, cell by cell."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.accounts.model import (
    Account,
    AccountKind,
    EmailTrust,
    Ending,
    Identity,
    Session,
)
from onboarding.accounts.rules import (
    ConfirmOwner,
    Link,
    Merge,
    OthersEmail,
    Owned,
    OwnEmail,
    Refuse,
    Register,
    Resolution,
    SessionPolicy,
    SignIn,
    Standing,
    Unknown,
    Upgrade,
    ends_at,
    is_fresh,
    resolve,
    resolve_mail,
    stand,
    touch_due,
)

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
GUEST = Account(id="g", kind=AccountKind.GUEST, created_at=NOW)
REGISTERED = Account(id="r", kind=AccountKind.REGISTERED, created_at=NOW)
OTHER = Account(id="x", kind=AccountKind.REGISTERED, created_at=NOW)

TABLE: list[tuple[str, Account | None, Standing, Resolution]] = [
    ("visitor, unknown", None, Unknown(), Register()),
    ("visitor, other's address", None, OthersEmail(OTHER), ConfirmOwner(OTHER)),
    ("visitor, owned", None, Owned(OTHER), SignIn(OTHER)),
    ("guest, unknown", GUEST, Unknown(), Upgrade(GUEST)),
    ("guest, own address", GUEST, OwnEmail(), Upgrade(GUEST)),
    ("guest, other's address", GUEST, OthersEmail(OTHER), ConfirmOwner(OTHER)),
    ("guest, owned", GUEST, Owned(OTHER), Merge(GUEST, OTHER)),
    ("registered, unknown", REGISTERED, Unknown(), Link(REGISTERED)),
    ("registered, own address", REGISTERED, OwnEmail(), Link(REGISTERED)),
    ("registered, other's address", REGISTERED, OthersEmail(OTHER), Link(REGISTERED)),
    ("registered, own identity", REGISTERED, Owned(REGISTERED), SignIn(REGISTERED)),
    ("registered, other's identity", REGISTERED, Owned(OTHER), Refuse()),
]


@pytest.mark.parametrize(
    ("current", "standing", "outcome"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_every_cell_of_the_table(
    current: Account | None, standing: Standing, outcome: Resolution
) -> None:
    """Each cell of the resolution table says exactly what happens."""
    assert outcome == resolve(current, standing)


@pytest.mark.parametrize(
    ("current", "prover", "expected"),
    [
        pytest.param(None, None, Register(), id="visitor, nobody's"),
        pytest.param(None, OTHER, SignIn(OTHER), id="visitor, somebody's"),
        pytest.param(GUEST, None, Upgrade(GUEST), id="guest, nobody's"),
        pytest.param(GUEST, GUEST, Upgrade(GUEST), id="guest, their own"),
        pytest.param(GUEST, OTHER, Merge(GUEST, OTHER), id="guest, somebody's"),
        pytest.param(REGISTERED, None, Link(REGISTERED), id="registered, nobody's"),
        pytest.param(
            REGISTERED, REGISTERED, SignIn(REGISTERED), id="registered, their own"
        ),
        pytest.param(REGISTERED, OTHER, Refuse(), id="registered, somebody's"),
    ],
)
def test_every_cell_of_the_table_of_mail(
    current: Account | None, prover: Account | None, expected: Resolution
) -> None:
    """Whoever reads the mail of an address that is proven owns that account."""
    assert resolve_mail(current, prover) == expected


@pytest.mark.parametrize("ending", Ending)
@pytest.mark.parametrize("current", [None, GUEST, REGISTERED])
def test_an_ended_prover_proves_nothing(
    current: Account | None, ending: Ending
) -> None:
    """Its address is nobody's."""
    ended = replace(OTHER, ending=ending)
    assert resolve_mail(current, ended) == resolve_mail(current, None)


def test_an_account_is_known_by_its_id() -> None:
    """Whoever was read a moment later, with a higher version, is nobody else."""
    later = replace(REGISTERED, version=1)

    assert SignIn(later) == resolve(REGISTERED, Owned(later))
    assert OwnEmail() == stand(
        identity("kim@example.org", EmailTrust.VERIFIED),
        owner=None,
        prover=later,
        current=REGISTERED,
    )


def test_a_visitor_has_proven_nothing() -> None:
    """The one empty cell cannot be reached in silence."""
    with pytest.raises(ValueError, match="proven no address"):
        resolve(None, OwnEmail())


def identity(email: str | None, trust: EmailTrust) -> Identity:
    """An identity with an address of a certain trust."""
    return Identity(
        provider="p", issuer="https://i", subject="s", email=email, email_trust=trust
    )


@pytest.mark.parametrize("trust", list(EmailTrust), ids=lambda t: t.name.lower())
def test_only_a_verified_address_says_anything(trust: EmailTrust) -> None:
    """A stated address reveals nothing, whoever has proven it here."""
    standing = stand(
        identity("kim@example.org", trust), owner=None, prover=OTHER, current=None
    )

    expected = OthersEmail(OTHER) if trust >= EmailTrust.VERIFIED else Unknown()

    assert expected == standing


def test_the_own_proven_address_is_known_as_own() -> None:
    """A guest who proved the address themselves is not asked to confirm."""
    trusted = identity("kim@example.org", EmailTrust.VERIFIED)

    assert OwnEmail() == stand(trusted, owner=None, prover=GUEST, current=GUEST)


@pytest.mark.parametrize("ending", list(Ending), ids=str)
def test_an_ended_owner_owns_nothing(ending: Ending) -> None:
    """An identity or address of an ended account is unknown."""
    ended = Account(id="x", kind=AccountKind.REGISTERED, created_at=NOW, ending=ending)
    trusted = identity("kim@example.org", EmailTrust.AUTHORITATIVE)

    assert Unknown() == stand(trusted, owner=ended, prover=ended, current=None)


accounts = st.sampled_from([GUEST, REGISTERED, OTHER])
endings = st.none() | st.sampled_from(list(Ending))


@given(
    current=st.none() | accounts,
    prover=st.none() | accounts,
    trust=st.sampled_from(list(EmailTrust)),
)
def test_an_address_alone_never_lets_anybody_in(
    current: Account | None, prover: Account | None, trust: EmailTrust
) -> None:
    """Without an owned identity nobody comes into, or merges with, an account."""
    new = identity("kim@example.org", trust)
    standing = stand(new, owner=None, prover=prover, current=current)

    outcome = resolve(current, standing)

    assert not isinstance(outcome, SignIn | Merge)
    if isinstance(outcome, Upgrade):
        assert current == outcome.guest
    if isinstance(outcome, Link):
        assert current == outcome.account


@given(
    current=st.none() | accounts,
    owner=accounts,
    prover=st.none() | accounts,
    trust=st.sampled_from(list(EmailTrust)),
)
def test_an_owned_identity_never_makes_a_second_account(
    current: Account | None, owner: Account, prover: Account | None, trust: EmailTrust
) -> None:
    """Whoever owns the identity decides, whatever its address says."""
    new = identity("kim@example.org", trust)
    standing = stand(new, owner=owner, prover=prover, current=current)

    assert isinstance(resolve(current, standing), SignIn | Merge | Refuse)


# ── sessions ─────────────────────────────────────────────────────────────────

POLICY = SessionPolicy()


def session(age: timedelta, unseen: timedelta, epoch: int = 0) -> Session:
    """A session that began and was last seen a while ago."""
    return Session(
        id="s",
        account_id="g",
        secret_hash="h",
        epoch=epoch,
        created_at=NOW - age,
        seen_after=age - unseen,
    )


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("account", "held", "alive"),
    [
        pytest.param(GUEST, session(30 * DAY, 29 * DAY), True, id="guest seen lately"),
        pytest.param(GUEST, session(30 * DAY, 30 * DAY), False, id="guest idle"),
        pytest.param(REGISTERED, session(89 * DAY, 89 * DAY), True, id="registered"),
        pytest.param(REGISTERED, session(90 * DAY, 90 * DAY), False, id="idle"),
        pytest.param(REGISTERED, session(400 * DAY, DAY), False, id="at its absolute"),
        pytest.param(REGISTERED, session(399 * DAY, DAY), True, id="before it"),
        pytest.param(REGISTERED, session(DAY, DAY, epoch=1), False, id="other epoch"),
    ],
)
def test_when_a_session_is_alive(account: Account, held: Session, alive: bool) -> None:
    """A session ends idle, at its absolute age, and with its account's epoch."""
    assert alive is (NOW < ends_at(held, account, POLICY))


@pytest.mark.parametrize("ending", list(Ending), ids=str)
def test_a_session_dies_with_its_account(ending: Ending) -> None:
    """No session grants an account that has ended."""
    ended = Account(id="g", created_at=NOW, ending=ending)

    assert NOW >= ends_at(session(DAY, DAY), ended, POLICY)


@pytest.mark.parametrize(
    ("account", "age", "fresh"),
    [
        pytest.param(REGISTERED, timedelta(0), True, id="just now"),
        pytest.param(REGISTERED, timedelta(minutes=9, seconds=59), True, id="of late"),
        pytest.param(REGISTERED, timedelta(minutes=10), False, id="a while ago"),
        pytest.param(GUEST, timedelta(0), False, id="a guest never signed in"),
    ],
)
def test_when_a_sign_in_is_fresh(account: Account, age: timedelta, fresh: bool) -> None:
    """For as long as the policy says; a use of the session makes it no fresher."""
    held = session(age, timedelta(0))
    assert fresh is is_fresh(held, account, SessionPolicy(), NOW)


@pytest.mark.parametrize(
    ("age", "unseen", "needed"),
    [
        pytest.param(timedelta(0), timedelta(0), False, id="just made"),
        pytest.param(timedelta(seconds=1), timedelta(seconds=1), True, id="first use"),
        pytest.param(2 * DAY, timedelta(hours=23), False, id="seen today"),
        pytest.param(2 * DAY, DAY, True, id="seen yesterday"),
    ],
)
def test_when_a_use_is_written_down(
    age: timedelta, unseen: timedelta, needed: bool
) -> None:
    """The first use is written down, and then one a day."""
    assert needed is (NOW >= touch_due(session(age, unseen)))


def test_a_policy_without_an_end_never_ends() -> None:
    """As long as instants can be told."""
    endless = SessionPolicy(guest_idle=timedelta.max, absolute=timedelta.max)
    end = ends_at(session(DAY, DAY), GUEST, endless)
    assert end > NOW + timedelta(days=365 * 1000)
