"""What providers tell on their own, over HTTP: by whoever signed it, once."""

import asyncio
import dataclasses
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding import SignalAct, SignalPolicy
from onboarding.accounts.model import EmailTrust, Ending
from onboarding.events import ProviderSignalled
from onboarding.providers import OpenIDConnect
from onboarding.providers.signals import (
    SIGNED_OUT_EVENT,
    ProviderSignal,
    SignalKind,
    instant,
    open_signed_request,
)
from onboarding.testing import Fault, SigningKey
from onboarding.testing.id_tokens import genuine
from tests.web.site import KIM, SAM, SIGNING_KEY, Browser, Site, open_site, provider

pytestmark = pytest.mark.anyio

AT = "/welcome/signals/lamp"
SECRET = "a-secret-of-the-shop"


@dataclass(frozen=True, kw_only=True)
class Telling(OpenIDConnect):
    """Tells by a signed_request that somebody takes access away, or wants deletion."""

    def signal_in(self, sent: Mapping[str, str]) -> str | None:
        """Return the signed text."""
        return sent.get("signed_request")

    def open_signal(self, text: str) -> Mapping[str, object] | None:
        """Return what the secret has signed."""
        return open_signed_request(text, self.secret or "")

    def read_signal(
        self, claims: Mapping[str, object], kind: str
    ) -> ProviderSignal | None:
        """Return it by the end of the address."""
        at, subject = instant(claims.get("issued_at")), claims.get("user_id")
        if at is None or not isinstance(subject, str):
            return None
        kinds = {"deletion": SignalKind.DELETED, "": SignalKind.REVOKED}
        return (
            kind in kinds
            and ProviderSignal(  # type: ignore[return-value]  # False is refused as well
                kind=kinds[kind],
                issuer=self.issuer,
                subject=subject,
                id=f"{kind} {subject} {at}",
                at=at,
            )
        ) or None


def telling() -> Telling:
    """Return a provider that signs with the client secret."""
    return Telling(
        name="lamp",
        title="Lamplight ID",
        issuer="https://id.example",
        client_id="shop",
        client_secret=SECRET,
        email_trust=EmailTrust.VERIFIED,
    )


@dataclass(frozen=True, kw_only=True)
class Throwing(Telling):
    """Throws where it is asked, as code that nobody here wrote may do."""

    where: str = ""

    def signal_in(self, sent: Mapping[str, str]) -> str | None:
        """Return the signed text, or throw."""
        self._throw("signal_in")
        return super().signal_in(sent)

    def open_signal(self, text: str) -> Mapping[str, object] | None:
        """Return what the secret has signed, or throw."""
        self._throw("open_signal")
        return super().open_signal(text)

    def read_signal(
        self, claims: Mapping[str, object], kind: str
    ) -> ProviderSignal | None:
        """Return it by the end of the address, or throw."""
        self._throw("read_signal")
        return super().read_signal(claims, kind)

    def _throw(self, where: str) -> None:
        if where == self.where:
            raise KeyError(where)


@pytest.mark.parametrize("where", ["signal_in", "open_signal", "read_signal"])
async def test_whatever_a_mapping_of_signals_throws_is_refused(where: str) -> None:
    """It is refused as any other that proves nothing: nothing crashes."""
    told = {f.name: getattr(telling(), f.name) for f in dataclasses.fields(telling())}
    async with open_site(providers=[Throwing(**told, where=where)]) as site:
        answer = await tell(site, {"signed_request": revoked(site)})
    assert answer.status_code == 400


