"""What is sent of a letter: its templates, drawn with what it alone tells."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from onboarding.accounts.linking import BY_PASSKEY
from onboarding.mail.model import STOPPABLE, Letter
from onboarding.mail.stopping import MailStops

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from onboarding.core import Core
    from onboarding.guests.proofs import ProofService
    from onboarding.mailers.base import Message
    from onboarding.orders.service import OrderService
    from onboarding.providers.base import Provider
    from onboarding.web.views.renderer import Renderer

    Values = Callable[["DrawsLetters", Letter], Mapping[str, object]]


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
    mail_stops: MailStops
    orders: "OrderService"
    proofs: "ProofService"
    providers: "Mapping[str, Provider]"
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

        values = LETTER_VALUES[letter.kind](self, letter)
        stop = None
        if letter.kind in STOPPABLE:
            link = self.mail_stops.link(letter.address, letter.kind)
            stop = f"{self.url}/unsubscribe/{link}"
        return draw_letter(self._renderer, letter, {**values, "stop": stop}, stop=stop)

    def provider_title(self, letter: Letter) -> str | None:
        """Return what people call the provider that a letter is about, or several."""
        names = (letter.data.get("provider") or "").split()
        return ", ".join(self._title(name, letter.locale) for name in names) or None

    def _title(self, name: str, locale: str) -> str:
        if name == BY_PASSKEY:
            return self._renderer.texts(locale).plain("passkey.title")
        known = self.providers.get(name)
        return known.title if known else name


# ── what each kind of letter says ────────────────────────────────────────────
#
# Links are made of our own settings: a forged Host header leads nobody elsewhere.


def _proof(app: DrawsLetters, letter: Letter) -> "Mapping[str, object]":
    intent = letter.data["intent"] or ""
    secrets = app.proofs.secrets(intent)
    return {
        "purpose": letter.data["purpose"],
        "provider": app.provider_title(letter),
        "code": secrets.code,
        "link": f"{app.url}/prove/{intent}.{secrets.link}",
        "minutes": app.proofs.policy.life.seconds // 60,
    }


def _way(app: DrawsLetters, letter: Letter) -> "Mapping[str, object]":
    help_url = app.help_url
    return {
        "provider": app.provider_title(letter),
        "address": letter.data["address"],
        "link": f"{app.url}/account",
        "help_link": urljoin(app.url, help_url) if help_url else None,
    }


def _reply(app: DrawsLetters, letter: Letter) -> "Mapping[str, object]":
    del letter
    return {"link": f"{app.url}/account"}


def _order(app: DrawsLetters, letter: Letter) -> "Mapping[str, object]":
    key = letter.data["order"] or ""
    return {
        "order": key,
        "link": app.orders.links.make(key, letter.data["account"]),
        "days": app.orders.policy.link.days,
    }


def _claimed(app: DrawsLetters, letter: Letter) -> "Mapping[str, object]":
    help_url = app.help_url
    help_link = urljoin(app.url, help_url) if help_url else None
    return {"order": letter.data["order"], "help_link": help_link}


LETTER_VALUES: "Mapping[str, Values]" = {
    "order": _order,
    "order_claimed": _claimed,
    "proof": _proof,
    "reply": _reply,
    "way_added": _way,
    "way_removed": _way,
}
"""What the templates of a letter are given, by its kind."""
