"""One tree of errors, sorted by who must act.

::

    OnboardingError            code (stable), status (HTTP), typed attributes
    ├── ConfigError            the developer: raised while building, opening or calling
    ├── Refused                the visitor: a page or problem with a way on
    ├── ProviderError          the identity provider
    ├── MailError              the operator of the mail server
    └── StoreError             the operator of the database

A message never holds a secret, an address, or what a person typed. ``code`` is
stable across releases, for programs; ``status`` is the HTTP status (RFC 9110) of the
page or problem (RFC 9457) that ``onboarding.web.context.errors`` makes of it.
"""

from collections.abc import Mapping
from typing import ClassVar, Self


class OnboardingError(Exception):
    """Base of everything this library raises on purpose; never raised itself."""

    code: ClassVar[str] = "onboarding_error"
    status: int = 500

    def details(self) -> Mapping[str, object]:
        """Return the typed facts of the error, safe to show and to log."""
        return {
            name: value
            for name, value in vars(self).items()
            if not name.startswith("_") and name != "status" and value is not None
        }


class ConfigError(OnboardingError):
    """The developer must change the code; the message says what to write."""

    code = "misconfigured"


class ResponseStarted(ConfigError):
    """A guest was wanted after the headers were sent: the cookie would be lost."""

    code = "response_started"


class RefTaken(ConfigError):
    """The host's own key is that of another account already.

    Args:
        account_id: Of the account that has it.
    """

    code = "ref_taken"

    def __init__(self, account_id: str):
        super().__init__(
            f"this ref is that of account {account_id} already: where both are one "
            "person, merge the two; otherwise take it away there first: "
            "await onboarding.accounts.set_ref(other, None)"
        )
        self.account_id = account_id


# ── the visitor ──────────────────────────────────────────────────────────────


class Refused(OnboardingError):
    """The request is refused; the visitor has a way on and loses nothing."""

    code = "refused"
    status = 400


class BadRequest(Refused):
    """The request is not shaped as this address expects."""

    code = "bad_request"


class BodyTooLarge(Refused):
    """The request's body is larger than this address accepts."""

    code = "body_too_large"
    status = 413


class BodyTooSlow(Refused):
    """The request's body did not arrive in the time that a request has."""

    code = "body_too_slow"
    status = 408


class UnsupportedBody(Refused):
    """The request's body is of a kind that this address does not read."""

    code = "unsupported_body"
    status = 415


class NotFound(Refused):
    """Nothing lives at this address, or not for this person."""

    code = "not_found"
    status = 404


class MethodNotAllowed(Refused):
    """The address exists, but not for this method."""

    code = "method_not_allowed"
    status = 405


class CrossSiteRequest(Refused):
    """A state change came from another site (Fetch Metadata, Origin)."""

    code = "csrf"
    status = 403


class SignInRequired(Refused):
    """The act needs a signed-in person."""

    code = "sign_in_required"
    status = 401


class InvalidToken(Refused):
    """The token of an app grants nothing: it has ended, or is none of ours."""

    code = "invalid_token"
    status = 401


class RequestRunning(Refused):
    """A request with this ``Idempotency-Key`` is being handled just now."""

    code = "request_running"
    status = 409


class KeyReused(Refused):
    """This ``Idempotency-Key`` came with another request before."""

    code = "key_reused"
    status = 422


class AppRequestOver(Refused):
    """What an app asked for in its person's browser is over, or was answered."""

    code = "app_request_over"
    status = 410


class BrowserRequired(Refused):
    """The app cannot finish this by itself: its person has to say something.

    The app opens the browser, as for any sign-in, and they go on there.

    Args:
        why: ``confirm``, where the address is somebody's here, who has to show that
            they are them; ``merge``, where they are to say what comes along.
    """

    code = "browser_required"
    status = 409

    def __init__(self, why: str):
        super().__init__("this goes on in the browser")
        self.why = why


class FreshSignInRequired(Refused):
    """The act changes who may come in; the sign-in of who is here is not fresh enough.

    RFC 9470 calls it step-up authentication. ``SessionPolicy.fresh`` says how fresh.
    """

    code = "fresh_sign_in_required"
    status = 401

    def __init__(self, message: str = "the sign-in here is older than this act allows"):
        super().__init__(message)


class StateMismatch(Refused):
    """The answer of a provider does not belong to an attempt of this browser."""

    code = "state_mismatch"

    def __init__(self, provider: str | None = None, *, restartable: bool = False):
        super().__init__("the sign-in answer belongs to no attempt of this browser")
        self.provider = provider
        self._restartable = restartable

    @property
    def restartable(self) -> bool:
        """Whether the attempt may restart: its state was unknown for the first time."""
        return self._restartable


