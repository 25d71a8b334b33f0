"""Text that people type, made safe for a page, a feed and a terminal."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptgsched.text import (
    MOST_MARKS,
    clean_line,
    clean_text,
    from_sheet_cell,
    is_web_address,
    sheet_cell,
    slugify,
)

anything = st.text(st.characters(codec=None, exclude_categories=()))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Placement \t API ", "Placement API"),
        ("one\r\ntwo\u2028three\x0bfour", "one two three four"),
        ("bell\x07 escape\x1b[31m null\x00", "bell escape[31m null"),
        ("turned \u202eround\u202c \u2066and\u2069 marked\ufeff", "turned round and marked"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("no\uffff such\ufdd0 characters\U0010fffe", "no such characters"),
        ("e\u0301te\u0301", "été"),
        ("👩\u200d🚀 crew", "👩\u200d🚀 crew"),
        ("日本語 العربية", "日本語 العربية"),
        (" \n\x00", ""),
    ],
)
def test_a_line_is_one_line_of_what_can_be_printed(typed, kept):
    assert clean_line(typed) == kept


@pytest.mark.parametrize("marks", ["\u0315\u0300", "\u0344", "\u0f73\u0f75"])
def test_a_tower_of_marks_costs_no_more_than_other_text(marks):
    # Normalizing sorts the marks of a letter one by one: 80 000 took half a minute.
    begun = time.process_time()
    kept = clean_line("a" + marks * 100_000)
    assert time.process_time() - begun < 5
    assert unicodedata.normalize("NFD", kept)[0] == "a"
    assert len(kept) <= 1 + 2 * MOST_MARKS


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\n one  \r\n\r\n  two\x07\rthree\n\n", "one\n\n  two\nthree"),
        ("\x00\n \n", ""),
    ],
)
def test_a_text_keeps_its_lines(typed, kept):
    assert clean_text(typed) == kept


@given(anything)
def test_what_was_cleaned_is_clean(text):
    line, block = clean_line(text), clean_text(text)

    assert clean_line(line) == line
    assert clean_text(block) == block
    assert line == line.strip()
    assert "\n" not in line
    for kept in (line, block.replace("\n", "").replace("\t", "")):
        assert not {unicodedata.category(char) for char in kept} & {"Cc", "Cs", "Zl", "Zp"}
    (line + block).encode()  # lone surrogates would not go into a database


@pytest.mark.parametrize(
    "address",
    [
        "https://meet.example/j/81?pwd=1",
        "http://[::1]:8000/",
        "HTTPS://example.org",
        "https://example.org/%20?a=b&c#d",
    ],
)
def test_web_addresses(address):
    assert is_web_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        " https://example.org",
        "https://example.org/ x",
        'https://example.org/"onload',
        "https://example.org/<b>",
        "https://example.org\r\nLocation: evil",
        "https://",
        "https:///path",
        "https://example.org:port/",
        "https://[::1",
        "//example.org",
        "example.org",
        "data:text/html,x",
        "ftp://example.org",
        "",
    ],
)
def test_what_is_no_web_address(address):
    assert not is_web_address(address)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Pike's Peak", "pikes-peak"),
        ("Pike\u2019s Peak", "pikes-peak"),
        ("Kata Containers", "kata-containers"),
        ("  --API/SIG (2)-- ", "api-sig-2"),
        ("Öffentlich", "offentlich"),
        ("日本", ""),
    ],
)
def test_slugs(name, slug):
    assert slugify(name) == slug


@given(anything)
def test_a_slug_is_a_slug(name):
    slug = slugify(name)

    assert slugify(slug) == slug
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not slug.startswith("-")
    assert not slug.endswith("-")
    assert "--" not in slug


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "＝1", "＠x"])
def test_no_cell_is_taken_for_a_formula_and_what_it_held_comes_back(text):
    assert sheet_cell(text) == f"'{text}"
    assert from_sheet_cell(sheet_cell(text)) == text
    assert from_sheet_cell("'quoted") == sheet_cell("'quoted") == "'quoted"
