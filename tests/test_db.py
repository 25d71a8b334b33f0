"""Instants that keep their zone, and transactions that mean it, on both databases."""

import os
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from ptgsched.accounts.models import User
from ptgsched.db import begin_snapshot, begin_write, db, transaction
from ptgsched.events.models import Event, Room
from ptgsched.teams.models import Team

KOLKATA = timezone(timedelta(hours=5, minutes=30))
NOON = datetime(2026, 10, 26, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def context(app):
    with app.app_context():
        yield app


def add_user(email, at=NOON):
    user = User(email=email, created_at=at)
    db.session.add(user)
    return user


def is_sqlite():
    return db.engine.dialect.name == "sqlite"


def test_an_instant_comes_back_as_utc_to_the_microsecond(context):
    add_user("a@example.org", NOON.astimezone(KOLKATA))
    db.session.commit()

    back = db.session.scalars(select(User.created_at)).one()

    assert back == NOON
    assert back.tzinfo is UTC


def test_a_server_in_another_zone_changes_nothing(context):
    if not is_sqlite():
        db.session.execute(text("SET TIME ZONE 'Asia/Tokyo'"))
    user = add_user("a@example.org")
    db.session.flush()
    db.session.expire(user)

    assert user.created_at.tzinfo is UTC
    assert user.created_at == NOON
    after_noon = select(User).where(User.created_at >= NOON.astimezone(KOLKATA))
    assert db.session.scalars(after_noon).all() == [user]


def test_a_naive_instant_is_refused(context):
    add_user("a@example.org", datetime(2026, 10, 26, 12))

    with pytest.raises(StatementError, match="needs its zone"):
        db.session.flush()


def test_an_absent_instant_stays_absent(context):
    team = Team(slug="t", name="T", event=Event(**event_facts("oct")), survey_completed_at=None)
    db.session.add(team)
    db.session.commit()

    assert team.survey_completed_at is None


def event_facts(slug):
    day = NOON.date()
    return {
        "slug": slug,
        "title": slug,
        "kind": "days",
        "starts_on": day,
        "ends_on": day,
        "eventid": slug,
        "created_at": NOON,
        "changed_at": NOON,
    }


def test_foreign_keys_hold(context):
    db.session.add(Room(event_id=4711, slug="r", name="R"))

    with pytest.raises(IntegrityError):
        db.session.commit()


def test_checks_and_unique_names_hold(context):
    db.session.add(Event(**event_facts("oct")))
    db.session.commit()
    db.session.add(Event(**event_facts("oct")))
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()

    db.session.add(Event(**event_facts("nov") | {"ends_on": NOON.date() - timedelta(days=1)}))
    with pytest.raises(IntegrityError):
        db.session.commit()


# Writing


def test_to_write_is_said_first_and_may_be_said_twice(context):
    db.session.scalars(select(User)).all()  # a reading transaction before it does not matter
    begin_write()
    add_user("a@example.org")
    begin_write()
    db.session.commit()

    assert db.session.scalars(select(User.email)).all() == ["a@example.org"]


def test_unsaved_changes_are_never_lost_in_silence(context):
    db.session.scalars(select(User)).all()
    add_user("a@example.org")

    for begin in (begin_write, begin_snapshot):
        with pytest.raises(RuntimeError, match="before the first change"):
            begin()


def test_what_a_query_flushed_is_not_lost_in_silence_either(context):
    add_user("lena@example.org")
    assert db.session.scalar(select(User.email)) == "lena@example.org"
    with pytest.raises(RuntimeError, match="before the first change"):
        begin_write()


def test_whoever_will_write_sees_what_others_wrote_before(context):
    add_user("a@example.org")
    db.session.commit()
    mine = db.session.scalars(select(User)).one()
    in_another_thread(context, rename)
    assert mine.name == ""  # read before

    begin_write()

    assert mine.name == "Renamed"


def rename():
    with transaction():
        db.session.scalars(select(User)).one().name = "Renamed"


def in_another_thread(app, work):
    def run():
        with app.app_context():
            work()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()


def test_a_command_is_written_whole_or_not_at_all(context):
    def half():
        with transaction():
            add_user("a@example.org")
            db.session.flush()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert db.session.scalars(select(User)).all() == []

    with transaction():
        add_user("b@example.org")
    db.session.rollback()
    assert db.session.scalars(select(User.email)).all() == ["b@example.org"]


def test_writers_wait_for_each_other_instead_of_failing(context):
    """Eight read, think and add one: no step is lost, and none fails as locked."""
    with transaction():
        db.session.add(Event(**event_facts("oct")))
    crashed = []

    def count_up():
        try:
            for _ in range(5):
                with transaction():
                    row = select(Event).with_for_update()
                    event = db.session.scalars(row).one()
                    event.cursor = event.cursor + 1
        except Exception as crash:  # noqa: BLE001 - the test says what it was
            crashed.append(crash)

    def run():
        with context.app_context():
            count_up()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert crashed == []
    assert db.session.scalars(select(Event.cursor)).one() == 40


def test_a_snapshot_shows_one_state_whoever_commits_between(context):
    add_user("a@example.org")
    db.session.commit()

    begin_snapshot()
    before = db.session.scalars(select(User.name)).one()
    in_another_thread(context, rename)
    assert db.session.scalars(select(User.name)).one() == before == ""

    begin_snapshot()
    assert db.session.scalars(select(User.name)).one() == "Renamed"


def test_readers_do_not_wait_for_a_writer(context):
    begin_write()
    add_user("a@example.org")
    db.session.flush()

    seen = []
    in_another_thread(context, lambda: seen.extend(db.session.scalars(select(User)).all()))

    assert seen == []
    db.session.commit()


def test_whoever_may_use_the_file_may_queue_at_it(sqlite_app):
    """Made anew by root, or by another one of the group, the queue is still for all of them."""
    database = Path(make_url(sqlite_app.config["SQLALCHEMY_DATABASE_URI"]).database)
    database.chmod(0o664)
    if os.geteuid() == 0:
        os.chown(database, 65534, 65534)

    with sqlite_app.app_context(), transaction() as session:
        session.execute(text("DELETE FROM event"))

    queue, file = Path(f"{database}.queue").stat(), database.stat()
    assert (queue.st_uid, queue.st_gid, queue.st_mode) == (file.st_uid, file.st_gid, file.st_mode)


def test_a_connection_that_died_at_rest_is_replaced(postgres, postgres_url, make_app, monkeypatch):
    """PostgreSQL was restarted overnight; the first visitor of the morning notices nothing."""
    app = make_app(postgres_url)
    with app.app_context():
        assert db.session.scalar(select(1)) == 1
    postgres.empty(make_url(postgres_url).database)  # ends all connections but its own
    monkeypatch.setattr("ptgsched.db.RESTED_SECONDS", 0)
    with app.app_context():
        assert db.session.scalar(select(1)) == 1
