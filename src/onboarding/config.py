"""Everything a host may set, checked when it is given, frozen afterwards."""

from typing import TYPE_CHECKING, Literal, Required, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import httpx2

    from onboarding.accounts.claims import OrderResource
    from onboarding.accounts.lookup import Adopt
    from onboarding.accounts.resources import Resource
    from onboarding.accounts.rules import SessionPolicy
    from onboarding.apps.model import App
    from onboarding.attention.model import AttentionPolicy
    from onboarding.clock import Clock
    from onboarding.deadlines import Deadlines
    from onboarding.feedback.model import Prompt
    from onboarding.guests.model import GuestPolicy, ProofPolicy
    from onboarding.journey.model import Funnel
    from onboarding.limiting.model import LimitPolicy
    from onboarding.mail.model import Letters
    from onboarding.mailers.base import Mailer
    from onboarding.orders.model import ClaimPolicy
    from onboarding.passkeys.model import PasskeyPolicy
    from onboarding.profiling.model import Feature
    from onboarding.profiling.widgets.base import Widget
    from onboarding.providers.base import Provider
    from onboarding.sinks.base import Sink
    from onboarding.social.granted import KeepTokens
    from onboarding.social.model import HttpPolicy
    from onboarding.social.signals import SignalPolicy
    from onboarding.stores.base import Store


class Settings(TypedDict, total=False):
    """The keyword arguments of ``Onboarding``, beside ``profile``.

    Attributes:
        url: The public address of our pages, such as
            ``https://shop.example/welcome``. It decides redirect URIs, the mount
            path, the allowed origin, and whether this is production: ``https``
            makes cookies Secure; ``http`` is for loopback addresses only.
        secret_key: At least 32 random bytes; or several, newest first.
        database: ``sqlite:///shop.db``, ``postgresql://…``, ``memory:``, or a store.
            ``?synchronous=normal`` behind a SQLite file makes commits faster, and a
            power cut may then lose the last ones.
        providers: Ways to sign in, in the order of their buttons.
        features: What opens once its questions are answered.
        purposes: What answers are used for, in words, by the name that
            ``Ask(purpose=…)`` gives: ``{"recommendations": "Recommending books"}``.
        widgets: Looks of questions of your own, tried before ours.
        prompts: Opinions to ask for, in the order of their importance.
        funnels: Paths to measure.
        resources: What of the host's hangs on an account.
        merge: What happens when a guest signs in to an account that exists: ``"tell"``
            brings everything along and says so on the next page, ``"ask"`` shows first
            what that would mean, with a yes and a no.
        orders: What people buy, one of the resources: a table with ``claim=``. Its
            orders are reached by a link, and taken over by whose they are.
        adopt: Finds somebody of the host's own table of users by an address that is
            proven at this moment and that nobody here has; or None. They are brought
            in, then, as ``accounts.adopt`` would have. One that fails or takes too long
            fails that sign-in.
        keep_tokens: Takes the tokens of each sign-in with a provider, once: we need
            none of them afterwards and keep none. What it raises is logged and harms
            no sign-in. It is not called for a sign-in that waits for a yes.
        sinks: Where events go after their commit.
        mailer: What sends mail; None says that this application mails nothing, and
            has no pages that would. Where ``url`` is http it may be left out: letters
            are printed then.
        letters: Which letters are written, beside those that somebody asked for.
        sessions: How long sessions last.
        guests: How long guests are kept.
        proofs: How addresses are proven by mail.
        passkeys: Lets people keep what they did with a passkey, and come back with it.
            Left out, or None, there are none. ``url`` must be at a name: no browser
            makes one for 127.0.0.1. Needs the extra ``onboarding[passkeys]``.
        apps: Apps and command lines that act for people, each with a token of its own
            (``Authorization: Bearer``). Without any, that header means nothing to us.
        claims: How long order links work, and what may be claimed.
        attention: How often a person may be interrupted.
        limits: How often things may be done that cost a stranger nothing: guests,
            letters, codes, orders looked up.
        proxies: Networks of the proxies in front, whose ``X-Forwarded-For`` or
            ``Forwarded`` is believed: ``["10.0.0.0/8"]``, or ``["unix:"]`` for one that
            comes by a Unix socket. Limits are for a client's network, and without this
            that is whoever is connected to the server.
        deadlines: How long a request waits for its body and the database, and closing
            for all.
        signals: What is done when a provider tells on its own that somebody took away
            what they let this application do, or wants to be deleted.
        http: Time-outs and limits of calls to providers.
        transport: Leads calls to providers elsewhere than to the network, for tests.
        name: What the site is called on our pages.
        home: The path of the site's front page.
        help_url: Where help is; the first link of every footer.
        texts: The host's own sentences in other languages, by language.
        templates: A folder of templates, your own and, in ``onboarding/``, what stands
            in for ours.
        skip: Paths whose requests we never look at, such as static files.
        prefix: What the names of our tables begin with.
        cookie_prefix: What the names of our cookies begin with; for a second
            ``Onboarding`` on one origin, lower-case letters and digits.
        clock: The present instant; tests pass one that stands still.
    """

    url: Required[str]
    secret_key: Required["str | bytes | Sequence[str | bytes]"]
    database: Required["str | Store"]
    providers: "Sequence[Provider]"
    features: "Sequence[Feature]"
    purposes: "Mapping[str, str]"
    widgets: "Sequence[Widget]"
    prompts: "Sequence[Prompt]"
    funnels: "Sequence[Funnel]"
    resources: "Sequence[Resource]"
    orders: "OrderResource"
    adopt: "Adopt"
    keep_tokens: "KeepTokens"
    merge: "Literal['tell', 'ask']"
    sinks: "Sequence[Sink]"
    mailer: "Mailer | None"
    letters: "Letters"
    sessions: "SessionPolicy"
    guests: "GuestPolicy"
    proofs: "ProofPolicy"
    passkeys: "PasskeyPolicy | None"
    apps: "Sequence[App]"
    claims: "ClaimPolicy"
    attention: "AttentionPolicy"
    limits: "LimitPolicy"
    proxies: "Sequence[str]"
    deadlines: "Deadlines"
    signals: "SignalPolicy"
    http: "HttpPolicy"
    transport: "httpx2.AsyncBaseTransport | None"
    name: str
    home: str
    help_url: str | None
    texts: "Mapping[str, Mapping[str, str]]"
    templates: "str | Path | None"
    skip: "Sequence[str]"
    prefix: str
    cookie_prefix: str
    clock: "Clock"
