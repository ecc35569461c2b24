"""The one ledger of what was asked of whom, and what attention still permits."""
