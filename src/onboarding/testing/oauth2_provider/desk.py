"""What the provider decides and remembers; HTTP is elsewhere."""

from urllib.parse import parse_qsl, urlsplit

from onboarding.clock import Clock
from onboarding.providers import Provider
from onboarding.testing.identity_provider.answers import way_back
from onboarding.testing.identity_provider.authorize import Soundness, denied
from onboarding.testing.identity_provider.client_auth import (
    ClientAuthentication,
    TokenCall,
)
from onboarding.testing.identity_provider.grants import TOKEN_LIFE, Grants
from onboarding.testing.identity_provider.misbehaviour import Misbehaviour
from onboarding.testing.identity_provider.model import (
    AuthorizationRefused,
    AuthorizationRequest,
    Client,
    Parameters,
    SentBack,
    WayBack,
)
from onboarding.testing.network import same_path
from onboarding.testing.oauth2_provider.reads import Recorded, RecordedReads
from onboarding.testing.oauth2_provider.switches import OAuth2Switches
from onboarding.testing.signing import Json

AUTHORIZATION_PARAMETERS = frozenset(
    (
        *("client_id", "redirect_uri", "response_type", "scope", "state"),
        *("code_challenge", "code_challenge_method"),
    )
)
"""RFC 6749 §4.1.1, RFC 7636 §4.3."""


class OAuth2Desk:
    """Reads requests, and gives out codes and tokens that stand for recorded replies.

    Args:
        provider: Whose client, scopes and addresses it has.
        redirect_uri: The one way back.
        clock: Where it reads the time.
        switches: In what it differs from a strict provider.
        faults: What it does wrong.
    """

    def __init__(
        self,
        provider: Provider,
        redirect_uri: str,
        clock: Clock,
        switches: OAuth2Switches,
        faults: Misbehaviour,
    ) -> None:
        assert provider.endpoints is not None  # FakeOAuth2 refuses such a provider
        client = _registered(provider, redirect_uri, switches)
        self._issuer = provider.issuer
        self._address = provider.endpoints.authorization
        self._own_query = frozenset(parse_qsl(urlsplit(self._address).query))
        self._clients = {client.client_id: client}
        self._switches = switches
        self._faults = faults
        self._sound = _soundness(provider, switches, self._own_query)
        self._grants: Grants[Recorded] = Grants(
            clock, pkce=switches.pkce, wants_redirect_uri=switches.wants_redirect_uri
        )
        self._authentication = ClientAuthentication(
            self._clients, clock, (provider.endpoints.token, provider.issuer)
        )
        self.reads = RecordedReads(
            provider.reads, switches.reads, client=client, grants=self._grants
        )

    def read(self, query: str) -> AuthorizationRequest:
        """Return what the browser came with.

        Raises:
            AuthorizationRefused: When the browser must stay.
            SentBack: When it must go back.
        """
        told = parse_qsl(query)
        # What the address has of its own must be there, once, and as it was.
        if lost := self._own_query - set(told):
            raise AuthorizationRefused(f"{min(lost)[0]} is not as the address has it")
        parameters = Parameters(told).translated(self._switches.names)
        return self._sound.read(parameters, self._clients)

    def decide(self, url: str, told: Recorded | None) -> WayBack:
        """Return where the browser goes from an address; None cancels.

        Raises:
            AuthorizationRefused: When the browser must stay.
            ValueError: When the address is another one.
        """
        parts = urlsplit(url)
        if not same_path(url, self._address):
            raise ValueError(f"{url.partition('?')[0]} is not {self._address}")
        if parts.fragment != self._switches.fragment:
            raise AuthorizationRefused(
                f"the address must end with #{self._switches.fragment}"
            )
        return self.decide_query(parts.query, told)

    def decide_query(self, query: str, told: Recorded | None) -> WayBack:
        """Return where the browser goes; a server sees no fragment. As ``decide``."""
        try:
            request = self.read(query)
            if told is None:
                raise denied(request)
        except SentBack as refused:
            return self.refuse(refused)
        outcome: Json = {"code": self._grants.issue_code(request, told)}
        outcome |= self._switches.callback_extra
        return self._way_back(request.redirect_uri, request.state, outcome)

    def refuse(self, refused: SentBack) -> WayBack:
        """Return where the browser goes with an error."""
        why: Json = {"error": refused.error, "error_description": refused.description}
        return self._way_back(refused.redirect_uri, refused.state, why)

    def _way_back(self, redirect_uri: str, state: str | None, outcome: Json) -> WayBack:
        known = {"state": state} if state and self._switches.tells_state else {}
        named = {"iss": self._issuer} if self._switches.names_issuer else {}
        told = self._faults.tell("callback", outcome | known | named)
        words = self._switches.callback_names
        spoken = {words.get(name, name): value for name, value in told.items()}
        return way_back(redirect_uri, spoken, self._switches.response_mode)

    def exchange(self, call: TokenCall) -> Json:
        """Return the token that a code stands for, and what is told beside it.

        Raises:
            TokenRefused: When client, code or verifier are none.
        """
        client = self._authentication.recognise(call)
        access_token, grant = self._grants.redeem(client, call.parameters)
        beside = grant.person.get("token")
        honest: Json = {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": int(TOKEN_LIFE.total_seconds()),
            "scope": self._switches.scope_separator.join(sorted(grant.request.scopes)),
            **(beside if isinstance(beside, dict) else {}),
        }
        return self._faults.tell("token", honest)


def _registered(
    provider: Provider, redirect_uri: str, switches: OAuth2Switches
) -> Client:
    has_secret = switches.client_auth.startswith("client_secret")
    return Client(
        client_id=provider.client_id,
        client_secret=(provider.secret or "") if has_secret else "",
        redirect_uris=(redirect_uri,),
        auth=switches.client_auth,
        key=switches.client_key,
    )


def _soundness(
    provider: Provider, switches: OAuth2Switches, own: frozenset[tuple[str, str]]
) -> Soundness:
    by_form = {"response_mode"} if switches.response_mode == "form_post" else set()
    further = {*switches.params, *provider.params, *by_form, *(name for name, _ in own)}
    return Soundness(
        pkce=switches.pkce,
        response_mode=switches.response_mode,
        scopes=frozenset(provider.scopes),
        separator=switches.scope_separator,
        names=AUTHORIZATION_PARAMETERS | further,
    )
