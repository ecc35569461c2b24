"""How an application's pages look and speak: templates, texts, and their headers."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from markupsafe import Markup
from starlette.responses import HTMLResponse

from onboarding.locales import Texts
from onboarding.web.views import assets

if TYPE_CHECKING:
    from jinja2 import Environment

    from onboarding.core import Core
    from onboarding.web.context.request_context import RequestContext

TEMPLATES = Path(__file__).parent / "templates"

SAFE_HEADERS = {
    "cache-control": "private, no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""Every page and every JSON answer. ``same-origin`` keeps ``Origin`` on our forms,
where ``no-referrer`` would make it null over plain http."""


def bdi(name: str) -> Markup:
    """Return a person's name or address, kept from turning the text around it."""
    return Markup("<bdi>{}</bdi>").format(name)


class Renderer:
    """Draws pages and parts for one application.

    Templates are loaded when the first page is drawn, from the host's folder first.

    Args:
        core: The services, and what the site is called.
    """

    def __init__(self, core: "Core[Any]"):
        self.core = core
        self._texts: dict[str, Texts] = {}

    def texts(self, locale: str) -> Texts:
        """Return everything the pages say in a language."""
        if locale not in self._texts:
            self._texts[locale] = Texts(locale, self.core.texts.get(locale))
        return self._texts[locale]

    def url(self, path: str, **query: str | None) -> str:
        """Return the address of one of our pages, from the root of the site."""
        said = urlencode({name: value for name, value in query.items() if value})
        return f"{self.core.path}/{path}{'?' * bool(said)}{said}"

    @cached_property
    def _environment(self) -> "Environment":
        from jinja2 import (
            BaseLoader,
            ChoiceLoader,
            Environment,
            FileSystemLoader,
            PrefixLoader,
            StrictUndefined,
        )

        ours = FileSystemLoader(TEMPLATES)
        # A host's `_base.html` may extend ours by its long name, onboarding/_base.html.
        loaders: list[BaseLoader] = [ours, PrefixLoader({"onboarding": ours})]
        if self.core.template_folder is not None:
            loaders.insert(0, FileSystemLoader(self.core.template_folder))
        environment = Environment(
            loader=ChoiceLoader(loaders),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals |= {
            "url": self.url,
            "static": self._static,
            "site": self.core.site_name,
            "home": self.core.home,
            "help_url": self.core.help_url,
        }
        return environment

    def _static(self, name: str) -> str:
        return self.url(assets.versioned(name))

    def part(
        self, context: "RequestContext", template: str, **values: object
    ) -> Markup:
        """Draw a part without a frame, for a page of the host's."""
        texts = self.texts(context.locale)
        drawn = self._environment.get_template(template).render(t=texts, **values)
        return Markup(drawn)  # noqa: S704  # drawn by an environment that escapes

    def page(
        self,
        context: "RequestContext",
        template: str,
        *,
        status: int = 200,
        **values: object,
    ) -> HTMLResponse:
        """Draw a whole page, with the headers that every page of ours has."""
        drawn = self.part(
            context, template, languages=self._languages(context), **values
        )
        headers = SAFE_HEADERS | {"content-security-policy": self._policy()}
        return HTMLResponse(drawn, status, headers)

    def _policy(self) -> str:
        """Return the content security policy of a page (CSP level 3).

        Chromium applies ``form-action`` to the redirect that follows a POST: without
        the providers' origins, a press of their buttons would die without a word.
        """
        actions = " ".join(("'self'", *self.core.social.form_origins()))
        return (
            "default-src 'none'; style-src 'self'; script-src 'self'; "
            "connect-src 'self'; img-src 'self'; base-uri 'none'; "
            f"frame-ancestors 'none'; form-action {actions}"
        )

    def _languages(self, context: "RequestContext") -> list[tuple[str, str, str]]:
        """Return the other languages with a link to this very page in each.

        None where the page is the answer to a POST, or its address holds a code.
        """
        scope = context.scope
        if scope.get("method") != "GET" or context.is_secret:
            return []
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        return [
            (
                other,
                self.texts(other).plain("frame.language"),
                f"{context.path}?{urlencode(query | {'lang': other})}",
            )
            for other in self.core.locales
            if other != context.locale
        ]
