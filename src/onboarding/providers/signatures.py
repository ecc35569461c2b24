"""Signatures of JWTs: what an algorithm is called, and what knows it by that name."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from joserfc.jwa import JWSAlgModel
    from joserfc.jws import JWSRegistry

EDDSA = frozenset({"EdDSA", "Ed25519"})
"""Two names of one algorithm (RFC 8037, RFC 9864)."""


def by_both_names(algorithms: Sequence[str]) -> tuple[str, ...]:
    """Return algorithms, and the other name of one that has two.

    Who declares, who publishes and who signs may each write another one.
    """
    others = EDDSA.difference(algorithms) if EDDSA.intersection(algorithms) else ()
    return (*algorithms, *others)


@lru_cache(maxsize=64)
def known_signatures(algorithms: tuple[str, ...]) -> "JWSRegistry":
    """Return what signs and checks with these algorithms, each by all its names."""
    from joserfc.jws import JWSRegistry

    class Registry(JWSRegistry):
        """Knows Ed25519 (RFC 9864) by its older name too, and warns nobody of that.

        Deployed providers say "EdDSA" (RFC 8037), which is not ours to change.
        """

        def get_alg(self, name: str) -> "JWSAlgModel":
            return super().get_alg("Ed25519" if name == "EdDSA" else name)

    # Keys that a header brings along (jwk, jku, x5u) are read by nobody; what a
    # header calls critical must be understood (RFC 7515 §4.1.11).
    names = list(by_both_names(algorithms))
    return Registry(algorithms=names, strict_check_header=False)
