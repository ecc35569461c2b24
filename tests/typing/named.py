"""What a type checker makes of ``named``: mypy reads this file, nothing runs it.

Each line that must not pass says which error it is, and mypy, which is strict here,
complains of an ignore that is not needed.
"""

from typing import assert_type

from onboarding.providers import Provider, named

assert_type(named("deezer", client_id="a", client_secret="b"), Provider)
named("mastodon", client_id="a", client_secret="b", domain="mastodon.social")

# The name of a plug-in is any text: what is no name is found at the start.
assert_type(named("acme", client_id="a", domain="acme.example"), Provider)

named("deezer", client_secret="b")  # type: ignore[call-overload]  # no client_id
named(7, client_id="a")  # type: ignore[call-overload]  # no text
