"""The page of what an attacker tries: made of the attacks themselves."""

from onboarding.testing.prehijack import ATTACKS
from tests.docs.markdown import NOTE, markdown, table

ABOUT_ATTACKS = """\
An attacker needs no more than somebody's address. He waits under it: in an account, a
guest, a letter or an order that its owner walks into later ("Pre-hijacked accounts",
Sudhodanan and Paverd, USENIX Security 2022: 35 of 75 services were open to it).
Guests bring ways of their own, and shops had to mend many of them in 2026. Below is
each attack that our tests play, over HTTP, on an application of their own; each has a
test of its name.

## Try them on your application

Your checkout, your forms and your middleware are part of it. Hand over what builds
your application (see [Test your app](how-to/testing.md)), and the path of the first
POST that makes a guest:

```python title="shop.py"
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from onboarding import Onboarding


def build(**settings) -> Starlette:
    onboarding = Onboarding(
        url="https://shop.example/welcome",
        secret_key="keep 32 random bytes or more outside your code",
        **settings,
    )

    async def buy(request: Request) -> PlainTextResponse:
        onboarding.check_same_site(request)
        account = await onboarding.ensure_account(request)
        return PlainTextResponse(account.id)

    return Starlette(
        routes=[Route("/buy", buy, methods=["POST"]), onboarding.mount],
        middleware=[onboarding.middleware],
        lifespan=onboarding.lifespan,
    )
```



```python title="test_attacks.py"
import anyio
import pytest
from shop import build

from onboarding.testing.prehijack import ATTACKS, NotTried, Target, prehijack

TARGET = Target(build=build, write="/buy")


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_nobody_is_hijacked(attack):
    try:
        anyio.run(attack.run, TARGET)
    except NotTried as reason:
        pytest.skip(str(reason))


if __name__ == "__main__":
    print(anyio.run(prehijack, TARGET))
```

The last lines print the table with what held, what did not, and what was not tried.
`order=` takes a function that places an order as somebody and returns its number and
its order link; without it the attacks on orders are not tried. `settings=` replaces
what the kit hands to your function, such as the `database`.

## Each of them
"""


MORE = """\
What is promised against the others stands in the [security model](security.md).
"""


def attacks_page() -> str:
    """Return the page."""
    rows = [(one.group, one.name, markdown(one.what)) for one in ATTACKS]
    return "\n".join(
        [
            NOTE + "# What an attacker tries\n",
            ABOUT_ATTACKS,
            table(("class", "attack", "how it goes"), *rows),
            MORE,
        ]
    )
