"""Proofs that wait until the person has said something: put away, and read again.

Whatever they showed is looked at anew: a link that went elsewhere meanwhile, an address
that somebody else has proven, or an identity that was confirmed in another tab.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from onboarding.accounts.linking import Confirmation, Credential, Linking, MailProof
from onboarding.accounts.live import find_prover, find_survivor
from onboarding.accounts.model import (
    Contact,
    EmailTrust,
    Identity,
    IdentityLink,
    Intent,
    ProvenAddress,
)
from onboarding.accounts.ways import Way
from onboarding.changes import Change, Replace
from onboarding.frozen import dataclass
from onboarding.store import NounStore

Packed = Mapping[str, str | None]
"""A proof as the data of an intent."""


def pack(identity: Identity) -> Mapping[str, str | None]:
    """Return an identity as the data of an intent."""
    return {
        "provider": identity.provider,
        "issuer": identity.issuer,
        "subject": identity.subject,
        "email": identity.email,
        "email_trust": identity.email_trust.name,
        "name": identity.name,
        "username": identity.username,
        "picture": identity.picture,
        "locale": identity.locale,
        "claims": json.dumps(dict(identity.claims)),
    }


def unpack(data: Mapping[str, str | None]) -> Identity:
    """Return the identity that ``pack`` put away."""
    return Identity(
        provider=data["provider"] or "",
        issuer=data["issuer"] or "",
        subject=data["subject"] or "",
        email=data["email"],
        email_trust=EmailTrust[data["email_trust"] or "NONE"],
        name=data["name"],
        # One that has waited since an older release has none of these.
        username=data.get("username"),
        picture=data.get("picture"),
        locale=data.get("locale"),
        claims=json.loads(data.get("claims") or "{}"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """A proof that waited until the person said what comes of what they did before.

    Attributes:
        proof: What has shown who they are.
        intent: What kept it: used up in the commit of whatever it opens, once.
    """

    proof: Credential
    intent: Intent

    @property
    def provider(self) -> str:
        """Who vouches."""
        return self.proof.provider

    @property
    def proves(self) -> str | None:
        """The address that it proves."""
        return self.proof.proves

    @property
    def is_first_proof(self) -> bool:
        """Whether no account has proven that address yet."""
        return self.proof.is_first_proof

    @property
    def way(self) -> Way | None:
        """The way to sign in that the account gains by it."""
        return self.proof.way

    @property
    def tells(self) -> Identity | None:
        """What a provider tells of the person."""
        return self.proof.tells

    def changes(
        self, account_id: str, contact: Contact | None, now: datetime
    ) -> list[Change]:
        """Return what to commit: the intent is used up, and what the proof brings."""
        used = Replace(self.intent, self.intent.finished(account_id))
        return [used, *self.proof.changes(account_id, contact, now)]


def pack_mail(typed: str) -> Packed:
    """Return a letter that came back, but for its address, which an intent has."""
    return {"typed": typed}


def pack_confirmation(confirmation: Confirmation) -> Packed:
    """Return a letter that came back, with the identity that waited for its reader."""
    waiting = confirmation.waiting
    return {
        **pack(confirmation.linking.identity),
        **pack_mail(confirmation.proof.typed),
        "waiting": waiting.id if waiting else None,
    }


async def read_proof(
    store: NounStore, intent: Intent
) -> tuple[Credential | Confirmation, str | None]:
    """Return what an intent has kept, and whose account that opens by now."""
    if "typed" not in intent.data:
        return await _read_identity(store, intent)
    mail, shows = await _read_mail(store, intent)
    if "issuer" not in intent.data:
        return mail, shows
    linking, holder = await _read_identity(store, intent)
    id = intent.data["waiting"]
    waiting = await store.find(Intent, id) if id else None
    is_over = waiting is not None and waiting.is_used
    if is_over or holder not in (None, shows):
        shows = None
    return Confirmation(proof=mail, linking=linking, waiting=waiting), shows


async def _read_mail(store: NounStore, intent: Intent) -> tuple[MailProof, str | None]:
    address = intent.address or ""
    proven = await store.find(ProvenAddress, address)
    mail = MailProof(
        intent=None,
        address=address,
        typed=intent.data["typed"] or address,
        is_first_proof=proven is None,
    )
    return mail, await _survivor_of(store, proven)


async def _read_identity(
    store: NounStore, intent: Intent
) -> tuple[Linking, str | None]:
    identity = unpack(intent.data)
    link = await store.find(IdentityLink, identity.issuer, identity.subject)
    linking = Linking(
        identity=identity,
        earlier=link,
        is_first_proof=await find_prover(store, identity) is None,
    )
    return linking, await _survivor_of(store, link)


async def _survivor_of(
    store: NounStore, found: ProvenAddress | IdentityLink | None
) -> str | None:
    owner = await find_survivor(store, found.account_id) if found else None
    return owner.id if owner and owner.is_live else None
