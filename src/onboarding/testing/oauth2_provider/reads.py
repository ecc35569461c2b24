"""What is told of a person, to whoever asks in the way that the provider wants."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from onboarding.providers import Read
from onboarding.testing.identity_provider.answers import NO_STORE
from onboarding.testing.identity_provider.grants import Grant
from onboarding.testing.identity_provider.model import Client, Parameters, TokenRefused
from onboarding.testing.network import same_place
from onboarding.testing.oauth2_provider.switches import ReadSwitches
from onboarding.web.context.headers import FORM_TYPE

Recorded = Mapping[str, object]
"""What a provider answered somebody, by the name of the read; ``token`` holds what its
token answer tells beside the token."""

FILLED_IN = re.compile(r"\{[\w.]+\}")
"""A part of an address that an earlier answer fills in: ``{token.user_id}``."""


class FindsGrants(Protocol):
    """Who knows whose token is whose."""

    def find(self, access_token: str, /) -> Grant[Recorded] | None:
        """Return what a living access token stands for, or None."""


class RecordedReads:
    """Finds the read that a request is, checks it, and tells what was recorded.

    Args:
        reads: Those of the provider.
        switches: What they need, by their name.
        client: Whose secret makes the proof.
        grants: Whose token is whose.
    """

    def __init__(
        self,
        reads: Iterable[Read],
        switches: Mapping[str, ReadSwitches],
        *,
        client: Client,
        grants: FindsGrants,
    ) -> None:
        self._reads = tuple(reads)
        self._switches = switches
        self._client = client
        self._grants = grants

    def find(self, url: str) -> str | None:
        """Return the name of the read at an address, its own query included.

        A ``{name}`` in the address stands for anything that was filled in.
        """
        found = (read.name for read in self._reads if is_at(url, read.url))
        return next(found, None)

    async def answer(self, name: str, request: Request) -> Response:
        """Return what was recorded, to the bearer of a living token.

        Raises:
            TokenRefused: When the token is none, or the request not as it must be.
        """
        needs = self._switches.get(name, ReadSwitches())
        if request.method != needs.method:
            why = f"the method must be {needs.method}"
            raise TokenRefused("invalid_request", why, status=405)
        token = await _token(request, needs)
        if needs.place == "path":
            parts = request.url.path.split("/")
            token = next(filter(self._grants.find, parts), "")
        grant = self._grants.find(token)
        if grant is None:
            raise TokenRefused("invalid_token", "there is no such token", status=401)
        await self._check(request, needs, token)
        if name not in grant.person:
            return JSONResponse({"message": "Not Found"}, 404, NO_STORE)
        return JSONResponse(grant.person[name], needs.status, NO_STORE)

    async def _check(self, request: Request, needs: ReadSwitches, token: str) -> None:
        for name, value in needs.headers.items():
            if request.headers.get(name) != value:
                raise _unfit(f"the header {name} must be {value!r}")
        for name, value in needs.query.items():
            if request.query_params.getlist(name) != [value]:
                raise _unfit(f"{name} must be {value!r}, once")
        if needs.body is not None and await _json(request) != needs.body:
            raise _unfit("the body is another one")
        if needs.proof:
            secret = self._client.client_secret.encode()
            proof = hmac.new(secret, token.encode(), hashlib.sha256).hexdigest()
            if request.query_params.getlist("appsecret_proof") != [proof]:
                raise _unfit("appsecret_proof is missing or none")


def is_at(url: str, known: str) -> bool:
    """Whether an address is a known one, perhaps filled in, with its query or more."""
    asked, own = urlsplit(url), urlsplit(known)
    is_here = same_place(asked, own) and _fits(own.path, asked.path)
    return is_here and _has(asked.query, own.query)


def _fits(known: str, asked: str) -> bool:
    # What is still in braces, or a percent sign, was never filled in.
    pattern = "[^/{}%]+".join(map(re.escape, FILLED_IN.split(known)))
    return re.fullmatch(pattern, asked) is not None


def _has(asked: str, known: str) -> bool:
    told = parse_qsl(asked, keep_blank_values=True)
    return all(
        any(name == own and _fits(value, said) for own, said in told)
        for name, value in parse_qsl(known, keep_blank_values=True)
    )


async def _token(request: Request, needs: ReadSwitches) -> str:
    """Return the token at the one place where it may stand, or an empty text."""
    name = needs.place_name
    if needs.place == "path":
        return ""
    if needs.place == "header":
        told = request.headers.get(name or "authorization", "")
        start = f"{needs.scheme} " if needs.scheme else ""
        return told.removeprefix(start) if told.startswith(start) else ""
    if needs.place == "query":
        places = Parameters(request.query_params.multi_items())
    else:
        is_form = request.headers.get("content-type", "").startswith(FORM_TYPE)
        body = (await request.body()).decode(errors="replace") if is_form else ""
        places = Parameters.of(body)
    return (not places.repeated() and places.get(name or "access_token")) or ""


async def _json(request: Request) -> object:
    try:
        found: object = json.loads(await request.body())
    except ValueError:
        return None
    return found


def _unfit(why: str) -> TokenRefused:
    return TokenRefused("invalid_request", why)
