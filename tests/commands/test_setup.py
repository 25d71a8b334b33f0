"""Accounts, events and tokens from the shell."""

from datetime import UTC, datetime, timedelta

import pytest

from ptgsched.accounts.passwords import authenticate, find_user
from ptgsched.accounts.tokens import find_token
from ptgsched.clock import utcnow
from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.teams.models import Team

OCTOBER = ("--title", "October PTG", "--start", "2026-10-26", "--end", "2026-10-30")
CREATE = ("event", "create", "oct", "--kind", "virtual-ptg", *OCTOBER)


# Accounts --------------------------------------------------------------------------------------


def test_an_account_signs_in_with_the_password_that_was_piped(shell, app):
    done = shell(
        "user", "create", "Ada@Example.org", "--admin", "--password-stdin", typed="correct horse\n"
    )

    assert (done.exit_code, done.stdout) == (0, "made an administrator for ada@example.org\n")
    with app.app_context():
        user = authenticate("ada@example.org", "correct horse")
        assert user is not None
        assert user.is_admin


def test_without_a_terminal_an_account_has_no_password(sqlite_shell, sqlite_app):
    done = sqlite_shell("user", "create", "vic@example.org")

    assert done.stdout == "made an account for vic@example.org, without a password\n"
    with sqlite_app.app_context():
        user = find_user("vic@example.org")
        assert user is not None
        assert (user.password_hash, user.is_admin) == (None, False)


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [
        ("vic", "correct horse", "Not an e-mail address: "),
        ("vic@example.org", "short", "A password has at least 10"),
        ("vic@example.org", "", "A password has at least 10"),
    ],
)
def test_a_bad_address_or_password_makes_no_account(sqlite_shell, email, password, said):
    refusal = sqlite_shell.refused(
        "user", "create", email, "--password-stdin", typed=f"{password}\n"
    )

    assert refusal.startswith(said)


def test_an_address_has_one_account(shell):
    shell("user", "create", "vic@example.org")

    said = shell.refused("user", "create", "VIC@example.org")
    assert said == "There is already an account for vic@example.org."


# Events ------------------------------------------------------------------------------------------


def test_an_event_is_laid_out_and_published(shell, app):
    done = shell(*CREATE)

    assert done.stdout == "made oct: 60 slots; http://localhost/events/oct/\n"
    assert app.test_client().get("/events/oct/").status_code == 200


def test_a_draft_is_seen_by_nobody_yet(sqlite_shell, sqlite_app):
    sqlite_shell(*CREATE, "--draft")

    assert sqlite_app.test_client().get("/events/oct/").status_code == 404


def test_an_event_takes_another_template_than_its_kinds_and_its_own_zone(sqlite_shell, sqlite_app):
    sqlite_shell(*CREATE, "--template", "training", "--timezone", "asia/tokyo")

    with sqlite_app.app_context():
        event = db.session.query(Event).one()
        assert (event.kind, event.timezone) == ("virtual-ptg", "Asia/Tokyo")
        assert event.slots[0].starts_at == datetime(2026, 10, 26, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (["--timezone", "Europe/Berln"], '"Europe/Berln" is not a time zone. Did you mean Europe/'),
        (["--end", "2026-10-25"], "end: The last day lies before the first."),
        (["--title", " "], "title: A title has 1 to 200 characters."),
    ],
)
def test_an_event_that_cannot_be_is_refused_in_one_line(sqlite_shell, change, said):
    assert sqlite_shell.refused(*CREATE, *change).startswith(said)


def test_a_slug_is_taken_once(shell):
    shell(*CREATE)

    assert shell.refused(*CREATE) == "There is already an event 'oct'."


@pytest.mark.parametrize(
    "wrong", [["--start", "26.10.2026"], ["--end", "2026-13-01"], ["--kind", "party"]]
)
def test_a_wrong_date_or_kind_is_bad_usage(sqlite_shell, wrong):
    done = sqlite_shell(*CREATE, *wrong)

    assert done.exit_code == 2
    assert f"Invalid value for '{wrong[0]}'" in done.stderr


# Tokens ------------------------------------------------------------------------------------------


@pytest.fixture
def october(shell, app):
    """The event with teams nova and cinder."""
    shell(*CREATE)
    with app.app_context():
        event_id = db.session.query(Event).one().id
        for slug in ("nova", "cinder"):
            db.session.add(Team(event_id=event_id, slug=slug, name=slug.title()))
        db.session.commit()
    return shell


def test_a_token_stands_alone_on_standard_output(october, app):
    done = october(
        *("token", "create", "website", "--scope", "booking:write,live:write"),
        *("--event", "oct", "--team", "nova,cinder", "--expires", "30"),
    )

    assert (done.exit_code, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    with app.app_context():
        token = find_token(done.stdout.strip(), utcnow())
        assert token is not None
        assert (token.name, token.scopes) == ("website", ["booking:write", "live:write"])
        assert token.team_slugs == ["nova", "cinder"]
        assert token.event_id == db.session.query(Event).one().id
        assert find_token(done.stdout.strip(), utcnow() + timedelta(days=31)) is None


def test_a_token_may_be_for_every_event_and_have_no_end(sqlite_shell, sqlite_app):
    done = sqlite_shell("token", "create", "x", "--scope", "manage", "--scope", "live:write")

    with sqlite_app.app_context():
        token = find_token(done.stdout.strip(), utcnow() + timedelta(days=9999))
        assert token is not None
        assert (token.scopes, token.event_id) == (["manage", "live:write"], None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--scope", "book"], "Scopes are booking:write, live:write, registrations:read, manage;"),
        (["--scope", ","], "Scopes are booking:write, live:write, registrations:read, manage;"),
        (["--scope", "manage", "--event", "nov"], "There is no event 'nov'. There are: oct."),
        (
            ["--scope", "manage", "--event", "oct", "--team", "nova,zun"],
            "No such team here: zun.",
        ),
    ],
)
def test_a_token_for_what_is_not_there_is_refused(october, words, said):
    assert october.refused("token", "create", "x", *words).startswith(said)


def test_teams_need_their_event(sqlite_shell):
    done = sqlite_shell("token", "create", "x", "--scope", "manage", "--team", "nova")

    assert done.exit_code == 2
    assert "--team needs --event" in done.stderr
