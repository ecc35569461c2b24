"""What a provider says of itself: its names, its addresses, and what it sends."""

import dataclasses
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from onboarding.errors import ConfigError
from onboarding.providers.checking import PROTOCOL_PARAMS, SCOPE, SLUG
from onboarding.providers.endpoints import Endpoints
from onboarding.providers.icons import ICON_PATH
from onboarding.social.attempt import Attempt
from onboarding.social.messages import authorization_params, authorization_url
from onboarding.testing.contracts.provider_case import ProviderCase
from onboarding.urls import url_problem

CALLBACK = "https://shop.example/welcome/callback/x"
HUSH = "a-secret-that-nobody-may-see"


class ProviderDataContract(ProviderCase):
    """The promises of a provider about its own description."""

    def test_its_name_can_stand_in_addresses_and_cookies(self) -> None:
        """A slug, a title for people, and an icon that is a path, or none."""
        assert SLUG.match(self.provider.name)
        assert self.provider.title.strip()
        icon = self.provider.icon
        assert not icon or ICON_PATH.match(icon)

    def test_its_addresses_are_safe(self) -> None:
        """Each is https or on this machine, and the issuer has no query."""
        known = self.provider.endpoints
        urls = [self.provider.issuer, *(read.url for read in self.provider.reads)]
        if known is not None:
            # A fragment that the provider wants stays at the end of the address.
            urls += [known.authorization.partition("#")[0], known.token]
            urls = [url for url in urls if url or self.provider.exchanges_code]
            urls += [url for url in (known.jwks, known.userinfo) if url is not None]
        assert [url for url in urls if url_problem(url)] == []
        assert not urlsplit(self.provider.issuer).query

    def test_its_scopes_are_words(self) -> None:
        """RFC 6749 §3.3; OpenID Connect asks for ``openid``."""
        assert all(map(SCOPE.match, self.provider.scopes))
        assert ("openid" in self.provider.scopes) or not self.provider.openid

    def test_it_asks_with_pkce_and_sets_nothing_of_ours(self) -> None:
        """The way there carries the attempt, whatever the provider adds."""
        attempt = Attempt(state="state", verifier="v" * 43, nonce="nonce")
        endpoints = self.provider.endpoints or Endpoints(
            authorization=f"{self.provider.issuer}/authorize"
        )
        params = authorization_params(self.provider, attempt, CALLBACK)
        url = authorization_url(self.provider, endpoints.authorization, params)
        asked = parse_qs(urlsplit(url).query)
        if not self.provider.exchanges_code:
            assert "state" in url
            return
        named = self.provider.names
        methods = ["S256"] if self.provider.pkce else []
        assert asked.get("code_challenge_method", []) == methods
        assert asked["state"] == ["state"]
        assert asked["redirect_uri"] == [CALLBACK]
        assert asked[named.get("client_id", "client_id")] == [self.provider.client_id]
        assert ("nonce" in asked) is self.provider.openid
        assert not PROTOCOL_PARAMS & set(self.provider.params)

    def test_each_check_that_it_goes_without_has_its_reason(self) -> None:
        """Who runs it must be able to read why."""
        assert all(why.strip() for why in self.provider.weakened().values())

    def test_it_is_frozen(self) -> None:
        """One object serves everybody at once."""
        with pytest.raises(dataclasses.FrozenInstanceError):
            self.provider.name = "other"  # type: ignore[misc]  # that is the test

    def test_it_hides_its_secret(self) -> None:
        """Neither repr nor str nor the fields show it."""
        if self.provider.client_auth == "none":
            return
        hushed = dataclasses.replace(self.provider, client_secret=SecretStr(HUSH))
        shown = f"{hushed!r} {hushed} {vars(hushed)}"
        assert HUSH not in shown
        assert hushed.secret == HUSH

    def test_it_refuses_what_cannot_work(self) -> None:
        """Without a client id, with a bad name, over plain http: refused when built."""
        changes: tuple[dict[str, Any], ...] = (
            {"client_id": ""},
            {"name": "Not A Slug"},
            {"issuer": "http://elsewhere.example"},
            {"params": {"redirect_uri": "https://eve.example"}},
        )
        for change in changes:
            with pytest.raises(ConfigError):
                dataclasses.replace(self.provider, **change)
