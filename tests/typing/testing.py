"""What a type checker knows of a sign-in in a host's tests."""

from typing import assert_type

import httpx2
from starlette.testclient import TestClient

from onboarding.testing import (
    FakeOAuth2,
    FakeProvider,
    Person,
    WayBack,
    sign_in,
    sign_in_async,
)


def a_person_signs_in_at_an_openid_provider(
    browser: TestClient, fake: FakeProvider, kim: Person
) -> None:
    """A person, and nothing else."""
    assert_type(sign_in(browser, fake, kim, next="/cart"), httpx2.Response)
    assert_type(sign_in(browser, fake), httpx2.Response)
    sign_in(browser, fake, {"user": {}})  # type: ignore[misc]


def replies_sign_in_at_a_plain_one(
    browser: httpx2.Client, fake: FakeOAuth2, kim: Person
) -> None:
    """What was recorded, and no person."""
    assert_type(sign_in(browser, fake, {"user": {"id": 1}}), httpx2.Response)
    sign_in(browser, fake, kim)  # type: ignore[misc]


async def an_async_client_signs_in(
    browser: httpx2.AsyncClient, fake: FakeProvider, kim: Person
) -> None:
    """As a response that is awaited."""
    assert_type(await sign_in_async(browser, fake, kim), httpx2.Response)


def a_way_back_is_an_address(fake: FakeProvider) -> None:
    """A text, with a form where the provider posts."""
    back = fake.approve("https://id.example/authorize?…")
    assert_type(back, WayBack)
    address: str = back
    del address
