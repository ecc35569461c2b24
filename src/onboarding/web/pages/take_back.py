"""Answers taken back: what that means, shown before; and done, by a page or in JSON."""

from starlette.responses import Response

from onboarding.errors import BadRequest, NotFound
from onboarding.profiling.effects import TakeBack
from onboarding.web.context.body import Body
from onboarding.web.context.notices import leave_notice
from onboarding.web.pages.call import Call
from onboarding.web.views.notices import NoticeAct
from onboarding.web.views.taking_back import describe_take_back, draw_take_back


async def show(call: Call) -> Response:
    """GET ``answers/take-back``: what goes and what closes; changes nothing.

    Of single questions, ``?question=…``, or of a purpose, ``?purpose=…``.
    """
    names = call.request.query_params.getlist("question")
    purpose = call.query("purpose")
    back = await _preview(call, names, purpose)
    here = call.url("answers/take-back")
    if call.wants_json:
        told = describe_take_back(back, call.texts, call.core.catalogue)
        return call.json({**told, "purpose": purpose, "take_back_at": here})
    # Left open until it is taken back elsewhere, or never said: "My data" shows it.
    if call.account is None or back.is_nothing:
        return call.go(call.url("account"))
    profiling = call.core.profiling
    drawn = draw_take_back(
        back,
        await profiling.answers(call.account),
        await profiling.of_today(call.account),
        purpose=purpose,
        texts=call.texts,
        catalogue=call.core.catalogue,
    )
    return call.page(
        "onboarding/take-back.html",
        back=drawn,
        questions=back.questions if purpose is None else (),
        purpose=purpose,
        action=here,
    )


async def _preview(call: Call, names: list[str], purpose: str | None) -> TakeBack:
    profiling, account = call.core.profiling, call.account
    if purpose is None:
        return await profiling.preview_take_back(account, names)
    if account is not None:
        return await profiling.preview_withdraw_purpose(account, purpose)
    if purpose not in call.core.catalogue.purposes:
        raise NotFound("there is no such purpose")
    return TakeBack()


async def act(call: Call) -> Response:
    """POST ``answers/take-back``: the answers go, and "My data" says what closed."""
    return await take_back(call, await call.body())


async def take_back(call: Call, sent: Body) -> Response:
    """Take back what was named, and say what that closes.

    Pressed twice, nothing is there any more the second time, which is no error. A
    visitor has nothing to take back, and does not become a guest for it.

    Raises:
        BadRequest: When neither questions nor a purpose are named, or both.
        NotFound: When there is no such purpose.
    """
    names, purpose = _named(sent), sent.text("purpose")
    if bool(names) is (purpose is not None):
        raise BadRequest("name questions, or a purpose")
    back = await _take(call, names, purpose)
    if call.wants_json:
        told = describe_take_back(back, call.texts, call.core.catalogue)
        return call.json({**told, "purpose": purpose, "location": call.url("account")})
    if not back.is_nothing:
        whole = purpose is not None
        kind = NoticeAct.PURPOSE_WITHDRAWN if whole else NoticeAct.ANSWER_TAKEN_BACK
        leave_notice(call.context, kind, dict.fromkeys(back.closes, ""))
    return call.go(call.url("account"))


async def _take(call: Call, names: list[str], purpose: str | None) -> TakeBack:
    profiling, account = call.core.profiling, call.account
    if account is None:
        return await _preview(call, names, purpose)
    if purpose is None:
        return await profiling.take_back(account, names)
    return await profiling.withdraw_purpose(account, purpose)


def _named(sent: Body) -> list[str]:
    if sent.json is None:
        return sent.form.get("question", [])
    listed = sent.json.get("questions") or []
    if not isinstance(listed, list):
        raise BadRequest("questions is a list of names")
    names = [name for name in listed if isinstance(name, str)]
    if len(names) < len(listed):
        raise BadRequest("questions is a list of names")
    return names
