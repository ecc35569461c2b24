"""Spotify's replies, as its documentation has them, and what each proves."""

from typing import Any, ClassVar

import pytest

from onboarding.accounts.model import EmailTrust
from onboarding.providers import Spotify
from onboarding.testing.contracts import ProviderContract

SPOTIFY = Spotify(client_id="8f7a6b", client_secret="hush")
USER: dict[str, Any] = {
    "display_name": "Kim de Vries",
    "email": "kim@example.org",
    "external_urls": {"spotify": "https://open.spotify.com/user/31abc"},
    "href": "https://api.spotify.com/v1/users/31abc",
    "id": "31abc4wq7iqhkzvlq5y2vqxq5y4a",
    "images": [{"url": "https://i.scdn.co/image/ab67757", "height": 300, "width": 300}],
    "type": "user",
    "uri": "spotify:user:31abc4wq7iqhkzvlq5y2vqxq5y4a",
}


class TestSpotify(ProviderContract):
    provider = SPOTIFY
    replies: ClassVar = {"user": USER}
    subject = "31abc4wq7iqhkzvlq5y2vqxq5y4a"


def test_nobody_checked_the_address() -> None:
    """Its own documentation says so."""
    told = SPOTIFY.identity({"user": USER})
    assert told.email_trust is EmailTrust.STATED


@pytest.mark.parametrize(
    ("images", "picture"),
    [
        (USER["images"], "https://i.scdn.co/image/ab67757"),
        ([], None),
        (None, None),
        ([{"url": None}], None),
        ([{}], None),
    ],
)
def test_there_may_be_no_picture(images: object, picture: str | None) -> None:
    """The list is empty then."""
    assert SPOTIFY.identity({"user": USER | {"images": images}}).picture == picture
