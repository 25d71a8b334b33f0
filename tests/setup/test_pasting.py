"""Pasted text becomes rows; nothing of an event is needed for that."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptgsched.errors import Invalid
from ptgsched.setup.bulk import ROOM_COLUMNS, TEAM_COLUMNS
from ptgsched.setup.pasting import read_pasted

GUIDE = Path(__file__).parents[2] / "docs" / "organizing.md"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Bexar\nAustin", ["Bexar", "Austin"]),
        ("  Bexar \r\n\r\n Pike's  Peak\r\n", ["Bexar", "Pike's Peak"]),
        ("Foo, Bar and Baz", ["Foo, Bar and Baz"]),
        ("Name\nBexar", ["Bexar"]),
        ('room name;seats\n"Bexar; upstairs";10', ["Bexar; upstairs"]),
        ("Seats\tROOM\n10\tBexar\n", ["Bexar"]),
        ('"Name","Seats"\n"Say ""hi""",1', ['Say "hi"']),
    ],
)
def test_names_stand_alone_or_below_headings(text: str, names: list[str]):
    assert [row.name for row in read_pasted(text, ROOM_COLUMNS).rows] == names


def test_what_cannot_be_read_is_kept_with_its_line():
    pasted = read_pasted("name,seats,public\nA,ten,maybe\nB,5,yes,more\n,1,\n", ROOM_COLUMNS)

    assert [len(row.problems) for row in pasted.rows] == [2, 1, 1]
    assert pasted.text_of({2, 4}) == "name,seats,public\nA,ten,maybe\n,1,"
    assert pasted.text_of(set()) == ""


@given(st.text(max_size=300))
def test_any_text_is_rows_or_refused(text: str):
    for columns in (ROOM_COLUMNS, TEAM_COLUMNS):
        try:
            pasted = read_pasted(text, columns)
        except Invalid:
            continue
        assert all(row.name or row.problems for row in pasted.rows)


@pytest.mark.parametrize("columns", [ROOM_COLUMNS, TEAM_COLUMNS], ids=["rooms", "teams"])
def test_every_column_is_described(columns):
    guide = GUIDE.read_text()
    for column in columns:
        assert f"`{column.headings[0]}`" in guide, column.name
