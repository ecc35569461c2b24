"""The shop put together: what every page needs, and how a page is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from examples.shop.catalogue import Catalogue, Genre
from examples.shop.covers import cover
from examples.shop.till import Till
from examples.shop.welcome import Profile
from examples.shop.words import GENRE_NAMES, Words
from onboarding import Onboarding
from onboarding.clock import Clock
from onboarding.errors import BadRequest
from onboarding.web.context import body, responses
from onboarding.web.context.protection import check_same_site
from onboarding.web.context.request_context import context_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """Everything a page of the shop needs."""

    onboarding: Onboarding[Profile]
    books: Catalogue
    till: Till
    clock: Clock
    translations: Mapping[str, Mapping[str, str]]

    def words(self, request: Request) -> Words:
        """Return the shop's words in the language of this request."""
        locale = context_of(request).locale
        return Words(locale, self.translations.get(locale, {}))

    def is_seen(self, request: Request) -> bool:
        """Whether a person looks at this answer: no HEAD, and no look ahead."""
        return context_of(request).is_page_view

    def page(
        self, request: Request, template: str, *, status: int = 200, **values: object
    ) -> Response:
        """Draw a page, in the frame and with the headers of onboarding's own pages.

        Both look into the shop's folder of templates first, so that a visitor never
        sees where the shop ends and the library begins.
        """
        context, words = context_of(request), self.words(request)
        account = context.account()
        common = {
            "say": words.say,
            "words": words,
            "cover": cover,
            "genres": list(Genre),
            "genre_names": GENRE_NAMES,
            "cart_size": self.till.cart(account.id).size if account else 0,
            "field": lambda: self.onboarding.field(request),
        }
        return responses.page(context, template, common | values, status=status)


def shop_of(request: Request) -> Shop:
    """Return the shop that a request came to."""
    shop = request.app.state.shop
    assert isinstance(shop, Shop)
    return shop


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form that one of our pages sent, each sent once.

    Raises:
        CrossSiteRequest: When another site sent it.
        BodyTooLarge, UnsupportedBody, BadRequest: For a body no page of ours sends.
    """
    origin = shop_of(request).onboarding.origin
    check_same_site(request.scope["headers"], origin)
    sent = await body.read(request)
    if any(len(values) > 1 for values in sent.form.values()):
        raise BadRequest("a field stands there twice")
    return {name: values[0] for name, values in sent.form.items()}
