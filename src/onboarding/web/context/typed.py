"""A form that somebody left for a sign-in or another language, shown to them again."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from onboarding.attention.rules import visit_of
from onboarding.cookies import OURS
from onboarding.errors import BadRequest, BodyTooLarge, ResponseStarted
from onboarding.limiting.model import LimitedAct
from onboarding.web.context import cookies, language
from onboarding.web.context.body import MOST_FIELDS
from onboarding.web.context.limiting import limit
from onboarding.web.context.protection import are_texts

if TYPE_CHECKING:
    from onboarding.accounts.typed import TypedForm
    from onboarding.web.context.request_context import RequestContext

FORM = "onboarding-form"
"""The id of the form on a page of ours; in a part, what its id ends in."""

UNKEPT = f"{OURS}-unkept"
"""The field of a form that names those which are never kept, parted by spaces."""

SECRET_PARTS = ("password", "passwd", "passphrase", "passcode", "wachtwoord", "token")
"""What names of fields hold that nobody but their own page should have."""

SECRET_WORDS = frozenset({"pwd", "csrf", "xsrf", "cvc", "cvv"})
"""The same where it is so short that it also stands in an id that was drawn by lot."""

WORD_IN_NAME = re.compile(r"(?<![0-9])(?:[A-Z]?[a-z]+|[A-Z]+(?![a-z]))(?![0-9]+[a-z])")
"""A word in a name: ``cardCvc``, ``card-cvc`` and ``CARD_CVC2`` have two.

Letters between digits are none: an id that was drawn by lot has many of them.
"""


def is_secret_name(name: str) -> bool:
    """Tell whether a field's name says that nobody but its own page should have it."""
    whole = name.lower()
    words = {word.lower() for word in WORD_IN_NAME.findall(name)}
    return any(part in whole for part in SECRET_PARTS) or bool(SECRET_WORDS & words)


def without_secrets(
    fields: Mapping[str, Sequence[str]],
) -> dict[str, Sequence[str]]:
    """Return the fields of a form that another page may have for a while.

    A form that is sent does not say which of its fields were of type ``password``, so
    their names decide, and what the form itself names in ``UNKEPT``.
    """
    unkept = {name for value in fields.get(UNKEPT, ()) for name in value.split()}
    return {
        name: values
        for name, values in fields.items()
        if name not in unkept and not is_secret_name(name)
    }


async def keep_typed(
    context: "RequestContext", fields: Mapping[str, Sequence[str]], *, id: str, at: str
) -> None:
    """Keep what stands in a form, for when its page is shown again.

    Our own fields are left out: the page makes them anew. So are secrets; see
    ``without_secrets``.

    Args:
        context: Of the request that brought it.
        fields: Every value of each field.
        id: Of the form in its page.
        at: The path of that page. A sign-in that this request leads to leads there.

    Raises:
        BodyTooLarge: When it is more than a form of the page could have sent.
        BadRequest: When a store could not keep each character.
        TooManyTries: When too much was kept of late; nothing is, then.
        ResponseStarted: When the headers are sent, before anything is written.
    """
    from onboarding.accounts.typed import TypedForm

    typed = {
        name: values
        for name, values in without_secrets(fields).items()
        if not name.startswith(f"{OURS}-")
    }
    context.next = language.path_in_any(at)
    if len(typed) > MOST_FIELDS:
        raise BodyTooLarge(f"a form of more than {MOST_FIELDS} fields")
    if not are_texts(text for name in typed for text in (name, *typed[name])):
        raise BadRequest("the form holds a character that no text has")
    if context.response_started:
        raise ResponseStarted(
            "the response has started, so what was typed would be lost; call "
            "keep_typed before the first byte is sent"
        )
    await limit(context, LimitedAct.GUEST)  # as much is kept of anybody as of a guest
    current, core = context.current_session(), context.core
    form = TypedForm(
        at=context.next,
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
