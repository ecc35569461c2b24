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

from onboarding.accounts.model import (
    Account,
    CurrentSession,
    Intent,
    NewSession,
    Purpose,
    Session,
)
from onboarding.accounts.own import session_key
from onboarding.apps.model import (
    REPLAY_LIFE,
    App,
    GrantError,
)
from onboarding.apps.requests import AppRequests
from onboarding.apps.rules import is_verified
from onboarding.changes import Add, Change, RemoveAll, Replace, Touch, retrying
from onboarding.events import AppSignedIn, Entry
from onboarding.tokens import Token, same


class AppGrants(AppRequests):
    """Gives apps their tokens, for what their people said yes to."""

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
        return await self._sessions.find_live(intent.data.get("browser") or "")

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
