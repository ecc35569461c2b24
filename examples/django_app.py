"""A Django host: ``uvicorn examples.django_app:app``, then open ``/shelf``.

Settings and views stand in one file, so that all of it can be read at once. A project
of yours adds the object, the middleware, and the last line to its ``asgi.py``.
"""

from typing import Annotated, Literal

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.deprecation import MiddlewareMixin
from django.views.decorators.csrf import csrf_exempt
from pydantic import BaseModel

from onboarding import Ask, Feature, Onboarding, OnboardingError

settings.configure(
    SECRET_KEY="a key of Django's own",  # noqa: S106  # public, like this example
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[f"{__name__}.Refusals"],
)


class Profile(BaseModel):
    """What a reader may tell."""

    genre: Annotated[
        Literal["novel", "adventure"] | None,
        Ask("What do you like to read?", why="We sort your shelf by it."),
    ] = None


onboarding = Onboarding(
    url="http://127.0.0.1:8000/welcome",
    secret_key="an example's key; keep yours out of the code",  # noqa: S106  # public
    database="memory:",
    profile=Profile,
    features=[Feature("shelf", needs=["genre"])],
)


class Refusals(MiddlewareMixin):  # type: ignore[misc]  # Django has no types
    """Hands our errors over, which Django would turn into a 500."""

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponse | None:
        """Let onboarding answer its own errors, and Django all others."""
        if not isinstance(error, OnboardingError):
            return None
        onboarding.refuse(request, error)
        return HttpResponse()  # dropped


def me(request: HttpRequest) -> HttpResponse:
    """Tell who is here, from a view that runs in a thread."""
    account = onboarding.account(request)
    return HttpResponse(account.kind if account else "visitor")


@csrf_exempt  # type: ignore[untyped-decorator]  # so that the example needs no form
def buy(request: HttpRequest) -> HttpResponse:
    """Sell something to whoever is here; a visitor becomes a guest by it."""
    account = onboarding.wait(onboarding.ensure_account(request))
    return HttpResponse(account.id)


@onboarding.unlock("shelf")
async def shelf(request: HttpRequest) -> HttpResponse:
    """Open once the one question is answered."""
    profile = await onboarding.profile(onboarding.account(request))
    return HttpResponse(f"a shelf of {profile.genre}s")


urlpatterns = [path("me", me), path("buy", buy), path("shelf", shelf)]
app = onboarding.around(get_asgi_application())
