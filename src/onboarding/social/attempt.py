"""An attempt to sign in: all that it needs is derived from the secret in its cookie.

The browser holds ``id.secret``. State, PKCE verifier and nonce are derived from the
secret with the application's key, so the database holds none of them, and neither a
copy of the database nor of the key is enough to finish somebody's attempt. The state
also names the attempt, its provider and how often it was begun again, signed: so a
state whose cookie is missing still shows whether it is ours.
"""

from collections.abc import Mapping
from datetime import timedelta

from onboarding.frozen import dataclass, field
from onboarding.tokens import Keys, Token, is_id, same

ATTEMPT_COOKIE = "onboarding-attempt-"
"""What the name of an attempt's cookie begins with; its id follows."""

LONGEST_STATE = 600
"""Characters of a state of ours are fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a state of ours says; nothing of it is secret.

    Attributes:
        attempt: The attempt's id.
        provider: The name of the provider that it was begun with.
        restarts: How often it was restarted because its cookie was missing.
        adds: Whether somebody registered began it, to add a way to sign in.
        wished: Whether something was wished of the provider; what, its intent knows.
        binding: Derived from the attempt's secret.
    """

    attempt: str
    provider: str
    restarts: int
    adds: bool
    wished: bool
    binding: str = field(repr=False)

    @property
    def cookie_name(self) -> str:
        """The name of the cookie that belongs to it."""
        return ATTEMPT_COOKIE + self.attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What an attempt sends to the provider, and shows again at the end.

    Attributes:
        wishes: Further parameters of this one authorization request.
        max_age: How long ago the person may have signed in at the provider, at most;
            None where it does not matter.
    """

    state: str = field(repr=False)
    verifier: str = field(repr=False)
    nonce: str = field(repr=False)
    wishes: Mapping[str, str] = field(default_factory=dict, repr=False)
    max_age: timedelta | None = None


class Attempts:
    """Makes attempts and recognises their states.

    Args:
        keys: The application's keys; one that is being replaced still recognises.
    """

    def __init__(self, keys: Keys):
        self._keys = keys
        self._signer = keys.signer("social.state")

    def begin(
        self,
        token: Token,
        *,
        provider: str,
        restarts: int,
        adds: bool = False,
        wished: bool = False,
    ) -> Attempt:
        """Return what an attempt sends, by the token in its cookie."""
        binding = self._keys.derive("social.state", token.secret)
        said = [token.id, provider, restarts, adds, wished, binding]
        state = self._signer.sign(said)
        return self._derived(token, state, 0)

    def read_state(self, text: str | None) -> State | None:
        """Return what a state says when we signed it, or None."""
        if text is None or len(text) > LONGEST_STATE or not text.isascii():
            return None
        match self._signer.unsign(text):
            case [
                str(attempt),
                str(provider),
                int(restarts),
                bool(adds),
                bool(wished),
                str(binding),
            ] if is_id(attempt):
                return State(
                    attempt=attempt,
                    provider=provider,
                    restarts=restarts,
                    adds=adds,
                    wished=wished,
                    binding=binding,
                )
        return None

    def resume(self, text: str, state: State, token: Token | None) -> Attempt | None:
        """Return the attempt whose cookie came back with its state, or None.

        Args:
            text: The state as it came, which ``read_state`` has read.
            state: What it says.
            token: What the cookie of that attempt holds, if it came.
        """
        if token is None or token.id != state.attempt:
            return None
        bindings = self._keys.derivations("social.state", token.secret)
        for number, binding in enumerate(bindings):
            if same(binding, state.binding):
                return self._derived(token, text, number)
        return None

    def _derived(self, token: Token, state: str, number: int) -> Attempt:
        verifiers = self._keys.derivations("social.pkce", token.secret)
        nonces = self._keys.derivations("social.nonce", token.secret)
        return Attempt(state=state, verifier=verifiers[number], nonce=nonces[number])
