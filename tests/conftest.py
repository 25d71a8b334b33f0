"""The ground under all tests: two kinds of database, a client, a server, a browser.

Programs are started once for each worker, when the first test asks for them.
"""

import gc
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from ptgsched.accounts import passwords
from ptgsched.app import create_app
from tests.support.browser import Readers, running_browser
from tests.support.database import forget, migrate, settings_for
from tests.support.once import CompiledTemplates, compile_routes_once, compile_statements_once
from tests.support.postgres import Postgres, Rows, running_postgres
from tests.support.redis import running_redis
from tests.support.server import running_server
from tests.support.story import Story

Serve = Callable[..., str]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One Chromium is enough: all browser tests go to one worker."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("browser"))


def pytest_collection_finish() -> None:
    """What is there by now stays: no need to look through it again at each collection."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def compiled_templates() -> Iterator[CompiledTemplates]:
    """Templates, routes and statements are compiled once for each worker."""
    with pytest.MonkeyPatch.context() as patch:
        compile_routes_once(patch)
        compile_statements_once(patch)
        yield CompiledTemplates()


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    """Hashing is slow on purpose; what is stored and checked is the same when it is quick."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


# Databases -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of this worker's own."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_database(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a migrated PostgreSQL database that one test after the other may have."""
    name = postgres.create()
    migrate(postgres.url(name), tmp_path_factory.mktemp("postgres-database"))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a migrated, empty SQLite database to copy."""
    folder = tmp_path_factory.mktemp("sqlite-template")
    path = folder / "template.sqlite"
    migrate(f"sqlite:///{path}", folder)
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of this test's own migrated SQLite database (a file: memory hides locks)."""
    path = shutil.copy(sqlite_template, tmp_path / "test.sqlite")
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: Postgres, postgres_database: str) -> Iterator[str]:
    """The URL of a migrated, empty PostgreSQL database, this test's own while it runs."""
    yield postgres.url(postgres_database)
    postgres.empty(postgres_database)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """This test's own migrated database; a test that uses it runs once on each kind."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return request.getfixturevalue(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Likewise, but with no table in it: for tests of the migrations."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)


# The application -------------------------------------------------------------------------------


@pytest.fixture
def make_app(
    tmp_path: Path, compiled_templates: CompiledTemplates
) -> Iterator[Callable[..., Flask]]:
    """`make_app(database_url, **settings)`: an application whose connections end with the test.

    No application context is left open: Flask would lend it to the requests, and a view that
    forgets to commit would pass. Open one around arranging and around asserting.
    """
    made: list[Flask] = []

    def make(url: str, **settings: str) -> Flask:
        app = create_app(settings_for(url, tmp_path / "instance", **settings))
        app.testing = True
        app.jinja_env.bytecode_cache = compiled_templates
        made.append(app)
        return app

    yield make
    for app in made:
        forget(app)


@pytest.fixture
def app(make_app: Callable[..., Flask], database_url: str) -> Flask:
    """The application; the test runs once on each kind of database."""
    return make_app(database_url)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's client of `app`."""
    return app.test_client()


@pytest.fixture
def sqlite_app(make_app: Callable[..., Flask], sqlite_url: str) -> Flask:
    """The application on SQLite, for what does not depend on the kind of database."""
    return make_app(sqlite_url)


@pytest.fixture
def sqlite_client(sqlite_app: Flask) -> FlaskClient:
    """A visitor's client of `sqlite_app`."""
    return sqlite_app.test_client()


# The story -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sqlite_story_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an SQLite database with the story in it, to copy."""
    folder = tmp_path_factory.mktemp("sqlite-story")
    path = Path(shutil.copy(sqlite_template, folder / "story.sqlite"))
    app = create_app(settings_for(f"sqlite:///{path}", folder))
    Story.begin(app)
    forget(app)
    return path


@pytest.fixture(scope="session")
def postgres_story_rows(
    postgres: Postgres, postgres_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Rows:
    """The rows of the story in PostgreSQL; asked for while the database is empty."""
    folder = tmp_path_factory.mktemp("postgres-story")
    app = create_app(settings_for(postgres.url(postgres_database), folder))
    Story.begin(app)
    forget(app)
    rows = postgres.rows(postgres_database)
    postgres.empty(postgres_database)
    return rows


@pytest.fixture
def story(app: Flask, database_url: str, request: pytest.FixtureRequest) -> Story:
    """A small PTG and the people around it, on each kind of database; no context is open."""
    given = request.getfixturevalue
    if database_url.startswith("sqlite"):
        shutil.copy(given("sqlite_story_template"), database_url.removeprefix("sqlite:///"))
    else:
        given("postgres").fill(given("postgres_database"), given("postgres_story_rows"))
    return Story(app)


@pytest.fixture
def sqlite_story(sqlite_app: Flask, sqlite_url: str, sqlite_story_template: Path) -> Story:
    """The same on SQLite only."""
    shutil.copy(sqlite_story_template, sqlite_url.removeprefix("sqlite:///"))
    return Story(sqlite_app)


@pytest.fixture
def scene(story: Story) -> Iterator[Story]:
    """The story with its context open: for rules and operations, never around a request."""
    with story.app.app_context():
        yield story


# From outside ----------------------------------------------------------------------------------


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """`serve(database_url, workers=1, **settings)`: gunicorn on a free port; its base URL."""
    with ExitStack() as servers:

        def start(url: str, *, workers: int = 1, **settings: str) -> str:
            instance = tmp_path / "served"
            server = running_server(url, instance, workers=workers, **settings)
            return servers.enter_context(server)

        yield start


@pytest.fixture
def live_server(serve: Serve, sqlite_url: str) -> str:
    """The base URL of the service on `sqlite_url`."""
    return serve(sqlite_url)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a Redis of this worker's own; a test that leaves keys behind says FLUSHALL."""
    with running_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with running_browser() as chromium:
        yield chromium


@pytest.fixture
def readers(browser: Browser) -> Iterator[Readers]:
    """Opens pages as different readers; fails when a script or the content policy complained."""
    opened = Readers(browser)
    yield opened
    assert opened.close() == []


@pytest.fixture
def page(readers: Readers) -> Page:
    """The page of one reader in UTC."""
    return readers.open()
