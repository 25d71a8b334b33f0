"""Team colours: user data, made safe for a style sheet, with ink that can be read on them."""

from __future__ import annotations

import colorsys
import math
import re
import zlib
from collections.abc import Iterable

from ptgsched.web.css_names import NAMES

_SHORT = re.compile(r"#[0-9a-f]{3}")
_LONG = re.compile(r"#[0-9a-f]{6}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*")


def parse_color(text: str | None) -> str | None:
    """A CSS name, ``#rgb`` or ``#rrggbb`` as ``#rrggbb``; None for anything else."""
    value = (text or "").strip().lower()
    if _LONG.fullmatch(value):
        return value
    if _SHORT.fullmatch(value):
        return "#" + "".join(digit * 2 for digit in value[1:])
    return NAMES.get(value)


def color_of(slug: str, color: str | None = None) -> str:
    """The team's own colour if it is one, else one that its slug always leads to."""
    own = parse_color(color)
    if own is not None:
        return own
    digest = zlib.crc32(slug.encode())
    hue = (digest % 360) / 360
    light = (0.36, 0.42, 0.48)[digest // 360 % 3]
    red, green, blue = colorsys.hls_to_rgb(hue, light, 0.45)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def ink(color: str) -> str:
    """``#000`` or ``#fff``, whichever contrasts more with a ``#rrggbb`` ground; at least 4.5:1."""
    return (
        "#000" if contrast_ratio(color, "#000000") >= contrast_ratio(color, "#ffffff") else "#fff"
    )


def contrast_ratio(one: str, other: str) -> float:
    """The contrast of two ``#rrggbb`` colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def team_css(teams: Iterable[tuple[str, str | None]]) -> str:
    """The style sheet that gives each (slug, colour) its ``--team`` and ``--team-ink``."""
    rules = []
    for slug, own in teams:
        if _SLUG.fullmatch(slug):
            color = color_of(slug, own)
            rules.append(f".team-{slug}{{--team:{color};--team-ink:{ink(color)}}}\n")
    return "".join(rules)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(int(color[n : n + 2], 16) / 255) for n in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else math.pow((channel + 0.055) / 1.055, 2.4)