class CookiesBlocked(StateMismatch):
    """The browser keeps no cookies: an attempt lost its own, and so did the next."""

    code = "cookies_blocked"


class SignInExpired(Refused):
    """The attempt is older than its life, or was used already."""

    code = "sign_in_expired"
    status = 410

    def __init__(self, provider: str | None = None):
        super().__init__("the sign-in attempt expired or was used already")
        self.provider = provider


class SignInCancelled(Refused):
    """The person stopped at the provider (RFC 6749 §4.1.2.1 access_denied)."""

    code = "sign_in_cancelled"

    def __init__(self, provider: str):
        super().__init__("the person stopped at the provider")
        self.provider = provider


class IdentityTaken(Refused):
    """The identity belongs to another account than the one signed in here."""

    code = "identity_taken"
    status = 409

    def __init__(self, provider: str):
        super().__init__("this identity belongs to another account")
        self.provider = provider


class PasskeyRefused(Refused):
    """What a browser sent is not what a passkey of this site signs."""

    code = "passkey_refused"

    def __init__(self, message: str = "that is no passkey's answer to what was asked"):
        super().__init__(message)


class PasskeyUnknown(PasskeyRefused):
    """The passkey belongs to no account here, or to none any more."""

    code = "passkey_unknown"

    def __init__(self, message: str = "no account here has this passkey"):
        super().__init__(message)


class PasskeyCopied(PasskeyRefused):
    """The passkey counts its uses, and its count went back: there may be two of it."""

    code = "passkey_copied"

    def __init__(self, message: str = "the count of this passkey went back"):
        super().__init__(message)


class LastWayIn(Refused):
    """Without it nobody could sign in to the account any more."""

    code = "last_way_in"
    status = 409

    def __init__(self, message: str = "this is the last way to sign in here"):
        super().__init__(message)


class OrderLinkOver(Refused):
    """Nothing opens this order here: no link that works, or it has another owner."""

    code = "order_link_over"
    status = 404

    def __init__(self, message: str = "nothing here opens this order, or not any more"):
        super().__init__(message)


class ConfirmationRequired(Refused):
    """The address is in use here; its owner must sign in the way they did before."""

    code = "confirmation_required"
    status = 409


class InvalidAnswer(Refused):
    """One answer is not usable; nothing of it is stored.

    Args:
        question: The name of the question, or ``""`` for a rule across fields.
        problem: A text key or a plain sentence that says what to do.
        slots: What the named slots of that text are filled with.
        part: The name of the part that is not usable, where the question has parts;
            None where it has none, or where all of it is not usable.
    """

    code = "invalid_answer"
    status = 422

    def __init__(
        self,
        question: str,
        problem: str,
        slots: Mapping[str, str | int | float] | None = None,
        *,
        part: str = "",
        more: "tuple[InvalidAnswer, ...]" = (),
    ):
        super().__init__(f"the answer to {question!r} is not usable")
        self.question = question
        self.problem = problem
        self.slots = slots or {}
        self.part = part or None
        self._more = more

    @property
    def more(self) -> "tuple[InvalidAnswer, ...]":
        """What else is wrong with the same answer: one for each further part."""
        return self._more

    @property
    def field(self) -> str:
        """What a form calls the field to mend: ``home``, or ``home.town``."""
        return f"{self.question}.{self.part}" if self.part else self.question


class WrongCode(Refused):
    """The code that was typed is not the one of the letter.

    Args:
        left: How many tries are left.
    """

    code = "wrong_code"
    status = 422

    def __init__(self, left: int):
        super().__init__("that is not the code")
        self.left = left


class TooManyTries(Refused):
    """Something was done more often than it may be (``LimitPolicy``): later, then.

    Args:
        limit: The field of the policy that refused it.
        retry_after: In how many seconds it works again.
    """

    code = "too_many_tries"
    status = 429

    def __init__(self, limit: str, retry_after: int):
        super().__init__(f"more than {limit} allows; again in {retry_after} s")
        self.limit = limit
        self.retry_after = retry_after
        self._form: Mapping[str, str] = {}

    @property
    def form(self) -> Mapping[str, str]:
        """The fields that were sent, for the page that offers to send them again."""
        return self._form

    def keep(self, form: Mapping[str, str]) -> None:
        """Keep the fields that were sent: they are for that page alone."""
        self._form = form


