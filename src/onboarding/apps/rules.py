"""What an app may ask for: pure decisions."""

import re
from collections.abc import Mapping

from onboarding.apps.model import App, AppRequest
from onboarding.apps.redirects import is_registered
from onboarding.errors import BadRequest
from onboarding.tokens import hash_secret, same

CHALLENGE_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}\Z")
"""A SHA-256 in base64url (RFC 7636 §4.2)."""

VERIFIER_SHAPE = re.compile(r"[A-Za-z0-9._~-]{43,128}\Z")
"""RFC 7636 §4.1."""

STATE_SHAPE = re.compile(r"[\x20-\x7e]{1,512}\Z")
"""RFC 6749, appendix A.5; as long as fits into an address that leads on."""


def is_verified(challenge: str, verifier: str) -> bool:
    """Tell whether a verifier is that of a challenge, by S256 (RFC 7636 §4.6)."""
    if not VERIFIER_SHAPE.match(verifier):
        return False
    return same(challenge, hash_secret(verifier))


def read_request(app: App, sent: Mapping[str, str | None]) -> AppRequest:
    """Read what an app asks a person for.

    Nothing of it is answered to the app itself: what is wrong here is wrong in its
    code, and an error that was sent on would lend our name to a redirect.

    Args:
        app: Whose ``client_id`` was sent.
        sent: The parameters of RFC 6749 §4.1.1 and RFC 7636 §4.3.

    Raises:
        BadRequest: When it is not one that could be answered; says why.
    """
    redirect_uri = sent.get("redirect_uri") or ""
    if not any(is_registered(one, redirect_uri) for one in app.redirect_uris):
        raise BadRequest(f"redirect_uri is none of those of {app.client_id!r}")
    if sent.get("response_type") != "code":
        raise BadRequest("response_type must be code")
    # Without a method RFC 7636 §4.3 means "plain", which who reads the request has.
    if sent.get("code_challenge_method") != "S256":
        raise BadRequest("code_challenge_method must be S256")
    challenge = sent.get("code_challenge") or ""
    if not CHALLENGE_SHAPE.match(challenge):
        raise BadRequest("code_challenge must be a SHA-256 in base64url")
    state = sent.get("state")
    if state is not None and not STATE_SHAPE.match(state):
        raise BadRequest("state must be up to 512 printable characters of ASCII")
    return AppRequest(
        app=app,
        redirect_uri=redirect_uri,
        challenge=challenge,
        state=state,
        is_login=sent.get("prompt") == "login",
    )
