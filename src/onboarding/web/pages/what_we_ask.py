"""What this application asks, and why: a page that everybody may read."""

from starlette.responses import Response

from onboarding.web.context import responses
from onboarding.web.pages.call import Call
from onboarding.web.views.asking import (
    asked_questions,
    describe_asked,
    describe_retention,
    guest_retention,
    retention_lines,
)


async def show(call: Call) -> Response:
    """GET ``what-we-ask``: every question, its purpose, and how long it is kept."""
    core, texts = call.core, call.texts
    asked = asked_questions(texts, core.catalogue)
    kept = guest_retention(core.guests.policy, core.sessions.policy.guest_life)
    if call.wants_json:
        told = {
            "questions": [describe_asked(one) for one in asked],
            "kept": describe_retention(kept),
        }
        return responses.public_json(told)
    lines = retention_lines(kept, texts, has_orders=core.has_orders)
    return responses.public_page(
        call.context, "onboarding/what-we-ask.html", {"asked": asked, "kept": lines}
    )
