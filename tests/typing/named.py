"""What a type checker makes of ``named``: mypy reads this file, nothing runs it.

Each line that must not pass says which error it is, and mypy, which is strict here,
complains of an ignore that is not needed.
"""

from typing import assert_type

from onboarding.providers import Provider, named

assert_type(named("deezer", client_id="a", client_secret="b"), Provider)
named("mastodon", client_id="a", client_secret="b", domain="mastodon.social")

named("dezer", client_id="a")  # type: ignore[arg-type]  # no such name
named("deezer", client_secret="b")  # type: ignore[call-arg]  # no client_id
