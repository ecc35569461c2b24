"""What is asked of a provider about a person, once there is a token."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from onboarding.providers.places import fill_address, fill_text
from onboarding.providers.replies import Replies
from onboarding.urls import url_problem

ReadMethod = Literal["GET", "POST"]

AS_FORM = {"Content-Type": "application/x-www-form-urlencoded"}

HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
"""A header's name (RFC 9110 §5.1)."""

STATUSES = range(400, 500)
"""HTTP statuses that may mean "there is nothing for you here"."""


class ProviderRequest(NamedTuple):
    """One request to a provider, whole: nothing in it is to be filled any more."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: str = ""

    def beneath(self, headers: Mapping[str, str]) -> "ProviderRequest":
        """Return it with further headers, where it has none of their name."""
        return self._replace(headers={**headers, **self.headers})


@dataclass(frozen=True, slots=True)
class Read:
    """One request with the access token; its JSON is what the mapping reads.

    ``url``, and the values of ``headers`` and ``body``, may have places for what was
    answered before: ``{access_token}``, ``{client_id}``, ``{token.user_id}`` of the
    token response, ``{callback.device_id}`` of what the browser brought back, and
    ``{user.id}`` of an earlier read called ``user``. None of them stands in a host.

    Args:
        name: What the mapping finds the reply under.
        url: The whole address.
        method: ``GET``, or ``POST``.
        headers: Further headers.
        body: What is posted: a mapping goes as a form; a text goes as it stands,
            without places, with the ``Content-Type`` that ``headers`` say.
        scheme: What stands before the token in ``Authorization`` (RFC 6750 §2.1);
            None where the token goes another way, by a place.
        statuses: HTTP statuses from 400 to 499 that are no error here: the reply is
            None then. ``(404,)`` where there may be nothing to read.
    """

    name: str
    url: str
    method: ReadMethod = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    body: Mapping[str, str] | str | None = field(default=None, hash=False)
    scheme: str | None = "Bearer"
    statuses: tuple[int, ...] = ()

    def request(self, provider: str, values: Replies) -> ProviderRequest:
        """Return the request, its places filled.

        Args:
            provider: The name of the provider, for errors.
            values: Every answer so far by its name, and ``access_token``.

        Raises:
            BadProviderReply: When a value for a place is missing or unusable.
        """
        headers = {
            name: fill_text(provider, value, values)
            for name, value in self.headers.items()
        }
        if self.scheme is not None:
            headers["Authorization"] = f"{self.scheme} {values['access_token']}"
        url, body = fill_address(provider, self.url, values), self.body
        if isinstance(body, Mapping):
            filled = {
                name: fill_text(provider, one, values) for name, one in body.items()
            }
            return ProviderRequest(self.method, url, AS_FORM | headers, encoded(filled))
        return ProviderRequest(self.method, url, headers, body or "")


def encoded(params: Mapping[str, str]) -> str:
    """Return parameters as a form or a query has them, a space as ``%20``.

    Every server reads that; some do not read the ``+`` of forms in a query.
    """
    return urlencode(params, quote_via=quote)


def read_problem(read: Read) -> str | None:
    """Return why a read can never work, or None."""
    parts = urlsplit(read.url)
    if "{" in parts.scheme + parts.netloc:
        return "must name its host itself: no answer decides who is called"
    if problem := url_problem(read.url.replace("{", "").replace("}", "")):
        return problem
    if not all(HEADER.match(name) for name in read.headers):
        return "has a header whose name is no name (RFC 9110 §5.1)"
    if read.method == "GET" and read.body is not None:
        return 'sends a body with GET; write method="POST"'
    if not all(status in STATUSES for status in read.statuses):
        return "tolerates statuses that are none from 400 to 499"
    return None
