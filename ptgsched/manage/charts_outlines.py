"""The outlines of all countries, from pygal's map of the world, on a grid of half pixels.

As they come they fill a megabyte; set on a grid, the borders that two countries share stay
shared, and a page can hold them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate, groupby, pairwise
from xml.etree import ElementTree as ET

from pygal_maps_world import World

WIDTH, HEIGHT = 1520, 716
"""In half pixels; Antarctica is cut, since it would take a tenth of the picture."""

_LEFT, _TOP, _SCALE = -30, 61, 1520 / 2754  # of the map that pygal brings along
_SEEN = 8  # half pixels, squared; the islets of Nunavut alone are a thousand rings
_COMMAND = re.compile(r"([a-z])([^a-z]*)")
_NUMBER = re.compile(r"-?\d*\.?\d+(?:e-?\d+)?")
_NUMBERS = {"m": 2, "l": 2, "c": 6}

Spot = tuple[int, int]
Matrix = tuple[float, float, float, float, float, float]
_SAME: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A country on the map."""

    path: str  # empty when nothing of it can be seen
    middle: Spot  # of its largest part
    is_small: bool  # hard to see or to hit, unless it gets a dot


@dataclass(slots=True)
class _Country:
    rings: list[list[complex]] = field(default_factory=list)
    circle: complex | None = None


@cache
def outlines() -> Mapping[str, Outline]:
    """Each country by its ISO 3166 code."""
    root = ET.fromstring(World.svg_map)  # noqa: S314 # a file of a locked package
    found = {}
    for group in root.iterfind("{*}g/{*}g"):
        country = _Country()
        _collect(group, _SAME, country)
        found[group.get("class", "").split()[0].upper()] = _outline(country)
    return found


def _collect(node: ET.Element, outer: Matrix, country: _Country) -> None:
    matrix = _times(outer, node.get("transform"))
    rings = _rings(node.get("d", ""))
    if matrix != _SAME:
        rings = ([_moved(point, matrix) for point in ring] for ring in rings)
    country.rings.extend(rings)
    # Smaller ones are islets, drawn as circles for want of a shape.
    if float(node.get("r", 0)) >= 4:
        country.circle = _moved(complex(float(node.get("cx", 0)), float(node.get("cy", 0))), matrix)
    for child in node:
        _collect(child, matrix, country)


def _outline(country: _Country) -> Outline:
    rings = sorted(map(_on_grid, country.rings), key=_area, reverse=True)
    seen = [ring for ring in rings if _area(ring) >= _SEEN]
    if country.circle is not None:
        x, y = _spot(country.circle)
    else:
        x, y = _middle(seen[0]) if seen else rings[0][0]
    return Outline(
        path="".join(map(_path, seen)),
        middle=(x, min(y, HEIGHT - 16)),  # that of Antarctica is cut off
        is_small=country.circle is not None or not seen,
    )


def _rings(path: str) -> Iterator[list[complex]]:
    """Closed lines; of a curve only its end, since the curves are shorter than a pixel."""
    at = 0j
    ring: list[complex] = []
    for command, rest in _COMMAND.findall(path):
        if command == "z":
            at = ring[0]
            continue
        numbers = list(map(float, rest.replace(",", " ").split()))
        if command == "h":
            steps = [complex(number, 0) for number in numbers]
        elif command == "v":
            steps = [complex(0, number) for number in numbers]
        else:
            pace = _NUMBERS[command]
            steps = list(map(complex, numbers[pace - 2 :: pace], numbers[pace - 1 :: pace]))
        if command == "m":
            if ring:
                yield ring
            at, ring = at + steps.pop(0), []
            ring.append(at)
        ring += list(accumulate(steps, initial=at))[1:]
        at = ring[-1]
    if ring:
        yield ring


def _on_grid(ring: list[complex]) -> list[Spot]:
    """The ring on the grid, without what lies on a straight line between two others."""
    spots = [spot for spot, _ in groupby(map(_spot, ring))]
    if len(spots) > 1 and spots[0] == spots[-1]:
        spots.pop()
    around = zip([spots[-1], *spots], spots, [*spots[1:], spots[0]], strict=False)
    return [spot for before, spot, after in around if _turn(before, spot, after)] or spots[:1]


def _spot(point: complex) -> Spot:
    return round((point.real - _LEFT) * _SCALE), round((point.imag - _TOP) * _SCALE)


def _turn(one: Spot, two: Spot, three: Spot) -> int:
    (a, b), (c, d), (e, f) = one, two, three
    return (c - a) * (f - b) - (d - b) * (e - a)


def _area(ring: list[Spot]) -> float:
    return abs(sum(a * d - b * c for (a, b), (c, d) in pairwise([*ring, ring[0]]))) / 2


def _middle(ring: list[Spot]) -> Spot:
    """The centre of gravity."""
    x = y = double = 0
    for (a, b), (c, d) in pairwise([*ring, ring[0]]):
        cross = a * d - b * c
        double += cross
        x += (a + c) * cross
        y += (b + d) * cross
    return round(x / (3 * double)), round(y / (3 * double))


def _path(ring: list[Spot]) -> str:
    (x, y), *rest = ring
    said = [f"M{x} {y}l"]
    for (a, b), (c, d) in pairwise(ring):
        said.append(f"{c - a:+}{d - b:+}")
    return "".join(said).replace("l+", "l").replace("+", " ") + "z" if rest else ""


def _times(outer: Matrix, transform: str | None) -> Matrix:
    """One within the other; most have none."""
    if transform is None:
        return outer
    numbers = [float(number) for number in _NUMBER.findall(transform)]
    e, f, g, h, x, y = (*_SAME[:4], *numbers) if len(numbers) == 2 else numbers
    a, b, c, d, *_ = outer
    moved = _moved(complex(x, y), outer)
    return (a * e + c * f, b * e + d * f, a * g + c * h, b * g + d * h, moved.real, moved.imag)


def _moved(point: complex, matrix: Matrix) -> complex:
    a, b, c, d, x, y = matrix
    return complex(a * point.real + c * point.imag + x, b * point.real + d * point.imag + y)
