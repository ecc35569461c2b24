"""The contract of a provider: data, and one pure mapping.

A provider says where to go, what to ask for and how to read the answers. It performs
no I/O, waits for nothing and keeps nothing of a sign-in, so one object serves
everybody at once. ``onboarding.testing.contracts.provider.ProviderContract``
checks one that you write.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.errors import ConfigError
from onboarding.providers.client_key import ClientKey
from onboarding.providers.endpoints import Endpoints
from onboarding.providers.reads import ProviderRequest, Read
from onboarding.providers.replies import Replies
from onboarding.providers.secret import Secret
from onboarding.providers.signals import Signalling

if TYPE_CHECKING:
    from pydantic import SecretStr

    from onboarding.providers.facts import ProviderFacts

ClientAuth = Literal["basic", "post", "none", "client_secret_jwt", "private_key_jwt"]
"""How the client shows who it is at the token endpoint (RFC 6749 §2.3.1).

``basic`` is the header, id and secret form-encoded as the RFC says; ``post`` is the
body; ``none`` is a public client, which has no secret. ``client_secret_jwt`` and
``private_key_jwt`` sign an assertion with the secret, or with ``client_key``
(OpenID Connect Core §9, RFC 7523 §2.2).
"""

ResponseMode = Literal["query", "form_post"]
"""How the browser brings the answer: in the address, or as a form (OAuth 2.0 Form Post
Response Mode §2)."""

ExchangeCall = Literal["form", "json", "query"]
"""How the token endpoint is called: POST (RFC 6749 §4.1.3), or GET with a query."""


@dataclass(frozen=True, kw_only=True)
class Provider(Signalling, ABC):
    """Somebody who vouches for people.

    Frozen; without slots, so that ``super()`` works in your subclass. What is not as
    the standards say is declared, field by field; what weakens a check has its reason
    in ``reasons``, which ``onboarding doctor`` prints.

    Attributes:
        client_id: Which application we are there.
        client_secret: Shown at the token endpoint; None for a public client.
        client_key: Signs instead of a secret, for ``private_key_jwt``.
        secret_expires: The last day of the secret, or of what the key is registered
            with, in UTC: ``onboarding doctor`` reminds of it a month before.
        name: What it is called in addresses; ``[a-z0-9-]``, at most 32 characters.
        title: What people call it.
        icon: The path of its mark in one colour, in a square of 24 by 24, which
            stands on its buttons: the text of ``d="…"`` in an SVG, and nothing else.
            None is the icon that is known here, if there is one; an empty text is none.
        issuer: The issuer identifier: with the subject, the key of an identity. It
            never changes, or everybody becomes a stranger.
        scopes: What is asked for.
        scope_separator: What stands between them; a space by RFC 6749 §3.3.
        endpoints: Where it answers.
        reads: What is read of a person once a code is exchanged, in order.
        client_auth: How the secret is shown.
        email_trust: How far its word about an address goes, at most.
        params: Further parameters of the authorization request.
        response_mode: How the browser brings the answer.
        leads_on: Whether its authorization endpoint redirects to a host of its own
            that is another one, to sign in there. Browsers hold every redirect after a
            POST to the page's ``form-action``, so it is left for by a link.
        names: Other names for parameters of ours, ``{"client_id": "client_key"}``: in
            both requests, and for ``code`` in the answer that the browser brings.
        exchange_call: How the token endpoint is called.
        exchange_params: Further parameters of the token request, with places as in
            ``Read``: ``{"device_id": "{callback.device_id}"}``.
        headers: Further headers of every call to it.
        pkce: Whether it gets a code challenge (RFC 7636). Without one, a stolen code
            is worth something to whoever has our secret.
        echoes_nonce: Whether its ID tokens hold the nonce of the request. Without it,
            a token of another attempt of the same person could be put in the place of
            ours.
        says_token_type: Whether a token response says ``token_type`` (RFC 6749 §5.1).
        algorithms: What may sign its ID tokens; empty stands for all that prove
            something with a public key. ``HS256`` must be named: it is signed with the
            client secret.
        told_once: Parameters of the answer that it sends at a person's first consent
            only, such as Apple's ``user``: kept for an hour if the sign-in fails.
        reasons: Why ``pkce`` or ``echoes_nonce`` is False, by its name.

    Raises:
        ConfigError: When it cannot work; the message says what to write.
    """

    openid: ClassVar[bool] = False
    """Whether it answers with an ID token."""

    exchanges_code: ClassVar[bool] = True
    """Whether the browser brings a code, to be exchanged for tokens. A provider without
    one is asked about what the browser brought, by ``reads`` without a token."""

    facts: ClassVar["ProviderFacts | None"] = None
    """When what is said here was checked, and against what; None for your own."""

    client_id: str
    client_secret: "SecretStr | Secret | str | None" = field(default=None, repr=False)
    client_key: ClientKey | None = None
    secret_expires: date | None = None
    name: str
    title: str
    issuer: str
    scopes: tuple[str, ...] = ()
    scope_separator: str = " "
    endpoints: Endpoints | None = None
    reads: tuple[Read, ...] = ()
    client_auth: ClientAuth = "basic"
    icon: str | None = field(default=None, repr=False)
    email_trust: EmailTrust = EmailTrust.STATED
    params: Mapping[str, str] = field(default_factory=dict, hash=False)
    response_mode: ResponseMode = "query"
    leads_on: bool = False
    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    exchange_call: ExchangeCall = "form"
    exchange_params: Mapping[str, str] = field(default_factory=dict, hash=False)
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    pkce: bool = True
    echoes_nonce: bool = True
    says_token_type: bool = True
    algorithms: tuple[str, ...] = ()
    told_once: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __new__(cls, *args: object, **kwargs: object) -> Self:
        """Refuse a class without its mapping.

        Raises:
            ConfigError: With the line to write.
        """
        del args, kwargs
        if cls.__abstractmethods__:
            raise ConfigError(
                f"{cls.__name__} does not say who somebody is; subclass it, and write "
                "def identity(self, replies: Replies) -> Identity: …"
            )
        return super().__new__(cls)

    def __post_init__(self) -> None:
        """Check everything that can be known before anybody signs in."""
        from onboarding.providers.checking import check, tidy

        tidy(self)
        if (problem := check(self)) is not None:
            raise self._wrong(problem)

    # ── who somebody is ──────────────────────────────────────────────────────

    @abstractmethod
    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is, by what the provider answered.

        ``replies`` holds each read by its name, ``id_token`` with the checked claims,
        ``token`` with the token response without its tokens, and ``callback`` with
        what the browser brought. The last is a browser's word: for a name, perhaps.

        Raises:
            BadProviderReply: When the subject is missing or no usable id.
        """

    def accepted_issuers(self, claims: Mapping[str, object]) -> tuple[str, ...]:
        """Return what an ID token may name as its issuer; an identity may, too.

        Args:
            claims: What the token says, its signature checked. A provider with an
                issuer for each tenant makes the one of this tenant from them.
        """
        del claims  # one issuer is the same for all
        return (self.issuer,)

    def is_discovered_issuer(self, issuer: object) -> bool:
        """Tell whether a discovery document of this issuer is the provider's own.

        Letter by letter (OpenID Connect Discovery §4.3), unless a provider publishes
        one document for many issuers.
        """
        return issuer == self.issuer

    # ── what is sent ─────────────────────────────────────────────────────────

    @property
    def secret(self) -> str | None:
        """The client secret as text, for the token endpoint and nobody else."""
        held = self.client_secret
        return None if held is None else Secret.of(held).get_secret_value()

    def secret_at(self, now: datetime) -> str | None:
        """Return the client secret of this moment; some are made anew each time."""
        del now  # most are one text
        return self.secret

    def authorization_params(self, redirect_uri: str, state: str) -> Mapping[str, str]:
        """Return what a provider without a code wants instead of RFC 6749's.

        Only for ``exchanges_code = False``; whatever comes back must hold ``state``.
        """
        del redirect_uri, state
        return {}

    def error_in(self, brought: Mapping[str, str]) -> str | None:
        """Return the error that a browser brings, as RFC 6749 §4.1.2.1 calls it.

        For a provider that says it otherwise than as ``error``, which is read before;
        None where there is none. ``access_denied`` is that the person stopped there.
        """
        del brought  # most say it as the standard does
        return None

    def prepare(self, request: ProviderRequest, access_token: str) -> ProviderRequest:
        """Return a read's request as the provider wants it, signed for example.

        A pure function: no clock, no chance, no I/O.
        """
        del access_token
        return request

    def parse_token_response(self, body: bytes) -> object:
        """Return a token response as RFC 6749 §5.1 has it, made of what was answered.

        By default the JSON of the body. A provider that answers in another form, or
        calls ``access_token`` otherwise, or answers errors with status 200, says here
        what it means: ``{"error": …}`` is a refusal.

        Raises:
            ValueError: When it cannot be read.
        """
        return json.loads(body)

    def parse_reply(self, name: str, body: bytes) -> object:
        """Return what a read answered, made of its body: by default, JSON.

        A provider that speaks otherwise says here what it means.

        Args:
            name: The name of the read.
            body: As it came.

        Raises:
            ValueError: When it cannot be read.
        """
        del name  # most answer every read alike
        return json.loads(body)

    def reads_at(self, endpoints: Endpoints) -> tuple[Read, ...]:
        """Return what to read of a person, at these endpoints."""
        del endpoints  # those of OpenID Connect depend on them
        return self.reads

    # ── what people see ──────────────────────────────────────────────────────

    @property
    def brand(self) -> str:
        """What it is called by default, whatever ``name`` says; empty for none."""
        default = type(self).__dataclass_fields__["name"].default
        return default if isinstance(default, str) else ""

    def weakened(self) -> Mapping[str, str]:
        """Return each check that this provider goes without, and why."""
        return {
            f"{name}=False": self.reasons[name]
            for name in ("pkce", "echoes_nonce")
            if not getattr(self, name)
        }

    def _wrong(self, problem: str) -> ConfigError:
        return ConfigError(f"{type(self).__name__}: {problem}")
