"""Providers that are rows of a table: ``onboarding.providers.named("deezer", …)``.

``named.toml`` holds them, ``rows`` reads it, and neither is loaded until one asks.
"""
