"""Orders placed as a guest: opened by a link, and taken over."""

from collections.abc import Mapping

from starlette.responses import Response

from onboarding.accounts.model import Purpose
from onboarding.emails import check_address
from onboarding.errors import BadRequest, InvalidAnswer, OrderLinkOver, SignInRequired
from onboarding.limiting.model import LimitedAct
from onboarding.web.context.grants import add_grant, drop_grant, grants_of
from onboarding.web.context.nonce import NONCE
from onboarding.web.context.notices import leave_notice
from onboarding.web.pages.call import Call
from onboarding.web.pages.partials import open_orders
from onboarding.web.views.notices import NoticeAct
from onboarding.web.views.orders import order_href, order_rows

Problems = Mapping[str, str]
"""What is wrong with each field, by its name."""


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
    """GET ``orders``: the orders that are open here, or may be taken over or found."""
    return await _page(call)


async def _page(
    call: Call,
    *,
    number: str = "",
    email: str = "",
    problems: Problems | None = None,
) -> Response:
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
                **({"find_at": call.url("orders/find")} if call.core.mailer else {}),
            }
        )
    return call.page(
        "onboarding/guest-orders.html",
        opened=opened,
        claimable=rows,
        may_find=call.core.mailer is not None,
        number=number,
        email=email,
        problems=problems or {},
        status=422 if problems else 200,
        at=call.url("orders"),
        nonce=call.new_nonce(),
        here=call.url("orders"),
        is_registered=call.registered is not None,
    )


async def find(call: Call) -> Response:
    """POST ``orders/find``: write to the address of an order, and wait for the code.

    The response is the same whether or not there is such an order, and whether or not
    it was placed with this address.
    """
    sent = await call.body()
    number, email = ((sent.text(name) or "").strip() for name in ("number", "email"))
    if call.switches_language(sent):
        return await _page(call, number=number, email=email)
    problems = {} if number else {"number": call.texts.plain("claim.no_number")}
    plain = email
    try:
        plain = check_address(email)
    except InvalidAnswer as error:
        if call.wants_json:
            raise
        problems["email"] = call.texts.say(error.problem, **error.slots)
    if problems and call.wants_json:
        raise BadRequest("number is the number of an order")
    if problems:
        return await _page(call, number=number, email=email, problems=problems)
    await call.limit(LimitedAct.ORDER)
    await call.limit(LimitedAct.LETTER)
    order = await call.core.orders.match(number, email)
    cookie = await call.core.proofs.ask(
        Purpose.CLAIM,
        email,
        may_write=await call.may_write(plain),
        current=call.context.current_session(),
        locale=call.context.locale,
        next=_place(call, order or number),
        bound={"order": order},
    )
    call.context.set_cookie(cookie)
    call.core.wake_post()
    return call.go(call.url("prove"))


async def claim(call: Call) -> Response:
    """POST ``orders/claim``: an order that a link opened; or all that ``show`` lists.

    A visitor becomes a guest, whose order it then is.
    """
    sent = await call.pressed()
    order = sent.text("order")
    if order is not None:
        grants = grants_of(call.context)
        if await call.core.orders.find_granted(order, grants) is None:
            await _own_already(call, order)
            return call.go(_place(call, order))
        account = await call.context.ensure_account(sent.text(NONCE))
        await call.core.orders.claim(order, account, grants)
        call.core.wake_post()
        drop_grant(call.context, order)
        leave_notice(call.context, NoticeAct.CLAIMED)
        return call.go(_place(call, order))
    if sent.text("all") is None:
        raise BadRequest("order is the number of one, or all is 1")
    if call.registered is None:
        raise SignInRequired("an address takes over orders once it is proven")
    claimed = await call.core.orders.claim_by_address(call.registered)
    if claimed:
        call.core.wake_post()
        leave_notice(call.context, NoticeAct.CLAIMED)
    return call.go(call.local(sent.text("next"), call.url("orders")))


async def _own_already(call: Call, order: str) -> None:
    """Return where an order is of who is here: pressing twice is no error.

    Raises:
        OrderLinkOver: When it is not.
    """
    if not await call.core.orders.may_see(order, call.account, ()):
        raise OrderLinkOver
