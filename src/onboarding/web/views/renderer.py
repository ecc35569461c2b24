"""Draws templates: a name, a language and values go in, HTML comes out."""

from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from markupsafe import Markup

from onboarding.locales.texts import Texts
from onboarding.web.views import assets
from onboarding.web.views.overrides import check_overrides

if TYPE_CHECKING:
    from jinja2 import BytecodeCache, Environment

TEMPLATE_FOLDER = Path(__file__).parent / "templates"

PREFIX_OF_OURS = "onboarding/"
"""What the names of our templates begin with. A host's file of such a name stands in
for ours; none does by chance."""

ORIGINAL = "original "
"""What is put before the name of one of ours that a host's stands in for."""

ERROR_TEMPLATES = tuple(
    PREFIX_OF_OURS + name
    for name in ("problem.html", "_base.html", "_parts.html", "_languages.html")
)
"""The page of an error, and what it extends, imports and includes."""


def bdi(name: str) -> Markup:
    """Return a person's name or address, kept from turning the text around it."""
    return Markup("<bdi>{}</bdi>").format(name)


class Renderer:
    """Draws the templates of one application.

    Templates are loaded when they are first drawn. Ours are called ``onboarding/…``,
    and what has such a name in the host's folder stands in for ours; it may extend the
    very one that it stands in for.

    Args:
        path: Where our pages are mounted, such as ``/welcome``.
        site_name: What the site is called.
        home: The path of its front page.
        help_url: Where its help is, or None.
        texts: The host's sentences by language; see ``onboarding.locales.texts.Texts``.
        templates: The host's folder of templates, or None.
    """

    def __init__(
        self,
        *,
        path: str,
        site_name: str,
        home: str = "/",
        help_url: str | None = None,
        texts: Mapping[str, Mapping[str, str]] | None = None,
        templates: Path | None = None,
    ):
        self._path = path
        self.site_name = site_name
        self._globals = {"site": site_name, "home": home, "help_url": help_url}
        self._own_texts = texts or {}
        self._own_templates = templates
        self._texts: dict[str, Texts] = {}

    def warm(self, locales: Iterable[str]) -> None:
        """Read what the page of an error is made of.

        It has to be there when no file can be opened any more.

        Raises:
            ConfigError: When a template of the host's can never be drawn as it is.
        """
        if self._own_templates is not None:
            check_overrides(self._own_templates, TEMPLATE_FOLDER)
        for locale in locales:
            self.texts(locale)
        for name in assets.MEDIA_TYPES:
            assets.asset(name)
        for template in ERROR_TEMPLATES:
            self._environment.get_template(template)

    def texts(self, locale: str) -> Texts:
        """Return everything the pages say in a language."""
        if locale not in self._texts:
            self._texts[locale] = Texts(locale, self._own_texts.get(locale))
        return self._texts[locale]

    def url(self, path: str, **query: str | None) -> str:
        """Return the address of one of our pages, from the root of the site."""
        encoded = urlencode({name: value for name, value in query.items() if value})
        return f"{self._path}/{path}{'?' * bool(encoded)}{encoded}"

    def render(
        self, template: str, values: Mapping[str, object], *, locale: str
    ) -> Markup:
        """Draw a template.

        Args:
            template: Its name in the host's folder; ours begin with ``onboarding/``.
            values: What it may use, beside ``t``, ``url``, ``static``, ``site``,
                ``home`` and ``help_url``.
            locale: One of the languages that the application speaks.
        """
        found = self._environment.get_template(template)
        drawn = found.render({"t": self.texts(locale), **values})
        return Markup(drawn)  # noqa: S704  # drawn by an environment that escapes

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
        from typing_extensions import override

        class Templates(Environment):
            """Ours under their prefix, also those that a host's stand in for."""

            @override
            def join_path(self, template: str, parent: str) -> str:
                # What stands in for one of ours and extends it means ours, not itself.
                is_itself = template == parent and template.startswith(PREFIX_OF_OURS)
                return ORIGINAL + template if is_itself else template

        ours, folder = (
            FileSystemLoader(TEMPLATE_FOLDER),
            PREFIX_OF_OURS.removesuffix("/"),
        )
        prefixes = {folder: ours, f"{ORIGINAL}{folder}": ours}
        loaders: list[BaseLoader] = [PrefixLoader(prefixes)]
        if self._own_templates is not None:
            loaders.insert(0, FileSystemLoader(self._own_templates))
        environment = Templates(
            loader=ChoiceLoader(loaders),
            autoescape=True,
            undefined=StrictUndefined,
            bytecode_cache=_compiled(),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals |= {
            **self._globals,
            "url": self.url,
            "static": self._static,
        }
        return environment

    def _static(self, name: str) -> str:
        return self.url(assets.versioned(name))


@cache
def _compiled() -> "BytecodeCache":
    """Return the compiled templates of this process, which all applications share."""
    from jinja2 import BytecodeCache
    from jinja2.bccache import Bucket

    known: dict[str, bytes] = {}

    class Memory(BytecodeCache):
        """Keyed by the name and the source of a template."""

        def load_bytecode(self, bucket: Bucket) -> None:
            if (code := known.get(bucket.key + bucket.checksum)) is not None:
                bucket.bytecode_from_string(code)

        def dump_bytecode(self, bucket: Bucket) -> None:
            known[bucket.key + bucket.checksum] = bucket.bytecode_to_string()

    return Memory()
