"""Prompts as they are drawn: a host's words, in the person's language."""

from onboarding.feedback.model import Prompt
from onboarding.feedback.rules import TEXT_LIMIT
from onboarding.profiling.widgets.base import Option
from onboarding.web.context.request_context import RequestContext

SCALE = [str(n) for n in range(11)]


def draw_prompt(
    context: RequestContext, prompt: Prompt, *, score: str | None = None, text: str = ""
) -> dict[str, object]:
    """Return what the templates draw_prompt of a prompt.

    Args:
        context: In whose language.
        prompt: Which one.
        score: What was picked, to be put before the person again.
        text: What was written.
    """
    say, site = context.renderer.texts(context.locale).say, context.core.site_name
    ends = {SCALE[0]: say(prompt.low), SCALE[-1]: say(prompt.high)}
    return {
        "name": prompt.name,
        "question": say(prompt.question, site=site),
        "options": [Option(value=n, label=n, hint=ends.get(n, "")) for n in SCALE],
        "chosen": (score,),
        "text": text,
        "longest": TEXT_LIMIT,
        "read_by_person": prompt.answered_by_person,
    }
