"""What is known of questions, for pages and JSON: decided, told, refused."""

from collections.abc import Sequence
from typing import cast

from starlette.responses import Response

from onboarding.jsonvalue import JsonValue
from onboarding.profiling.intake import Submitted
from onboarding.profiling.model import Answer, AnswerKind, Decision
from onboarding.web.context import errors
from onboarding.web.pages.call import Call
from onboarding.web.pages.proposed import describe


async def decision_json(call: Call, decision: Decision) -> Response:
    """Respond with what a feature asks now, in JSON."""
    return call.json(
        {
            "feature": decision.feature,
            "state": decision.status.value,
            "questions": await describe(call, decision.page),
            "wants": await describe(call, decision.wants),
            "known": decision.known,
            "total": decision.total,
            "answer_at": call.url("answers"),
        }
    )


def told_in(answers: Sequence[Answer]) -> dict[str, JsonValue]:
    """Return what somebody has told, by question."""
    return {a.question: a.value for a in answers if a.reply is AnswerKind.VALUE}


def said_otherwise(answers: Sequence[Answer], name: str) -> list[JsonValue]:
    """Return what the same person said to a question before accounts came together."""
    return [v for a in answers if a.question == name for v in a.suggested]


def refused(call: Call, submitted: Submitted) -> Response:
    """Say in JSON what was refused and why, and what was kept all the same."""
    say = call.texts.say
    problems = [
        {"question": error.question, "problem": say(error.problem, **error.slots)}
        for error in submitted.invalid
    ]
    first = submitted.invalid[0]
    facts = {"problems": cast("JsonValue", problems), "saved": list(submitted.saved)}
    return errors.respond_json(call.context, first, facts)
