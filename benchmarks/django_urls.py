"""The one view of the Django peer."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from guest_user.decorators import allow_guest_user


@allow_guest_user  # type: ignore[untyped-decorator]  # the peer is untyped
def enter(request: HttpRequest) -> HttpResponse:
    """Make a guest of whoever comes."""
    told = str(request.user.pk)
    return HttpResponse(told, headers={"Content-Length": len(told)})


urlpatterns = [path("enter", enter)]
