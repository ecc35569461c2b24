"""Where the provider answers, and where people sign in there."""

from django.contrib.auth.views import LoginView
from django.urls import include, path

urlpatterns = [
    path("o/", include("oauth2_provider.urls", "oauth2_provider")),
    path("login/", LoginView.as_view()),
]
