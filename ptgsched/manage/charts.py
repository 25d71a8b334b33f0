"""Charts as SVG inside a page: drawn by pygal, dressed by our own style sheet.

What pygal brings along of styles and scripts is taken off: our pages allow neither inside them, and
with classes alone a chart follows the theme.  Each is one image with a name; the figures stand
in a table beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import pygal
from markupsafe import Markup
from pygal import Config
from pygal.etree import etree

from ptgsched.config import shipped

WIDTH = 760
ROW = 24  # of a bar
LINE = 24  # of a legend
KEPT = 64  # charts of each kind; drawing costs more than all questions to the database
DROPPED = frozenset({"script", "style", "defs", "title"})
UNUSED = frozenset({"tooltip-overlay", "text-overlay"})

Point = tuple[float, float]


def curve(
    name: str, series: Mapping[str, Sequence[Point]], marks: Mapping[str, float], most: float
) -> Markup:
    """Lines over days before the event; `marks` are upright lines at a day."""
    top = max(most, 1)
    lines = [(label, tuple(points)) for label, points in series.items()]
    upright = [(label, ((day, 0.0), (day, top))) for label, day in marks.items()]
    return _curve(name, (*lines, *upright), top)


def bars(name: str, groups: Mapping[str, int]) -> Markup:
    """One bar for each group, the first on top."""
    return _bars(name, tuple(reversed(list(groups.items()))))


def columns(name: str, labels: Sequence[str], series: Mapping[str, Sequence[int | None]]) -> Markup:
    """Stacked columns, as the hours of a day."""
    values = tuple((label, tuple(numbers)) for label, numbers in series.items())
    return _columns(name, tuple(labels), values)


@lru_cache(maxsize=KEPT)
def _curve(name: str, lines: tuple[tuple[str, tuple[Point, ...]], ...], top: float) -> Markup:
    chart = pygal.XY(
        _config(
            height=340,
            show_dots=False,
            legend_at_bottom=True,
            legend_at_bottom_columns=3,
            margin_bottom=8 + LINE * (len(lines) > 3),
            x_value_formatter=lambda day: f"{day:+.0f}" if day else "0",
            range=(0, top),
        )
    )
    for label, points in lines:
        chart.add(label, list(points))
    return _drawn(chart, name, "curve")


@lru_cache(maxsize=KEPT)
def _bars(name: str, groups: tuple[tuple[str, int], ...]) -> Markup:
    chart = pygal.HorizontalBar(
        _config(height=56 + ROW * max(len(groups), 2), show_legend=False, spacing=8)
    )
    chart.x_labels = [label for label, _ in groups]
    chart.add("People", [number for _, number in groups])
    return _drawn(chart, name, "bars")


@lru_cache(maxsize=KEPT)
def _columns(
    name: str, labels: tuple[str, ...], series: tuple[tuple[str, tuple[int | None, ...]], ...]
) -> Markup:
    chart = pygal.StackedBar(
        _config(
            height=280,
            legend_at_bottom=True,
            legend_at_bottom_columns=4,
            margin_bottom=LINE,
            spacing=6,
        )
    )
    chart.x_labels = list(labels)
    for label, values in series:
        chart.add(label, list(values))
    return _drawn(chart, name, "columns")


def standalone(chart: Markup) -> str:
    """A chart as a file of its own, in the light theme, for slides and documents."""
    css = (shipped("static") / "css" / "charts.css").read_text()
    head, bracket, rest = chart.partition(">")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{head}{bracket}<style>{css}</style>{rest}'


def _config(**options: Any) -> Config:
    return Config(
        css=[],
        js=[],
        width=WIDTH,
        margin=8,
        disable_xml_declaration=True,
        no_prefix=True,
        print_values=False,
        truncate_legend=-1,
        truncate_label=-1,
        value_formatter=lambda number: f"{number:,.0f}",
        **options,
    )


def _drawn(chart: Any, name: str, kind: str) -> Markup:
    root = chart.render_tree()
    _undress(root)
    root.set("class", f"chart chart-{kind}")
    root.set("role", "img")
    root.set("aria-label", name)
    text = etree.tostring(root, encoding="unicode")
    return Markup(text)  # noqa: S704 # pygal escapes labels, as the tests hold


def _undress(node: Any) -> None:
    """Take off styles, scripts, comments and names; a value becomes what pointing at it shows."""
    shown: dict[str, str] = {}
    for child in list(node):
        tag = _tag(child)
        classes = set(child.get("class", "").split()) if tag else set()
        if not tag or tag in DROPPED or classes & UNUSED:
            node.remove(child)
        elif tag == "desc":
            shown[child.get("class", "")] = child.text or ""
            node.remove(child)
        else:
            _undress(child)
    for attribute in ("style", "id"):
        node.attrib.pop(attribute, None)
    label, value = shown.get("x_label"), shown.get("value")
    shapes = [child for child in node if _tag(child) in {"rect", "circle"}]
    if shapes and value:
        told = etree.SubElement(shapes[0], "title")
        told.text = f"{label}: {value}" if label else value


def _tag(node: Any) -> str:
    """The local name; empty for a comment."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
