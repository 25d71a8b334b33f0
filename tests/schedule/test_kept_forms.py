"""A booking form that comes too late, after its session: nothing is booked, nothing is lost.

Unlike elsewhere here, forms need their token.
"""

import re
from html import unescape

from tests.schedule.pages import BOOK, NOVA, book, facts, marks, text_of, value_of
from tests.support.story import Story

TYPED = {**NOVA, "title": "Placement 🐧 שלום", "description": "One\nTwo", "with_teams": "cinder"}


def test_a_form_older_than_the_session_is_shown_again_ready_to_send(
    sqlite_story: Story, sign_up_time
):
    """Lena opened it before she signed in anew in another tab."""
    lena, before = sqlite_story.client("lena"), marks(sqlite_story)
    page = lena.post(BOOK, data={**TYPED, "csrf_token": "of yesterday", "fragment": "1"})

    assert page.status_code == 400
    assert "<html" not in page.text  # it stays in its dialog
    assert "What you typed is kept: look it over and send it again." in text_of(page)
    assert [value_of(page.text, name) for name in ("title", "last")] == [TYPED["title"], "MonA2"]
    assert 'value="cinder" checked' in page.text
    assert marks(sqlite_story) == before

    token = value_of(page.text, "csrf_token")
    assert lena.post(BOOK, data={**TYPED, "csrf_token": token}).status_code == 303


def test_so_is_the_form_of_a_change(sqlite_story: Story, sign_up_time):
    uid = book(sqlite_story, "nova", "bexar", "MonA1", title="Old")
    address = f"/events/oct/bookings/{uid}/edit"
    page = sqlite_story.client("lena").post(address, data={**NOVA, "title": "New"})

    assert page.status_code == 400
    assert value_of(page.text, "title") == "New"
    assert facts(sqlite_story, uid)[2] == "Old"


def test_who_was_signed_out_finds_the_form_filled_in_after_signing_in(
    sqlite_story: Story, sign_up_time
):
    posted = sqlite_story.client().post(BOOK, data={**TYPED, "csrf_token": "gone"})
    assert posted.status_code == 303
    visitor = sqlite_story.client()
    sign_in = visitor.get(posted.location)
    back = unescape(re.search(r'name="next" value="([^"]*)"', sign_in.text)[1])
    page = sqlite_story.client("lena").get(back)

    assert page.status_code == 200
    for name in ("room", "first", "last", "title"):
        assert value_of(page.text, name) == TYPED[name]
    assert value_of(page.text, "description").splitlines() == ["One", "Two"]
    assert 'value="cinder" checked' in page.text
    assert "csrf_token=" not in back


def test_what_is_too_long_for_an_address_is_named(sqlite_story: Story, sign_up_time):
    visitor = sqlite_story.client()
    posted = visitor.post(BOOK, data={**TYPED, "description": "x" * 4000, "title": "y" * 3900})

    assert len(posted.location) < 4000
    said = visitor.get(posted.location).text
    assert said.count("The longest text of the form could not be kept") == 1
