"""Organizers add webhooks, see their secret once, and every delivery with its answer."""

import re

from sqlalchemy import select

from ptgsched.accounts.models import AuditEntry
from ptgsched.db import db
from ptgsched.web.context import links
from ptgsched.webhooks import delivering
from ptgsched.webhooks.models import Delivery, Webhook
from tests.setup.manage_pages import send
from tests.webhooks.test_delivering import HERE

PAGE = "/events/oct/manage/webhooks/"


def secret_in(page):
    return re.search(r'id="secret"[^>]*value="([^"]+)"', page.text)[1]


def add(client, url, *about):
    return send(client, PAGE, url=url, about=list(about))


def act(client, what, **form):
    return send(client, f"{PAGE}1/{what}", page=PAGE, **form)


def run(story):
    with story.app.app_context():
        while delivering.collect(links()):
            pass
        while delivering.carry_out(HERE, lambda *_: None):
            pass


def test_its_secret_is_shown_once(story):
    olga = story.client("olga")
    assert "Add a webhook" in olga.get(PAGE).text
    made = add(olga, "https://hooks.example.org/x?key=7", "booking")
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    secret = secret_in(made)
    with story.app.app_context():
        hook = db.session.scalars(select(Webhook)).one()
        assert (hook.secret, hook.about) == (secret, ["booking"])
        [entry] = db.session.scalars(select(AuditEntry))
        assert (entry.action, entry.facts["host"]) == ("webhook.added", "hooks.example.org")
        assert "key=7" not in str(entry.facts)
    for address in (PAGE, f"{PAGE}1"):
        page = olga.get(address)
        assert "hooks.example.org" in page.text
        assert secret not in page.text

    renewed = act(olga, "secret")
    assert secret_in(renewed) != secret


def test_what_cannot_be_an_address_is_said_and_kept_in_the_form(sqlite_story):
    olga = sqlite_story.client("olga")
    for url, said in (
        ("", "Give the address"),
        ("ftp://x.example", "begins with https://"),
        ("https://me:pw@x.example/", "without a name and password"),
    ):
        page = add(olga, url, "room")
        assert page.status_code == 422
        assert said in page.text
        assert 'value="room" checked' in page.text
    refused = add(olga, "https://x.example/", "everything")
    assert refused.status_code == 422


def test_deliveries_are_seen_with_their_answers_and_sent_again(sqlite_story, receiver):
    story, olga = sqlite_story, sqlite_story.client("olga")
    receiver.answers = [(500, "<b>no</b>"), (200, "yes")]
    add(olga, receiver.url)
    assert act(olga, "ping").status_code == 303
    run(story)
    page = olga.get(f"{PAGE}1").text
    assert "&lt;b&gt;no&lt;/b&gt;" in page
    assert "<strong>500</strong>" in page
    assert "Failing" in page
    with story.app.app_context():
        uid = db.session.scalar(select(Delivery.uid))
    assert act(olga, f"deliveries/{uid}/replay").status_code == 303
    with story.app.app_context():
        db.session.execute(Webhook.__table__.update().values(due_at=Webhook.created_at))
        db.session.commit()
    run(story)
    assert receiver.actions == ["ping", "ping"]
    assert "<strong>200</strong>" in olga.get(f"{PAGE}1").text


def test_off_and_on_another_address_and_gone(sqlite_story, receiver):
    story, olga = sqlite_story, sqlite_story.client("olga")
    add(olga, "https://hooks.example.org/")
    act(olga, "switch", to="off")
    assert "Switched off by an organizer" in olga.get(f"{PAGE}1").text
    assert act(olga, "ping").status_code == 409
    with story.app.app_context():
        story.book("nova", "bexar", "MonA1")
    send(olga, f"{PAGE}1", url=receiver.url, about=[])
    run(story)
    assert receiver.got == []
    act(olga, "switch", to="on")
    run(story)
    assert receiver.actions == ["booking.created"]  # what happened meanwhile

    assert act(olga, "delete", name="else").status_code == 422
    host = f"127.0.0.1:{receiver.port}"
    assert act(olga, "delete", name=host).status_code == 303
    assert olga.get(f"{PAGE}1").status_code == 404
    assert olga.get(f"{PAGE}99999999999").status_code == 404


def test_others_see_none_of_it(sqlite_story):
    add(sqlite_story.client("olga"), "https://hooks.example.org/")
    sqlite_story.app.config["WTF_CSRF_ENABLED"] = False
    for name, status in (("lena", 403), ("vic", 403), (None, 303)):
        client = sqlite_story.client(name)
        for address in (PAGE, f"{PAGE}1"):
            assert client.get(address).status_code == status
        for what in ("ping", "switch", "secret", "delete", "deliveries/x/replay"):
            assert client.post(f"{PAGE}1/{what}").status_code == status
