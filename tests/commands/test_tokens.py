"""Tokens from the shell: which there are, and their end."""

from datetime import timedelta

from ptgsched.accounts.tokens import create_token, find_token
from ptgsched.clock import utcnow
from ptgsched.db import db
from tests.support.shell import Shell
from tests.support.story import Story


def test_those_that_work_are_listed_and_end_when_they_are_revoked(story: Story, tmp_path):
    shell = Shell(story.app.config["SQLALCHEMY_DATABASE_URI"], tmp_path)
    with story.app.app_context():
        at = utcnow()
        lena = story.user("lena").id
        _, secret = create_token(
            "nova-bot",
            ["live:write"],
            at=at,
            event_id=story.event.id,
            team_slugs=["nova"],
            user_id=lena,
        )
        create_token("site", ["manage"], at=at)
        create_token("old", ["manage"], at=at - timedelta(days=9), days=1)
        db.session.commit()

    listed = [line.split("\t") for line in shell("token", "list").stdout.splitlines()]
    at_oct = shell("token", "list", "--event", "oct").stdout

    assert [columns[1] for columns in listed] == ["nova-bot", "site"]
    assert listed[0][2:5] == ["live:write", "oct: nova", "lena@example.org"]
    assert listed[1][3:] == ["every event", "nobody's", "until for good", "last used never"]
    assert "site" not in at_oct
    assert shell("token", "revoke", listed[0][0]).stdout == "revoked nova-bot\n"
    assert shell("token", "revoke", listed[0][0]).stdout == "nova-bot was revoked before\n"
    assert "nova-bot" not in shell("token", "list").stdout
    ended = [line.split("\t")[5] for line in shell("token", "list", "--all").stdout.splitlines()]
    assert ended == ["revoked", "until for good", "expired"]
    with story.app.app_context():
        assert find_token(secret, utcnow()) is None
    assert shell.refused("token", "revoke", "999").startswith("There is no token 999")
