"""Somebody as a provider told them, reply by reply."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Self

from onboarding.testing.identity_provider.grants import Grant, Grants
from onboarding.testing.oauth2_provider.reads import Recorded
from onboarding.testing.people import Person

OF_ONE_TOKEN = frozenset(
    (
        *("iss", "aud", "azp", "iat", "exp", "nbf", "auth_time"),
        *("nonce", "at_hash", "c_hash", "jti", "sid"),
    )
)
"""Claims that are about one token and nobody (OpenID Connect Core §2): a recording has
them of its own day, and the fake makes them anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPerson(Person):
    """Someone of whom a provider tells what was recorded, whatever was asked for.

    Attributes:
        replies: What it told, by the name of the read; ``id_token`` holds claims,
            ``callback`` what the browser brought.
    """

    replies: Recorded = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, replies: Recorded) -> Self:
        """Return whom these replies are about."""
        claims = _claims(replies, "id_token")
        return cls(subject=str(claims.get("sub", "")), extra=claims, replies=replies)

    def claims(self, scopes: AbstractSet[str]) -> dict[str, object]:
        """Return the claims of the ID token, but for those of one token alone."""
        del scopes  # they were asked for when it was recorded
        claims = _claims(self.replies, "id_token")
        return {n: told for n, told in claims.items() if n not in OF_ONE_TOKEN}

    def userinfo(self, scopes: AbstractSet[str]) -> dict[str, object]:
        """Return what userinfo told; where it was not recorded, who it is about."""
        told = _claims(self.replies, "userinfo")
        return told or {"sub": self.claims(scopes).get("sub")}


class RepliesByToken:
    """Finds the replies that an access token opens, where grants are of people.

    Args:
        grants: Whose token is whose.
    """

    def __init__(self, grants: Grants[Person]) -> None:
        self._grants = grants

    def find(self, access_token: str, /) -> Grant[Recorded] | None:
        """Return what a living access token stands for, or None."""
        grant = self._grants.find(access_token)
        if grant is None or not isinstance(grant.person, RecordedPerson):
            return None
        return Grant(request=grant.request, person=grant.person.replies, at=grant.at)


def _claims(replies: Recorded, name: str) -> dict[str, object]:
    told = replies.get(name)
    return dict(told) if isinstance(told, Mapping) else {}
