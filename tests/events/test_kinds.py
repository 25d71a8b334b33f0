"""The event templates: data that must be sound, and cover what DOMAIN.md tells of."""

from itertools import pairwise

import pytest

from ptgsched.events.kinds import KINDS, TEMPLATES


def minutes(plan):
    """From midnight to the plan's start and to its end."""
    start = plan.start.hour * 60 + plan.start.minute
    return start, start + plan.slots * plan.minutes + (plan.slots - 1) * plan.gap


def test_every_kind_of_the_domain_has_a_template():
    assert set(TEMPLATES) == {"virtual-ptg", "ptg", "summit", "opendev", "training", "days"}
    assert {*TEMPLATES, "forum", "hackathon", "other"} == set(KINDS)


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda template: template.name)
def test_a_template_has_windows_apart_from_each_other_with_codes_of_their_own(template):
    codes = [plan.code for plan in template.windows]
    assert len(codes) == len(set(codes))
    assert all(plan.name and plan.code.isupper() for plan in template.windows)

    spans = sorted(minutes(plan) for plan in template.windows)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert spans[-1][1] - spans[0][0] <= 24 * 60


@pytest.mark.parametrize(
    ("name", "windows", "slots", "hours"),
    [
        ("virtual-ptg", 3, 12, 12),
        ("ptg", 2, 4, 7),
        ("summit", 3, 8, 1 + 7 * 40 / 60),
        ("opendev", 2, 4, 4),
        ("training", 2, 2, 6),
        ("days", 2, 9, 6.75),
    ],
)
def test_how_much_of_a_day_each_uses(name, windows, slots, hours):
    plans = TEMPLATES[name].windows

    assert len(plans) == windows
    assert sum(plan.slots for plan in plans) == slots
    assert sum(plan.slots * plan.minutes for plan in plans) / 60 == pytest.approx(hours)
