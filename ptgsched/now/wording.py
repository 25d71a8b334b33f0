"""What people posted, as a page shows it: addresses become links, `#team` a badge."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import url_for
from markupsafe import Markup

from ptgsched.events.models import Event
from ptgsched.teams.models import Team
from ptgsched.web.filters import linkify

# At the beginning of a word, so that the fragment of an address is never taken for one.
_MENTION = re.compile(r"(?<!\S)[(\[\"']?#([a-z0-9][a-z0-9_-]*)", re.IGNORECASE)
_BADGE = Markup('<a class="team-badge team-{}" href="{}">{}</a>')


def posted(text: str, event: Event, teams: Mapping[str, Team]) -> Markup:
    """`text` with links to http(s) addresses and to the event's teams; all else escaped."""
    parts: list[Markup] = []
    end = 0
    for found in _MENTION.finditer(text):
        slug = found[1].lower().rstrip("-_")
        if slug in teams:
            page = url_for("schedule.team", event=event.slug, team=slug)
            start = found.start(1)
            parts += [linkify(text[end : start - 1]), _BADGE.format(slug, page, f"#{slug}")]
            end = start + len(slug)
    return Markup("").join([*parts, linkify(text[end:])])
