"""The migrations and the models agree, in both directions, on both databases."""

import flask_migrate
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from ptgsched.config import shipped
from ptgsched.db import db
from ptgsched.schema import schema_is_current


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
