"""Draws a book cover as inline SVG from nothing but title and author.

The same book always gets the same cover. No style attribute, no script, no id and
no file: it passes a strict content security policy, and may stand on a page any
number of times. About 1 kB each.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from html import escape

from markupsafe import Markup

PALETTES = (
    ("#f3e6cf", "#c4552d", "#e9b35f", "#3a1d12"),
    ("#dfe8dc", "#3d6b57", "#a9c3a4", "#16302a"),
    ("#1f3347", "#e2b45c", "#456a86", "#f7ecd6"),
    ("#f2dcd3", "#8e3b46", "#d99a86", "#43171f"),
    ("#203a34", "#d98e5f", "#4f7c6d", "#f5eadb"),
    ("#e6e3ee", "#5a4d86", "#b3a8d1", "#2a2147"),
    ("#4a1f2b", "#e6a57e", "#86434d", "#f9e9dd"),
    ("#e3edf2", "#2f6485", "#9cc1d4", "#15303f"),
    ("#f4ecd2", "#7a7a2e", "#cfc27a", "#36340f"),
    ("#26263a", "#c9b8e8", "#565680", "#f3effb"),
)
"""Ground, first shape, second shape, ink. Ink on ground is at least 4.5:1."""

NARROW, WIDE = set("fijlrtI.,'’:- "), set("mwMWGOQDHNABCKRUVXY&")
SIZES = (30, 27, 24, 21, 18.5, 16)
ROOM = 168
"""How wide a line of text may be, on a cover of 200 by 300."""

Noise = Sequence[float]
"""Sixteen numbers from 0 to 1, always the same for one book."""


def cover(title: str, author: str, css_class: str = "shop-cover") -> Markup:
    """Return the cover; it is decoration, so screen readers do not meet it."""
    seed = sha256(f"{title}|{author}".encode()).digest()
    ground, first, second, ink = PALETTES[seed[14] % len(PALETTES)]
    draw = MOTIFS[seed[12] % len(MOTIFS)]
    art = draw([byte / 255 for byte in seed[16:]], first, second)
    drawn = (
        f'<svg class="{css_class}" width="120" height="180" viewBox="0 0 200 300"'
        f' aria-hidden="true"><path d="M0 0h200v300H0Z" fill="{ground}"/>{art}'
        f"{_lettering(title, author, ink)}"
        f'<path d="M6 0v300" stroke="{ink}" stroke-opacity=".18" stroke-width="2"/>'
        "</svg>"
    )
    return Markup(drawn)  # noqa: S704  # title and author are escaped, the rest is ours


# ── lettering ────────────────────────────────────────────────────────────────


def _lettering(title: str, author: str, ink: str) -> str:
    size, lines = _fit(title, 3)
    top = 22 + size * 0.78
    text = "".join(
        f'<text x="16" y="{top + i * size * 1.1:.0f}">{escape(line)}</text>'
        for i, line in enumerate(lines)
    )
    below = top + (len(lines) - 1) * size * 1.1 + 20
    small = 13 if _width(author, 13) <= ROOM else 11
    return (
        f'<g fill="{ink}" font-weight="700" font-size="{size:g}">{text}</g>'
        f'<text x="16" y="{below:.0f}" fill="{ink}" font-size="{small}">'
        f"{escape(author)}</text>"
    )


def _fit(text: str, most: int) -> tuple[float, list[str]]:
    """Return the largest size at which lines fit, and the lines."""
    for size in SIZES:
        lines = _wrap(text, size)
        is_low = len(lines) <= most and len(lines) * size * 1.1 <= 80
        if is_low and all(_width(line, size) <= ROOM for line in lines):
            return size, lines
    return SIZES[-1], _wrap(text, SIZES[-1])


def _wrap(text: str, size: float) -> list[str]:
    """Break the text into lines that fit, each as full as it goes."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if _width(longer, size) <= ROOM or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _width(text: str, size: float) -> float:
    """Estimate how wide a bold old-style serif sets the text."""
    ems = (0.36 if c in NARROW else 0.80 if c in WIDE else 0.56 for c in text)
    return size * sum(ems)


# ── motifs: each fills the lower two thirds, from (0, 110) to (200, 300) ─────


def _hills(n: Noise, a: str, b: str) -> str:
    return (
        f'<circle cx="{50 + 100 * n[0]:.0f}" cy="178" r="{26 + 22 * n[1]:.0f}"'
        f' fill="{a}"/>'
        f'<path d="M0 232Q50 {190 + 30 * n[2]:.0f} 100 228T200 222V300H0Z"'
        f' fill="{b}"/>'
        f'<path d="M0 268Q60 {232 + 20 * n[3]:.0f} 120 262T200 256V300H0Z"'
        f' fill="{a}"/>'
    )


