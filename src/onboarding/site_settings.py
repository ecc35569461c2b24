"""What the pages and the layer ask an application for, read from its settings."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from onboarding.accounts.leaving import Doors
from onboarding.accounts.linking import BY_MAIL, BY_PASSKEY
from onboarding.config import Settings
from onboarding.cookies import OURS, CookieNames
from onboarding.errors import ConfigError
from onboarding.locales import LOCALES
from onboarding.names import by_name
from onboarding.site import Site

if TYPE_CHECKING:
    from onboarding.apps.model import App
    from onboarding.mailers.base import Mailer
    from onboarding.providers.base import Provider


class SiteSettings:
    """Where an application is, what it is called, and how people come in."""

    def _read(self, settings: Settings) -> None:
        """Keep what the pages and the layer ask for."""
        site = Site.parse(settings["url"])
        self.url, self.origin, self.path = site.url, site.origin, site.path
        self.secure = site.is_secure
        self.cookie_names = CookieNames(
            secure=site.is_secure, prefix=settings.get("cookie_prefix", OURS)
        )
        self.site_name = settings.get("name", site.origin.partition("://")[2])
        self.home = settings.get("home", "/")
        self.help_url = settings.get("help_url")
        self.texts: Mapping[str, Mapping[str, str]] = settings.get("texts", {})
        self.locales: tuple[str, ...] = LOCALES
        templates = settings.get("templates")
        self.template_folder = None if templates is None else Path(templates)
        self.skip = tuple(settings.get("skip", ("/static/",)))
        self.providers: Mapping[str, Provider] = by_name(
            "providers",
            settings.get("providers", ()),
            "give one of them another name=, since it stands in its callback address",
        )
        self.funnels = by_name("funnels", settings.get("funnels", ()))
        self.apps = _apps(settings.get("apps", ()))
        if self.providers and not self.apps:
            _check_no_native(self.providers.values())
        self.mailer = _mailer(settings, is_secure=site.is_secure)
        self.has_passkeys = settings.get("passkeys") is not None
        for name, what, is_on in (
            (BY_MAIL, "sign-in by mail", self.mailer is not None),
            (BY_PASSKEY, "sign-in with a passkey", self.has_passkeys),
        ):
            if is_on and name in self.providers:
                raise ConfigError(
                    f"a provider is called {name!r}, which is what {what} is called; "
                    "give it another name="
                )
        # Who has no provider of ours signs people in by code of their own.
        ways = {*self.providers, *([BY_PASSKEY] if self.has_passkeys else [])}
        self.doors = Doors(
            providers=frozenset(ways) or None, by_mail=self.mailer is not None
        )


def _check_no_native(providers: "Iterable[Provider]") -> None:
    from onboarding.providers.oidc import native_clients

    for provider in providers:
        if native_clients(provider):
            raise ConfigError(
                f"provider {provider.name!r} has native=…, and there is no app that "
                'could bring its ID tokens; write apps=[App("shop-ios", …)]'
            )


def _apps(declared: "Sequence[App]") -> "Mapping[str, App]":
    """Return apps by their client_id."""
    found: dict[str, App] = {}
    for app in declared:
        if app.client_id in found:
            raise ConfigError(
                f"two apps have client_id={app.client_id!r}, by which one is known; "
                "give one of them another, or both redirect_uris to one App"
            )
        found[app.client_id] = app
    return found


def _mailer(settings: Settings, *, is_secure: bool) -> "Mailer | None":
    """Return what sends mail; on this machine, without one, it is printed."""
    if "mailer" in settings or is_secure:
        return settings.get("mailer")
    from onboarding.mailers.console import ConsoleMailer

    return ConsoleMailer()
