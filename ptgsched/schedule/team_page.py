"""What the pages of teams show: hours booked, caps, what is missing to be signed up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ptgsched.events.models import Event, QuotaDay, Slot
from ptgsched.schedule.joining import etherpad_link, team_link
from ptgsched.schedule.policy import Session, hours_by_day
from ptgsched.schedule.signup import Usage, of_cap
from ptgsched.teams.models import Team
from ptgsched.timewords import hours
from ptgsched.web.links import Links

NO_PROJECT = "Across projects"


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A team in the list."""

    team: Team
    project: str
    hours: float
    sessions: int
    pad: str
    join: str | None

    @property
    def searched(self) -> str:
        """The text that a search looks at."""
        return f"{self.team.name} {self.team.slug} {self.project}"


@dataclass(frozen=True, slots=True)
class Bar:
    """Hours used of a cap; `words` say the same for everybody."""

    label: str
    used: float
    cap: float | None
    words: str

    @property
    def state(self) -> str:
        """``over``, ``full`` or nothing: how the bar looks."""
        if self.cap is None or self.used < self.cap:
            return ""
        return "over" if self.used > self.cap else "full"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a team needs to be signed up (DOMAIN 6)."""

    done: bool
    text: str


def team_lines(
    event: Event, teams: Iterable[Team], sessions: Sequence[Session], links: Links
) -> list[TeamLine]:
    """Each team with what it has booked, joint sessions included, by name."""
    lines = []
    for team in sorted(teams, key=lambda team: (team.name.casefold(), team.slug)):
        own = [session for session in sessions if team.id in session.teams]
        lines.append(
            TeamLine(
                team=team,
                project=team.project.name if team.project else NO_PROJECT,
                hours=sum(sum(session.hours_by_day.values()) for session in own),
                sessions=len(own),
                pad=etherpad_link(links, event, team),
                join=team_link(links, event, team),
            )
        )
    return lines


def matching(lines: Iterable[TeamLine], query: str) -> list[TeamLine]:
    """The lines that hold every word of `query`."""
    words = query.casefold().split()
    return [line for line in lines if all(word in line.searched.casefold() for word in words)]


def by_project(lines: Iterable[TeamLine]) -> list[tuple[str, list[TeamLine]]]:
    """The lines under their projects, by name; what crosses projects comes first."""
    groups: dict[str, list[TeamLine]] = {}
    for line in lines:
        groups.setdefault(line.project, []).append(line)
    return sorted(groups.items(), key=lambda item: (item[0] != NO_PROJECT, item[0].casefold()))


def bars(event: Event, slots: Sequence[Slot], used: Usage) -> list[Bar]:
    """The hours in all and on each day, against the caps that hold now."""
    found = [Bar("In all", used.total, used.total_cap, of_cap(used.total, used.total_cap))]
    days = sorted(hours_by_day(slots, event.quota_day).keys() | used.by_day.keys())
    for day in days:
        label = f"{day:%a %-d %b}"
        number = used.on(day)
        found.append(Bar(label, number, used.day_cap, of_cap(number, used.day_cap)))
    return found


def day_note(event: Event) -> str:
    """Whose days the bars count, where that could be misread."""
    if event.quota_day == QuotaDay.UTC:
        return "Days are counted in UTC."
    return "An hour past midnight counts for the event day that its window starts on."


def steps(team: Team, used: Usage) -> list[Step]:
    """What is done and what is missing to be signed up: the survey and some hours."""
    surveyed = team.survey_completed_at is not None
    survey = "Team survey filled in" if surveyed else "The team survey is missing"
    if used.total:
        wanted = f", {hours(team.hours_wanted)} wanted" if team.hours_wanted else ""
        booked = f"{hours(used.total)} booked{wanted}"
    else:
        booked = "No hours are booked yet"
    return [Step(surveyed, survey), Step(used.total > 0, booked)]
