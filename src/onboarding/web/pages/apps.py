"""Apps: what they ask for, what their person says to it, and the token they get."""

from collections.abc import Iterable, Mapping

from starlette.responses import Response

from onboarding.accounts.model import Account
from onboarding.apps.model import (
    APP_REQUEST_LIFE,
    GUEST_GRANT,
    App,
    AppRequest,
    GrantError,
)
from onboarding.apps.redirects import form_source
from onboarding.apps.rules import read_request
from onboarding.errors import BadRequest, SignInRequired
from onboarding.limiting.model import LimitedAct
from onboarding.web.context.responses import page_policy
from onboarding.web.pages.call import Call
from onboarding.web.pages.oauth import asker_of, given, refused, sent_texts
from onboarding.web.views.merge import MergeView

ASKED = (
    "redirect_uri",
    "response_type",
    "code_challenge",
    "code_challenge_method",
    "state",
    "prompt",
)
"""What an app says of what it asks for, beside who it is."""


# ── what is asked ────────────────────────────────────────────────────────────


async def push(call: Call) -> Response:
    """POST ``app/push``: keep what an app asks for, and name it (RFC 9126 §2).

    With the token of the app's guest, that guest comes along.
    """
    sent = await sent_texts(call)
    if sent is None:
        return refused(call, GrantError.INVALID_REQUEST)
    app = call.core.apps.get(sent.get("client_id") or "")
    if app is None:
        return refused(call, GrantError.INVALID_CLIENT)
    asker = asker_of(call)
    if asker is not None and asker.session.app != app.client_id:
        return refused(call, GrantError.INVALID_CLIENT)
    try:
        asked = read_request(app, sent)
    except BadRequest as error:
        return refused(call, GrantError.INVALID_REQUEST, str(error))
    await call.limit(LimitedAct.CODE)
    request_uri = await call.core.app_grants.push(asked, asker)
    at = call.url("app/authorize", client_id=app.client_id, request_uri=request_uri)
    told = {
        "request_uri": request_uri,
        "expires_in": int(APP_REQUEST_LIFE.total_seconds()),
        "open_at": f"{call.core.origin}{at}",
    }
    return call.json(told, 201)


async def _asked(call: Call) -> AppRequest:
    """Read what the address of this page asks for: pushed before, or all of it.

    Raises:
        BadRequest: When it could not be answered. It is shown here, and sent nowhere.
        AppRequestOver: When it was answered, or is too old.
    """
    params = call.request.query_params
    sent = {name: _once(params.getlist(name), name) for name in (*ASKED, "client_id")}
    app = call.core.apps.get(sent["client_id"] or "")
    if app is None:
        raise BadRequest("no app has this client_id")
    request_uri = _once(params.getlist("request_uri"), "request_uri")
    if request_uri is None:
        return read_request(app, sent)
    return await call.core.app_grants.find(app, request_uri)


def _once(values: list[str], name: str) -> str | None:
    """Return a parameter that may stand there once (RFC 6749 §3.1)."""
    if len(values) > 1:
        raise BadRequest(f"{name!r} stands there twice")
    return values[0] if values and values[0] else None


# ── what its person says ─────────────────────────────────────────────────────


async def ask(call: Call) -> Response:
    """GET ``app/authorize``: which app asks, and for what; it changes nothing."""
    asked = await _asked(call)
    account = call.account
    if asked.is_login and call.registered and not _is_fresh(call):
        return call.go(call.url("sign-in", fresh="1", next=call.context.full_path))
    guest = await call.core.app_grants.guest_of(asked, account) if account else None
    if call.wants_json:
        told = {"client_id": asked.app.client_id, "title": asked.app.shown}
        return call.json({**told, "brings_guest": guest is not None})
    return _page(call, asked, await _rows(call, guest, account))


def _is_fresh(call: Call) -> bool:
    return call.core.sessions.is_fresh(call.context.current_session())


async def _rows(
    call: Call, guest: Account | None, account: Account | None
) -> list[object] | None:
    """Return what would come along from the app; None where nobody would."""
    if guest is None or account is None:
        return None
    plan = await call.core.merging.plan(guest.id, account.id)
    view = MergeView(call.texts, call.core.catalogue, call.core.belongings)
    return list(view.rows(plan))


