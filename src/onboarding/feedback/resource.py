"""Responses as something that hangs on an account."""

from typing_extensions import override

from onboarding.accounts.facts import Facts
from onboarding.feedback.model import Response


class ResponsesResource(Facts[Response]):
    """What a person said and what was said back: moved at a merge, gone at an end.

    Who answered as a guest has answered after signing in, too.
    """

    name = "responses"
    kind = Response

    @override
    def tell(self, fact: Response) -> dict[str, object]:
        told = {
            "prompt": fact.prompt,
            "given_at": fact.given_at.isoformat(),
            "score": fact.score,
            "text": fact.text or None,
            "reply": fact.reply,
            "replied_by": fact.replied_by,
            "replied_at": fact.replied_at and fact.replied_at.isoformat(),
            "seen_at": fact.seen_at and fact.seen_at.isoformat(),
        }
        return {name: value for name, value in told.items() if value is not None}
