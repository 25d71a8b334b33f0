"""A document over HTTP, by the clauses of RFC 9110."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from ptgsched.feeds.answer import Request, answer, takes_gzip
from ptgsched.feeds.documents import Document, Rendering
from ptgsched.feeds.stamps import Stamp

CHANGED = datetime(2026, 10, 19, 9, 30, tzinfo=UTC)
LATER = CHANGED + timedelta(hours=1)
BODY = b"BEGIN:VCALENDAR\r\n" + b"SUMMARY:Nova\r\n" * 100


def document(body=BODY, modified=CHANGED):
    rendering = Rendering(
        body=body,
        content_type="text/calendar; charset=utf-8",
        filename="oct.ics",
        modified=modified,
    )
    stamp = Stamp(1, "published", "2026-10-19 09:30:00", 7, 0)
    return Document(rendering=rendering, event="oct", stamp=stamp)


def ask(doc, at=LATER, **request):
    status, headers, body = answer(doc, Request(**request), at)
    assert len(dict(headers)) == len(headers)
    return int(status[:3]), dict(headers), body


def test_a_plain_get_has_the_body_and_all_that_is_said_of_it():
    status, headers, body = ask(document())
    assert status == 200
    assert body == BODY
    assert headers == {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Length": str(len(BODY)),
        "Content-Disposition": 'inline; filename="oct.ics"',
        "ETag": document().etag,
        "Last-Modified": "Mon, 19 Oct 2026 09:30:00 GMT",
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding",
    }


def test_a_head_is_the_get_without_its_body():
    for encoding in ("", "gzip"):
        got = ask(document(), accept_encoding=encoding)
        head = ask(document(), method="HEAD", accept_encoding=encoding)
        assert head == (*got[:2], b"")


def test_gzip_has_other_bytes_and_its_own_strong_tag():
    _, plain, _ = ask(document())
    status, packed, body = ask(document(), accept_encoding="gzip, deflate")
    assert status == 200
    assert gzip.decompress(body) == BODY
    assert packed["Content-Encoding"] == "gzip"
    assert packed["Content-Length"] == str(len(body))
    assert packed["ETag"] != plain["ETag"]
    assert not packed["ETag"].startswith("W/")
    assert body == ask(document(), accept_encoding="gzip")[2]  # no time of day inside


def test_a_small_body_is_not_packed():
    _, headers, body = ask(document(body=b"small"), accept_encoding="gzip")
    assert "Content-Encoding" not in headers
    assert body == b"small"


TAG, PACKED = document().etag, document().packed_etag


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (TAG, 304),
        (PACKED, 304),
        (f"W/{TAG}", 304),  # compared weakly: 13.1.2
        (f'"other", {TAG}', 304),
        (f'W/"other",W/{PACKED} , "third"', 304),
        ("*", 304),
        (" * ", 304),
        ('"other"', 200),
        (TAG.strip('"'), 200),
        (f'"{TAG}', 200),
        ("", 200),
        (",,", 200),
    ],
)
@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_if_none_match(sent, status, encoding):
    got, headers, body = ask(document(), if_none_match=sent, accept_encoding=encoding)
    assert got == status
    if status == 304:
        assert body == b""
        assert "Content-Length" not in headers
        assert headers["ETag"] in {TAG, PACKED}
        assert headers["Vary"] == "Accept-Encoding"
        assert headers["Cache-Control"] == "no-cache"


def test_a_304_names_the_tag_that_the_client_has():
    for tag in (TAG, PACKED):
        for encoding in ("", "gzip"):
            _, headers, _ = ask(document(), if_none_match=tag, accept_encoding=encoding)
            assert headers["ETag"] == tag


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("Mon, 19 Oct 2026 09:30:00 GMT", 304),
        ("Mon, 19 Oct 2026 10:30:00 GMT", 304),
        ("Monday, 19-Oct-26 09:30:00 GMT", 304),  # obsolete, yet to be read: 5.6.7
        ("Mon Oct 19 09:30:00 2026", 304),  # likewise
        ("Mon, 19 Oct 2026 09:29:59 GMT", 200),
        ("yesterday", 200),
        ("Mon, 99 Oct 2026 09:30:00 GMT", 200),
        ("Mon, 19 Oct 20261019202610192026 09:30:00 GMT", 200),
        ("", 200),
    ],
)
def test_if_modified_since(sent, status):
    assert ask(document(), if_modified_since=sent)[0] == status


def test_if_none_match_beats_if_modified_since():
    fresh = "Mon, 19 Oct 2026 09:30:00 GMT"
    assert ask(document(), if_none_match='"other"', if_modified_since=fresh)[0] == 200
    stale = "Mon, 19 Oct 2020 09:30:00 GMT"
    assert ask(document(), if_none_match=TAG, if_modified_since=stale)[0] == 304


def test_last_modified_is_never_ahead_of_the_clock():
    """Two changes within a second count as two seconds: the header waits until they are over."""
    ahead = document(modified=CHANGED + timedelta(seconds=1))
    _, headers, _ = ask(ahead, at=CHANGED + timedelta(milliseconds=500))
    assert headers["Last-Modified"] == "Mon, 19 Oct 2026 09:30:00 GMT"
    sent = headers["Last-Modified"]
    assert ask(ahead, if_modified_since=sent)[0] == 200
    _, headers, _ = ask(ahead)
    assert ask(ahead, if_modified_since=headers["Last-Modified"])[0] == 304


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("deflate, gzip;q=1.0, *;q=0.5", True),
        ("br, *", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("*;q=0", False),
        ("*, gzip;q=0", False),
        ("gzip;q=nonsense", False),
        ("br", False),
        ("identity", False),
        ("", False),
    ],
)
def test_who_takes_gzip(header, taken):
    assert takes_gzip(header) is taken
