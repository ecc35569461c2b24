"""The body of a request: a form or JSON, read whole, bounded, and checked once."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import NoReturn, cast
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from onboarding.deadlines import USUAL, Deadlines
from onboarding.errors import BadRequest, BodyTooLarge, BodyTooSlow, UnsupportedBody
from onboarding.frozen import dataclass
from onboarding.jsonvalue import JsonValue
from onboarding.web.context.headers import FORM_TYPE, JSON_TYPE
from onboarding.web.context.lists import media_type
from onboarding.web.context.protection import LONGEST_BODY, are_texts, check_length

MOST_FIELDS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The fields of a form, or the members of a JSON object.

    Attributes:
        form: Every value of each field; empty where JSON was sent.
        json: The object; None where a form was sent.
    """

    form: Mapping[str, list[str]]
    json: Mapping[str, JsonValue] | None = None

    def text(self, name: str) -> str | None:
        """Return a field as text, or None where it was not sent.

        Raises:
            BadRequest: When it is something else, or was sent twice.
        """
        if self.json is None:
            given = self.form.get(name, [])
            if len(given) > 1:
                raise BadRequest(f"the field {name!r} stands there twice")
            return given[0] if given else None
        value = self.json.get(name)
        if value is None or isinstance(value, str):
            return value
        raise BadRequest(f"{name!r} must be a text")

    def number(self, name: str) -> int | None:
        """Return a whole number, or None where none was sent.

        Raises:
            BadRequest: When it is something else.
        """
        value = self.text(name) if self.json is None else self.json.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and self.json is None and _is_number(value):
            return int(value)
        raise BadRequest(f"{name!r} must be a whole number")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


async def read(request: Request, deadlines: Deadlines = USUAL) -> Body:
    """Read a body.

    Args:
        request: Whose body it is.
        deadlines: How long it may take to arrive: what is left to the request.

    Raises:
        BodyTooLarge: When it is longer than 64 KiB.
        BodyTooSlow: When it is not all there by the deadline.
        UnsupportedBody: When it is neither a form nor JSON.
        BadRequest: When it is not well-formed.
    """
    data = await _bytes(request, deadlines)
    match media_type(request.headers.get("content-type", "")):
        case "application/json":
            return Body(form={}, json=_parse_json(data))
        case "application/x-www-form-urlencoded":
            return Body(form=_parse_form(data))
        case "" if not data:
            return Body(form={})
    raise UnsupportedBody(f"send {FORM_TYPE} or {JSON_TYPE}")


async def read_form(request: Request, deadlines: Deadlines = USUAL) -> dict[str, str]:
    """Read a form in which no field stands twice.

    Raises:
        BodyTooLarge, BodyTooSlow, UnsupportedBody, BadRequest: As for ``read``; and
            for a JSON body, and for a field that stands twice.
    """
    sent = await read(request, deadlines)
    if sent.json is not None:
        raise UnsupportedBody(f"send {FORM_TYPE}")
    return {name: sent.text(name) or "" for name in sent.form}


async def _bytes(request: Request, deadlines: Deadlines) -> bytes:
    check_length(request.scope["headers"])
    data = bytearray()
    try:
        # Around all of it: who sends a byte now and then would never end otherwise.
        async with asyncio.timeout(deadlines.for_request()):
            async for chunk in request.stream():
                data += chunk
                if len(data) > LONGEST_BODY:
                    raise BodyTooLarge(f"a body of more than {LONGEST_BODY} bytes")
    except TimeoutError:
        raise BodyTooSlow("the body did not arrive in time") from None
    except ClientDisconnect:
        raise BadRequest("the browser went away before all was sent") from None
    return bytes(data)


def _parse_form(data: bytes) -> dict[str, list[str]]:
    try:
        pairs = parse_qsl(
            data.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise BadRequest("the form is not well-formed") from None
    if not are_texts(text for pair in pairs for text in pair):
        raise BadRequest("the form holds a character that no text has")
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def _parse_json(data: bytes) -> Mapping[str, JsonValue]:
    try:
        value = json.loads(data, parse_constant=_refuse, parse_float=_finite)
        sound = are_texts(_texts(value))
    except (ValueError, RecursionError):
        raise BadRequest("the JSON is not well-formed") from None
    if not isinstance(value, dict) or not sound:
        raise BadRequest("the JSON must be an object of ordinary texts and numbers")
    return cast("Mapping[str, JsonValue]", value)


def _refuse(constant: str) -> NoReturn:
    # RFC 8259 §6 has no NaN and no Infinity; Python's reader does.
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    return number if isfinite(number) else _refuse(text)


def _texts(value: object) -> Iterator[str]:
    """Every text in a JSON value, names included."""
    match value:
        case str():
            yield value
        case dict():
            for name, member in value.items():
                yield name
                yield from _texts(member)
        case list():
            for member in value:
                yield from _texts(member)
