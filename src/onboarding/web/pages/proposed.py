"""What is proposed: shown beside questions, and what people say about it."""

from collections.abc import Iterable, Mapping

from onboarding.errors import BadRequest
from onboarding.frozen import dataclass
from onboarding.jsonvalue import JsonValue
from onboarding.web.context.body import Body
from onboarding.web.pages.call import Call
from onboarding.web.views.press import ACCEPT, REFUSE, Press
from onboarding.web.views.proposals import ProposalsView

YES_OR_NO = {"accept": True, "refuse": False}
"""What a caller of JSON says in ``do``, and whether that is a yes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidOfProposal:
    """What a person says about a proposal.

    Attributes:
        press: Which one they have seen.
        is_right: Whether it is right.
    """

    press: Press
    is_right: bool


def read_said(sent: Body) -> SaidOfProposal | None:
    """Return what was said about a proposal; None where it is about something else.

    Raises:
        BadRequest: When it does not say which one.
    """
    if sent.json is not None:
        is_right = YES_OR_NO.get(sent.text("do") or "")
        text = f"{sent.text('question') or ''} {sent.text('proposal') or ''}"
    else:
        yes, no = sent.text(ACCEPT), sent.text(REFUSE)
        is_right, text = (True, yes) if yes is not None else (False, no or "")
        if yes is None and no is None:
            return None
    if is_right is None:
        return None
    press = Press.parse(text or "")
    if press is None:
        raise BadRequest("question and proposal say which one was shown")
    return SaidOfProposal(press=press, is_right=is_right)


async def proposals_view(call: Call, names: Iterable[str]) -> ProposalsView:
    """Return what is proposed to whoever is here, for these questions, in words."""
    core = call.core
    found = await core.profiling.proposals(call.account, frozenset(names))
    return ProposalsView(call.texts, core.catalogue, core.providers, found)


async def describe(call: Call, names: Iterable[str]) -> list[Mapping[str, JsonValue]]:
    """Return questions as JSON, each with what is proposed to it."""
    listed = list(names)
    view = await proposals_view(call, listed)
    return view.described(call.describe(listed))
