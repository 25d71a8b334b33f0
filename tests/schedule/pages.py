"""Reading the schedule's pages as their readers do, and the story behind them."""

import re
from html import unescape

from tests.support.story import Story

BOOK = "/events/oct/book"
NOVA = {"team": "nova", "room": "bexar", "first": "MonA1", "last": "MonA2", "title": "Placement"}


def text_of(response) -> str:
    """What a reader sees, white space folded."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def book(story: Story, *args, **facts) -> str:
    with story.app.app_context():
        return story.book(*args, **facts).uid


def facts(story: Story, uid: str) -> tuple[str, list[str], str, str, int]:
    with story.app.app_context():
        found = story.booking(uid)
        return found.room.slug, found.slot_codes, found.title, found.status, found.sequence


def marks(story: Story) -> tuple[int, int, int]:
    with story.app.app_context():
        return story.marks()


def cursor(story: Story) -> str:
    with story.app.app_context():
        return str(story.event.cursor)


def only_uid(story: Story) -> str:
    with story.app.app_context():
        (uid,) = {line.booking_uid for line in story.journal()}
        return str(uid)


def value_of(page: str, name: str) -> str:
    """What a select has selected, or an input or text area holds."""
    select = re.search(rf'<select[^>]* name="{name}".*?</select>', page, re.DOTALL)
    if select:
        return re.search(r'<option selected value="([^"]*)"', select[0])[1]
    area = re.search(rf'<textarea[^>]* name="{name}"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)
    if area:
        return unescape(area[1])
    box = re.search(rf'<input[^>]* name="{name}"[^>]*>', page)[0]
    return unescape(re.search(r'value="([^"]*)"', box)[1])
