"""The board in the shapes of others."""

from datetime import UTC, datetime

from ptgsched.live.queries import Live, Presence, Said
from ptgsched.live.shapes import live_shape, ptgbot_parts

AT = datetime(2026, 10, 26, 13, 4, 10, 999_999, tzinfo=UTC)
BOARD = Live(
    revision=7,
    voice_required=True,
    messages=[("info", "Photos at 16")],
    now={"nova": Said("Cells", AT, "chat:ttx")},
    next={"nova": [Said("Flavors", AT, "chat:ttx"), Said("Lunch", AT, "chat:ttx")]},
    places={"nova": "Bexar"},
    counts={"nova": 3},
    shared=[Presence("Lena", "#nova", AT, None), Presence("omar", "the bar", AT, AT)],
)


def test_the_parts_of_a_ptgbot_database():
    told = "2026-10-26 13:04:10 UTC"
    assert ptgbot_parts(BOARD) == {
        "voice": 1,
        "motd": [{"level": "info", "message": "Photos at 16"}],
        "now": {"nova": "Cells"},
        "next": {"nova": ["Flavors", "Lunch"]},
        "location": {"nova": "Bexar"},
        "last_check_in": {
            "lena": {"nick": "Lena", "location": "#nova", "in": told, "out": None},
            "omar": {"nick": "omar", "location": "the bar", "in": told, "out": told},
        },
    }


def test_the_board_of_the_api_names_nobody_who_is_there():
    shape = live_shape(BOARD)
    assert shape["checkins"] == {"nova": 3}
    assert "lena" not in str(shape).lower()
