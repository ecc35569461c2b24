"""Passkeys: identities that this site vouches for (WebAuthn), without the web."""
