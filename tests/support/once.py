"""Each test has an application of its own; what is the same in all of them is made once a worker.

Compiling templates, routes and statements takes ten times as long as most tests do.
"""

import contextlib
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, event, make_url
from sqlalchemy.exc import OperationalError
from werkzeug.routing import Rule


class CompiledTemplates(BytecodeCache):
    """Compiled templates, kept in memory; Jinja asks by the template's text."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], object] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what is kept."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._kept[bucket.key, bucket.checksum] = bucket.code


def compile_routes_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let rules of the same text share what Werkzeug makes of it: its parts and its builders."""
    compile_anew = Rule.compile
    kept: dict[tuple[object, ...], Rule] = {}

    def compile_once(rule: Rule) -> None:
        defaults = tuple(sorted((rule.defaults or {}).items()))
        first = kept.setdefault((rule.rule, rule.subdomain, rule.merge_slashes, defaults), rule)
        if first is rule:
            compile_anew(rule)
            return
        rule.arguments |= first.arguments
        for name in ("_parts", "_trace", "_converters"):
            setattr(rule, name, getattr(first, name))
        for name in ("_build", "_build_unknown"):
            setattr(rule, name, getattr(first, name).__func__.__get__(rule, None))

    monkeypatch.setattr(Rule, "compile", compile_once)


def compile_statements_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let engines of one kind share their dialect, and with it what is made of statements.

    A dialect asks its server what it can do; all servers of a kind are alike here.
    """
    make_anew = SQLAlchemy._make_engine
    kept: dict[str, Engine] = {}

    def make_engine(
        database: SQLAlchemy, bind_key: str | None, options: dict[str, Any], app: Flask
    ) -> Engine:
        kind = make_url(options["url"]).get_backend_name()
        first = kept.get(kind)
        if first is None:
            engine = make_anew(database, bind_key, options, app)
            with contextlib.suppress(OperationalError), engine.connect():
                kept[kind] = engine
            return engine
        engine = make_anew(database, bind_key, options | {"_initialize": False}, app)
        prepare = first.dialect.on_connect_url(engine.url)
        event.listen(engine, "connect", lambda connection, _record: prepare(connection))
        engine.dialect = engine.pool._dialect = first.dialect
        engine._compiled_cache = first._compiled_cache
        return engine

    monkeypatch.setattr(SQLAlchemy, "_make_engine", make_engine)
