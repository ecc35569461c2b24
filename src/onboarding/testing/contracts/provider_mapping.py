"""What a provider makes of replies: a pure function, whatever a stranger answers."""

import inspect
import re
from copy import deepcopy

import pytest

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.errors import BadProviderReply
from onboarding.providers import replies as read
from onboarding.testing.contracts.audited import heard_io
from onboarding.testing.contracts.provider_case import ProviderCase
from onboarding.testing.contracts.replies import changed, leaves, paths, replaced
from onboarding.visible import JOINERS

HOSTILE: tuple[object, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**100, float("nan")),
    *("", " ", "x" * 100_000, "\x00", "line\nbreak", "\u202eevil", "\ud800", "é", "@"),
    *([], {}, [None], {"": ""}, [[["deep"]]]),
)
"""What may stand anywhere in a reply, written by whoever."""


class ProviderMappingContract(ProviderCase):
    """The promises of a provider about its mapping."""

    def test_it_tells_who_somebody_is(self) -> None:
        """By the provider's own id, as text, under an issuer that it answers for."""
        identity = self.provider.identity(self.replies)
        claims = self.replies.get("id_token", {})
        assert identity.subject == self.subject
        assert identity.provider == self.provider.name
        issuers = self.provider.accepted_issuers(claims)
        assert identity.issuer in (self.provider.issuer, *issuers)
        assert problem(identity) is None

    def test_the_same_replies_are_the_same_person(self) -> None:
        """It keeps nothing, reads no clock, and leaves the replies as they are."""
        before = deepcopy(self.replies)
        first = self.provider.identity(self.replies)
        assert self.provider.identity(deepcopy(self.replies)) == first
        assert self.replies == before

    def test_it_trusts_an_address_no_further_than_it_says(self) -> None:
        """The cap holds, and an address appears only where the replies have one."""
        identity = self.provider.identity(self.replies)
        assert identity.email_trust <= self.provider.email_trust
        assert (identity.email is None) is (identity.email_trust is EmailTrust.NONE)
        if identity.email is not None:
            assert identity.email in list(leaves(self.replies))

    def test_an_address_that_is_not_verified_proves_nothing(self) -> None:
        """Where the provider says no, it is stated at most."""
        if self.unverified is None:
            identity = self.provider.identity(self.replies)
            assert identity.email_trust < EmailTrust.VERIFIED, (
                "the provider vouches for an address: set `unverified` to replies in "
                "which it says that it does not"
            )
            return
        identity = self.provider.identity(self.unverified)
        assert identity.email_trust <= EmailTrust.STATED

    def test_it_needs_a_subject(self) -> None:
        """With every value that could be the id gone, or be a part of it, nobody."""
        for part in self.subject_of or (self.subject,):
            emptied = replaced(self.replies, part, None)
            assert emptied != self.replies, f"no reply holds {part}"
            with pytest.raises(BadProviderReply):
                self.provider.identity(emptied)

    def test_no_reply_at_all_is_nobody(self) -> None:
        """Missing, empty, or of another kind."""
        replies: tuple[object, ...] = (None, [], "", 7, {})
        for reply in replies:
            with pytest.raises(BadProviderReply):
                self.provider.identity(dict.fromkeys(self.replies, reply))
        with pytest.raises(BadProviderReply):
            self.provider.identity({})

    def test_nothing_hostile_breaks_it(self) -> None:
        """Any value in any place makes a usable identity, or is refused by name."""
        for path in paths(self.replies):
            for value in HOSTILE:
                try:
                    identity = self.provider.identity(
                        changed(self.replies, path, value)
                    )
                except BadProviderReply:
                    continue
                assert problem(identity) is None, f"{path} = {value!r:.40}"

    def test_it_does_no_io(self) -> None:
        """The mapping is a plain function: no file, no socket, no waiting."""
        assert not inspect.iscoroutinefunction(self.provider.identity)
        self.provider.identity(self.replies)  # what it imports late, it has now
        with heard_io() as events:
            self.provider.identity(self.replies)
        assert events == []


def problem(identity: Identity) -> str | None:
    """Return why an identity could not be kept, or None when it could."""
    subject: object = identity.subject  # a mapping may not keep to its types
    if not isinstance(subject, str) or not re.fullmatch(r"[ -~]{1,255}", subject):
        return "the subject is no text, empty, too long, or no printable ASCII"
    for what in ("email", "name", "username"):
        value: object = getattr(identity, what)
        if value is None:
            continue
        if not isinstance(value, str) or not _is_shown(value):
            return f"{what} is no printable text"
        if not value.strip() or len(value) > 255:
            return f"{what} is empty or too long"
    if (identity.email is None) is not (identity.email_trust is EmailTrust.NONE):
        return "email and email_trust contradict each other"
    # Whatever stands there is put into a page.
    if identity.picture != read.picture(identity.picture):
        return "picture is no https address that is fit for a page"
    if identity.locale != read.locale(identity.locale):
        return "locale is no language as BCP 47 has it"
    return None


def _is_shown(text: str) -> bool:
    # Joiners are not printable, and belong to names of Persian or Sinhala.
    return all(char.isprintable() or char in JOINERS for char in text)
