"""A team's colour is what somebody typed: made safe, and readable whatever it is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptgsched.web.colors import color_of, contrast_ratio, ink, parse_color, team_css
from ptgsched.web.css_names import NAMES

COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
FULL = {"#000": "#000000", "#fff": "#ffffff"}


@pytest.mark.parametrize(
    ("typed", "color"),
    [
        ("#0af", "#00aaff"),
        (" #00AAFF ", "#00aaff"),
        ("RebeccaPurple", "#663399"),
        ("grey", "#808080"),
        ("#12", None),
        ("#00aaff80", None),
        ("00aaff", None),
        ("expresso", None),
        ("rgb(1,2,3)", None),
        ("red}body{display:none", None),
        ("#fff\n}", None),
        ("", None),
        (None, None),
    ],
)
def test_a_colour_is_a_name_or_hexadecimal_and_nothing_else(typed, color):
    assert parse_color(typed) == color


def test_all_names_of_css_are_known_to_the_browser_as_we_know_them(page):
    draw = "names => names.map(n => { const c = new OffscreenCanvas(1, 1).getContext('2d');"
    draw += " c.fillStyle = n; return c.fillStyle; })"

    assert len(NAMES) == 148
    assert page.evaluate(draw, list(NAMES)) == list(NAMES.values())


@given(COLORS)
def test_ink_can_be_read_on_every_colour(color):
    assert contrast_ratio(color, FULL[ink(color)]) >= 4.5


def test_contrast_is_that_of_wcag():
    assert contrast_ratio("#000000", "#ffffff") == pytest.approx(21)
    assert contrast_ratio("#ffffff", "#767676") == pytest.approx(4.54, abs=0.005)


def test_without_a_colour_the_slug_leads_to_one_and_always_the_same():
    assert color_of("nova") == color_of("nova", "no colour") == color_of("nova", None)
    assert len({color_of(f"team-{number}") for number in range(40)}) > 30
    assert color_of("nova", "#FFF") == "#ffffff"


@given(st.lists(st.tuples(st.text(max_size=12), st.none() | st.text(max_size=12))))
def test_no_team_can_write_css_of_its_own(teams):
    rule = r"\.team-[a-z0-9_-]+\{--team:#[0-9a-f]{6};--team-ink:#(000|fff)\}\n"

    assert re.fullmatch(f"({rule})*", team_css(teams))


def test_the_sheet_has_a_rule_for_each_team():
    sheet = team_css([("nova", "gold"), ("cinder", None)])

    assert sheet.splitlines()[0] == ".team-nova{--team:#ffd700;--team-ink:#000}"
    assert sheet.count("\n") == 2