def _rings(n: Noise, a: str, b: str) -> str:
    x = 0 if n[0] < 0.5 else 200
    return "".join(
        f'<circle cx="{x}" cy="300" r="{r}" fill="{a if i % 2 else b}"/>'
        for i, r in enumerate(range(180, 20, -(18 + int(10 * n[1]))))
    )


def _moon(n: Noise, a: str, b: str) -> str:
    waves = "".join(
        f'<path d="M0 {y}q25-{7 + 6 * n[i + 2]:.0f} 50 0t50 0 50 0 50 0"'
        f' stroke="{b if i % 2 else a}"/>'
        for i, y in enumerate(range(222, 300, 14))
    )
    moon = f'<circle cx="{60 + 80 * n[0]:.0f}" cy="172" r="28" fill="{a}"/>'
    return f'{moon}<g fill="none" stroke-width="4">{waves}</g>'


def _stem(n: Noise, a: str, b: str) -> str:
    leaves = "".join(
        f'<path d="M100 {y}q{s * 18}-34 {s * 56}-{30 + 10 * n[i + 1]:.0f}'
        f'q{-6 * s} 34{-56 * s:+} 42Z" fill="{a if i % 2 else b}"/>'
        for i, (y, s) in enumerate(((286, 1), (264, -1), (236, 1), (212, -1)))
    )
    return (
        f'<path d="M100 300Q{90 + 20 * n[0]:.0f} 220 100 138" fill="none"'
        f' stroke="{a}" stroke-width="4"/>{leaves}'
        f'<circle cx="100" cy="138" r="11" fill="{a}"/>'
    )


def _quarters(n: Noise, a: str, b: str) -> str:
    cells = []
    for i in range(12):
        x, y = i % 4 * 50, 150 + i // 4 * 50
        arcs = (
            f"M{x} {y}h50A50 50 0 0 1 {x} {y + 50}Z",
            f"M{x + 50} {y}v50A50 50 0 0 1 {x} {y}Z",
            f"M{x + 50} {y + 50}h-50A50 50 0 0 1 {x + 50} {y}Z",
            f"M{x} {y + 50}v-50A50 50 0 0 1 {x + 50} {y + 50}Z",
        )
        cells.append((a if n[11 - i] < 0.5 else b, arcs[int(4 * n[i]) % 4]))
    return "".join(
        f'<path d="{"".join(arc for colour, arc in cells if colour == paint)}"'
        f' fill="{paint}"/>'
        for paint in (a, b)
    )


def _doors(_: Noise, a: str, b: str) -> str:
    return "".join(
        f'<path d="M{100 - w} 300V{240 - w * 32 // 76}a{w} {w} 0 0 1 {2 * w} 0V300Z"'
        f' fill="{b if i % 2 else a}"/>'
        for i, w in enumerate((76, 58, 41, 25, 11))
    )


def _rays(n: Noise, a: str, b: str) -> str:
    step = 9 + int(4 * n[0])
    starts = list(enumerate(range(-60, 250, 2 * step)))
    rays = "".join(
        f'<path d="{"".join(f"M100 300L{x} 128h{step}Z" for _, x in some)}"'
        f' fill="{colour}"/>'
        for colour, some in (
            (a, [s for s in starts if s[0] % 3]),
            (b, [s for s in starts if not s[0] % 3]),
        )
    )
    return f'{rays}<circle cx="100" cy="300" r="{34 + 16 * n[1]:.0f}" fill="{a}"/>'


def _birds(n: Noise, a: str, b: str) -> str:
    birds = "".join(
        f"M{24 + 130 * n[i]:.0f} {146 + 62 * n[i + 5]:.0f}q9-12 18 0q9-12 18 0"
        for i in range(5)
    )
    rows = "".join(f"M{x} 300L100 226 {x + 22} 300Z" for x in range(-80, 280, 44))
    return (
        f'<path d="{birds}" fill="none" stroke="{a}" stroke-width="3.5"'
        f' stroke-linecap="round"/><path d="M0 226h200v74H0Z" fill="{b}"/>'
        f'<path d="{rows}" fill="{a}"/>'
    )


MOTIFS: tuple[Callable[[Noise, str, str], str], ...] = (
    _hills,
    _rings,
    _moon,
    _stem,
    _quarters,
    _doors,
    _rays,
    _birds,
)
