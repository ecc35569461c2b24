"""Whose fault an answer of a provider is: theirs, or a setting's here.

A wrong client secret looks like a refusal of theirs, and a misspelt issuer like a
provider that is down. Where a setting is named, the page does not send people back to
try again, and the log says to the developer what to look at.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from onboarding.errors import (
    BadProviderReply,
    ProviderDenied,
    ProviderError,
    ProviderUnreachable,
)
from onboarding.frozen import dataclass
from onboarding.social import rules
from onboarding.social.described import described

CLIENT_SETTING = (
    "client_id, client_secret and client_auth, as they are registered there"
)
REDIRECT_SETTING = (
    "the redirect URI that is registered there: the one `onboarding doctor` shows"
)
SCOPES_SETTING = "scopes, and what this application may ask for there"
GRANT_SETTING = "the authorization code flow, to be allowed for this application there"
CLOCK_SETTING = "the clock of this machine (NTP)"
PROXY_SETTING = "http=HttpPolicy(proxy=…)"

BY_CODE: Mapping[str, str] = {
    # RFC 6749 §5.2 and §4.1.2.1, and what GitHub, Google and Keycloak say instead.
    "invalid_client": CLIENT_SETTING,
    "incorrect_client_credentials": CLIENT_SETTING,
    "invalid_client_credentials": CLIENT_SETTING,
    "deleted_client": CLIENT_SETTING,
    "disabled_client": CLIENT_SETTING,
    "application_suspended": CLIENT_SETTING,
    "unauthorized_client": GRANT_SETTING,
    "unsupported_grant_type": GRANT_SETTING,
    "unsupported_response_type": GRANT_SETTING,
    "redirect_uri_mismatch": REDIRECT_SETTING,
    "invalid_redirect_uri": REDIRECT_SETTING,
    "invalid_scope": SCOPES_SETTING,
}
"""The setting to look at, by a provider's error code."""

THEIR_DAY_OFF = frozenset({"server_error", "temporarily_unavailable"})
"""Codes of a provider that is down (RFC 6749 §4.1.2.1)."""

PROVOKED = 400
"""The status of what whoever holds the browser may have caused: no fault of a server.

They can write an authorization response by hand, and so send a code that is none, or
one of another attempt. A 5xx would let everybody raise the alarm of the operator.
"""

OF_CLOCKS = ("issued in the future", "expired", "not valid yet")
"""What a problem of an ID token begins with where the clocks differ."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of a provider, and where its address came from.

    Args:
        provider: The provider's name.
        what: What is there: ``discovery``, ``token``, ``keys``, or a read's name.
        url: The address.
        setting: The setting that the address came from; None where the provider
            itself published it.
    """

    provider: str
    what: str = "address"
    url: str = ""
    setting: str | None = None

    @property
    def endpoint(self) -> str:
        """What the log calls it; without a query, which may hold anything."""
        parts = urlsplit(self.url)._replace(query="", fragment="")
        return f"{self.what} {parts.geturl()}".strip()

    def blamed(self, status: int) -> str | None:
        """Return the setting to look at for an HTTP status, None where it is theirs."""
        if status == 401 and self.what == "token":
            return CLIENT_SETTING
        if status == 403 and self.what not in {"discovery", "keys"}:
            return SCOPES_SETTING
        # Nothing there, or a redirect elsewhere: the address itself is wrong. Who
        # answers 422 has read what was sent, a code of nobody's for example.
        is_there = status in {400, 401, 403, 408, 422, 429}
        is_wrong = 300 <= status < 500 and not is_there
        return self.setting if is_wrong else None


def is_outage(status: int) -> bool:
    """Tell whether a status says that a provider serves nobody, or us no more."""
    return status >= 500 or status == 429


def refusal(asked: Asked, status: int) -> ProviderError:
    """Return the error for an HTTP status that is no success."""
    kind = ProviderUnreachable if is_outage(status) else BadProviderReply
    setting = asked.blamed(status)
    # A code that is none, refused without a word (RFC 6749 §5.2 has one).
    is_provoked = asked.what == "token" and status in {400, 422} and not setting
    return kind(
        asked.provider,
        f"answered {status}",
        endpoint=asked.endpoint,
        setting=setting,
        status=PROVOKED if is_provoked else None,
    )


def denial(asked: Asked, told: Mapping[str, object]) -> ProviderDenied:
    """Return the error for an OAuth error that an endpoint answered (RFC 6749 §5.2).

    Args:
        asked: What was asked.
        told: What it answered, with an ``error``.
    """
    code = rules.error_code(told.get("error"))
    setting = of_code(code)
    is_provoked = setting is None and code not in THEIR_DAY_OFF
    return ProviderDenied(
        asked.provider,
        code,
        endpoint=asked.endpoint,
        setting=setting,
        note=described(told.get("error_description")),
        status=PROVOKED if is_provoked else None,
    )


def of_code(code: str) -> str | None:
    """Return the setting to look at for an OAuth error code; None: it is theirs."""
    return BY_CODE.get(code.lower())


def of_claims(problem: str) -> str | None:
    """Return the setting to look at for a problem of an ID token."""
    return CLOCK_SETTING if problem.startswith(OF_CLOCKS) else None


def status_of_claims(problem: str) -> int | None:
    """Return the status for a problem of an ID token; None: the usual one."""
    return PROVOKED if problem == rules.OTHER_NONCE else None


def why_silent(error: BaseException | None) -> str:
    """Return why nobody answered, where it can be told: a kind, and no text of it."""
    while error is not None:
        if isinstance(error, TimeoutError):
            return " in time"
        for kind, why in WHY.items():
            if kind in {base.__name__ for base in type(error).__mro__}:
                return why
        error = error.__cause__ or error.__context__
    return ""


WHY = {
    "TimeoutException": " in time",
    "gaierror": ": the name of its host is not known (DNS)",
    "SSLCertVerificationError": ": its TLS certificate is not trusted here",
    "ConnectionRefusedError": ": nobody listens there",
}
"""By the names of errors: the classes need not be loaded for it."""
