"""What is promised is written down: commands, their options, settings; and all can be asked."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ptgsched.commands import main
from ptgsched.config import PREFIX, Settings

DOCS = Path(__file__).parents[2] / "docs"
HEADINGS = re.findall(r"^### `ptgsched (.+)`$", (DOCS / "commands.md").read_text(), re.MULTILINE)


def commands(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield (*path, name), command


COMMANDS = dict(commands(main))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_a_command_is_documented_with_all_its_options(path):
    name = " ".join(path)
    found = [heading for heading in HEADINGS if f"{heading} ".startswith(f"{name} ")]

    assert len(found) == 1, f"docs/commands.md has no heading of its own for ptgsched {name}"
    written = set(re.findall(r"--?[a-z-]+", found[0]))
    options = {o for p in COMMANDS[path].params if isinstance(p, click.Option) for o in p.opts}
    assert written | {"--output"} >= options, found[0]
    assert written <= options, found[0]


def test_no_command_is_documented_that_does_not_exist():
    names = [" ".join(path) for path in COMMANDS]

    assert [h for h in HEADINGS if not any(f"{h} ".startswith(f"{n} ") for n in names)] == []


@pytest.mark.parametrize("path", [(), *COMMANDS], ids=" ".join)
def test_a_command_explains_itself(path):
    done = CliRunner().invoke(main, [*path, "--help"])

    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) > 4


def test_every_option_says_what_it_is_for():
    silent = [
        (path, option.name)
        for path, command in COMMANDS.items()
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]

    assert silent == []


def test_every_setting_is_documented_and_no_other():
    written = re.findall(
        rf"^\| `{PREFIX}([A-Z_]+)` \|", (DOCS / "settings.md").read_text(), re.MULTILINE
    )

    assert sorted(written) == sorted(field.name.upper() for field in fields(Settings))


def test_every_setting_has_its_default_in_the_documentation():
    text = (DOCS / "settings.md").read_text()
    for field in fields(Settings):
        if field.default and field.name != "database_url":
            assert f"`{PREFIX}{field.name.upper()}` | `{field.default}` |" in text
