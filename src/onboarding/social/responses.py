"""Authorization responses: what a provider says in them, through a browser.

Whoever holds the browser may have written them, so their errors have status 400.
"""

from onboarding.errors import BadProviderReply, ProviderDenied, SignInCancelled
from onboarding.providers.base import Provider
from onboarding.providers.endpoints import Endpoints
from onboarding.social import blame, rules
from onboarding.social.described import described, hiding


def check_refusal(provider: Provider, response: rules.AuthorizationResponse) -> None:
    """Raise what the provider itself says is wrong, as far as the browser says it.

    With several providers, one of them could send us another one's code, and read
    what we do with it (RFC 9207 §2.4, RFC 9700 §4.4).

    Raises:
        SignInCancelled: When the person stopped there.
        ProviderDenied: When the response is another error.
        BadProviderReply: When it names another issuer.
    """
    if response.iss is not None and response.iss != provider.issuer:
        raise _bad(provider, "the authorization response names another issuer")
    if response.error in rules.CANCELLED:
        raise SignInCancelled(provider.name)
    if response.error is not None:
        code = rules.error_code(response.error)
        with hiding(response.state, response.code):
            note = described(response.description)
        raise ProviderDenied(
            provider.name,
            code,
            endpoint="authorization",
            setting=blame.of_code(code),
            note=note,
            status=blame.PROVOKED,
        )


def read_code(
    provider: Provider, endpoints: Endpoints, response: rules.AuthorizationResponse
) -> str | None:
    """Return the code of an authorization response from the provider we asked.

    None for a provider that has none.

    Raises:
        SignInCancelled: When the person stopped there.
        ProviderDenied: When the response is another error.
        BadProviderReply: When it names another issuer, or none though it promises
            to, or brings no code.
    """
    check_refusal(provider, response)
    if response.iss is None and endpoints.promises_iss:
        raise _bad(provider, "the authorization response names no issuer")
    if response.code is None and provider.exchanges_code:
        raise _bad(provider, "the authorization response holds no code")
    return response.code


def _bad(provider: Provider, problem: str) -> BadProviderReply:
    return BadProviderReply(
        provider.name, problem, endpoint="authorization", status=blame.PROVOKED
    )
