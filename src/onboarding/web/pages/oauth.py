"""What apps send us and are answered, in the words of OAuth 2 (RFC 6749 §5)."""

from collections.abc import Mapping

from starlette.responses import Response

from onboarding.accounts.model import CurrentSession, NewSession
from onboarding.apps.model import GrantError
from onboarding.errors import BadRequest, InvalidToken, UnsupportedBody
from onboarding.web.context.body import Body
from onboarding.web.context.carriers import tokens_in
from onboarding.web.context.headers import header_values
from onboarding.web.pages.call import Call


def asker_of(call: Call) -> CurrentSession | None:
    """Return who an app is by its token; None where it sends none.

    Raises:
        InvalidToken: When it sends one that grants nothing.
    """
    current = call.context.current_session()
    lines = header_values(call.request.scope["headers"], b"authorization")
    if current is None and any(tokens_in(line) for line in lines):
        raise InvalidToken("the token of this request grants nothing")
    return current


def given(call: Call, new: NewSession, **more: str) -> Response:
    """Respond with a token (RFC 6749 §5.1); used in time, it lasts longer than said."""
    ends = call.core.sessions.ends_at(new.current)
    left = int((ends - call.core.clock()).total_seconds())
    response = call.json(
        {
            "access_token": new.token.reveal(),
            "token_type": "Bearer",
            "expires_in": left,
            **more,
        }
    )
    response.headers["pragma"] = "no-cache"
    return response


async def sent_texts(call: Call) -> Mapping[str, str | None] | None:
    """Read a form or JSON object of texts, each once; None where it is none."""
    try:
        body: Body = await call.body()
        names = body.form if body.json is None else body.json
        return {name: body.text(name) or None for name in names}
    except (BadRequest, UnsupportedBody):
        return None


def refused(call: Call, error: GrantError, why: str | None = None) -> Response:
    """Respond as RFC 6749 §5.2 wants it."""
    told = {"error": error.value, **({"error_description": why} if why else {})}
    return call.json(told, 400)
