"""What the provider decides and remembers; HTTP is elsewhere."""

from collections.abc import Callable, Mapping, Sequence

from onboarding.clock import Clock
from onboarding.testing.faults import ReplyKind
from onboarding.testing.identity_provider import answers
from onboarding.testing.identity_provider.authorize import Soundness, denied
from onboarding.testing.identity_provider.client_auth import (
    ClientAuthentication,
    TokenCall,
)
from onboarding.testing.identity_provider.grants import Grant, Grants
from onboarding.testing.identity_provider.misbehaviour import Misbehaviour
from onboarding.testing.identity_provider.model import (
    AuthorizationRefused,
    AuthorizationRequest,
    Client,
    Parameters,
    SentBack,
    TokenRefused,
    WayBack,
)
from onboarding.testing.identity_provider.pushed import PUSHED_LIFE, PushedRequests
from onboarding.testing.identity_provider.switches import ANY_TENANT, OpenIDSwitches
from onboarding.testing.people import Person
from onboarding.testing.signing import Json, SigningKey

PersonChoice = Callable[[AuthorizationRequest], Person | None]


class Desk:
    """Reads requests, gives out codes and tokens, and signs.

    Args:
        issuer: The provider's own address.
        clients: The apps registered with it, by their id.
        clock: Where it reads the time.
        key: What it signs with.
        switches: In what it differs from a usual provider.
        faults: What it does wrong.
    """

    def __init__(
        self,
        issuer: str,
        clients: Mapping[str, Client],
        clock: Clock,
        *,
        key: SigningKey,
        switches: OpenIDSwitches,
        faults: Misbehaviour,
    ) -> None:
        self.issuer = issuer
        self.key = key
        self.grants: Grants[Person] = Grants(clock, pkce=switches.pkce)
        self._clients = clients
        self._clock = clock
        self._switches = switches
        self._faults = faults
        self._sound = Soundness(
            pkce=switches.pkce, response_mode=switches.response_mode
        )
        self._pushed = PushedRequests(clock)
        also = switches.also_publishes
        self._others = () if also is None else (SigningKey(also),)
        self._named: set[tuple[str, str]] = set()
        audiences = (f"{issuer.removesuffix('/')}/token", issuer)
        self._authentication = ClientAuthentication(clients, clock, audiences)

    # Before anybody comes ─────────────────────────────────────────────────────────

    def discovery(self) -> Json:
        """Return the discovery document."""
        found = answers.metadata(self.issuer, self.key.algorithm, self._switches)
        return self._tell("discovery", found)

    def jwks(self) -> Json:
        """Return the published keys; none where a secret signs."""
        template = self._switches.tenant_issuer
        # Microsoft names beside each key for whose tokens it is.
        named = {} if template is None else {"issuer": template}
        keys = [key for key in (self.key, *self._others) if key.is_public]
        shown = [key.public_jwk() | named for key in keys]
        return self._tell("jwks", {"keys": shown})

    def push(self, call: TokenCall) -> Json:
        """Keep a request until its browser comes (RFC 9126 §2.2).

        Raises:
            TokenRefused: When the client is none, or its request unsound (§2.3).
        """
        # RFC 9126 §2: issuer, token endpoint or this one, whichever a client signs for.
        here = f"{self.issuer.removesuffix('/')}/pushed"
        client = self._authentication.recognise(call, here)
        try:
            self._sound.read(call.parameters, self._clients)
        except SentBack as refused:
            raise TokenRefused(refused.error, refused.description) from None
        except AuthorizationRefused as refused:
            raise TokenRefused("invalid_request", str(refused)) from None
        uri = self._pushed.push(client, call.parameters)
        return {"request_uri": uri, "expires_in": int(PUSHED_LIFE.total_seconds())}

    # The browser ──────────────────────────────────────────────────────────────────

    def parameters(self, query: str) -> Parameters:
        """Return the parameters of an authorization request."""
        if not self._switches.plus_is_space:
            query = query.replace("+", "%2B")
        return Parameters.of(query)

    def read(self, shown: Parameters) -> AuthorizationRequest:
        """Return what the browser came with; it may come again.

        Raises:
            AuthorizationRefused: When the browser must stay.
            SentBack: When it must go back.
        """
        if self._switches.pushed_requests:
            shown = self._pushed.find(shown)
        return self._sound.read(shown, self._clients)

    def decide(self, shown: Parameters, choose: PersonChoice) -> WayBack:
        """Return where the browser goes once somebody has chosen; None cancels.

        Raises:
            AuthorizationRefused: When the browser must stay.
            ValueError: When the person has no tenant, and the issuer needs one.
        """
        try:
            request = self.read(shown)
            self._pushed.spend(shown)
            person = choose(request)
            if person is None:
                raise denied(request)
        except SentBack as refused:
            return self.refuse(refused)
        self._issuer_of(person)
        outcome: Json = {"code": self.grants.issue_code(request, person)}
        outcome |= self._first_name(request, person)
        return self._way_back(request.redirect_uri, request.state, outcome)

    def refuse(self, refused: SentBack) -> WayBack:
        """Return where the browser goes with an error."""
        why: Json = {"error": refused.error, "error_description": refused.description}
        return self._way_back(refused.redirect_uri, refused.state, why)

    def _way_back(self, redirect_uri: str, state: str | None, outcome: Json) -> WayBack:
        known = {} if state is None else {"state": state}
        # The issuer goes with errors too (RFC 9207 §2).
        named = {"iss": self.issuer} if self._switches.names_issuer else {}
        told = self._tell("callback", outcome | known | named)
        return answers.way_back(redirect_uri, told, self._switches.response_mode)

    def _first_name(self, request: AuthorizationRequest, person: Person) -> Json:
        consent = request.client.client_id, person.subject
        if not self._switches.tells_name_once or consent in self._named:
            return {}
        self._named.add(consent)
        field = answers.user_field(person, request.scopes)
        return {} if field is None else {"user": field}

    # The client ───────────────────────────────────────────────────────────────────

    def exchange(self, call: TokenCall) -> Json:
        """Return the tokens that a code stands for.

        Raises:
            TokenRefused: When client, code or verifier are none.
        """
        client = self._authentication.recognise(call)
        access_token, grant = self.grants.redeem(client, call.parameters)
        id_token = self._id_token(grant, access_token)
        told = answers.token_answer(grant, access_token, id_token)
        return self._tell("token", told)

    def userinfo(self, grant: Grant[Person]) -> Json | str:
        """Return what is known of a person, or a token that says it."""
        claims = grant.person.userinfo(self._scopes(grant))
        told = self._tell("userinfo", claims)
        if not self._switches.signed_userinfo:
            return told
        # Core §5.3.2: signed, it names who says it, and to whom.
        issuer = self._issuer_of(grant.person)
        named: Json = {"iss": issuer, "aud": grant.request.client.client_id}
        return self._sign(grant, told | named)

    def _id_token(self, grant: Grant[Person], access_token: str) -> str:
        issuer, now = self._issuer_of(grant.person), self._clock()
        nonce = grant.request.nonce
        repeats = self._switches.nonce and nonce is not None
        honest = (
            grant.person.claims(self._scopes(grant))
            | answers.id_token_claims(
                issuer, grant, access_token, now, self.key.algorithm
            )
            | ({"nonce": nonce} if repeats else {})
        )
        return self._sign(grant, self._tell("id_token", honest))

    def _sign(self, grant: Grant[Person], claims: Json) -> str:
        key = self.key
        if not key.is_public:
            secret = grant.request.client.client_secret
            key = SigningKey(key.algorithm, secret=secret)
        return self._faults.signing()(key, key.header(), claims)

    def _scopes(self, grant: Grant[Person]) -> frozenset[str]:
        is_once = self._switches.tells_name_once
        return grant.request.scopes - ({"profile"} if is_once else set())

    def _issuer_of(self, person: Person) -> str:
        template = self._switches.tenant_issuer
        if template is None:
            return self.issuer
        tenant = str(person.extra.get("tid", ""))
        if not tenant:
            raise ValueError(f"{person.subject} needs extra={{'tid': …}}: {template}")
        return template.replace(ANY_TENANT, tenant)

    def _tell(self, place: ReplyKind, honest: Json) -> Json:
        return self._faults.tell(place, honest)


def check_people(people: Sequence[Person], clients: Sequence[Client]) -> None:
    """Check that ids are unique.

    Raises:
        ValueError: When two clients or people share one.
    """
    subjects = {person.subject for person in people}
    ids = {client.client_id for client in clients}
    if (len(subjects), len(ids)) != (len(people), len(clients)):
        raise ValueError("two clients or two people share an id")
