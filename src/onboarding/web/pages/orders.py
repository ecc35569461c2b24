"""Orders placed as a guest: opened by a link, and taken over."""

from starlette.responses import Response

from onboarding.errors import BadRequest, OrderLinkOver, SignInRequired
from onboarding.limiting.model import LimitedAct
from onboarding.web.context.grants import add_grant, drop_grant, grants_of
from onboarding.web.context.nonce import NONCE
from onboarding.web.context.notices import leave_notice
from onboarding.web.pages.call import Call
from onboarding.web.pages.partials import open_orders
from onboarding.web.views.notices import NoticeAct
from onboarding.web.views.orders import order_href, order_rows


async def open_link(call: Call) -> Response:
    """GET ``order/{token}``: what an order link opens, at an address without it.

    Opening changes nothing: this browser may look at the order for a while.
    """
    call.context.is_secret = True
    await call.limit(LimitedAct.ORDER)
    grant = await call.core.orders.open(call.param("token"))
    add_grant(call.context, grant)
    response = call.go(_place(call, grant.order))
    response.headers["referrer-policy"] = "no-referrer"
    return response


def _place(call: Call, order: str) -> str:
    """Return where an order is shown: the host's page of it, or ours of all."""
    return order_href(call.core.orders.page, order) or call.url("orders")


async def show(call: Call) -> Response:
    """GET ``orders``: the orders that are open here, or may be taken over."""
    opened = await open_orders(call.context)
    claimable = await call.core.orders.list_claimable(call.account)
    rows = order_rows(
        claimable, call.texts, call.core.clock(), page=call.core.orders.page
    )
    if call.wants_json:
        return call.json(
            {
                "open": [{"order": one.key, "own": one.is_own} for one in opened],
                "claimable": [one.key for one in rows],
                "claim_at": call.url("orders/claim"),
            }
        )
    return call.page(
        "guest-orders.html",
        opened=opened,
        claimable=rows,
        nonce=call.new_nonce(),
        here=call.url("orders"),
        is_registered=call.registered is not None,
    )


async def claim(call: Call) -> Response:
    """POST ``orders/claim``: an order that a link opened; or all that ``show`` lists.

    A visitor becomes a guest, whose order it then is.
    """
    sent = await call.body()
    order = sent.text("order")
    if order is not None:
        grants = grants_of(call.context)
        if await call.core.orders.find_granted(order, grants) is None:
            await _own_already(call, order)
            return call.go(_place(call, order))
        account = await call.context.ensure_account(sent.text(NONCE))
        await call.core.orders.claim(order, account, grants)
        drop_grant(call.context, order)
        leave_notice(call.context, NoticeAct.CLAIMED)
        return call.go(_place(call, order))
    if sent.text("all") is None:
        raise BadRequest("order is the number of one, or all is 1")
    if call.registered is None:
        raise SignInRequired("an address takes over orders once it is proven")
    claimed = await call.core.orders.claim_by_address(call.registered)
    if claimed:
        leave_notice(call.context, NoticeAct.CLAIMED)
    return call.go(call.local(sent.text("next"), call.url("orders")))


async def _own_already(call: Call, order: str) -> None:
    """Return where an order is of who is here: pressing twice is no error.

    Raises:
        OrderLinkOver: When it is not.
    """
    if not await call.core.orders.may_see(order, call.account, ()):
        raise OrderLinkOver
