"""The table that is printed, the JSON that is kept, and which limits are broken."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Line:
    """One measurement; times in milliseconds, `cpu` in microseconds, ratios to bare."""

    name: str
    size: str
    database: str
    per_second: float | None = None
    p50: float | None = None
    p99: float | None = None
    speed_ratio: float | None = None
    cpu: float | None = None
    cpu_ratio: float | None = None
    limits: Mapping[str, float] = field(default_factory=dict)

    def broken(self, *, busy: bool) -> list[str]:
        """The limits that do not hold, in words; what was not measured breaks none.

        Where the machine is busy, a limit in milliseconds is held against the server's processor
        time: waiting for other people's work says nothing about ours.
        """
        said = []
        for name, limit in self.limits.items():
            value, unit = getattr(self, name), _UNITS[name]
            if name == "p50" and busy and self.cpu is not None:
                value, unit = self.cpu / 1000, "{:.1f} ms of processor time"
            if value is not None and value > limit:
                said.append(
                    f"{self.name} ({self.size}, {self.database}): {unit.format(value)}, "
                    f"limit {limit:g}"
                )
        return said


_UNITS = {
    "cpu_ratio": "{:.2f} times the bare CPU",
    "p50": "{:.1f} ms at the median",
    "p99": "{:.1f} ms for 99 of 100",
}


def show(lines: Sequence[Line]) -> None:
    """Print the table; ratios say how many times the bare app's cost it is."""
    table = Table(title="ptgsched, next to a bare WSGI app (bookings: a bare INSERT)")
    for heading in ("what", "size", "database"):
        table.add_column(heading)
    headings = ("per second", "p50 ms", "p99 ms", "x bare time", "CPU us", "x bare CPU", "limit")
    for heading in headings:
        table.add_column(heading, justify="right")
    for line in lines:
        table.add_row(
            line.name,
            line.size,
            line.database,
            _number(line.per_second, 0),
            _number(line.p50, 2),
            _number(line.p99, 2),
            _number(line.speed_ratio, 2),
            _number(line.cpu, 0),
            _number(line.cpu_ratio, 2),
            " ".join(f"{_SHORT[name]} {limit:g}" for name, limit in line.limits.items()),
        )
    console = Console()
    if not console.is_terminal:
        console = Console(width=150)
    console.print(table)


_SHORT = {"cpu_ratio": "CPU x", "p50": "p50", "p99": "p99"}


def write(
    path: Path,
    lines: Sequence[Line],
    *,
    at: datetime,
    settings: Mapping[str, object],
    broken: Sequence[str],
) -> None:
    """Keep everything, with what is needed to read it later."""
    machine = {"python": platform.python_version(), "machine": platform.machine()}
    facts = {
        "at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "machine": machine,
        "settings": dict(settings),
        "results": [asdict(line) for line in lines],
        "broken": list(broken),
    }
    path.write_text(json.dumps(facts, indent=1) + "\n")


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:,.{digits}f}"
