"""What a feature asks and what was refused, in JSON."""

from typing import cast

from starlette.responses import Response

from onboarding.jsonvalue import JsonValue
from onboarding.profiling.intake import Submitted
from onboarding.profiling.model import Decision
from onboarding.web.context import errors
from onboarding.web.pages.call import Call
from onboarding.web.pages.proposed import describe


async def decision_json(call: Call, decision: Decision) -> Response:
    """Respond with what a feature asks now, in JSON."""
    facts = {fact.fact for fact in call.core.catalogue.facts}
    return call.json(
        {
            "feature": decision.feature,
            "state": decision.status.value,
            "questions": await describe(call, decision.page),
            "instead": {
                name: await describe(call, [n for n in others if n not in facts])
                for name, others in decision.instead.items()
            },
            "facts": [fact.fact for fact in decision.facts],
            "wants": await describe(call, decision.wants),
            "closed_by": [
                {"question": r.need, "state": r.state.value}
                for r in decision.reasons
                if r.ask is None
            ],
            "known": decision.known,
            "total": decision.total,
            "answer_at": call.url("answers"),
        }
    )


def refused(call: Call, submitted: Submitted) -> Response:
    """Say in JSON what was refused and why, and what was kept all the same."""
    say = call.texts.say
    problems = [
        {"question": error.question}
        | ({"part": error.part} if error.part else {})
        | {"problem": say(error.problem, **error.slots)}
        for error in submitted.invalid
    ]
    first = submitted.invalid[0]
    facts = {"problems": cast("JsonValue", problems), "saved": list(submitted.saved)}
    return errors.respond_json(call.context, first, facts)
