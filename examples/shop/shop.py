"""The shop put together: what every page needs, and how a page is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from examples.shop.catalogue import Catalogue, Genre
from examples.shop.covers import cover
from examples.shop.outbox import Outbox
from examples.shop.profile import Profile
from examples.shop.till import Till
from examples.shop.words import GENRE_NAMES, Words
from onboarding import Onboarding
from onboarding.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """Everything a page of the shop needs."""

    onboarding: Onboarding[Profile]
    books: Catalogue
    till: Till
    clock: Clock
    outbox: Outbox
    translations: Mapping[str, Mapping[str, str]]

    def words(self, request: Request) -> Words:
        """Return the shop's words in the language of this request."""
        locale = self.onboarding.locale(request)
        return Words(locale, self.translations.get(locale, {}))

    def page(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        at: str | None = None,
        **values: object,
    ) -> Response:
        """Draw a page, in the frame and with the headers of onboarding's own pages.

        Those stand in the shop's frame, too (``templates/onboarding/_base.html``), so
        that a visitor never sees where the shop ends and the library begins.
        """
        words, account = self.words(request), self.onboarding.account(request)
        common = {
            "say": words.say,
            "words": words,
            "cover": cover,
            "genres": list(Genre),
            "genre_names": GENRE_NAMES,
            "cart_size": self.till.cart(account.id).size if account else 0,
            "field": lambda: self.onboarding.field(request),
        }
        return self.onboarding.render(
            request, template, common | values, status=status, at=at
        )


def shop_of(request: Request) -> Shop:
    """Return the shop that a request came to."""
    shop = request.app.state.shop
    assert isinstance(shop, Shop)
    return shop
