"""A cookie as a value."""

from datetime import timedelta

from onboarding.cookies import CookieSpec
from onboarding.tokens import Token


def test_a_cookie_hides_what_it_holds() -> None:
    """The value is a secret; the name is not."""
    token = Token.new("0123456789abcdefghjk")
    held = CookieSpec.holding("onboarding-confirm", token, timedelta(minutes=10))
    assert (held.value, held.max_age) == (token.reveal(), 600)
    assert token.secret not in repr(held)
    assert CookieSpec.clear("onboarding-confirm").max_age == 0
