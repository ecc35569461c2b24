"""A form of questions as it was sent, before anything of it is believed."""

from collections.abc import Collection, Iterable

from onboarding.errors import BadRequest, InvalidAnswer, NotFound
from onboarding.jsonvalue import JsonValue
from onboarding.web.context.body import Body
from onboarding.web.pages.call import Call
from onboarding.web.views.questions import QuestionForm

BACK = "onboarding-back"
"""The form field that says where "not now" leads.

It has a hyphen, which no question's name has."""


async def read_form(call: Call, sent: Body) -> QuestionForm:
    """Read the form that was sent, whatever it claims: names are checked here.

    Which of its questions are needed is not believed either, and may have changed.
    """
    feature = sent.text("feature") or None
    if feature is not None and feature not in call.core.catalogue.plans:
        raise NotFound("there is no such feature")
    names, values = _read_values(call, sent)
    if not names:
        raise BadRequest("no question is answered")
    needs: Collection[str] = names
    if feature is not None:
        needs = await call.core.profiling.needed(call.account, feature)
    home = call.core.home if feature else call.url("account")
    return QuestionForm(
        feature=feature,
        needs=[name for name in names if name in needs],
        wants=[name for name in names if name not in needs],
        next=call.local(sent.text("next"), home),
        back=call.local(sent.text(BACK), home),
        values=values,
    )


async def read_typed(call: Call, names: Iterable[str]) -> dict[str, JsonValue]:
    """Read what was typed into this form before a sign-in, whatever that is."""
    typed = await call.typed()
    if typed is None:
        return {}
    return call.core.catalogue.parse(names, typed.fields, typed.locale)


def _read_values(call: Call, sent: Body) -> tuple[list[str], dict[str, JsonValue]]:
    catalogue = call.core.catalogue
    if sent.json is None:
        names = sent.form.get("question", [])
        values = catalogue.parse(names, sent.form, call.texts.locale)
    else:
        answers = sent.json.get("answers") or {}
        listed = sent.json.get("questions") or []
        if not isinstance(answers, dict) or not isinstance(listed, list):
            raise BadRequest("answers is an object, questions a list of names")
        values = dict(answers)
        texts = (n for n in (sent.json.get("question"), *listed) if isinstance(n, str))
        names = [*values, *texts]
    unknown = [name for name in names if name not in catalogue.questions]
    if unknown:
        raise InvalidAnswer(unknown[0], "answer.not_asked")
    return list(dict.fromkeys(names)), values