@pytest.fixture(params=list(SignalAct))
async def deciding(request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    """Open a shop that does one thing or another when access is taken away."""
    policy = SignalPolicy(revoked=request.param, deleted=request.param)
    providers = [telling(), provider("other", "Other", "other.example")]
    async with open_site(providers=providers, signals=policy) as site:
        yield site


async def tell(
    site: Site, fields: Mapping[str, str], at: str = AT, **headers: str
) -> httpx2.Response:
    """Post as a server does: no cookie, no page."""
    return await site.browser().client.post(at, data=fields, headers=headers)


def signed_request(claims: Mapping[str, object], secret: str = SECRET) -> str:
    """Return a signed_request as Facebook makes it."""
    payload = urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")
    mac = hmac.digest(secret.encode(), payload, sha256)
    return f"{urlsafe_b64encode(mac).rstrip(b'=').decode()}.{payload.decode()}"


def revoked(site: Site, **changes: object) -> str:
    """Return that Kim took access away."""
    at = int(site.clock().timestamp())
    told = {"algorithm": "HMAC-SHA256", "issued_at": at, "user_id": "kim"}
    return signed_request({**told, **changes})


def logout(site: Site, key: SigningKey = SIGNING_KEY, **changes: object) -> str:
    """Return a logout token about Kim."""
    at = int(site.clock().timestamp())
    claims: dict[str, object] = {
        "iss": "https://id.example",
        "aud": "shop",
        "sub": "kim",
        "iat": at,
        "exp": at + 120,
        "jti": "j-1",
        "events": {SIGNED_OUT_EVENT: {}},
        **changes,
    }
    told = {name: value for name, value in claims.items() if value is not None}
    return genuine(key, SIGNING_KEY.header() | {"typ": "logout+jwt"}, told)


async def who(browser: Browser) -> str:
    """Return the id of who is here, or ``nobody``."""
    return (await browser.get("/look")).text


async def told_of(site: Site, account_id: str) -> list[str]:
    """Return the kinds of signals in somebody's log."""
    log = await site.onboarding.journey.timeline(account_id)
    return [
        str(entry.data["kind"]) for entry in log if entry.name == ProviderSignalled.name
    ]


# ── a logout ─────────────────────────────────────────────────────────────────


async def test_who_signs_out_there_is_signed_out_here_everywhere(site: Site) -> None:
    """On every device, and nobody else."""
    phone, desk, sam = site.browser(), site.browser(), site.browser()
    for browser in (phone, desk):
        await browser.sign_in()
    await sam.sign_in(SAM)
    kim = await who(phone)
    answer = await tell(site, {"logout_token": logout(site)})
    assert (answer.status_code, answer.json()) == (200, {})
    assert "no-store" in answer.headers["cache-control"]
    assert [await who(one) for one in (phone, desk)] == ["nobody", "nobody"]
    assert await who(sam) != "nobody"
    assert await told_of(site, kim) == ["signed_out"]


async def test_a_logout_is_taken_once(site: Site) -> None:
    """Told again, and by fifty at once, it ends no session of afterwards."""
    browser = site.browser()
    await browser.sign_in()
    kim, token = await who(browser), logout(site)
    answers = await asyncio.gather(
        *(tell(site, {"logout_token": token}) for _ in range(50))
    )
    assert {answer.status_code for answer in answers} == {200}
    await browser.sign_in()
    assert (await tell(site, {"logout_token": token})).status_code == 200
    assert await who(browser) == kim
    assert await told_of(site, kim) == ["signed_out"]


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.example"},
        {"aud": "another"},
        {"events": None},
        {"events": {}},
        {"events": {SIGNED_OUT_EVENT: None}},
        {"events": [SIGNED_OUT_EVENT]},
        {"nonce": "n"},
        {"sub": None, "sid": "s-1"},
        {"sub": 7},
        {"jti": None},
        {"iat": None},
        {"iat": True},
        {"iat": 10**18},
        {"iat": 1},
    ],
    ids=repr,
)
async def test_what_is_no_logout_of_ours_ends_nothing(
    site: Site, changes: dict[str, object]
) -> None:
    """Back-Channel Logout 1.0 §2.6: each check, and an answer that says why not."""
    browser = site.browser()
    await browser.sign_in()
    answer = await tell(site, {"logout_token": logout(site, **changes)})
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})
    assert await who(browser) != "nobody"


async def test_nobody_else_signs_anybody_out(site: Site) -> None:
    """Another key, an ID token, another provider's address, nothing, too much."""
    browser = site.browser()
    await browser.sign_in()
    sent: list[tuple[str, dict[str, str]]] = [
        (AT, {"logout_token": logout(site, key=SigningKey())}),
        (AT, {"logout_token": ""}),
        (AT, {"logout_token": "a.b.c"}),
        (AT, {"logout_token": "x" * 20_000}),
        (AT, {}),
        ("/welcome/signals/other", {"logout_token": logout(site)}),
        (f"{AT}/deletion", {"logout_token": logout(site)}),
    ]
    for at, fields in sent:
        assert (await tell(site, fields, at)).status_code == 400, fields
    assert (await tell(site, {}, "/welcome/signals/nobody")).status_code == 404
    assert (await browser.get(AT)).status_code == 405
    assert await who(browser) != "nobody"


async def test_an_old_logout_is_too_late(site: Site) -> None:
    """One of three days ago may be anybody's find."""
    browser = site.browser()
    token = logout(site)
    site.clock.advance(timedelta(days=3))
    await browser.sign_in()
    assert (await tell(site, {"logout_token": token})).status_code == 400
    assert await who(browser) != "nobody"


async def test_keys_that_cannot_be_had_are_asked_for_again(site: Site) -> None:
    """The provider hears that it is not its fault, and tells once more."""
    with site.lamp.misbehave(Fault.SERVER_ERROR, at="jwks"):
        assert (await tell(site, {"logout_token": logout(site)})).status_code == 503


async def test_of_strangers_nothing_is_said(site: Site) -> None:
    """Whether somebody has an account here is nobody else's business."""
    answer = await tell(site, {"logout_token": logout(site, sub="nobody-here")})
    assert (answer.status_code, answer.json()) == (200, {})


# ── access taken away, and deletion ──────────────────────────────────────────


