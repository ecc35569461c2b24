"""In what an OpenID provider may differ from the usual one, as data."""

from dataclasses import dataclass

from onboarding.testing.identity_provider.model import AnswerMode, Pkce
from onboarding.testing.signing import SigningAlgorithm

ANY_TENANT = "{tenantid}"
"""What stands in a templated issuer where the tenant's id belongs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIDSwitches:
    """How one OpenID provider differs from a usual, strict one.

    Attributes:
        pkce: What it makes of PKCE; LinkedIn refuses a verifier with 401
            ``invalid_client`` unless the app was registered for it.
        nonce: Whether the ID token repeats the nonce, which LinkedIn's does not.
        names_issuer: Whether the way back names the issuer (RFC 9207).
        response_mode: The one way in which it answers. Apple's is ``form_post``.
        tells_name_once: Whether a person's name comes in the form field ``user``, at
            the first consent and never again, and in no token; as Apple does.
        plus_is_space: Whether ``+`` in an authorization request is a space. Apple and
            Cognito want ``%20``.
        tenant_issuer: The issuer that discovery and keys name, with ``{tenantid}`` in
            it; ID tokens name the ``tid`` of the person (``Person.extra``). Microsoft
            does so for ``common``, ``organizations`` and ``consumers``.
        signed_userinfo: Whether userinfo is a signed token (OpenID Connect Core
            §5.3.2).
        also_publishes: What signs other tokens of it, with a key of its own that is
            published. LINE's key set has ES256, for apps on phones; on the web it
            signs with HS256.
        pushed_requests: Whether every request must be pushed before the browser comes
            (RFC 9126).

    Raises:
        ValueError: When two of them contradict each other.
    """

    pkce: Pkce = "required"
    nonce: bool = True
    names_issuer: bool = True
    response_mode: AnswerMode = "query"
    tells_name_once: bool = False
    plus_is_space: bool = True
    tenant_issuer: str | None = None
    signed_userinfo: bool = False
    pushed_requests: bool = False
    also_publishes: SigningAlgorithm | None = None

    def __post_init__(self) -> None:
        """Refuse what no provider could do."""
        if self.tells_name_once and self.response_mode != "form_post":
            raise ValueError('tells_name_once needs response_mode="form_post"')
        if self.tenant_issuer is not None and ANY_TENANT not in self.tenant_issuer:
            raise ValueError(f"tenant_issuer must hold {ANY_TENANT}")
