"""Values of a sign-in: what they refuse, hide, and carry over."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.accounts.waiting_proofs import pack, unpack
from onboarding.errors import ConfigError
from onboarding.social.model import HttpPolicy


@pytest.mark.parametrize(
    ("settings", "advice"),
    [
        ({"connect": timedelta(0)}, "must be longer than nothing"),
        ({"read": timedelta(seconds=-1)}, "must be longer than nothing"),
        ({"total": timedelta(0)}, "must be longer than nothing"),
        ({"outage": timedelta(0)}, "must be longer than nothing"),
        ({"limit": 0}, "limit must be at least"),
        ({"proxy": "proxy.example:3128"}, "proxy must be a whole address"),
        ({"proxy": ""}, "proxy must be a whole address"),
        ({"proxy": "socks5://proxy.example"}, "proxy must be a whole address"),
    ],
)
def test_a_policy_lets_calls_through(settings: dict[str, object], advice: str) -> None:
    """What would stop every sign-in is refused when it is written down."""
    with pytest.raises(ConfigError, match=advice):
        HttpPolicy(**settings)


def test_a_proxy_may_ask_for_a_password() -> None:
    """It is taken, and not shown."""
    policy = HttpPolicy(proxy="http://me:hush@proxy.example:3128")
    assert "hush" not in repr(policy)


@given(
    st.builds(
        Identity,
        provider=st.text(),
        issuer=st.text(),
        subject=st.text(),
        email=st.none() | st.text(),
        email_trust=st.sampled_from(EmailTrust),
        name=st.none() | st.text(),
        claims=st.just({}),
    )
)
def test_an_identity_waits_unchanged(identity: Identity) -> None:
    """What is put into an intent comes out of it, to the letter."""
    assert unpack(pack(identity)) == identity
