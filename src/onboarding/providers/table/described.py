"""Providers that a row describes: one class for OAuth 2, and one for OpenID Connect."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

from onboarding.accounts.model import Identity
from onboarding.errors import BadProviderReply
from onboarding.providers import replies as read
from onboarding.providers.oauth2 import OAuth2
from onboarding.providers.oidc import OpenIDConnect
from onboarding.providers.places import fill_address
from onboarding.providers.reads import Read
from onboarding.providers.replies import Replies
from onboarding.providers.table.paths import Words
from onboarding.providers.table.rows import IdKind, Says, TableRow, TokenReply

DIGITS = re.compile(r"[1-9][0-9]{0,19}\Z")
"""A whole number above 0 in its one usual form, so that no two texts are one number."""


@dataclass(frozen=True, kw_only=True)
class NamedOAuth2(OAuth2):
    """A provider of OAuth 2 that a row of the table describes.

    Attributes:
        row: What the table says of it.
    """

    row: TableRow = field(repr=False, compare=False)
    # A key of the application may stand in them.
    reads: tuple[Read, ...] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, hash=False, repr=False)

    @property
    def brand(self) -> str:
        """The name of its row."""
        return self.row.name

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is, where the row says that it stands."""
        says = self.row.says
        subject = says.id.find(replies) if says.id else None
        address, trust = read.email(
            says.email.find(replies) if says.email else None,
            verified=verdict(says, replies),
            trust=self.email_trust,
        )
        return Identity(
            provider=self.name,
            issuer=self.issuer,
            subject=subject_of(self.name, says.id_is, subject),
            email=address,
            email_trust=trust,
            name=words(says.name, replies),
            username=words(says.username, replies),
            picture=picture(self.name, says, replies),
        )

    def parse_token_response(self, body: bytes) -> object:
        """Return a token response as RFC 6749 §5.1 has it."""
        return parse_tokens(self.row.token_reply, body)


@dataclass(frozen=True, kw_only=True)
class NamedOpenID(OpenIDConnect):
    """A provider of OpenID Connect that a row of the table describes.

    The subject and the address are where the standard has them; what people see may
    stand elsewhere.

    Attributes:
        row: What the table says of it.
    """

    row: TableRow = field(repr=False, compare=False)

    @property
    def brand(self) -> str:
        """The name of its row."""
        return self.row.name

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is."""
        identity, says = super().identity(replies), self.row.says
        return replace(
            identity,
            name=words(says.name, replies) or identity.name,
            username=words(says.username, replies) or identity.username,
            picture=picture(self.name, says, replies) or identity.picture,
        )


def subject_of(provider: str, kind: IdKind, value: object) -> str:
    """Return the stable id of a person as text.

    Raises:
        BadProviderReply: When it is missing, or of another kind.
    """
    is_text = isinstance(value, str)
    if kind == "text" or (kind == "digits" and is_text and DIGITS.match(str(value))):
        return read.subject(provider, value)
    return read.counted_subject(provider, value)


def verdict(says: Says, replies: Replies) -> object:
    """Return what a provider says about the address: true, something else, or None."""
    if says.email_verified is None:
        return None
    found, wanted = says.email_verified.find(replies), says.verified_is
    if wanted is True:
        return found
    # 1, 1.0 and True are equal in Python, and not the same word of a provider.
    return type(found) is type(wanted) and found == wanted


def words(where: Words | None, replies: Replies) -> str | None:
    """Return words that can be shown, or None."""
    return read.name(*where.find(replies)) if where else None


def picture(provider: str, says: Says, replies: Replies) -> str | None:
    """Return the address of a picture, or None."""
    if says.picture is None:
        return None
    if not isinstance(says.picture, str):
        return read.picture(says.picture.find(replies))
    try:
        return read.picture(fill_address(provider, says.picture, replies))
    except BadProviderReply:
        return None  # somebody without one


def parse_tokens(reply: TokenReply, body: bytes) -> object:
    """Return a token response as RFC 6749 §5.1 has it.

    Raises:
        ValueError: When it cannot be read.
    """
    told = dict(parse_qsl(body.decode())) if reply.is_form else json.loads(body)
    if not isinstance(told, dict):
        return told
    # Zero is how some of them say that there was no error.
    if reply.refused_by and told.get(reply.refused_by):
        return {"error": "invalid_grant"}
    return told | {"access_token": told.get(reply.access_token)}
