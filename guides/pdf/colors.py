"""The accent color's shades, dark enough to read."""

import re

DEFAULT_ACCENT = "#0b6b5d"


READABLE = 4.5
"""The minimum text contrast in WCAG AA."""


HEX_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def colors(accent: str) -> dict[str, str]:
    """The accent, a text color for it, and a darker shade that's readable on white."""
    if not HEX_COLOR.fullmatch(accent):
        accent = DEFAULT_ACCENT
    rgb = (int(accent[1:3], 16), int(accent[3:5], 16), int(accent[5:7], 16))
    black = _contrast(rgb, (0, 0, 0))
    white = _contrast(rgb, (255, 255, 255))
    ink = rgb
    while _contrast(ink, (255, 255, 255)) < READABLE:
        ink = (ink[0] * 9 // 10, ink[1] * 9 // 10, ink[2] * 9 // 10)
    return {
        "accent": accent,
        "on_accent": "#ffffff" if white >= black else "#000000",
        "ink": "#{:02x}{:02x}{:02x}".format(*ink),
    }


def _contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(rgb: tuple[int, int, int]) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in rgb)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
