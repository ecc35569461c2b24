"""What every provider promises, as a class of tests to subclass.

::

    class TestExample(ProviderContract):
        provider = Example(client_id="shop", client_secret="hush")
        replies = {"user": {"id": "4711", "email": "kim@example.org"}}
        subject = "4711"

``replies`` are what the provider really answered somebody, by the name of the read
(``id_token`` holds the claims of an ID token), with everything personal replaced.
"""

import dataclasses
import inspect
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.errors import BadProviderReply, ConfigError
from onboarding.providers import replies as read
from onboarding.providers.base import Provider
from onboarding.providers.checking import PROTOCOL_PARAMS, SCOPE, SLUG
from onboarding.providers.endpoints import Endpoints
from onboarding.providers.icons import ICON_PATH
from onboarding.social.attempt import Attempt
from onboarding.social.messages import authorization_params, authorization_url
from onboarding.testing.contracts.audited import heard_io
from onboarding.urls import url_problem
from onboarding.visible import JOINERS

CALLBACK = "https://shop.example/welcome/callback/x"
HUSH = "a-secret-that-nobody-may-see"

HOSTILE: tuple[object, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**100, float("nan")),
    *("", " ", "x" * 100_000, "\x00", "line\nbreak", "\u202eevil", "\ud800", "é", "@"),
    *([], {}, [None], {"": ""}, [[["deep"]]]),
)
"""What may stand anywhere in a reply, written by whoever."""


class ProviderContract:
    """The promises of a provider. Subclass it as ``Test…`` and fill in what is yours.

    Attributes:
        provider: The provider, built with any client id and secret.
        replies: What it answered about somebody with an address it verified, if it
            ever says so.
        subject: The stable id that these replies tell.
        subject_of: The values in the replies that it is made of, where it stands in
            none of them as it is: of a team and a person, for example.
        unverified: The same with an address that is *not* verified; None when never.
    """

    provider: ClassVar[Provider]
    replies: ClassVar[Mapping[str, Any]]
    subject: ClassVar[str]
    subject_of: ClassVar[tuple[str, ...]] = ()
    unverified: ClassVar[Mapping[str, Any] | None] = None

    # ── what it says of itself ───────────────────────────────────────────────

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

    # ── what it makes of replies ─────────────────────────────────────────────

    def test_it_tells_who_somebody_is(self) -> None:
        """By the provider's own id, as text, under an issuer that it answers for."""
        identity = self.provider.identity(self.replies)
        claims = self.replies.get("id_token", {})
        assert identity.subject == self.subject
        assert identity.provider == self.provider.name
        issuers = self.provider.accepted_issuers(claims)
        assert identity.issuer in (self.provider.issuer, *issuers)
        assert problem(identity) is None

    def test_the_same_replies_are_the_same_person(self) -> None:
        """It keeps nothing, reads no clock, and leaves the replies as they are."""
        before = deepcopy(self.replies)
        first = self.provider.identity(self.replies)
        assert self.provider.identity(deepcopy(self.replies)) == first
        assert self.replies == before

    def test_it_trusts_an_address_no_further_than_it_says(self) -> None:
        """The cap holds, and an address appears only where the replies have one."""
        identity = self.provider.identity(self.replies)
        assert identity.email_trust <= self.provider.email_trust
        assert (identity.email is None) is (identity.email_trust is EmailTrust.NONE)
        if identity.email is not None:
            assert identity.email in list(_leaves(self.replies))

    def test_an_address_that_is_not_verified_proves_nothing(self) -> None:
        """Where the provider says no, it is stated at most."""
        if self.unverified is None:
            identity = self.provider.identity(self.replies)
            assert identity.email_trust < EmailTrust.VERIFIED, (
                "the provider vouches for an address: set `unverified` to replies in "
                "which it says that it does not"
            )
            return
        identity = self.provider.identity(self.unverified)
        assert identity.email_trust <= EmailTrust.STATED

    def test_it_needs_a_subject(self) -> None:
        """With every value that could be the id gone, or be a part of it, nobody."""
        for part in self.subject_of or (self.subject,):
            emptied = _replaced(self.replies, part, None)
            assert emptied != self.replies, f"no reply holds {part}"
            with pytest.raises(BadProviderReply):
                self.provider.identity(emptied)

    def test_no_reply_at_all_is_nobody(self) -> None:
        """Missing, empty, or of another kind."""
        replies: tuple[object, ...] = (None, [], "", 7, {})
        for reply in replies:
            with pytest.raises(BadProviderReply):
                self.provider.identity(dict.fromkeys(self.replies, reply))
        with pytest.raises(BadProviderReply):
            self.provider.identity({})

    def test_nothing_hostile_breaks_it(self) -> None:
        """Any value in any place makes a usable identity, or is refused by name."""
        for path in _paths(self.replies):
            for value in HOSTILE:
                changed = _with(self.replies, path, value)
                try:
                    identity = self.provider.identity(changed)
                except BadProviderReply:
                    continue
                assert problem(identity) is None, f"{path} = {value!r:.40}"

    def test_it_does_no_io(self) -> None:
        """The mapping is a plain function: no file, no socket, no waiting."""
        assert not inspect.iscoroutinefunction(self.provider.identity)
        self.provider.identity(self.replies)  # what it imports late, it has now
        with heard_io() as events:
            self.provider.identity(self.replies)
        assert events == []


def problem(identity: Identity) -> str | None:
    """Return why an identity could not be kept, or None when it could."""
    subject: object = identity.subject  # a mapping may not keep to its types
    if not isinstance(subject, str) or not re.fullmatch(r"[ -~]{1,255}", subject):
        return "the subject is no text, empty, too long, or no printable ASCII"
    for what in ("email", "name", "username"):
        value: object = getattr(identity, what)
        if value is None:
            continue
        if not isinstance(value, str) or not _is_shown(value):
            return f"{what} is no printable text"
        if not value.strip() or len(value) > 255:
            return f"{what} is empty or too long"
    if (identity.email is None) is not (identity.email_trust is EmailTrust.NONE):
        return "email and email_trust contradict each other"
    # Whatever stands there is put into a page.
    if identity.picture != read.picture(identity.picture):
        return "picture is no https address that is fit for a page"
    if identity.locale != read.locale(identity.locale):
        return "locale is no language as BCP 47 has it"
    return None


def _is_shown(text: str) -> bool:
    # Joiners are not printable, and belong to names of Persian or Sinhala.
    return all(char.isprintable() or char in JOINERS for char in text)


Path = tuple[str | int, ...]


def _paths(value: object, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    inner: Any = []
    if isinstance(value, Mapping):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for key, part in inner:
        yield from _paths(part, (*path, key))


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part)
    else:
        yield value


def _with(replies: Mapping[str, Any], path: Path, value: object) -> dict[str, Any]:
    changed = deepcopy(dict(replies))
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = deepcopy(value)
    return changed


def _replaced(value: Any, old: str, new: object) -> Any:  # noqa: ANN401  # any JSON
    if isinstance(value, Mapping):
        return {key: _replaced(part, old, new) for key, part in value.items()}
    if isinstance(value, list):
        return [_replaced(part, old, new) for part in value]
    return new if not isinstance(value, bool) and str(value) == old else value
