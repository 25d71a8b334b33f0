"""What the documentation promises is there: pages, commands, targets, templates, addresses."""

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from flask import Flask

from ptgsched.clock import utcnow
from ptgsched.commands import main
from ptgsched.demo import load_demo
from ptgsched.events.kinds import KINDS, TEMPLATES
from ptgsched.schedule.policy import ADVICE, RULES
from tests.conftest import Serve
from tests.support.database import child_environment
from tests.support.programs import require_program

ROOT = Path(__file__).parents[1]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"ptgsched((?: [a-z][a-z-]*)+)((?: +--[a-z-]+)*)")


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_links_lead_to_files_and_headings(page: Path):
    for found in LINK.finditer(page.read_text()):
        target = next(filter(None, found.groups()))
        if target.startswith(("https://", "http://")):
            continue
        name, _, heading = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), f"{target} in {ids(page)}"
        if heading:
            assert heading in headings(file), f"{target} in {ids(page)}"


def test_the_index_names_every_page():
    docs = ROOT / "docs"
    index = (docs / "README.md").read_text()
    named = set(re.findall(r"\(([^)#]+\.md)\)", index))
    written = {str(path.relative_to(docs)) for path in docs.rglob("*.md")} - {"README.md"}
    assert written <= named, sorted(written - named)


def test_decisions_are_numbered_without_gaps():
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    for number, page in enumerate(pages, 1):
        assert page.name.startswith(f"{number:04}-")
        assert page.read_text().startswith(f"# {number}. "), page.name


def test_every_template_and_kind_is_described():
    text = (ROOT / "docs" / "events.md").read_text()
    for template in TEMPLATES.values():
        [row] = [line for line in text.splitlines() if line.startswith(f"| `{template.name}` |")]
        for plan in template.windows:
            assert f"{plan.code} {plan.start:%H:%M}" in row, f"{template.name}: {plan.code}"
        assert ("weekdays" in row) == template.weekdays_only
        zone = template.zone or "the event's zone"
        assert row.endswith(f"| {zone} |")
    for kind in KINDS:
        assert f"`{kind}`" in text


def test_every_rule_is_described():
    text = (ROOT / "docs" / "events.md").read_text()
    for rule in (*RULES, *ADVICE):
        assert f"`{rule.__name__.removesuffix('_advice')}`" in text


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_commands_in_examples_exist(page: Path):
    for _, block in FENCE.findall(page.read_text()):
        for line in block.splitlines():
            for words, options in COMMAND.findall(line):
                command, known = find_command(words.split())
                assert not isinstance(command, click.Group), f"{line!r} names no command"
                for option in options.split():
                    assert option in known, f"{option} in {line!r}"


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_make_targets_in_examples_exist(page: Path):
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"`?\bmake ([a-z]+)`", page.read_text()))
    for _, block in FENCE.findall(page.read_text()):
        named |= set(re.findall(r"^make ([a-z]+)", block, re.MULTILINE))
    assert named <= targets


def test_addresses_in_the_readme_are_routes(sqlite_app: Flask):
    adapter = sqlite_app.url_map.bind("localhost")
    text = (ROOT / "README.md").read_text()
    paths = re.findall(r"`(/[a-z][^`?]*)[^`]*`", text)
    assert len(paths) >= 3
    for path in paths:
        assert adapter.test(path, "GET") or path == "/api/v1", path


def test_the_readme_runs(serve: Serve, sqlite_url: str, sqlite_app: Flask, tmp_path: Path):
    """Its shell blocks, line by line, against the demo; any failure stops them."""
    bash = require_program("bash")
    for program in ("curl", "jq"):
        require_program(program)
    with sqlite_app.app_context():
        load_demo(utcnow())
    base_url = serve(sqlite_url)
    blocks = [
        block for kind, block in FENCE.findall((ROOT / "README.md").read_text()) if kind == "sh"
    ]
    script = "\n".join(blocks).replace("http://127.0.0.1:8000", base_url)
    script = script.replace(".venv/bin/ptgsched", str(Path(sys.executable).with_name("ptgsched")))
    done = subprocess.run(
        [bash, "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=child_environment(sqlite_url, tmp_path / "instance"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "BEGIN:VCALENDAR" in done.stdout
    assert "304\n" in done.stdout
    assert '"allowed":true' in done.stdout.replace(" ", "")
    assert '"status":"cancelled"' in done.stdout.replace(" ", "")
    assert (tmp_path / "rooms.csv").read_text().count(os.linesep) > 100


def headings(page: Path) -> set[str]:
    """The anchors of a page's headings, as repository sites make them."""
    found = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for text in found}


def find_command(words: list[str]) -> tuple[click.Command, set[str]]:
    """The command that the first words name, and the options it knows."""
    command: click.Command = main
    for word in words:
        if not isinstance(command, click.Group):
            break
        if word not in command.commands:
            break
        command = command.commands[word]
    options = {"--help", *(name for param in command.params for name in param.opts)}
    return command, options
