"""Lamplight, a bookshop: the demo, and an example of a host of `onboarding`."""
