"""Turn a stranger into a known, returning customer without a sign-up wall."""
