"""Whatever people type: an answer or silence, never an error, and a refusal changes nothing."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ptgsched.bot.grammar import parse, parse_cells
from ptgsched.db import db
from tests.bot.conftest import MONDAY_NOON, Channel

WORDS = """
#nova #cinder #swift + ~ # +in #out +seen #share +subscribe #unsubscribe ~add ~del ~clean
~newday ~motd ~requirevoice ~alloweveryone ~list ~fetchdb now next clean etherpad url color
location book unbook when suggest add del reorder info danger nova cinder lena on off 1 2 0
Bexar-MonA1 Bexar-MonA1..MonA3 Austin-MonC4 -MonA1 Bexar- .. *** (a+)+$ [[a] a{99999999999}
(?i)x (?L)x https://x.example/ none auto red #fff help swift
""".split()  # noqa: SIM905 - sixty words are easier to read like this
LINES = st.one_of(
    st.text(max_size=60),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=6)), max_size=6).map(" ".join),
    st.builds("{} {}".format, st.sampled_from(WORDS), st.text(max_size=30)),
)
REFUSALS = (
    "Need ",
    "Missing ",
    "Unknown ",
    "Unrecognised ",
    "Invalid ",
    "Incorrect ",
    "Slot ",
    "Track ",
    "The '",
    "This command",
    "'",
    "You weren't",
    "You already",
    "You don't",
    "Message is",
)
RELAXED = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@RELAXED
@given(
    lines=st.lists(
        st.tuples(LINES, st.booleans(), st.booleans(), st.integers(0, 40)), min_size=1, max_size=6
    )
)
def test_no_line_raises_and_a_refused_one_changes_nothing(
    chat: Channel, lines: list[tuple[str, bool, bool, int]]
):
    chat.at = MONDAY_NOON
    for text, private, operator, hours in lines:
        chat.wait(hours=hours)
        before = chat.marks()
        reply = chat.say(text, private=private, operator=operator)
        if reply is not None and reply.startswith(REFUSALS):
            assert chat.marks() == before, (text, reply)
        assert reply is None or ("\n" not in reply and "\x00" not in reply)
    db.session.rollback()


@given(st.text(max_size=80), st.booleans())
def test_parsing_takes_anything(line: str, private: bool):
    parse(line, private=private)
    parse_cells(tuple(line.split()))


@pytest.mark.parametrize(
    ("line", "changed"),
    [("#nova now", False), ("#out", False), ("#nova next x", True), ("#in nova", True)],
)
def test_a_refused_line_does_not_even_turn_the_day(channel: Channel, line: str, changed: bool):
    channel.say("#nova now cells")
    before = channel.story.marks()
    channel.wait(days=1)
    channel.say(line)
    assert (channel.story.marks() != before) == changed
    assert (channel.board().changed_at == MONDAY_NOON + timedelta(days=1)) == changed
