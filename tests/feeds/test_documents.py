"""The cache of rendered documents: what is current, and what is let go."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ptgsched.feeds.documents import OVERHEAD, Document, Documents, Rendering
from ptgsched.feeds.stamps import Stamp

AT = datetime(2026, 10, 19, 9, 30, tzinfo=UTC)
STAMP = Stamp(1, "published", "2026-10-19 09:30:00.000000", 7, 3)


def document(body=b"x", *, live=False, valid_until=None):
    rendering = Rendering(
        body=body, content_type="text/plain", filename="x", modified=AT, valid_until=valid_until
    )
    return Document(rendering=rendering, event="oct", stamp=STAMP, live=live)


@pytest.mark.parametrize(
    "change",
    [
        {"event_id": 2},  # deleted and made anew under the same slug
        {"status": "draft"},
        {"changed": "2026-10-19 09:30:00.000001"},  # a backup restored, its numbers given before
        {"schedule": 8},
    ],
)
def test_a_document_is_current_only_for_the_state_it_shows(change):
    assert document().is_current(STAMP, AT)
    assert not document().is_current(STAMP._replace(**change), AT)
    assert not document().is_current(None, AT)


def test_only_a_live_document_looks_at_the_live_revision():
    talked = STAMP._replace(live=4)
    assert document().is_current(talked, AT)
    assert not document(live=True).is_current(talked, AT)
    assert document(live=True).is_current(STAMP, AT)


def test_a_document_may_end_by_itself():
    ends = AT + timedelta(hours=1)
    assert document(valid_until=ends).is_current(STAMP, ends - timedelta(microseconds=1))
    assert not document(valid_until=ends).is_current(STAMP, ends)


def test_the_tag_is_made_of_the_bytes_alone():
    assert document().etag == replace(document(), event="may", live=True).etag
    assert document().etag != document(b"y").etag


def test_what_was_not_used_for_longest_is_let_go():
    cache = Documents(most=3 * OVERHEAD + 100)
    for name in "abc":
        cache.put((name, ""), document())
    assert cache.get(("a", ""))
    cache.put(("d", ""), document())
    assert [bool(cache.get((name, ""))) for name in "abcd"] == [True, False, True, True]


def test_replacing_a_document_does_not_fill_the_cache():
    cache = Documents(most=3 * OVERHEAD)
    cache.put(("a", ""), document())
    for number in range(100):
        newest = document(b"%d" % number)
        cache.put(("b", ""), newest)
    assert cache.get(("a", ""))
    assert cache.get(("b", "")) is newest


def test_one_document_larger_than_the_cache_is_kept_alone():
    cache = Documents(most=1000)
    cache.put(("a", ""), document())
    cache.put(("b", ""), document(b"x" * 5000))
    assert cache.get(("a", "")) is None
    assert cache.get(("b", ""))


def test_many_threads_leave_the_books_in_order():
    cache = Documents(most=20 * OVERHEAD)

    def work(seed):
        for number in range(300):
            cache.put((str((seed * 7 + number) % 40), ""), document())
            cache.get((str(number % 40), ""))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [cache.get((str(n), "")) for n in range(40)]
    assert cache._bytes == sum(each.size for each in kept if each)
    assert cache._bytes <= 20 * OVERHEAD
