"""Every reply of the chat language, to the letter (BOT.md): scripts and people know them.

Each case is what was typed before, a line, and its reply.  A before-line that begins with ``!``
is typed by an operator, ``+v `` by a voiced person, ``NICK> `` by somebody else than ttx.
"""

import pytest

from tests.bot.conftest import Channel

NO_ROOM = (
    "Message added, but please note that track 'nova' does not appear to have a room "
    "scheduled today."
)
BOOKED = "#nova book Bexar-MonA1"
MON_A1 = "Mon 26 Oct 13:00-14:00 UTC"
UNKNOWN_USER = "Unknown user command. Should be: in, out, seen, or subscribe"
NO_REGEX = "You don't have a subscription regex set yet"
BAD_BOOK = "'#TRACK book' takes a single slotname parameter"
BAD_UNBOOK = "'#TRACK unbook' takes a single slotname parameter"
NO_PARAMETERS = "This command takes one or more arguments"
MOTD = "Missing subcommand (~motd add|del|clean|reorder ...)"
LEVEL = "Incorrect message level 'loud' (should be info, success, warning or danger)"
ABSENT = "organizers import and reset an event on its manage pages"

URL = "An address begins with https:// or http://, has no spaces and at most 500 characters."

CASES = [
    # Which rule reads the line
    ((), "", None),
    ((), "   ", None),
    ((), "#help", "See PTGbot documentation at: http://localhost/docs/chat"),
    ((), "?HELP me", "See PTGbot documentation at: http://localhost/docs/chat"),
    ((), "help", None),
    ((), "hello, #nova people", None),
    ((), "#", None),
    ((), "~", None),
    ((), "+ 1", None),
    ((), "+1", UNKNOWN_USER),
    ((), "+dance", UNKNOWN_USER),
    ((), "#Swift now rings", "Unknown track 'swift'"),
    ((), "#Nva now cells", "Unknown track 'nva' | did you mean #nova?"),
    ((), "~list", "Need op for admin commands"),
    (("!~requirevoice",), "#nova now x", "Need voice to issue commands"),
    (("!~requirevoice",), "#swift now x", "Need voice to issue commands"),
    (("!~requirevoice",), "#in Bar", "OK, checked into Bar - thanks for the update!"),
    (("!~requirevoice",), "+v #nova clean", None),
    (("!~requirevoice",), "!#nova clean", None),
    (("!~requirevoice", "!~alloweveryone"), "#nova clean", None),
    ((BOOKED,), "\x02#nova\x0f \x0304,12now\x03 place\x1dment\x07", None),
    # in
    ((), "#in", "The 'in' command should be followed by a location."),
    ((), "+in #Swift", "Unrecognised track #swift"),
    ((), "+in #neutrno", "Unrecognised track #neutrno | did you mean #neutron?"),
    ((), "+in #nova", "OK, checked into #nova - thanks for the update!"),
    ((), "#in Nova", "OK, checked into #nova - thanks for the update!"),
    ((), "#IN the hallway", "OK, checked into the hallway - thanks for the update!"),
    # out
    ((), "#out", "You weren't checked in anywhere yet!"),
    (("#in nova",), "#out of here", "The 'out' command does not accept any extra parameters."),
    (("#in nova",), "+out", "OK, checked out of #nova - thanks for the update!"),
    (
        ("#in nova", "#out"),
        "#out",
        "You already checked out of #nova at 2026-10-26 12:30:00 UTC!",
    ),
    (
        ("#in nova", "#out", "#in Bar"),
        "#out",
        "OK, checked out of Bar - thanks for the update!",
    ),
    # seen
    ((), "#seen", "The 'seen' command needs a single nick argument."),
    ((), "#seen a b", "The 'seen' command needs a single nick argument."),
    ((), "#seen Nobody", "Nobody never checked in anywhere"),
    (("Lena> #in nova",), "#seen lena", "Lena was last seen in #nova at 2026-10-26 12:30:00 UTC"),
    (
        ("Lena> #in nova", "LENA> #out"),
        "#seen lena",
        "LENA checked out of #nova at 2026-10-26 12:30:00 UTC",
    ),
    (("Lena> #in nova", "!~newday"), "#seen lena", "lena never checked in anywhere"),
    # share
    ((), "#share ON", "Your check-ins are now shown by name"),
    ((), "+share off", "Your check-ins are no longer shown by name"),
    ((), "#share", "The 'share' command needs 'on' or 'off'."),
    ((), "#share on off", "The 'share' command needs 'on' or 'off'."),
    # subscribe
    ((), "#subscribe", NO_REGEX),
    ((), "#subscribe #nova|#cinder", "Subscription set to #nova|#cinder"),
    (("+subscribe a",), "+subscribe b c", "Subscription set to b c (was a)"),
    (("#subscribe a",), "#subscribe", "Your current subscription regex is: a"),
    (("#subscribe a",), "TTX> #subscribe", "Your current subscription regex is: a"),
    ((), "#subscribe ***", "Invalid regex: nothing to repeat at position 0"),
    (
        (),
        "#subscribe (a",
        "Invalid regex: missing ), unterminated subpattern at position 0",
    ),
    ((), f"#subscribe {'x' * 201}", "Invalid regex: longer than 200 characters"),
    ((), f"#subscribe {'x' * 200}", f"Subscription set to {'x' * 200}"),
    (
        (),
        r"#subscribe (?=a)b",
        (
            "Invalid regex: invalid perl operator: (?= | look-around, back references and very "
            "large repetitions are not searched here"
        ),
    ),
    (("#subscribe a",), "#unsubscribe", "Cancelled subscription a"),
    (("#subscribe a", "#unsubscribe"), "#unsubscribe", NO_REGEX),
    (("#subscribe a", "!~newday"), "#subscribe", "Your current subscription regex is: a"),
    # Team commands
    ((), "#nova", "Missing track command (#TRACK [now|next|clean...] ...)"),
    (
        (),
        "#NOVA Placement is slow",
        "Unknown command 'placement'. Did you mean: nova now placement... ?",
    ),
    ((), "#nova now", "Missing sentence (#TRACK now ...)"),
    ((), "#nova next", "Missing sentence (#TRACK next ...)"),
    ((), "#nova now placement", NO_ROOM),
    ((), "#nova next placement", NO_ROOM),
    ((BOOKED,), "#nova now placement", None),
    ((BOOKED,), "#nova next placement", None),
    (("#nova book Bexar-TueA1",), "#nova now placement", NO_ROOM),
    (
        tuple(f"#nova next {number}" for number in range(20)),
        "#nova next one more",
        (
            "Track 'nova' already has 20 next topics | '#nova now TEXT' and '#nova clean' "
            "empty the list"
        ),
    ),
    ((), "#nova clean", None),
    ((), "#nova clear", None),
    ((), "#nova clean up", "'#TRACK clean' does not take any parameter"),
    ((), "#nova etherpad", "'#TRACK etherpad' takes a single URL parameter"),
    ((), "#nova etherpad a b", "'#TRACK etherpad' takes a single URL parameter"),
    ((), "#nova etherpad pad", f"'pad' is not an http(s) URL | {URL}"),
    ((), "#nova etherpad https://pads.example/nova", None),
    ((), "#nova etherpad auto", None),
    ((), "#nova url", "'#TRACK url' takes a single URL parameter"),
    ((), "#nova url javascript:alert(1)", f"'javascript:alert(1)' is not an http(s) URL | {URL}"),
    (
        (),
        "#nova url https://x.example/<b>",
        f"'https://x.example/<b>' is not an http(s) URL | {URL}",
    ),
    ((), "#nova url https://meet.example/nova", None),
    ((), "#nova url none", None),
    ((), "#nova color", "'#TRACK color' takes a single colorcode parameter"),
    ((), "#nova color light blue", "'#TRACK color' takes a single colorcode parameter"),
    ((), "#nova color bluish", "'bluish' is not a color"),
    ((), "#nova color red;}", "'red;}' is not a color"),
    ((), "#nova color CornflowerBlue", None),
    ((), "#nova color #0af", None),
    ((), "#nova color #00aaff", None),
    ((), "#nova location", "Missing text (#TRACK location ...)"),
    ((), "#nova location second floor", None),
    # book
    ((), "#nova book", BAD_BOOK),
    ((), BOOKED, f"Room Bexar is now booked on MonA1 for nova | {MON_A1}"),
    ((), "#nova book bexar-mona1", f"Room Bexar is now booked on MonA1 for nova | {MON_A1}"),
    (
        (),
        "#nova book Bexar-MonA1..mona3",
        "Room Bexar is now booked on MonA1..MonA3 for nova | Mon 26 Oct 13:00-16:00 UTC",
    ),
    (
        (),
        "#nova book Bexar-MonC3..MonC3",
        "Room Bexar is now booked on MonC3 for nova | Mon 26 Oct 23:00-Tue 27 Oct 00:00 UTC",
    ),
    (
        (),
        "#nova book Atlantis-MonA1",
        "Slot 'Atlantis-MonA1' is invalid (or booked) | there is no room 'Atlantis' here",
    ),
    (
        (),
        "#nova book Bexar-XyzA1",
        "Slot 'Bexar-XyzA1' is invalid (or booked) | there is no slot 'XyzA1' here",
    ),
    (
        (),
        "#nova book Bexar MonA1",
        "Slot 'Bexar MonA1' is invalid (or booked) | write ROOM-SLOT",
    ),
    (
        (),
        "#nova book Bexar-MonA3..MonA1",
        "Slot 'Bexar-MonA3..MonA1' is invalid (or booked) | MonA1 comes before MonA3",
    ),
    (
        (),
        "#nova book Bexar-MonB4..MonA1",
        "Slot 'Bexar-MonB4..MonA1' is invalid (or booked) | MonB4 and MonA1 are not of one window",
    ),
    (
        (),
        "#nova book Bexar-MonA1..",
        "Slot 'Bexar-MonA1..' is invalid (or booked) | write ROOM-SLOT",
    ),
    (
        ("#cinder book Bexar-MonA2",),
        "#nova book Bexar-MonA1..MonA3",
        (
            "Slot 'Bexar-MonA1..MonA3' is invalid (or booked) | cinder holds Bexar in MonA2; "
            "choose another room or slot."
        ),
    ),
    (
        ("#nova book Austin-MonA1",),
        "#nova book Bexar-MonA1",
        (
            "Slot 'Bexar-MonA1' cannot be booked for nova | nova already meets in Austin, "
            "Mon 26 Oct 13:00-14:00 UTC; move that session first."
        ),
    ),
    (
        (),
        "#nova book Bexar-MonB1",
        (
            "Slot 'Bexar-MonB1' cannot be booked for nova | MonB1 ended Mon 26 Oct 2026 06:00 UTC; "
            "choose a later slot."
        ),
    ),
    # unbook
    ((), "#nova unbook", BAD_UNBOOK),
    (
        (BOOKED,),
        "#nova unbook BEXAR-mona1",
        f"Room Bexar (previously booked for nova) is now free on MonA1 | {MON_A1}",
    ),
    (
        ("#nova book Bexar-MonA1..MonA4",),
        "#nova unbook Bexar-MonA2..MonA3",
        (
            "Room Bexar (previously booked for nova) is now free on MonA2..MonA3 | "
            "Mon 26 Oct 14:00-16:00 UTC"
        ),
    ),
    (
        (),
        "#nova unbook Bexar-MonA1",
        "Slot 'Bexar-MonA1' is invalid (or not booked for nova)",
    ),
    (
        ("#cinder book Bexar-MonA1",),
        "!#nova unbook Bexar-MonA1",
        "Slot 'Bexar-MonA1' is invalid (or not booked for nova)",
    ),
    (
        (BOOKED,),
        "#nova unbook Bexar-MonA1..MonA2",
        "Slot 'Bexar-MonA1..MonA2' is invalid (or not booked for nova)",
    ),
    (
        (),
        "#nova unbook Moon-MonA1",
        "Slot 'Moon-MonA1' is invalid (or not booked for nova) | there is no room 'Moon' here",
    ),
    (
        (f"Lena> {BOOKED}",),
        "#nova unbook Bexar-MonA1",
        (
            "Slot 'Bexar-MonA1' is not yours to unbook | booked by Lena; ask them, a voiced person "
            "or an operator"
        ),
    ),
    (
        (f"Lena> {BOOKED}",),
        "LENA> #nova unbook Bexar-MonA1",
        f"Room Bexar (previously booked for nova) is now free on MonA1 | {MON_A1}",
    ),
    (
        (f"Lena> {BOOKED}",),
        "+v #nova unbook Bexar-MonA1",
        f"Room Bexar (previously booked for nova) is now free on MonA1 | {MON_A1}",
    ),
    # when
    ((), "#nova when", "nova has no upcoming bookings"),
    (
        (BOOKED, "#nova book Austin-MonA3..MonA4"),
        "#nova when",
        f"nova meets: MonA1 in Bexar, {MON_A1}; MonA3..MonA4 in Austin, Mon 26 Oct 15:00-17:00 UTC",
    ),
    (
        (
            *tuple(f"#nova book Bexar-{day}A1" for day in ("Mon", "Tue", "Wed", "Thu", "Fri")),
            "#nova book Bexar-FriA3",
        ),
        "#nova when",
        (
            "nova meets: MonA1 in Bexar, Mon 26 Oct 13:00-14:00 UTC; "
            "TueA1 in Bexar, Tue 27 Oct 13:00-14:00 UTC; "
            "WedA1 in Bexar, Wed 28 Oct 13:00-14:00 UTC; "
            "ThuA1 in Bexar, Thu 29 Oct 13:00-14:00 UTC; "
            "FriA1 in Bexar, Fri 30 Oct 13:00-14:00 UTC"
        ),
    ),
    # suggest
    (
        ("#cinder book Bexar-MonA1",),
        "#nova suggest",
        (
            "Free for nova: Austin-MonA1, Bexar-MonA2, Bexar-MonA3 | Mon 26 Oct 13:00-14:00 UTC; "
            "Mon 26 Oct 14:00-15:00 UTC; Mon 26 Oct 15:00-16:00 UTC; to book type: "
            "#nova book Austin-MonA1"
        ),
    ),
    # Admin commands
    ((), "!~Dance", "Unknown command 'dance'"),
    ((), "!~LIST", "Available tracks: cinder neutron nova tc"),
    ((), "!~add", NO_PARAMETERS),
    ((), "!~add Swift glance nova", None),
    (("!~add Swift glance",), "!~list", "Available tracks: cinder glance neutron nova swift tc"),
    ((), "!~add swift sha'red", "Invalid track name 'sha'red'"),
    ((), "!~add swift in", "Invalid track name 'in'"),
    (("!~add swift in",), "!~list", "Available tracks: cinder neutron nova tc"),
    ((), "!~del", NO_PARAMETERS),
    ((), "!~del Tc", None),
    (("!~del tc cinder",), "!~list", "Available tracks: neutron nova"),
    (("!~del tc swift",), "!~list", "Available tracks: cinder neutron nova tc"),
    ((), "!~del tc swift", "Unknown track 'swift'"),
    ((), "!~del tc #nova", "Invalid track name '#nova'"),
    (
        (BOOKED, "#nova book Bexar-MonA3"),
        "!~del tc nova",
        "Track 'nova' still has 2 bookings | release them first, then delete it",
    ),
    ((BOOKED, "#nova unbook Bexar-MonA1"), "!~del nova", None),
    ((), "!~clean", NO_PARAMETERS),
    ((), "!~clear", NO_PARAMETERS),
    ((), "!~clean nova CINDER", None),
    ((), "!~newday", None),
    ((), "!~motd", MOTD),
    ((), "!~motd dance", "Unknown motd subcommand dance"),
    ((), "!~motd add info", "Missing parameters (~motd add LEVEL MSG)"),
    ((), "!~motd add loud hello", LEVEL),
    ((), "!~motd add INFO hello", None),
    ((), "!~motd del", "Missing message number (~motd del NUM)"),
    ((), "!~motd del 1", "Incorrect message number 1"),
    ((), "!~motd del one", "Incorrect message number one"),
    (("!~motd add info hello",), "!~motd del 0", "Incorrect message number 0"),
    (("!~motd add info hello",), "!~motd del 1 2", "Incorrect message number 1 2"),
    (("!~motd add info hello",), "!~motd del 1", None),
    ((), "!~motd reorder", "Missing params (~motd reorder X Y...)"),
    (("!~motd add info hello",), "!~motd reorder 1 7", "Incorrect message number 7"),
    (("!~motd add info hello",), "!~motd reorder 1", None),
    ((), "!~motd clean", None),
    ((), "!~motd clear", None),
    ((), "!~motd clean all", "'~motd clean' does not take parameters"),
    ((), "!~requirevoice", None),
    ((), "!~alloweveryone", None),
    ((), "!~fetchdb http://x.example", f"'~fetchdb' is not available here | {ABSENT}"),
    ((), "!~emptydb", f"'~emptydb' is not available here | {ABSENT}"),
]


