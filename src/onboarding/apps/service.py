"""How an app gets a token: its person says yes in the browser, and it shows a verifier.

Three things are handed on, each once. A *request* is pushed by the app (RFC 9126), or
stands in the address that it opens; a *code* (RFC 6749 §4.1.2) goes to the app by the
browser; a *token* is given for the code and the verifier. Requests and codes are
intents: of each the database has a hash.

A code is worth what the session is worth that said yes. It names that session, and
works while it lives: after a sign-out, an upgrade, a merge or an erasure it is dead,
without anything having to look for it.
"""

from dataclasses import replace

from onboarding.accounts.intents import IntentService
from onboarding.accounts.merging import Merging
from onboarding.accounts.model import (
    Account,
    CurrentSession,
    Intent,
    NewSession,
    Purpose,
    Session,
)
from onboarding.accounts.own import session_key
from onboarding.accounts.service import AccountService
from onboarding.accounts.sessions import SessionService
from onboarding.apps.model import (
    CODE_LIFE,
    REPLAY_LIFE,
    REQUEST_LIFE,
    REQUEST_URI,
    App,
    AppRequest,
    GrantError,
)
from onboarding.apps.redirects import with_answer
from onboarding.apps.rules import is_verified
from onboarding.changes import Add, Change, RemoveAll, Replace, Touch, retrying
from onboarding.clock import Clock
from onboarding.errors import AppRequestOver, SignInRequired
from onboarding.events import AppSignedIn, Entry
from onboarding.log import Recorder
from onboarding.store import NounStore, try_commit
from onboarding.tokens import Ids, Token, same


class AppGrants:
    """Gives apps their tokens.

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
            life=REQUEST_LIFE,
            account_id=asker.account.id if asker else None,
            data=data,
        )
        return f"{REQUEST_URI}{token.reveal()}"

    async def find(self, app: App, request_uri: str) -> AppRequest:
        """Return a request that waits; it changes nothing.

        Raises:
            AppRequestOver: When it was answered, is too old, or is none of this app's.
        """
        handle = Token.parse(request_uri.removeprefix(REQUEST_URI))
        if handle is None or not request_uri.startswith(REQUEST_URI):
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
            life=CODE_LIFE,
            account_id=current.account.id,
            data={
                "client": asked.app.client_id,
                "redirect": asked.redirect_uri,
                "challenge": asked.challenge,
                "browser": current.session.id,
                "account": current.account.id,
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

    # ── what the app gets ────────────────────────────────────────────────────

    async def exchange(
        self, app: App, *, code: str, verifier: str, redirect_uri: str
    ) -> NewSession | GrantError:
        """Give a token for a code (RFC 6749 §4.1.3, RFC 7636 §4.5).

        A code is used up by the first try, whatever comes of it. Used again, it ends
        what the first use began: one of the two has stolen it (§4.1.2).
        """
        token = Token.parse(code)
        if token is None:
            return GrantError.INVALID_GRANT

        async def attempt() -> NewSession | GrantError:
            intent = await self._store.find(Intent, token.id)
            if intent is None or intent.purpose is not Purpose.APP_CODE:
                return GrantError.INVALID_GRANT
            if intent.is_used:
                return await self._replayed(intent, token)
            if not same(intent.secret_hash, token.hash):
                return GrantError.INVALID_GRANT
            said_yes = await self._said_yes(intent)
            fits = (
                intent.data.get("client") == app.client_id
                and intent.data.get("redirect") == redirect_uri
                and is_verified(intent.data.get("challenge") or "", verifier)
            )
            if said_yes is None or not fits:
                await self._store.commit(Replace(intent, intent.used()))
                return GrantError.INVALID_GRANT
            return await self._begin(app, intent, said_yes)

        return await retrying(attempt)

    async def _said_yes(self, intent: Intent) -> CurrentSession | None:
        """Return who said yes in the browser, as long as they could say it again."""
        if self._clock() >= intent.expires_at:
            return None
        found = await self._sessions.find_live(intent.data.get("browser") or "")
        is_same = found and found.account.id == intent.data.get("account")
        return found if is_same else None

    async def _replayed(self, intent: Intent, token: Token) -> GrantError:
        # Half of a code is no secret: only who shows the whole of it ends anything.
        if same(intent.data.get("code") or "", token.hash):
            begun = await self._sessions.find_live(intent.data.get("session") or "")
            if begun is not None:
                await self._sessions.end(begun)
        return GrantError.INVALID_GRANT

    async def _begin(
        self, app: App, intent: Intent, said_yes: CurrentSession
    ) -> NewSession:
        account, changes, events = await self._with_guest(said_yes.account, intent)
        new = self._sessions.begin(
            account, app=app.client_id, signed_in_by=said_yes.session
        )
        used = replace(
            intent.used(),
            account_id=account.id,
            data={"code": intent.secret_hash, "session": new.session.id},
            expires_at=self._clock() + REPLAY_LIFE,
        )
        asker = intent.data.get("asker")
        entry = self._log.entry(account.id, AppSignedIn(app=app.client_id))
        await self._store.commit(
            # First: a merge takes what the guest had begun along.
            Replace(intent, used),
            *changes,
            # The app goes on with the new token; nobody may with the old one.
            *([RemoveAll(Session, asker, by="id")] if asker else []),
            Add(new.session),
            events=[*events, entry],
        )
        return new

    async def _with_guest(
        self, account: Account, intent: Intent
    ) -> tuple[Account, list[Change], list[Entry]]:
        """Return the account with what the app's guest brings, and the changes."""
        guest = await self._guest(intent.data.get("guest"))
        if guest is None or guest.id == account.id:
            return account, [Touch(account.id)], []
        ready = await self._merging.prepare(guest, account)
        return ready.survivor, [*ready.changes], [*ready.events]

    async def revoke(self, app: App, token: str) -> None:
        """End the session of an app's own token; whatever else is shown ends nothing.

        RFC 7009 §2.2: a token that is nobody's is no error.
        """
        current = await self._sessions.find_of_app(token)
        if current is not None and current.session.app == app.client_id:
            await self._sessions.end(current)

    async def end(self, account: Account, key: str) -> None:
        """End the session of an app that "My data" shows to whose it is.

        Args:
            account: Whose page it is.
            key: What stands for the session there; an unknown one is gone already.
        """
        for one in await self._store.list_of(Session, account.id):
            if one.app is not None and session_key(one) == key:
                await self._sessions.end(CurrentSession(session=one, account=account))
