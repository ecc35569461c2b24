"""What an app asks a person for in their browser, and what they say to it.

A request is pushed by the app (RFC 9126), and then an intent; or it stands in the
address that it opens, and is read from there each time. A yes makes a code.
"""

from dataclasses import replace

from onboarding.accounts.intents import IntentService
from onboarding.accounts.merging import Merging
from onboarding.accounts.model import (
    Account,
    CurrentSession,
    NewSession,
    Purpose,
)
from onboarding.accounts.service import AccountService
from onboarding.accounts.sessions import SessionService
from onboarding.apps.model import (
    APP_CODE_LIFE,
    APP_REQUEST_LIFE,
    APP_REQUEST_URI,
    App,
    AppRequest,
)
from onboarding.apps.redirects import with_answer
from onboarding.changes import Add, Replace, Touch
from onboarding.clock import Clock
from onboarding.errors import AppRequestOver, SignInRequired
from onboarding.log import Recorder
from onboarding.store import NounStore, try_commit
from onboarding.tokens import Ids, Token


class AppRequests:
    """Keeps what apps ask for, and answers them by the browser.

    Args:
        store: Where requests and codes are kept.
        clock: The present instant.
        ids: Makes ids.
        accounts: Finds the guests that come along.
        sessions: Begins and ends sessions.
        intents: Keeps requests and codes.
        merging: Brings a guest's things along.
        issuer: What an answer says that it is from (RFC 9207): the ``url``.
    """

    def __init__(
        self,
        store: NounStore,
        clock: Clock,
        ids: Ids,
        *,
        accounts: AccountService,
        sessions: SessionService,
        intents: IntentService,
        merging: Merging,
        issuer: str,
    ):
        self._store = store
        self._clock = clock
        self._log = Recorder(clock, ids)
        self._accounts = accounts
        self._sessions = sessions
        self._intents = intents
        self._merging = merging
        self._issuer = issuer

    # ── what is asked ────────────────────────────────────────────────────────

    async def push(self, asked: AppRequest, asker: CurrentSession | None) -> str:
        """Keep a request for a few minutes, and return its ``request_uri``.

        Args:
            asked: What the app asks for.
            asker: Who the app is now, by its token. A guest comes along: it is upgraded
                by the sign-in in the browser, or merged.
        """
        data = {
            "client": asked.app.client_id,
            "redirect": asked.redirect_uri,
            "challenge": asked.challenge,
            "state": asked.state,
            "login": "yes" if asked.is_login else None,
            "asker": asker.session.id if asker else None,
            "guest": asker.account.id if asker and asker.account.is_guest else None,
        }
        token = await self._intents.open(
            Purpose.APP_REQUEST,
            life=APP_REQUEST_LIFE,
            account_id=asker.account.id if asker else None,
            data=data,
        )
        return f"{APP_REQUEST_URI}{token.reveal()}"

    async def find(self, app: App, request_uri: str) -> AppRequest:
        """Return a request that waits; it changes nothing.

        Raises:
            AppRequestOver: When it was answered, is too old, or is none of this app's.
        """
        handle = Token.parse(request_uri.removeprefix(APP_REQUEST_URI))
        if handle is None or not request_uri.startswith(APP_REQUEST_URI):
            raise AppRequestOver("this is no request_uri of ours")
        intent = await self._intents.peek(handle, Purpose.APP_REQUEST)
        if intent is None or intent.data.get("client") != app.client_id:
            raise AppRequestOver("no such request waits for an answer")
        data = intent.data
        return AppRequest(
            app=app,
            redirect_uri=data.get("redirect") or "",
            challenge=data.get("challenge") or "",
            state=data.get("state"),
            is_login=data.get("login") is not None,
            guest=data.get("guest"),
            asker=data.get("asker"),
            handle=handle,
        )

    async def guest_of(self, asked: AppRequest, account: Account) -> Account | None:
        """Return the app's guest that would come along to an account, if there is one.

        None where the browser became that guest itself: then nothing is to be moved.
        """
        guest = await self._guest(asked.guest)
        return guest if guest and guest.id != account.id else None

    async def _guest(self, id: str | None) -> Account | None:
        """Return who is a guest still, merges followed."""
        guest = await self._accounts.find(id) if id else None
        return guest if guest and guest.is_live and guest.is_guest else None

    async def take_over(self, asked: AppRequest) -> NewSession | None:
        """Let a browser of nobody's go on as the guest of the app, to sign in.

        Then the guest is upgraded on its own id. One browser alone: whoever opens the
        request later finds it taken. None where that is so, or the guest is none any
        more.
        """
        guest = await self._guest(asked.guest)
        if asked.handle is None or guest is None:
            return None
        intent = await self._intents.peek(asked.handle, Purpose.APP_REQUEST)
        if intent is None or intent.tries:
            return None
        new = self._sessions.begin(guest)
        taken = replace(intent, tries=1)
        is_ours = await try_commit(
            self._store, Touch(guest.id), Replace(intent, taken), Add(new.session)
        )
        return new if is_ours else None

    # ── what its person says ─────────────────────────────────────────────────

    async def allow(
        self, asked: AppRequest, current: CurrentSession | None, *, brings: bool
    ) -> str:
        """Say yes, and return where the browser goes: back to the app, with a code.

        Args:
            asked: What the app asked for.
            current: Who says yes, by the cookie of their browser.
            brings: Whether what was done in the app comes along.

        Raises:
            SignInRequired: When nobody is here.
            AppRequestOver: When it was answered before.
        """
        if current is None:
            raise SignInRequired("nobody is here who could let an app act for them")
        await self._use(asked)
        code = await self._intents.open(
            Purpose.APP_CODE,
            life=APP_CODE_LIFE,
            account_id=current.account.id,
            data={
                "client": asked.app.client_id,
                "redirect": asked.redirect_uri,
                "challenge": asked.challenge,
                "browser": current.session.id,
                "asker": asked.asker,
                "guest": asked.guest if brings else None,
            },
        )
        return self._answer(asked, code=code.reveal())

    async def deny(self, asked: AppRequest) -> str:
        """Say no, and return where the browser goes, with ``access_denied``.

        Raises:
            AppRequestOver: When it was answered before.
        """
        await self._use(asked)
        return self._answer(asked, error="access_denied")

    async def _use(self, asked: AppRequest) -> None:
        if asked.handle is None:
            return
        if await self._intents.take(asked.handle, Purpose.APP_REQUEST) is None:
            raise AppRequestOver("this request was answered already")

    def _answer(self, asked: AppRequest, **said: str) -> str:
        iss = self._issuer
        return with_answer(asked.redirect_uri, **said, state=asked.state, iss=iss)