def typed(channel: Channel, line: str) -> str | None:
    """The reply to a line as the cases write it."""
    nick, mark, rest = line.partition("> ")
    if mark and nick.isalpha():
        return channel.say(rest, nick=nick)
    if line.startswith("!"):
        return channel.op(line[1:])
    if line.startswith("+v "):
        return channel.say(line[3:], voiced=True)
    return channel.say(line)


@pytest.mark.parametrize(("before", "line", "reply"), CASES)
def test_the_reply(chat: Channel, before: tuple[str, ...], line: str, reply: str | None):
    for one in before:
        typed(chat, one)

    assert typed(chat, line) == reply


PRIVATE = [
    ("", None),
    ("help", "See PTGbot documentation at: http://localhost/docs/chat"),
    ("#HELP", "See PTGbot documentation at: http://localhost/docs/chat"),
    ("+help", "See PTGbot documentation at: http://localhost/docs/chat"),
    ("in nova", "OK, checked into #nova - thanks for the update!"),
    ("#in nova", "OK, checked into #nova - thanks for the update!"),
    ("+Seen lena", "lena never checked in anywhere"),
    ("#nova now placement", UNKNOWN_USER),
    ("~list", UNKNOWN_USER),
    ("hello", UNKNOWN_USER),
    ("#", UNKNOWN_USER),
]


@pytest.mark.parametrize(("line", "reply"), PRIVATE)
def test_the_reply_to_a_private_line(chat: Channel, line: str, reply: str | None):
    assert chat.whisper(line, operator=True) == reply
