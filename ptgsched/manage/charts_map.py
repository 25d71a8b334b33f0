"""People by country on a map of the world, as SVG inside a page.

Shades tell five sizes apart, the largest countries have their number written on them, and pointing
at any other shows it.  Small countries are dots, so that nobody gets lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from markupsafe import Markup, escape

from ptgsched.manage.charts_outlines import HEIGHT, WIDTH, Outline, Spot, outlines
from ptgsched.registrations.countries import country_name

SIZES = (1, 5, 20, 100, 500)  # a shade begins at each
MOST_NUMBERS = 12
KEPT = 16
DOT = 8  # half pixels, as all below
LETTER, LINE = 14, 30
LEGEND = (24, HEIGHT - 12)

Box = tuple[int, int, int, int]


def world(name: str, people: Mapping[str, int], besides: Mapping[str, int]) -> Markup:
    """A map of `people` by ISO 3166 code, most first; `besides` counts those of no country."""
    return _world(name, tuple(people.items()), tuple(besides.items()))


def legend(people: Mapping[str, int]) -> list[tuple[int, str]]:
    """The shades on the map of `people`, the strongest first, and how many each stands for."""
    following = dict(pairwise(SIZES))
    return [
        (
            shade,
            f"{size}\N{EN DASH}{following[size] - 1}" if size in following else f"{size} and more",
        )
        for size, shade in reversed(_shades(people).items())
    ]


@lru_cache(maxsize=KEPT)
def _world(
    name: str, people: tuple[tuple[str, int], ...], besides: tuple[tuple[str, int], ...]
) -> Markup:
    known = outlines()
    found = {code: number for code, number in people if code in known}
    # The catalogue of countries may learn of one before the map does.
    missing = sum(number for code, number in people if code not in known)
    shades = _shades(found)
    land = "".join(outline.path for code, outline in known.items() if code not in found)
    parts = [
        f'<path class="land" d="{land}"/>',
        *(_shape(code, number, known[code], shades) for code, number in found.items()),
        # Above all shapes, else a neighbour could hide them.
        *(_dot(code, number, known[code], shades) for code, number in found.items()),
        *_numbers(found, known),
        f'<g class="legend">{"".join(_legend(found, (*besides, ("Not on the map", missing))))}</g>',
    ]
    return Markup(  # noqa: S704 # names are escaped, all else is ours
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH // 2} {HEIGHT // 2}"'
        f' class="chart chart-map" role="img" aria-label="{escape(name)}">'
        f'<g transform="scale(.5)">{"".join(parts)}</g></svg>'
    )


def _shades(people: Mapping[str, int]) -> dict[int, int]:
    """The shade of each size that there is; the largest always has the strongest."""
    sizes = [size for size in SIZES if size <= max(people.values(), default=0)]
    return {size: len(SIZES) - len(sizes) + place for place, size in enumerate(sizes, 1)}


def _shade(number: int, shades: Mapping[int, int]) -> int:
    return max(shade for size, shade in shades.items() if size <= number)


def _shape(code: str, number: int, outline: Outline, shades: Mapping[int, int]) -> str:
    if not outline.path:
        return ""
    shade = _shade(number, shades)
    return f'<path class="shade-{shade}" d="{outline.path}">{_said(code, number)}</path>'


def _dot(code: str, number: int, outline: Outline, shades: Mapping[int, int]) -> str:
    if not outline.is_small:
        return ""
    x, y = outline.middle
    place = f'cx="{x}" cy="{y}" r="{DOT}"'
    return f'<circle class="shade-{_shade(number, shades)}" {place}>{_said(code, number)}</circle>'


def _said(code: str, number: int) -> str:
    return f"<title>{escape(country_name(code))}: {number:,}</title>"


def _numbers(people: Mapping[str, int], known: Mapping[str, Outline]) -> Iterator[str]:
    """The numbers of the largest, where none hides another."""
    taken: list[Box] = []
    for code, number in list(people.items())[:MOST_NUMBERS]:
        text = f"{code} {number:,}"
        for x, y in _places(known[code], LETTER * len(text) // 2):
            half = LETTER * len(text) // 2
            box = (x - half, y - LINE, x + half, y)
            if not any(_overlap(box, other) for other in taken):
                taken.append(box)
                yield f'<text class="people" x="{x}" y="{y}">{text}</text>'
                break


def _places(outline: Outline, half: int) -> Iterator[Spot]:
    """On the country, else beside it; above a dot, else below."""
    x, y = outline.middle
    if outline.is_small:
        yield from ((x, y - DOT - 6), (x, y + DOT + LINE))
    else:
        yield from ((x, y + 8), (x - half - 16, y + 8), (x + half + 16, y + 8))


def _overlap(one: Box, two: Box) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def _legend(people: Mapping[str, int], besides: tuple[tuple[str, int], ...]) -> Iterator[str]:
    x, bottom = LEGEND
    for place, (shade, size) in enumerate(reversed(legend(people)), 1):
        y = bottom - place * LINE
        yield f'<rect class="shade-{shade}" x="{x}" y="{y - 20}" width="36" height="22"/>'
        yield f'<text x="{x + 48}" y="{y}">{size}</text>'
    said = [f"{what}: {number:,}" for what, number in besides if number]
    yield f'<text x="{x}" y="{bottom}">{escape(" · ".join(said))}</text>'
