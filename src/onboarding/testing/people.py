"""The people who have an account at the fake identity provider."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone with an account at the fake identity provider.

    Attributes:
        subject: The provider's stable id for this person (OpenID Connect ``sub``).
        name: Told to who asks the scope ``profile``; None leaves the claim out.
        email: Told to who asks the scope ``email``; None leaves the claim out.
        email_verified: What the provider says about that address. None says
            nothing, which is a third thing beside true and false.
        picture: URL of a portrait, told with ``profile``; None leaves it out.
        extra: Further claims, told to everybody as they stand (``hd``, ``tid``,
            ``locale``, …). They come last and win over the ones above.
    """

    subject: str
    name: str | None = None
    email: str | None = None
    email_verified: bool | None = None
    picture: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict, hash=False)

    def claims(self, scopes: AbstractSet[str]) -> dict[str, object]:
        """Return what the provider tells of this person to who was given the scopes.

        The scopes ``profile`` and ``email`` open the claims that OpenID Connect
        Core §5.4 lists for them; ``sub`` is always told.
        """
        told: dict[str, object | None] = {"sub": self.subject}
        if "profile" in scopes:
            told |= {"name": self.name, "picture": self.picture}
        if "email" in scopes and self.email is not None:
            told |= {"email": self.email, "email_verified": self.email_verified}
        known = {name: value for name, value in told.items() if value is not None}
        return known | dict(self.extra)

    def userinfo(self, scopes: AbstractSet[str]) -> dict[str, object]:
        """Return what the userinfo endpoint tells: the same as the ID token."""
        return self.claims(scopes)
