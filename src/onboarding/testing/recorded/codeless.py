"""A provider without a code: the browser brings who it is, and reads confirm it."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from onboarding.providers import Provider
from onboarding.testing.identity_provider.model import AuthorizationRefused, WayBack
from onboarding.testing.network import Network, same_path, same_place
from onboarding.testing.oauth2_provider.reads import Recorded, is_at


class RecordedCodeless:
    """A provider with ``exchanges_code = False``, at its own addresses.

    The browser comes back with what was recorded under ``callback``, in which the state
    of this attempt stands where the recorded one stood.

    Args:
        provider: The description.
        redirect_uri: Where browsers may be sent back to.
        replies: What it answers to each read, and ``callback``, with its ``state``.

    Attributes:
        redirect_uris: The one way back.
        transport: Leads to it.
        addresses: Where it answers, by the name of the place or the read.

    Raises:
        ValueError: When no callback, or none with a state, was recorded.
    """

    def __init__(
        self, provider: Provider, *, redirect_uri: str, replies: Recorded
    ) -> None:
        told = replies.get("callback")
        if not isinstance(told, Mapping) or not told.get("state"):
            raise ValueError(
                f"{provider.name}: record what the browser brings, "
                'replies={"callback": {"state": …, …}, …}'
            )
        assert provider.endpoints is not None  # nothing is discovered without OpenID
        self.redirect_uris = (redirect_uri,)
        self.transport = Network(self)
        self.addresses: Mapping[str, str] = {
            "authorize": provider.endpoints.authorization,
            **{read.name: read.url for read in provider.reads},
        }
        self._provider = provider
        self._replies = replies
        self._old_state = str(told["state"])

    def lives_at(self, url: str) -> bool:
        """Whether one of its addresses is on the host of this one."""
        asked = urlsplit(url)
        return any(same_place(asked, urlsplit(one)) for one in self.addresses.values())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a read with what was recorded."""
        url = str(Request(scope, receive).url)
        found = (r.name for r in self._provider.reads if is_at(url, r.url))
        name = next(found, None)
        response: Response = JSONResponse(self._replies.get(name or ""), 200)
        if name is None:
            response = Response("Not Found", 404)
        await response(scope, receive, send)

    def approve(self, url: str, replies: Recorded | None = None) -> WayBack:
        """Do what a person does who lets the client in; no HTTP.

        Args:
            url: The request, as the client made it.
            replies: What is told of this person; as recorded when None.

        Raises:
            AuthorizationRefused: When the request is not what the description makes
                for this way back.
            ValueError: When the URL is not this provider's.
        """
        state = self._state(url)
        told = (replies or self._replies).get("callback")
        assert isinstance(told, Mapping)
        brought = {
            name: str(value).replace(self._old_state, state)
            for name, value in told.items()
            if value is not None
        }
        return WayBack(f"{self.redirect_uris[0]}?{urlencode(brought)}")

    def _state(self, url: str) -> str:
        """Return the state of a request, found where the recorded one would stand."""
        if not same_path(url, self.addresses["authorize"]):
            raise ValueError(f"{url.partition('?')[0]} is not this provider's")
        asked = {n: value for n, [value] in parse_qs(urlsplit(url).query).items()}
        wanted = self._provider.authorization_params(
            self.redirect_uris[0], self._old_state
        )
        for name, text in wanted.items():
            before, old, after = text.partition(self._old_state)
            told = asked.get(name, "")
            if old and told.startswith(before) and told.endswith(after):
                return told[len(before) : len(told) - len(after)]
        raise AuthorizationRefused("the request leads nowhere back with a state")
