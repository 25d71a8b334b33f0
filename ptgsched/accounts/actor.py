"""Who makes a change, as the journal names them in public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Source = Literal["web", "api", "chat", "import", "command", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """`label` is public (never an e-mail or a real name); the ids are for the audit only."""

    label: str
    source: Source
    user_id: int | None = None
    token_id: int | None = None


IMPORTER = Actor("import", "import")
OPERATOR = Actor("command line", "command")