async def test_what_is_done_is_what_the_shop_says(deciding: Site) -> None:
    """Recorded, unlinked, or erased; and the sessions of others stay."""
    act = deciding.onboarding.signals.policy.revoked
    browser = deciding.browser()
    await browser.sign_in()
    await browser.sign_in(KIM, "other")
    kim = await who(browser)
    answer = await tell(deciding, {"signed_request": revoked(deciding)})
    assert (answer.status_code, answer.json()) == (200, {})
    account = await deciding.onboarding.accounts.find(kim)
    assert account is not None
    links = await deciding.onboarding.accounts.list_identities(account)
    issuers = {link.issuer for link in links}
    other = "https://other.example"
    assert {
        SignalAct.RECORD: (None, {other, "https://id.example"}),
        SignalAct.UNLINK: (None, {other}),
        SignalAct.ERASE: (Ending.ERASED, set()),
    }[act] == (account.ending, issuers)
    if act is not SignalAct.ERASE:
        assert await told_of(deciding, kim) == ["revoked"]


async def test_the_last_way_stays(deciding: Site) -> None:
    """Without it nobody reaches what is theirs here; unless all of it goes."""
    browser = deciding.browser()
    await browser.sign_in()
    kim = await who(browser)
    await tell(deciding, {"signed_request": revoked(deciding)})
    account = await deciding.onboarding.accounts.find(kim)
    assert account is not None
    is_erased = deciding.onboarding.signals.policy.revoked is SignalAct.ERASE
    links = await deciding.onboarding.accounts.list_identities(account)
    assert bool(links) is not is_erased


async def test_a_signal_that_was_taken_does_nothing_to_what_comes_later(
    deciding: Site,
) -> None:
    """Whoever finds an old one cannot take away what was linked anew."""
    browser = deciding.browser()
    await browser.sign_in()
    await browser.sign_in(KIM, "other")
    sent = {"signed_request": revoked(deciding)}
    await tell(deciding, sent)
    again = deciding.browser()
    await again.sign_in(KIM, "other")
    await again.sign_in()
    kim = await who(again)
    assert (await tell(deciding, sent)).status_code == 200
    account = await deciding.onboarding.accounts.find(kim)
    assert account is not None
    assert account.is_live
    assert len(await deciding.onboarding.accounts.list_identities(account)) == 2


async def test_who_asked_for_deletion_can_look_what_became_of_it(
    deciding: Site,
) -> None:
    """An address and a number, as Meta asks for; the same for strangers."""
    browser = deciding.browser()
    await browser.sign_in()
    at = f"{AT}/deletion"
    for user_id in ("kim", "nobody-here"):
        sent = {"signed_request": revoked(deciding, user_id=user_id)}
        told = (await tell(deciding, sent, at)).json()
        code, url = told["confirmation_code"], told["url"]
        assert url == f"https://shop.example{AT}/status/{code}"
        page = await deciding.browser("nl").get(url)
        assert page.status_code == 200
        assert code in page.text
        assert "Je verzoek om verwijdering" in page.text
        assert user_id not in page.text
        act = deciding.onboarding.signals.policy.deleted
        assert (await browser.get_json(url)).json()["done"] == act
    assert (await browser.get(f"{AT}/status/nonsense!")).status_code == 404


@pytest.mark.parametrize(
    "text",
    [
        signed_request({"algorithm": "HMAC-SHA256"}, "another secret"),
        signed_request({"algorithm": "none"}),
        signed_request([]),  # type: ignore[arg-type]  # that is the test
        "",
        ".",
        "a.b",
        "é.é",
        "x" * 20_000,
        signed_request({"algorithm": "HMAC-SHA256"}).partition(".")[2],
    ],
)
def test_what_the_secret_has_not_signed_opens_to_nothing(text: str) -> None:
    """Another secret, another algorithm, no object, no signature."""
    assert open_signed_request(text, SECRET) is None


@given(st.text(max_size=200))
def test_no_text_breaks_the_opening(text: str) -> None:
    """Whatever is posted."""
    assert open_signed_request(text, SECRET) is None


@pytest.mark.parametrize("name", ["revoked", "deleted"])
def test_a_policy_knows_its_acts_alone(name: str) -> None:
    """Found when it is written."""
    from onboarding import ConfigError

    wrong: dict[str, Any] = {name: "erase everybody"}
    with pytest.raises(ConfigError, match=name):
        SignalPolicy(**wrong)


async def test_a_signal_that_stopped_halfway_is_finished_by_the_next_telling(
    deciding: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ends between the note and the act: told again, it is done."""
    act = deciding.onboarding.signals.policy.revoked
    if act is SignalAct.RECORD:
        return  # all of it is one commit
    browser = deciding.browser()
    await browser.sign_in()
    await browser.sign_in(KIM, "other")
    kim = await who(browser)
    sent = {"signed_request": revoked(deciding)}

    async def killed(*_: object, **__: object) -> None:
        raise RuntimeError("the process ended")

    signals: Any = deciding.onboarding.signals
    with monkeypatch.context() as broken:
        broken.setattr(signals, "_unlink", killed)
        broken.setattr(signals, "_erase", killed)
        with pytest.raises(RuntimeError):
            await tell(deciding, sent)
    assert (await tell(deciding, sent)).status_code == 200
    account = await deciding.onboarding.accounts.find(kim)
    assert account is not None
    links = await deciding.onboarding.accounts.list_identities(account)
    assert len(links) == (0 if act is SignalAct.ERASE else 1)
