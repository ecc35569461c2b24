"""Bodies that came compressed, unpacked no further than they may be kept.

We ask for none (``Accept-Encoding: identity``), but caches and gateways compress
unasked. What is limited is what is kept: 250 kB of gzip hold 256 MB, and a decoder
that unpacks first and is counted afterwards has filled the memory by then.
"""

import zlib
from typing import Protocol

import httpx2

UNENCODED = frozenset({"", "identity"})

PACKED = frozenset({"gzip", "x-gzip", "deflate"})
"""Those that are made with zlib (RFC 9110 §8.4.1.2, §8.4.1.3)."""

GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
"""Either header, whichever stands there."""


class UnreadableBody(httpx2.TransportError):
    """The body of a response cannot be read; the message says why, and quotes none."""


class Decoder(Protocol):
    """Decodes a body in parts."""

    def decode(self, part: bytes, most: int) -> bytes:
        """Return what a part holds, of which no more than ``most`` bytes are made.

        Raises:
            UnreadableBody: When it is not encoded as its header says.
        """
        ...

    def end(self) -> None:
        """Say that this was all.

        Raises:
            UnreadableBody: When something is missing.
        """
        ...


def open_decoder(encoding: str) -> Decoder:
    """Return what decodes a body.

    Args:
        encoding: The value of ``Content-Encoding``.

    Raises:
        UnreadableBody: When it is one that we neither ask for nor know how to bound.
    """
    name = encoding.strip().lower()
    if name in UNENCODED:
        return AsItIs()
    if name in PACKED:
        return Unpacker()
    raise UnreadableBody("the response is encoded in a way that was not asked for")


class AsItIs:
    """Leaves a body as it came."""

    def decode(self, part: bytes, most: int) -> bytes:
        """Return the part, which the network bounds."""
        return part[:most]

    def end(self) -> None:
        """Know of nothing that is missing: HTTP itself counts."""


class Unpacker:
    """Unpacks gzip and deflate."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(GZIP_OR_ZLIB)
        self._is_begun = False

    def decode(self, part: bytes, most: int) -> bytes:
        """Return what the part holds; the rest is not unpacked."""
        try:
            return self._unpack(part, most)
        except zlib.error:
            raise UnreadableBody("the response is not encoded as it says") from None

    def _unpack(self, part: bytes, most: int) -> bytes:
        is_first, self._is_begun = not self._is_begun, True
        try:
            return self._zlib.decompress(part, most)
        except zlib.error:
            if not is_first:
                raise
            # Some leave out the header of zlib, against RFC 9110 §8.4.1.2.
            self._zlib = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._zlib.decompress(part, most)

    def end(self) -> None:
        """See that nothing is cut off; no body at all is none."""
        if self._is_begun and not self._zlib.eof:
            raise UnreadableBody("the response is cut off")
