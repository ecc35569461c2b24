"""The nonce of a first write: where it is read, and whom it is believed from."""

import pytest

from onboarding.web.context.nonce import trusted_nonce

ORIGIN = "https://shop.example"
OURS = (b"sec-fetch-site", b"same-origin")
FOREIGN = (b"sec-fetch-site", b"cross-site")
HEADER = (b"onboarding-nonce", b"from the header")


@pytest.mark.parametrize(
    ("headers", "field", "expected"),
    [
        pytest.param([OURS], "from the form", "from the form", id="field"),
        pytest.param([OURS, HEADER], None, "from the header", id="header"),
        pytest.param([OURS, HEADER], "from the form", "from the form", id="both"),
        pytest.param([OURS, HEADER, HEADER], None, None, id="header twice"),
        pytest.param([OURS], None, None, id="none"),
        pytest.param([OURS], "", None, id="empty"),
        pytest.param([FOREIGN], "from the form", None, id="foreign field"),
        pytest.param([FOREIGN, HEADER], None, None, id="foreign header"),
    ],
)
def test_a_nonce_counts_only_from_our_own_site(
    headers: list[tuple[bytes, bytes]], field: str | None, expected: str | None
) -> None:
    """The field before the header, and neither on a request of another site."""
    assert expected == trusted_nonce(headers, ORIGIN, field)
