"""Everything that can be fetched is fetched, by nobody and by a stranger: no secret in any of it.

Nor in what the service writes down: its log, its journal, its audit.
"""

import logging
from datetime import timedelta

import time_machine
from sqlalchemy import select
from werkzeug.routing import IntegerConverter

from ptgsched.accounts.models import AuditEntry
from ptgsched.db import db
from ptgsched.registrations import operations, tokens
from ptgsched.registrations.details import details
from ptgsched.registrations.service import key, letters
from ptgsched.schedule.models import Change
from ptgsched.web.delivery import is_static
from tests.support.story import PASSCODE, SIGN_UP, Story

PERSON = {
    "name": "Yuki Himitsu",
    "affiliation": "Kakushita K.K.",
    "chat_nick": "himitsuchan",
    "access_needs": "whispered captions",
    "country": "JP",
    "timezone": "Asia/Tokyo",
}
EMAIL = "yuki.himitsu@example.net"


def fill(story, uid):
    """A person comes, follows nova, and gets mail; the secrets that no stranger may see."""
    said = details({**PERSON, "teams": [story.team("nova")]})
    person, _ = operations.register(story.event, EMAIL, said, at=SIGN_UP, letters=letters())
    story.room("austin").description = "The big one"
    team = story.team("cinder")
    team.join_url = f"https://zoom.example/j/812?pwd={PASSCODE}"
    operations.star(person, story.booking(uid), wanted=True, at=SIGN_UP)
    secrets = [tokens.ensured(person, purpose, key()) for purpose in ("link", "feed")]
    db.session.commit()
    return [PASSCODE, EMAIL, *PERSON.values(), *secrets]


def addresses(app, uid):
    """Every address that answers to GET, with names that there are."""
    values = {
        "event": "oct",
        "team": "nova",
        "room": "austin",
        "project": "openstack",
        "uid": uid,
        "window": "MonA",
        "day": "2026-10-26",
        "token": "x" * 43,
        "name": "nova",
    }
    with app.test_request_context():
        binding = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or is_static(rule.endpoint):
                continue
            known = {
                name: 1 if isinstance(converter, IntegerConverter) else values.get(name, "x")
                for name, converter in rule._converters.items()
            }
            if "stream" in rule.rule:
                continue  # it does not end; it tells what /changes tells
            yield binding.build(rule.endpoint, known, "GET")


def test_no_address_tells_a_stranger_a_secret(sqlite_story: Story, caplog):
    caplog.set_level(logging.DEBUG)
    app = sqlite_story.app
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), time_machine.travel(SIGN_UP, tick=False):
        uid = sqlite_story.book("nova", "austin", "MonA1", title="Placement").uid
        secrets = fill(sqlite_story, uid)
        opens = sqlite_story.event.slots[0].starts_at - timedelta(hours=24)
    # A country and a zone are no secret by themselves: forms and lists of zones name them all.
    secrets = [secret for secret in secrets if secret not in {"JP", "Asia/Tokyo"}]
    wanted = sorted(set(addresses(app, uid)))
    assert len(wanted) > 80

    told = []
    for at in (SIGN_UP, opens + timedelta(hours=30)):
        with time_machine.travel(at, tick=False):
            for who in (None, "vic"):
                client = sqlite_story.client(who)
                for address in wanted:
                    answer = client.get(address)
                    seen = f"{answer.text}\n{answer.headers}"
                    told += [(who, address, secret) for secret in secrets if secret in seen]
                    assert answer.status_code < 500, (address, answer.text[:300])

    assert told == []
    with app.app_context():
        lines = [
            str(vars(row))
            for kind in (Change, AuditEntry)
            for row in db.session.scalars(select(kind)).all()
        ]
    written = "\n".join([caplog.text, *lines])
    assert [secret for secret in secrets if secret in written] == []


def test_an_address_with_a_secret_in_it_is_not_logged_when_it_fails(sqlite_story: Story, caplog):
    """The log says where something went wrong, not at whose page."""
    app = sqlite_story.app
    with app.app_context(), time_machine.travel(SIGN_UP, tick=False):
        uid = sqlite_story.book("nova", "austin", "MonA1").uid
        link, feed = fill(sqlite_story, uid)[-2:]
    app.jinja_env.globals["zone_options"] = None  # a fault of ours, as any could be

    with time_machine.travel(SIGN_UP, tick=False):
        page = sqlite_story.client().get(f"/registrations/{link}")

    assert page.status_code == 500
    assert "/registrations/<token>" in caplog.text
    assert [secret for secret in (link, feed, EMAIL) if secret in caplog.text] == []


def test_what_the_database_refuses_is_logged_without_what_was_to_be_stored(sqlite_app):
    with sqlite_app.app_context():
        assert db.engine.hide_parameters
