"""Each test has an application of its own; what is the same in all of them is made once a worker.

Compiling templates and routes takes ten times as long as most tests do.
"""

from collections.abc import Callable

import pytest
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


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
    """Let rules of the same text share the functions that build their addresses.

    Werkzeug writes one from the rule's parts alone and binds it to the rule afterwards.
    """
    compile_anew = Rule._compile_builder
    kept: dict[tuple[object, ...], Builder] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> Builder:
        defaults = tuple(sorted((rule.defaults or {}).items()))
        parts = (rule.rule, tuple(rule._trace), defaults, append_unknown)
        if parts not in kept:
            kept[parts] = compile_anew(rule, append_unknown)
        return kept[parts]

    monkeypatch.setattr(Rule, "_compile_builder", compiled)
