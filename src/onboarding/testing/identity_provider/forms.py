"""What stands in a request to the provider, read as strictly as RFC 6749 asks."""

from starlette.requests import Request

from onboarding.testing.identity_provider.client_auth import TokenCall
from onboarding.testing.identity_provider.model import Parameters, TokenRefused
from onboarding.web.context.headers import FORM_TYPE


def media_type(request: Request) -> str:
    """Return the media type of a body, without its parameters."""
    told = request.headers.get("content-type", "")
    return told.partition(";")[0].strip().lower()


async def read_form(request: Request) -> Parameters:
    """Return the parameters of a form-encoded body.

    Raises:
        TokenRefused: When it is none, or a name comes twice (RFC 6749 §3.2).
    """
    if media_type(request) != FORM_TYPE:
        raise TokenRefused("invalid_request", f"the body must be {FORM_TYPE}")
    parameters = Parameters.of((await request.body()).decode(errors="replace"))
    refuse_repeated(parameters)
    return parameters


def refuse_repeated(parameters: Parameters) -> None:
    """Refuse a name that comes twice: two readers would each believe another one.

    Raises:
        TokenRefused: When one does (RFC 6749 §3.2).
    """
    if name := parameters.repeated():
        raise TokenRefused("invalid_request", f"{name} was sent more than once")


async def read_call(request: Request) -> TokenCall:
    """Return a request to the token endpoint.

    Raises:
        TokenRefused: As ``read_form``.
    """
    query = Parameters.of(request.url.query)
    refuse_repeated(query)
    return TokenCall(
        authorization=request.headers.get("authorization"),
        parameters=await read_form(request),
        query=query,
    )
