"""One of every way to sign in that a store keeps, for the store contract."""

from onboarding.accounts.model import EmailTrust, IdentityLink, Passkey
from onboarding.testing.contracts.store_nouns import (
    FIRST,
    HOUR,
    NOW,
    SECOND,
    WORDS,
    Sample,
)

IDENTITIES_SAMPLE = Sample(
    full=IdentityLink(
        issuer="https://id.example",
        subject=WORDS,
        account_id=FIRST,
        provider="example",
        email="zoë@example.org",
        email_trust=EmailTrust.AUTHORITATIVE,
        name=WORDS,
        linked_at=NOW,
        used_at=NOW + HOUR,
    ),
    bare=IdentityLink(
        issuer="https://id.example",
        subject=WORDS,
        account_id=FIRST,
        provider="example",
        linked_at=NOW,
        used_at=NOW,
    ),
    other=IdentityLink(
        issuer="https://id.example",
        subject="another",
        account_id=SECOND,
        provider="example",
        linked_at=NOW,
        used_at=NOW,
    ),
)

PASSKEYS_SAMPLE = Sample(
    full=Passkey(
        id="a-credential",
        account_id=FIRST,
        user_handle="a-handle",
        public_key="a-key",
        sign_count=2**32 - 1,
        is_syncable=True,
        is_synced=True,
        transports=("hybrid", "internal"),
        name=WORDS,
        created_at=NOW,
        used_at=NOW + HOUR,
    ),
    bare=Passkey(
        id="a-credential",
        account_id=FIRST,
        user_handle="a-handle",
        public_key="a-key",
        name=WORDS,
        created_at=NOW,
        used_at=NOW,
    ),
    other=Passkey(
        id="another",
        account_id=SECOND,
        user_handle="another",
        public_key="a-key",
        name=WORDS,
        created_at=NOW,
        used_at=NOW,
    ),
)
