"""What is sent of a letter: its templates, drawn with what it alone tells."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onboarding.accounts.model import Purpose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onboarding.core import Core
    from onboarding.guests.proofs import ProofService
    from onboarding.mail.model import Letter
    from onboarding.mailers.base import Message
    from onboarding.web.views.renderer import Renderer


def renderer_of(core: "Core[Any] | DrawsLetters") -> "Renderer":
    """Return what draws the templates of an application."""
    from onboarding.web.views.renderer import Renderer

    return Renderer(
        path=core.path,
        site_name=core.site_name,
        home=core.home,
        help_url=core.help_url,
        texts=core.texts,
        templates=core.template_folder,
    )


class DrawsLetters:
    """An application with pages, which draws its letters as it draws those."""

    help_url: str | None
    home: str
    path: str
    proofs: "ProofService"
    site_name: str
    template_folder: Path | None
    texts: "Mapping[str, Mapping[str, str]]"
    url: str

    @cached_property
    def _renderer(self) -> "Renderer":
        return renderer_of(self)

    async def draw_letter(self, letter: "Letter") -> "Message":
        """Return what is sent of a letter."""
        from onboarding.web.views.letters import draw_letter

        intent = letter.data["intent"] or ""
        secrets = self.proofs.secrets(intent)
        values = {
            "is_sign_in": letter.data["purpose"] == Purpose.MAIL_SIGN_IN.value,
            "code": secrets.code,
            # From our own settings: a forged Host header leads nobody elsewhere.
            "link": f"{self.url}/prove/{intent}.{secrets.link}",
            "minutes": self.proofs.policy.life.seconds // 60,
        }
        return draw_letter(self._renderer, letter, values)
