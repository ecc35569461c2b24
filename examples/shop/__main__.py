"""`python -m examples.shop` serves the bookshop and its identity providers."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import uvicorn

from examples.shop.demo import BY_NAME, HOST, Demo, PortTaken, listen, url_of
from examples.shop.welcome import Merge

DATA = Path(__file__).with_name("data")

WAYS: Mapping[str, Merge] = {"tell": "tell", "ask": "ask"}

HELLO = """
  Lamplight, a bookshop       {shop}
  Lamplight ID, Harbour ID    {lamplight}, {harbour}
  The shopkeeper's pages      {shopkeeper}
  Kept in                     {folder}

  What to try
  1  Put a book into the cart and check out as a guest: any address will do.
  2  Keep the order with Lamplight ID, as Mira (verified address), Tom (unverified)
     or Robin (none): same account, and the order is still there.
  3  Sign out, buy as a guest again, and sign in as Kim, who has an account and a
     cart here: order and cart come together.
     Do it again from the page of the checkout: Kim's older cart is set aside then,
     and waits under My data. With MERGE=ask the shop asks before it does any of it.
  4  Sign out and sign in with Harbour ID as Lou, whose address is in use here: show
     that it is yours with Lamplight ID, or by a mail to it.
  5  Open "Your shelf": one question first. Open the order: one opinion, perhaps.
     Below it are two evenings: one asks for one of two answers and a yes, one for an
     age. As Mira, press what Lamplight ID says of her birthday.
  6  Read and answer it as the shopkeeper, then look under My data.
  7  Sign in by email, with any address: the letter is on the shopkeeper's page "Mail",
     and so is the news of each new way to sign in, and of each reply.
  8  Open the link of an order's mail in another browser, and keep the order there; or
     find it by number and address at /welcome/orders.
  9  Write down an order "By phone" as the shopkeeper, and take it over by its mail.
  10 {passkeys}

  Everything stays on this machine. Stop with Ctrl-C; remove the folder to start afresh.
"""


WITH_PASSKEYS = "Keep an order with a passkey, sign out, and come back with it."
WITHOUT_PASSKEYS = "Start with HOST=localhost: passkeys work at a name, and no number."


def main() -> int:
    """Serve until interrupted.

    Reads ``PORT`` (8000), ``HOST`` (``127.0.0.1`` or ``localhost``), ``DATA`` (a
    folder), ``MERGE`` (``tell`` or ``ask``; tell) and ``SHOPKEEPER`` (``on`` or
    ``off``; on, since the demo listens on this machine only).
    """
    folder = Path(os.environ.get("DATA", DATA)).absolute()
    is_kept = os.environ.get("SHOPKEEPER", "on") != "off"
    port = os.environ.get("PORT", "8000")
    if not (port.isascii() and port.isdecimal() and int(port) < 2**16):
        return _say_no(f"PORT={port} is no port; write a number, such as PORT=9000")
    if (host := os.environ.get("HOST", HOST)) not in {HOST, BY_NAME}:
        return _say_no(f"HOST={host} is neither; write HOST={HOST} or HOST={BY_NAME}")
    merge = WAYS.get(said := os.environ.get("MERGE", "tell"))
    if merge is None:
        return _say_no(f"MERGE={said} is neither; write MERGE=tell or MERGE=ask")
    try:
        sockets = listen(folder, int(port))
    except PortTaken as reason:
        return _say_no(str(reason))
    demo = Demo(folder, sockets, is_kept=is_kept, host=host, merge=merge)
    shop = url_of(sockets.shop, host)
    print(
        HELLO.format(
            shop=shop,
            lamplight=url_of(sockets.providers["lamplight"]),
            harbour=url_of(sockets.providers["harbour"]),
            shopkeeper=f"{shop}/shopkeeper" if is_kept else "off (SHOPKEEPER=on)",
            folder=folder,
            passkeys=WITH_PASSKEYS if host == BY_NAME else WITHOUT_PASSKEYS,
        ),
        flush=True,
    )
    config = uvicorn.Config(demo, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    with suppress(KeyboardInterrupt):
        server.run(sockets=sockets.all)
    return 0 if server.started else 1


def _say_no(reason: str) -> int:
    print(f"The demo did not start: {reason}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
