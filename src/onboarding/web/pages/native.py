"""Sign-in by the SDK of a provider: a nonce for it, and what it gave the app."""

from starlette.responses import Response

from onboarding.apps.model import GrantError
from onboarding.limiting.model import LimitedAct
from onboarding.social.posted import NONCE_LIFE
from onboarding.web.pages.call import Call
from onboarding.web.pages.oauth import asker_of, given, refused, sent_texts


async def give_nonce(call: Call) -> Response:
    """POST ``app/nonce``: what the ID token is to hold, for one sign-in."""
    sent = await sent_texts(call)
    if sent is None:
        return refused(call, GrantError.INVALID_REQUEST)
    app, asker = call.core.apps.get(sent.get("client_id") or ""), asker_of(call)
    if app is None or (asker and asker.session.app != app.client_id):
        return refused(call, GrantError.INVALID_CLIENT)
    await call.limit(LimitedAct.CODE)
    nonce = await call.core.posted_tokens.begin(app.client_id, asker)
    return call.json({"nonce": nonce, "expires_in": int(NONCE_LIFE.total_seconds())})


async def take(call: Call) -> Response:
    """POST ``app/id-token``: a token of ours for the ID token of a provider.

    Where the person has to say something first, ``browser_required`` says so.
    """
    sent = await sent_texts(call)
    if sent is None:
        return refused(call, GrantError.INVALID_REQUEST)
    app, asker = call.core.apps.get(sent.get("client_id") or ""), asker_of(call)
    if app is None or (asker and asker.session.app != app.client_id):
        return refused(call, GrantError.INVALID_CLIENT)
    await call.limit(LimitedAct.CODE)
    result = await call.core.posted_tokens.finish(
        sent.get("provider") or "",
        id_token=sent.get("id_token") or "",
        nonce=sent.get("nonce") or "",
        app=app.client_id,
        current=asker,
    )
    call.core.wake_post()
    return given(call, result.new_session, how=result.how)
