"""The ground: locks, package data, and the files a newcomer relies on."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCKS = ["requirements.lock", "requirements-dev.lock"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def locked(name: str) -> dict[str, list[str]]:
    """Of each package of a lock file: its requirement line followed by its hashes."""
    packages: dict[str, list[str]] = {}
    current: list[str] = []
    for raw in (ROOT / name).read_text().splitlines():
        line = raw.rstrip("\\").strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("--hash="):
            current.append(line)
        else:
            current = [line]
            # A package may stand twice, with markers for different Pythons.
            packages[line] = current
    return packages


def pins(name: str) -> set[tuple[str, str]]:
    requirements = [Requirement(line) for line in locked(name)]
    return {(canonicalize_name(entry.name), str(entry.specifier)) for entry in requirements}


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_is_pinned_and_hashed(name):
    packages = locked(name)

    assert len(packages) > 40
    for line, (_, *hashes) in packages.items():
        assert re.fullmatch(r"==[^,*]+", str(Requirement(line).specifier)), line
        assert hashes, line
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in hashes), line


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address(name):
    text = (ROOT / name).read_text()

    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--\w*index|--find-links)", text, re.MULTILINE)


def test_the_tests_run_the_releases_that_production_runs():
    assert pins("requirements.lock") <= pins("requirements-dev.lock")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("requirements.lock", PROJECT["project"]["dependencies"]),
        ("requirements.lock", PROJECT["dependency-groups"]["build"]),
        ("requirements-dev.lock", PROJECT["dependency-groups"]["dev"]),
    ],
)
def test_the_lock_holds_what_the_project_declares(name, wanted):
    versions = dict(pins(name))

    for requirement in map(Requirement, wanted):
        version = versions[canonicalize_name(requirement.name)].removeprefix("==")
        assert version in requirement.specifier, f"{requirement}: run make lock"


def test_the_installed_package_is_the_locked_set():
    """`pip check` finds no package whose requirement is missing or too old."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


def test_the_changelog_begins_with_the_version_of_the_package():
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert headings[0] == PROJECT["project"]["version"]


def test_the_wheel_carries_templates_static_and_migrations():
    carried = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]

    for folder in ("templates", "static", "migrations"):
        assert carried[folder] == f"ptgsched/{folder}"
        assert (ROOT / folder).is_dir()


def test_only_timezones_imports_pytz():
    importers = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "ptgsched").rglob("*.py"))
        if re.search(r"^\s*(import|from) pytz\b", path.read_text(), re.MULTILINE)
    ]

    assert importers == ["ptgsched/timezones.py"]


def test_every_command_of_make_is_explained_at_its_top():
    makefile = (ROOT / "Makefile").read_text()
    explained = set(re.findall(r"^# make (\w+)", makefile, re.MULTILINE))

    assert explained >= {"run", "install", "test", "lint", "bench", "lock"}
    for target in explained:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_scripts_can_be_run():
    scripts = [*(ROOT / "scripts").glob("*.sh"), ROOT / ".ci" / "run"]

    assert len(scripts) > 4
    for script in scripts:
        assert script.stat().st_mode & 0o111, script
        subprocess.run(["bash", "-n", script], check=True)
