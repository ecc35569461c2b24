"""What providers tell on their own, and what became of a request for deletion."""

from starlette.responses import Response

from onboarding.errors import (
    BadRequest,
    NotFound,
    ProviderError,
    ProviderUnreachable,
)
from onboarding.providers.signals import SignalKind
from onboarding.tokens import derived_id, is_id
from onboarding.web.pages.call import Call


async def take(call: Call) -> Response:
    """POST ``signals/{provider}``, and ``signals/{provider}/{kind}``.

    From a server: with a signature, without a cookie and from no page of ours. It hears
    that its signal was taken, whether anybody here is meant or not; who asked for a
    deletion is given an address where they can look (Meta's data deletion callback).
    """
    name = call.param("provider")
    kind = str(call.request.path_params.get("kind", ""))
    sent = await call.body()
    fields = {name: values[0] for name, values in sent.form.items() if values}
    told = {n: v for n, v in (sent.json or {}).items() if isinstance(v, str)}
    try:
        signal = await call.core.signals.take(name, {**fields, **told}, kind=kind)
    except ProviderUnreachable:
        raise  # its keys cannot be had now: it tells again later
    except (BadRequest, ProviderError):
        # As Back-Channel Logout 1.0 §2.8 wants it said.
        return call.json({"error": "invalid_request"}, 400)
    if signal.kind is not SignalKind.DELETED:
        return call.json({})
    code = derived_id(f"{name} {signal.id}")
    where = f"{call.core.origin}{call.url(f'signals/{name}/status/{code}')}"
    return call.json({"url": where, "confirmation_code": code})


async def show(call: Call) -> Response:
    """GET ``signals/{provider}/status/{code}``: what became of such a request.

    The same for every code: whether somebody has an account is nobody else's business.
    """
    provider = call.core.code_flow.find(call.param("provider"))
    code = call.param("code")
    if not is_id(code):
        raise NotFound("there is no such request")
    act = call.core.signals.policy.act(SignalKind.DELETED)
    if call.wants_json:
        return call.json({"confirmation_code": code, "done": act})
    return call.page(
        "onboarding/deletion.html", title=provider.title, code=code, act=act.value
    )
