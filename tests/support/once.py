"""Each test has an application of its own; what is the same in all of them is made once a worker.

Compiling templates and routes takes ten times as long as most tests do.
"""

import pytest
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
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
