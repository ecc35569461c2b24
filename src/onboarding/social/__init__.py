"""Sign in with a provider: OAuth 2 and OpenID Connect, without the web."""
