"""Where a provider answers, and what it says that it can."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Where a provider answers; all https, or http on this very machine.

    Attributes:
        authorization: Where the browser goes; a fragment stays at its end.
        token: Where a code is exchanged; empty for a provider that has no code.
        jwks: The keys that sign ID tokens; OpenID Connect only.
        userinfo: What is known of the person; OpenID Connect only.
        promises_iss: Whether every answer names its issuer (RFC 9207 §3); then one
            that does not is refused.
        pushed: Where an authorization request is pushed first (RFC 9126 §2).
        requires_pushed: Whether it takes no other (RFC 9126 §5).
        revocation: Where a token is given back (RFC 7009).
        end_session: Where somebody signs out there (OpenID Connect RP-Initiated
            Logout §2.1).
        algorithms: What it says that it signs ID tokens with; empty where it does
            not say (OpenID Connect Discovery §3).
        client_auths: How it lets clients show who they are at ``token``, as
            Discovery calls it: ``client_secret_basic``; empty where it does not say.
        code_challenges: PKCE methods it knows (RFC 8414 §2): ``S256``; empty where it
            does not say.
    """

    authorization: str
    token: str = ""
    jwks: str | None = None
    userinfo: str | None = None
    promises_iss: bool = False
    pushed: str | None = None
    requires_pushed: bool = False
    revocation: str | None = None
    end_session: str | None = None
    algorithms: tuple[str, ...] = ()
    client_auths: tuple[str, ...] = ()
    code_challenges: tuple[str, ...] = ()


ADDRESSES = (
    *("authorization", "token", "jwks", "userinfo"),
    *("pushed", "revocation", "end_session"),
)
"""The fields of ``Endpoints`` that are addresses."""
