"""No more letters of a kind: what the link in them opens, and its button."""

from starlette.responses import Response

from onboarding.emails import masked
from onboarding.errors import NotFound
from onboarding.web.context.responses import HIDING_PATHS
from onboarding.web.pages.call import Call


async def ask(call: Call) -> Response:
    """GET ``unsubscribe/{link}``: which letters these are, with a button.

    Looking changes nothing: mail scanners follow links.
    """
    return await _page(call, *_read(call))


async def stop(call: Call) -> Response:
    """POST ``unsubscribe/{link}``: no more of them, or again, with ``?again=1``.

    A mail provider sends it for whoever pressed its own button, without a cookie and
    from no page of ours; nothing of the body is needed, and a redirect would be none of
    its business (RFC 8058 §3.1). The link is the only proof that is asked for.
    """
    address, kind = _read(call)
    if call.query("again"):
        await call.core.mail_stops.resume(address, kind)
    else:
        await call.core.mail_stops.stop(address, kind)
    return await _page(call, address, kind)


def _read(call: Call) -> tuple[str, str]:
    call.context.is_secret = True
    found = call.core.mail_stops.read(call.param("link"))
    if found is None:
        raise NotFound("there is no such link")
    return found


async def _page(call: Call, address: str, kind: str) -> Response:
    is_stopped = await call.core.mail_stops.is_stopped(address, kind)
    if call.wants_json:
        return call.json({"stopped": is_stopped})
    here = call.url(f"unsubscribe/{call.param('link')}")
    response = call.page(
        "onboarding/unsubscribe.html",
        at=here,
        kind=kind,
        shown=masked(address),
        is_stopped=is_stopped,
        action=f"{here}?again=1" if is_stopped else here,
    )
    response.headers["referrer-policy"] = HIDING_PATHS
    return response
