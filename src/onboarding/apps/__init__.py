"""Apps and command lines: sign-in by the system's browser, and a token of their own."""
