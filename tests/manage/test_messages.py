"""Messages of the day as organizers post, order and take them off."""

import re

from ptgsched.live import queries
from tests.schedule.test_races import race
from tests.support.story import Story

MESSAGES = "/events/oct/manage/messages/"


def posted(story: Story) -> list[tuple[str, str]]:
    with story.app.app_context():
        return [(row.level, row.text) for row in queries.messages(story.event)]


def test_messages_are_posted_ordered_taken_off_and_put_back(sqlite_story: Story):
    client = sqlite_story.client("olga")
    sqlite_story.app.config["WTF_CSRF_ENABLED"] = False
    assert "No message is posted" in client.get(MESSAGES).text
    texts = ("Lunch <b>now</b>", "Zoom is down", "Zoom is down", "Thank you")
    for level, text in zip(("info", "danger", "danger", "success"), texts, strict=True):
        assert client.post(MESSAGES, data={"level": level, "text": text}).location == MESSAGES

    def do(number: int, deed: str, **fields: str):
        page = client.get(MESSAGES).text
        assert "<b>now" not in page
        found = re.search(r'name="mark" value="(\w+)"', page)
        assert found is not None
        form = {"mark": found[1]} | fields
        return client.post(f"{MESSAGES}{number}/{deed}", data=form)

    assert do(2, "up").location == MESSAGES
    assert [text for _, text in posted(sqlite_story)][:2] == ["Zoom is down", "Lunch <b>now</b>"]
    assert do(1, "up").status_code == 404
    assert do(4, "sing").status_code == 404
    assert do(1, "delete", mark="other").status_code == 412
    before = posted(sqlite_story)
    do(3, "delete")
    assert posted(sqlite_story) == [*before[:2], before[3]]
    undo = re.search(rf'action="({MESSAGES}restore/\d+)"', client.get(MESSAGES).text)
    assert undo is not None
    assert client.post(undo[1]).location == MESSAGES
    assert posted(sqlite_story) == before
    assert client.post(undo[1]).status_code == 412

    for wrong, said in (
        ({"text": ""}, "Write what everybody should know."),
        ({"text": " "}, "Give a text of 1 to 512 characters."),
        ({"text": "x" * 513}, "At most 512 characters."),
        ({"level": "loud"}, "Not a valid choice"),
    ):
        answer = client.post(MESSAGES, data={"level": "info", "text": "Kept"} | wrong)
        assert answer.status_code == 422
        assert said in answer.text
    assert posted(sqlite_story) == before
    assert sqlite_story.client("lena").get(MESSAGES).status_code == 403


def test_of_several_who_take_the_first_one_off_at_once_one_does(sqlite_story: Story):
    """Each means the message that the page showed to them, not the one that moved up."""
    sqlite_story.app.config["WTF_CSRF_ENABLED"] = False
    clients = [sqlite_story.client(name) for name in ("olga", "ada", "olga", "ada")]
    for number in range(4):
        clients[0].post(MESSAGES, data={"level": "info", "text": f"Number {number}"})
    found = re.search(r'name="mark" value="(\w+)"', clients[0].get(MESSAGES).text)
    assert found is not None
    answers = []

    def take_off(client):
        answer = client.post(f"{MESSAGES}1/delete", data={"mark": found[1]})
        answers.append(answer.status_code)

    race(sqlite_story, *((lambda client=client: take_off(client)) for client in clients))

    assert sorted(answers) == [303, 412, 412, 412]
    assert [text for _, text in posted(sqlite_story)] == ["Number 1", "Number 2", "Number 3"]