def _page(call: Call, asked: AppRequest, rows: list[object] | None) -> Response:
    here = call.context.full_path
    response = call.page(
        "onboarding/app.html",
        app=asked.app.shown,
        rows=rows,
        may_stay_guest=not asked.is_login,
        sign_in=call.url("sign-in", next=here),
        action=here,
    )
    # Chromium holds the redirect that follows a form against the policy of its page.
    sources = (form_source(asked.redirect_uri), *_form_origins(call))
    response.headers["content-security-policy"] = page_policy(sources)
    return response


def _form_origins(call: Call) -> Iterable[str]:
    return call.core.code_flow.form_origins() if call.core.providers else ()


async def answer(call: Call) -> Response:
    """POST ``app/authorize``: yes or no, and back to the app; or first to sign in.

    What is asked is read again from the address, and held against what is registered.
    """
    sent = await call.body()
    asked = await _asked(call)
    grants, current = call.core.app_grants, call.context.current_session()
    match sent.text("do"):
        case "begin":
            return await _begin(call, asked)
        case "deny":
            return call.go(await grants.deny(asked))
        case "allow" | "along" as said:
            if asked.is_login and not _is_fresh(call):
                return call.go(call.context.full_path)
            to = await grants.allow(asked, current, brings=said == "along")
            return call.go(to)
    raise BadRequest("do is begin, allow, along or deny")


async def _begin(call: Call, asked: AppRequest) -> Response:
    """Lead to the ways to sign in; a browser of nobody's goes as the app's guest.

    So that the guest is upgraded on its own id. Whoever is somebody here stays so.
    """
    if call.account is None:
        new = await call.core.app_grants.take_over(asked)
        if new is not None:
            call.context.start_session(new)
    return call.go(call.url("sign-in", next=call.context.full_path))


# ── what the app gets ────────────────────────────────────────────────────────


async def give_token(call: Call) -> Response:
    """POST ``app/token``: a token for a code, or for a new guest (RFC 6749 §4.1.3)."""
    sent = await sent_texts(call)
    if sent is None:
        return refused(call, GrantError.INVALID_REQUEST)
    app = call.core.apps.get(sent.get("client_id") or "")
    if app is None:
        return refused(call, GrantError.INVALID_CLIENT)
    match sent.get("grant_type"):
        case "authorization_code":
            return await _exchange(call, app, sent)
        case str(kind) if kind == GUEST_GRANT:
            await call.limit(LimitedAct.GUEST)
            return given(call, await call.core.guests.start_for_app(app.client_id))
        case None:
            return refused(call, GrantError.INVALID_REQUEST)
    return refused(call, GrantError.UNSUPPORTED_GRANT_TYPE)


async def _exchange(call: Call, app: App, sent: Mapping[str, str | None]) -> Response:
    wanted = [sent.get(name) for name in ("code", "code_verifier", "redirect_uri")]
    if not all(wanted):
        return refused(call, GrantError.INVALID_REQUEST)
    code, verifier, redirect_uri = (one or "" for one in wanted)
    await call.limit(LimitedAct.CODE)
    answer = await call.core.app_grants.exchange(
        app, code=code, verifier=verifier, redirect_uri=redirect_uri
    )
    if isinstance(answer, GrantError):
        return refused(call, answer)
    return given(call, answer)


# ── its end ──────────────────────────────────────────────────────────────────


async def revoke(call: Call) -> Response:
    """POST ``app/revoke``: an app gives its token back (RFC 7009).

    The answer is the same whether it was one or not (§2.2).
    """
    sent = await sent_texts(call)
    if sent is None or not sent.get("token"):
        return refused(call, GrantError.INVALID_REQUEST)
    app = call.core.apps.get(sent.get("client_id") or "")
    if app is None:
        return refused(call, GrantError.INVALID_CLIENT)
    await call.core.app_grants.revoke(app, sent["token"] or "")
    return call.json({})


async def end(call: Call) -> Response:
    """POST ``account/app``: the person signs an app out; pressed twice, it is out."""
    sent = await call.body()
    account = call.account
    if account is None:
        raise SignInRequired("there is no account here")
    await call.core.app_grants.end(account, sent.text("key") or "")
    return call.go(call.url("account"))
