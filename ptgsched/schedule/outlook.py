"""What a booking would mean, said before it is made: times, hours used, what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ptgsched.events.models import Event
from ptgsched.schedule.policy import Proposal, Situation, Verdict, hours_by_day, ruling_phase
from ptgsched.schedule.signup import of_cap, usage
from ptgsched.schedule.wording import in_words
from ptgsched.timewords import clock, hours, stretch
from ptgsched.timezones import local_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The summary of a proposal for one reader."""

    who: str  # Nova with Cinder
    room: str
    utc: str  # Mon 26 Oct 13:00-15:00 UTC
    local: str  # 18:30-20:30 Asia/Kolkata; empty when the reader lives in UTC
    length: str  # 2 h
    uses: tuple[str, ...]  # nova uses 2 of 4 h on Monday, 6 of 16 h in all
    violations: tuple[str, ...]
    warnings: tuple[str, ...]
    bendable: bool  # an organizer's reason would do

    @property
    def allowed(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.violations


def outlook(
    event: Event,
    proposal: Proposal,
    situation: Situation,
    verdict: Verdict,
    *,
    zone: str,
    names: Mapping[str, str],
    never_bent: frozenset[str],
) -> Outlook:
    """Say `verdict` on `proposal` in the reader's zone; `names` are those of teams, by slug."""
    broken = {violation.rule for violation in verdict.violations}
    interval = proposal.interval
    return Outlook(
        who=" with ".join(
            [proposal.team.name, ", ".join(team.name for team in proposal.with_teams)]
            if proposal.with_teams
            else [proposal.team.name]
        ),
        room=proposal.room.name,
        utc=stretch(interval.start, interval.end, "UTC"),
        local=_local(proposal, zone),
        length=hours(sum(slot.hours for slot in proposal.slots)),
        uses=tuple(_uses(event, proposal, situation)),
        violations=tuple(in_words(violation, zone, names) for violation in verdict.violations),
        warnings=tuple(in_words(violation, zone, names) for violation in verdict.warnings),
        bendable=bool(broken) and not broken & never_bent,
    )


def _local(proposal: Proposal, zone: str) -> str:
    """The reader's time, short where the date is the same as in UTC."""
    interval = proposal.interval
    if zone == "UTC":
        return ""
    if local_date(interval.start, zone) == interval.start.date():
        start, end = clock(interval.start, zone), clock(interval.end, zone)
        if local_date(interval.end, zone) == interval.start.date() or end == "00:00":
            return f"{start}-{end} {zone}"
    return stretch(interval.start, interval.end, zone)


def _uses(event: Event, proposal: Proposal, situation: Situation) -> Iterator[str]:
    asked = hours_by_day(proposal.slots, event.quota_day)
    phases, at = situation.phases, situation.at
    ruling = ruling_phase(phases, proposal.team.kind, at)
    caps = (ruling.max_hours_per_day, ruling.max_hours_total) if ruling else (None, None)
    for team in proposal.teams:
        # Joint teams are held to the caps of the phase that the booking team is in.
        used = usage(team, situation.sessions, phases, at, asked=asked)
        days = ", ".join(f"{of_cap(used.on(day), caps[0])} on {day:%A}" for day in sorted(asked))
        over = any(used.on(day) > (caps[0] or used.on(day)) for day in asked)
        verb = "would use" if over or used.total > (caps[1] or used.total) else "uses"
        yield f"{team.name} {verb} {days}, {of_cap(used.total, caps[1])} in all"