class TooManyGuests(TooManyTries):
    """More people begin something here than may: who is known is not affected."""

    code = "too_many_guests"


class Unanswered(Refused):
    """A feature is locked until questions are answered: their names, in order."""

    code = "unanswered"
    status = 409

    def __init__(self, feature: str, questions: tuple[str, ...]):
        super().__init__(f"feature {feature!r} needs answers first")
        self.feature = feature
        self.questions = questions


class FeatureDenied(Refused):
    """A feature stays closed for this person, by their answers."""

    code = "feature_denied"
    status = 403

    def __init__(self, feature: str, reasons: tuple[str, ...] = ()):
        super().__init__(f"feature {feature!r} is closed for this account")
        self.feature = feature
        self.reasons = reasons


class AccountEnded(Refused):
    """The account was merged, erased or has expired: nothing acts on it."""

    code = "account_ended"
    status = 410

    def __init__(self, account_id: str):
        super().__init__("the account has ended")
        self.account_id = account_id


# ── the provider ─────────────────────────────────────────────────────────────


class ProviderError(OnboardingError):
    """The identity provider is at fault, unless a setting is: ``provider`` names it.

    Args:
        reason: What is wrong, in words of ours.
        endpoint: Which address of the provider it is about.
        setting: What to look at here: then the fault is the developer's, not theirs.
        note: For the log alone, which ``log_line`` writes: no page and no problem
            has it.
        status: Of the response, where it is not the usual one: 400 for what came
            through the browser, so that whoever holds it may have written it.
    """

    code = "provider_error"
    status = 502

    def __init__(
        self,
        provider: str,
        reason: str = "",
        *,
        endpoint: str | None = None,
        setting: str | None = None,
        note: str = "",
        status: int | None = None,
    ):
        super().__init__(reason or "the identity provider failed")
        self.provider, self.reason = provider, reason
        self.endpoint, self.setting = endpoint, setting
        self._note = note
        if status is not None:
            self.status = status

    @property
    def note(self) -> str:
        """What the log says beside the facts; empty where there is no more."""
        return self._note

    def again(self) -> Self:
        """Return the same error anew.

        One that is raised twice collects the tracebacks, and the causes, of both.
        """
        return type(self)(
            self.provider,
            self.reason,
            endpoint=self.endpoint,
            setting=self.setting,
            note=self._note,
            status=self.status,
        )


class ProviderUnreachable(ProviderError):
    """The provider is down, too slow, or answers with a server error."""

    code = "provider_unreachable"
    status = 503


class ProviderDenied(ProviderError):
    """The provider refused the attempt with an OAuth error code.

    With status 400 where whoever came back may have caused it.
    """

    code = "provider_denied"


class BadProviderReply(ProviderError):
    """The provider answered something that its protocol does not allow.

    With status 400 where it came through the browser.
    """

    code = "bad_provider_reply"


class BadIdToken(ProviderError):
    """The ID token fails a check of OpenID Connect Core §3.1.3.7."""

    code = "bad_id_token"


# ── the operator of the mail server ──────────────────────────────────────────


class MailError(OnboardingError):
    """A message was not taken by the mail server.

    Args:
        reason: A sentence for the operator; nothing in it is an address, a secret or
            a text of the server, which may quote either.
        reply: What the server said in numbers, ``"550 5.1.1"``: its reply code
            (RFC 5321 §4.2) and its enhanced status code (RFC 3463), where it gave any.
    """

    code = "mail_error"
    status = 502

    def __init__(self, reason: str, *, reply: str | None = None):
        # The reason names the server, so it is in the log and in no problem's facts.
        super().__init__(f"{reason} ({reply})" if reply else reason)
        self.reply = reply


class MailUnavailable(MailError):
    """Not now: the same message may be taken later, so it is to be tried again."""

    code = "mail_unavailable"
    status = 503


class MailRefused(MailError):
    """Never: no later try of the same message, to the same recipient, will do."""

    code = "mail_refused"


# ── the operator of the database ─────────────────────────────────────────────


class StoreError(OnboardingError):
    """The database refuses what is asked of it, and will the next time too."""

    code = "store_error"
    status = 500


class StoreUnavailable(StoreError):
    """The database cannot be reached, is locked, or has another revision."""

    code = "store_unavailable"
    status = 503


class Conflict(StoreError):
    """A guard of a commit failed, of this kind of noun: somebody else was faster."""

    code = "conflict"
    status = 409

    def __init__(self, what: str):
        super().__init__(f"somebody else changed the {what} first")
        self.what = what
