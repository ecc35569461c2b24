"""Letters, drawn: a subject, a text, and the same in HTML."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from onboarding.mail.model import Letter
from onboarding.mailers.base import Message

if TYPE_CHECKING:
    from onboarding.web.views.renderer import Renderer


def draw_letter(
    renderer: "Renderer",
    letter: Letter,
    values: Mapping[str, object],
    *,
    stop: str | None = None,
) -> Message:
    """Return what is sent, of ``onboarding/letter-<kind>.html`` and ``.txt``.

    Args:
        renderer: Draws in the language of the letter.
        letter: Where it goes, and what it is.
        values: What its templates need, secrets and all. The subject gets none: others
            see it on a locked screen.
        stop: The link by which whoever gets it stops letters of this kind.
    """
    locale, name = letter.locale, f"onboarding/letter-{letter.kind.replace('_', '-')}"
    texts = renderer.texts(locale)
    subject = texts.plain(f"letter.{letter.kind}.subject", site=renderer.site_name)
    text = renderer.render(f"{name}.txt", values, locale=locale)
    html = renderer.render(f"{name}.html", values, locale=locale)
    return Message(
        id=letter.id,
        to=letter.typed,
        subject=subject,
        text=f"{str(text).strip()}\n",
        html=str(html),
        unsubscribe=stop,
        locale=locale,
    )
