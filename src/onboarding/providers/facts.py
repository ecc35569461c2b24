"""How well a provider is known: what was checked, when, against what, and by whom."""

from dataclasses import dataclass

ALLAUTH = "django-allauth 65.16.1"
SOCIAL_CORE = "social-core 5.1.0"
BETTER_AUTH = "better-auth 1.7.1"
AUTH_JS = "@auth/core 0.41.3"
FASTAPI_SSO = "fastapi-sso 0.21.1"
HTTPX_OAUTH = "httpx-oauth 0.17.0"
ARCTIC = "arctic 3.7.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderFacts:
    """What is known of a provider beyond its endpoints, and how well it is known.

    Its page in the documentation is made of this. Facts rot: each says when it was
    checked, and whether anybody ever signed in there with this library.

    Attributes:
        register: Where an application is registered, an https address.
        documentation: Where the provider says how to sign in with it; not that it was
            read for this: what was, stands in ``against``.
        steps: What to do there besides entering the redirect URI, in order.
        quirks: What is otherwise than with other providers, a sentence each.
        address: What its word about an e-mail address is worth, and why.
        checked: The day on which the facts were compared, ``2026-11-21``.
        against: With what: libraries by their release, and pages that were read.
        tried_live: Whether a person signed in there through this library, with a real
            account. Without it, the tests know only what others wrote.
    """

    register: str
    documentation: str
    steps: tuple[str, ...] = ()
    quirks: tuple[str, ...] = ()
    address: str
    checked: str
    against: tuple[str, ...]
    tried_live: bool = False
