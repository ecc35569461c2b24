"""How every test starts Chromium, and how long it waits for it."""

PATIENCE = 20_000
"""Milliseconds to wait for a page, or for what is expected on it, to be there."""

LAUNCH = {
    "args": [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ],
    # Playwright's 30 seconds can pass where several start at once on a cold disk.
    "timeout": 120_000,
}
