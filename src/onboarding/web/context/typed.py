"""A form that somebody left for a sign-in or another language, shown to them again."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from onboarding.attention.rules import visit_of
from onboarding.cookies import OURS
from onboarding.web.context import cookies, language

if TYPE_CHECKING:
    from onboarding.accounts.typed import TypedForm
    from onboarding.web.context.request_context import RequestContext

FORM = "onboarding-form"
"""The id of the form on a page of ours; in a part, what its id ends in."""


async def keep_typed(
    context: "RequestContext", fields: Mapping[str, Sequence[str]], *, id: str, at: str
) -> None:
    """Keep what stands in a form, for when its page is shown again.

    Our own fields are left out: the page makes them anew.

    Args:
        context: Of the request that brought it.
        fields: Every value of each field.
        id: Of the form in its page.
        at: The path of that page.
    """
    from onboarding.accounts.typed import TypedForm

    typed = {
        name: values
        for name, values in fields.items()
        if not name.startswith(f"{OURS}-")
    }
    current, core = context.current_session(), context.core
    form = TypedForm(
        at=language.path_in_any(at),
        id=id,
        locale=context.locale,
        visit=visit_of(current.session.id, core.clock()) if current else "",
        fields=typed,
    )
    account = current.account if current else None
    spec = await core.typed_forms.keep(form, account=account, cookies=_jar(context))
    context.set_cookie(spec)


async def find_typed(context: "RequestContext", id: str) -> "TypedForm | None":
    """Return what this browser typed into a form of this very page, and did not send.

    It stays until it is sent: a page that is loaded again shows it again.

    Args:
        context: Of the request for the page.
        id: Of the form in it.
    """
    context.account()  # for one browser alone, and in no cache
    form = await context.core.typed_forms.find(_jar(context))
    here = language.path_in_any(context.full_path)
    return form if form and (form.at, form.id) == (here, id) else None


async def forget_typed(context: "RequestContext", id: str = "") -> None:
    """Forget the form that this browser left, since it has been sent.

    Args:
        context: Of the request that brought it.
        id: What its id in its page ends in; another one stays.
    """
    forms, jar = context.core.typed_forms, _jar(context)
    left = await forms.find(jar) if id else None
    if id and not (left and left.id.endswith(id)):
        return
    for spec in await forms.forget(jar):
        context.set_cookie(spec)


def _jar(context: "RequestContext") -> dict[str, str]:
    return cookies.jar(context.scope["headers"], context.core.cookie_names)
