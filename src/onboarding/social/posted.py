"""ID tokens that apps bring: a provider's SDK has signed somebody in by itself.

The app asks us for a nonce first, and hands it to the SDK, whose token holds it. So a
token is worth something once, for ten minutes, to the app and the account that asked:
one that was copied, or made for another application, signs nobody in.
"""

from datetime import timedelta

from onboarding.accounts.intents import IntentService
from onboarding.accounts.model import CurrentSession, Purpose
from onboarding.accounts.outcome import MergeWaits, MustConfirm, SignInResult
from onboarding.accounts.service import AccountService
from onboarding.accounts.sessions import SessionService
from onboarding.emails import normalise
from onboarding.errors import BadIdToken, BrowserRequired, NotFound, SignInExpired
from onboarding.providers.oidc import native_clients
from onboarding.social import rules
from onboarding.social.code_flow import CodeFlow
from onboarding.tokens import Token

NONCE_LIFE = timedelta(minutes=10)
"""How long a nonce waits: a person may take their time with the sheet of an SDK."""


class PostedTokens:
    """Signs people in by the ID tokens that apps bring.

    Args:
        accounts: Says who somebody is.
        sessions: Begins sessions.
        intents: Keeps what was given out.
        flow: Knows the providers, and checks what they sign.
    """

    def __init__(
        self,
        *,
        accounts: AccountService,
        sessions: SessionService,
        intents: IntentService,
        flow: CodeFlow,
    ):
        self._accounts = accounts
        self._sessions = sessions
        self._intents = intents
        self._flow = flow

    async def begin(self, app: str, current: CurrentSession | None) -> str:
        """Return a nonce for one sign-in.

        Args:
            app: The ``client_id`` of the app that asks.
            current: Who the app is now, by its token.
        """
        token = await self._intents.open(
            Purpose.APP_NONCE,
            life=NONCE_LIFE,
            account_id=current.account.id if current else None,
            data={**self._accounts.noted(current), "client": app},
        )
        return token.reveal()

    async def finish(
        self,
        provider_name: str,
        *,
        id_token: str,
        nonce: str,
        app: str,
        current: CurrentSession | None,
    ) -> SignInResult:
        """Sign in whom an ID token vouches for, as the resolution table says.

        The nonce is used up by the first try, whatever comes of it.

        Args:
            provider_name: Whose token it is.
            id_token: As the SDK gave it.
            nonce: What ``begin`` gave out for it.
            app: The ``client_id`` of the app that brings it.
            current: Who the app is now: a guest is upgraded, or comes along.

        Returns:
            Who is in; the app carries the new session.

        Raises:
            NotFound: When no provider has this name, or its tokens are not taken here.
            SignInExpired: When the nonce is none of ours, used, too old, or was given
                to another app or account.
            ProviderError: When the token is not what it must be.
            BrowserRequired: When the table asks the person something.
            FreshSignInRequired: When it would be added to the account that is here,
                and nobody had signed in lately.
            IdentityTaken: When somebody else, registered, is here.
        """
        provider = self._flow.find(provider_name)
        if not native_clients(provider):
            raise NotFound("no ID token of this provider is taken here")
        token = Token.parse(nonce)
        # What brings us to the keys costs no nonce: the app may try again.
        await self._flow.prepare(provider)
        intent = await self._intents.take(token, Purpose.APP_NONCE) if token else None
        began = intent and (intent.data.get("client"), intent.account_id)
        if intent is None or began != (app, current.account.id if current else None):
            raise SignInExpired(provider.name)
        try:
            identity = await self._flow.read_posted(provider, id_token, nonce)
        except BadIdToken as error:
            error.status = 400  # whoever posted it may have written it
            raise
        # Addresses are compared as text: each must be normalised first.
        identity = rules.with_address(identity, normalise(identity.email or ""))
        outcome = await self._accounts.sign_in(identity, current, attempt=intent)
        match outcome:
            case MustConfirm():
                raise BrowserRequired("confirm")
            case MergeWaits():
                raise BrowserRequired("merge")
        new = await self._sessions.hand_to_app(outcome.new_session, app)
        return SignInResult(new_session=new, how=outcome.how, receipt=outcome.receipt)
