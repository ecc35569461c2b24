"""The languages of the pages: what they say (``texts``), and how they write numbers."""

LOCALES = ("en", "nl")
"""The languages that the library itself speaks."""
