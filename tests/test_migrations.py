"""The migrations and the models agree, in both directions, with rows, on both databases."""

import re
import shutil

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select

from ptgsched.config import shipped
from ptgsched.db import db
from ptgsched.live.queries import live
from ptgsched.live.shapes import ptgbot_parts
from ptgsched.schedule.models import Booking, BookingSlot
from ptgsched.schema import schema_is_current
from tests.support.story import SIGN_UP, Story


def test_upgrade_makes_what_the_models_say(make_app, empty_database_url):
    app = make_app(empty_database_url)

    with app.app_context():
        assert not schema_is_current()
        flask_migrate.upgrade()

        assert schema_is_current()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, db.metadata) == []


def test_down_and_up_again(make_app, empty_database_url):
    app = make_app(empty_database_url)

    with app.app_context():
        flask_migrate.upgrade()
        flask_migrate.downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}

        flask_migrate.upgrade()
        assert schema_is_current()


def test_there_is_one_newest_migration():
    assert len(ScriptDirectory(str(shipped("migrations"))).get_heads()) == 1


def test_down_and_up_again_with_rows(make_app, empty_database_url):
    app = make_app(empty_database_url)
    with app.app_context():
        flask_migrate.upgrade()
    story = Story.begin(app)
    with app.app_context():
        story.book("nova", "bexar", "MonA1", with_teams=["cinder"])

        flask_migrate.downgrade(revision="base")
        flask_migrate.upgrade()

        assert db.session.scalars(select(Booking)).all() == []
    Story.begin(app)


def test_what_was_imported_from_ptgbot_moves_onto_the_board(make_app, empty_database_url):
    app = make_app(empty_database_url)
    with app.app_context():
        flask_migrate.upgrade()
    story = Story.begin(app)
    whole = {"voice": 1, "motd": [{"level": "info", "message": "Welcome"}]}
    own = {"track": "Nova", "now": "cells", "next": ["one", "two"], "location": "the bar"}
    with app.app_context():
        flask_migrate.downgrade(revision="0006")
        for table, facts in (("event", whole), ("team", own)):
            rows = sa.table(table, sa.column("slug"), sa.column("ptgbot", sa.JSON))
            named = rows.c.slug.in_(["oct", "nova"])
            db.session.execute(sa.update(rows).where(named).values(ptgbot=facts))
        db.session.commit()

        flask_migrate.upgrade()

        parts = ptgbot_parts(live(story.event, SIGN_UP))
        assert (parts["voice"], parts["motd"]) == (1, whole["motd"])
        assert parts["now"] == {"nova": "cells"}
        assert parts["next"] == {"nova": ["one", "two"]}
        assert parts["location"] == {"nova": "the bar"}
        assert story.team("nova").ptgbot == {"track": "Nova"}


REBUILD = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9999", {head!r}


def upgrade():
    with op.batch_alter_table("team", recreate={recreate!r}) as batch:
        batch.add_column(sa.Column("motto", sa.String(80)))
    {more}


def downgrade():
    with op.batch_alter_table("team", recreate={recreate!r}) as batch:
        batch.drop_column("motto")
"""


@pytest.fixture
def with_next(tmp_path):
    """`with_next(app, more)`: our migrations and one more, which rebuilds the table of teams."""

    def write(app, more="pass"):
        folder = tmp_path / "migrations"
        shutil.copytree(shipped("migrations"), folder, dirs_exist_ok=True)
        with app.app_context():
            recreate = "always" if db.engine.dialect.name == "sqlite" else "never"
        head = ScriptDirectory(str(folder)).get_current_head()
        code = REBUILD.format(head=head, recreate=recreate, more=more)
        (folder / "versions" / "9999_rebuild.py").write_text(code)
        return str(folder)

    return write


def test_rebuilding_a_table_keeps_the_rows_that_point_to_it(story, with_next):
    """SQLite changes a column by dropping the table: its bookings must not go with it."""
    folder = with_next(story.app)
    with story.app.app_context():
        story.book("nova", "bexar", "MonA1", "MonA2", with_teams=["cinder"])

        for step in (flask_migrate.upgrade, flask_migrate.downgrade):
            step(directory=folder)

            booking = db.session.scalars(select(Booking)).one()
            assert [team.slug for team in booking.teams] == ["nova", "cinder"]
            assert len(db.session.scalars(select(BookingSlot)).all()) == 2
            db.session.remove()

        story.book("nova", "bexar", "TueA1")


def test_a_migration_that_tears_rows_apart_is_taken_back(sqlite_story, with_next, caplog):
    """With foreign keys off while a table is rebuilt, what it broke is looked for at the end."""
    more = "op.execute(\"DELETE FROM team WHERE slug = 'nova'\")"
    folder = with_next(sqlite_story.app, more)
    with sqlite_story.app.app_context():
        sqlite_story.book("nova", "bexar", "MonA1")

        with pytest.raises(SystemExit):  # Flask-Migrate logs a RuntimeError and leaves
            flask_migrate.upgrade(directory=folder)

        assert re.search(r"a foreign key of table (booking|membership) points nowhere", caplog.text)
        assert schema_is_current()
        assert sqlite_story.team("nova").name == "Nova"
        sqlite_story.book("nova", "bexar", "MonA2")
