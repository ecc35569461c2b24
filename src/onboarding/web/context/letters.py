"""What is sent of a letter: its templates, drawn with what it alone tells."""

from typing import TYPE_CHECKING, Any

from onboarding.accounts.model import Purpose
from onboarding.mail.model import Letter
from onboarding.web.views.letters import draw_letter
from onboarding.web.views.renderer import Renderer

if TYPE_CHECKING:
    from onboarding.core import Core
    from onboarding.mailers.base import Message


def renderer_of(core: "Core[Any]") -> Renderer:
    """Return what draws the templates of an application."""
    return Renderer(
        path=core.path,
        site_name=core.site_name,
        home=core.home,
        help_url=core.help_url,
        texts=core.texts,
        templates=core.template_folder,
    )


def message_of(core: "Core[Any]", renderer: Renderer, letter: Letter) -> "Message":
    """Return a letter as it is sent."""
    intent = letter.data["intent"] or ""
    secrets = core.proofs.secrets(intent)
    values = {
        "is_sign_in": letter.data["purpose"] == Purpose.MAIL_SIGN_IN.value,
        "code": secrets.code,
        # From our own settings: a forged Host header leads nobody elsewhere.
        "link": f"{core.url}/prove/{intent}.{secrets.link}",
        "minutes": core.proofs.policy.life.seconds // 60,
    }
    return draw_letter(renderer, letter, values)
