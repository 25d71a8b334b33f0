"""docs/api.md promises what the service keeps."""

import re
from datetime import timedelta
from pathlib import Path

from flask import Flask

from ptgsched.accounts.models import SCOPES
from ptgsched.schedule.policy import ADVICE, RULES
from tests.api.conftest import ROOT, Program
from tests.support.story import Story

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()


def test_every_address_that_can_be_read_is_on_the_page(sqlite_app: Flask):
    spec = sqlite_app.test_client().get(f"{ROOT}/openapi.json").get_json()
    for path in (path for path, operations in spec["paths"].items() if "get" in operations):
        last = re.sub(r"\{(\w+)\}", r"<\1>", path.removeprefix(ROOT)).removeprefix(
            "/events/<event>"
        )
        assert f"{last or '/events/<event>'}" in PAGE, path


def test_every_rule_is_on_the_page_with_its_facts():
    for rule in RULES:
        assert f"`{rule.__name__}`" in PAGE
    for advice in ADVICE:
        assert f"`{advice.__name__.removesuffix('_advice')}`" in PAGE
    assert {"booking:write", "manage"} <= set(SCOPES)


def test_the_facts_of_a_refusal_are_those_on_the_page(story: Story, lead: Program, rival: Program):
    with story.app.app_context():
        story.phase("Now", kinds=["vertical"], per_day=1, total=1)
        story.phase("Later", opens=timedelta(days=3), kinds=["vertical"])
        story.keep_apart("nova", "cinder")
        story.team("nova").expected_attendance = 50
        ballroom = story.room("ballroom")
        ballroom.offered_always = False
        story.set(status="published")
    lead.book("bexar", "MonA2")
    rival.book("austin", "MonA1", team="cinder")
    refused = [
        lead.book("austin", "MonA1", "MonA2", "MonA4").get_json(),
        lead.book("ballroom", "TueA1").get_json(),
    ]
    rows = {
        rule: set(re.findall(r"`(\w+)`", facts))
        for rules, facts in re.findall(r"^\| (`[^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
        for rule in re.findall(r"`(\w+)`", rules)
    }
    seen = set()
    for problem in refused:
        for told in problem["violations"] + problem["warnings"]:
            seen.add(told["rule"])
            assert told.keys() - {"rule", "message"} <= rows[told["rule"]], told
    assert seen >= {"not_contiguous", "room_taken", "team_busy", "daily_cap", "total_cap"}
    assert seen >= {"declared_conflict", "room_not_offered", "over_capacity"}
