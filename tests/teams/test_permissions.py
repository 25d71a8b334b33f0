"""Who may do what: a lead, another team's lead, a visitor, the organizer, the administrator."""

import pytest

from ptgsched.db import db
from ptgsched.errors import Forbidden, NotFound
from ptgsched.events.models import EventStatus
from ptgsched.teams.models import Membership, Organizer, Role
from ptgsched.teams.permissions import (
    is_organizer,
    led_team_ids,
    may_book_for,
    require_lead,
    require_organizer,
    team_of,
    teams_of,
    visible_event,
    web_actor,
)
from tests.support.story import Story


def person(story, name):
    return None if name == "nobody" else story.user(name)


@pytest.mark.parametrize(
    ("name", "books_for_nova", "organizes"),
    [
        ("lena", True, False),
        ("omar", False, False),
        ("olga", True, True),
        ("ada", True, True),
        ("vic", False, False),
        ("nobody", False, False),
    ],
)
def test_who_books_for_nova_and_who_runs_the_event(scene, name, books_for_nova, organizes):
    who, event, nova = person(scene, name), scene.event, scene.team("nova")

    assert may_book_for(who, event, nova) is books_for_nova
    assert is_organizer(who, event) is organizes
    if books_for_nova:
        require_lead(who, event, nova)
    else:
        with pytest.raises(Forbidden, match="Only the leads of Nova and the organizers"):
            require_lead(who, event, nova)
    if organizes:
        require_organizer(who, event)
    else:
        with pytest.raises(Forbidden):
            require_organizer(who, event)


@pytest.mark.parametrize(
    ("role", "leads"), [(Role.LEAD, True), (Role.DEPUTY, True), (Role.MEMBER, False)]
)
def test_leads_and_deputies_book_members_do_not(scene, role, leads):
    vic, nova = scene.user("vic"), scene.team("nova")
    db.session.add(Membership(team=nova, user=vic, role=role))
    db.session.commit()

    assert may_book_for(vic, scene.event, nova) is leads
    assert led_team_ids(vic, scene.event) == ({nova.id} if leads else set())
    assert not may_book_for(vic, scene.event, scene.team("cinder"))


def test_a_role_at_one_event_is_none_at_another(scene):
    spring = Story.begin(scene.app, slug="spring")
    vic = scene.user("vic")
    db.session.add(Organizer(event_id=spring.event.id, user_id=vic.id))
    db.session.commit()

    assert is_organizer(vic, spring.event)
    assert not is_organizer(vic, scene.event)
    assert not may_book_for(vic, scene.event, scene.team("nova"))
    lena = scene.user("lena")
    assert led_team_ids(lena, spring.event) == {spring.team("nova").id}


@pytest.mark.parametrize("status", EventStatus)
@pytest.mark.parametrize("name", ["lena", "olga", "ada", "vic", "nobody"])
def test_a_draft_is_seen_by_those_who_run_it(scene, status, name):
    scene.set(status=status)
    who = person(scene, name)

    if status != EventStatus.DRAFT or name in {"olga", "ada"}:
        assert visible_event(who, "oct") == scene.event
    else:
        with pytest.raises(NotFound) as hidden:
            visible_event(who, "oct")
        with pytest.raises(NotFound) as unknown:
            visible_event(who, "no-such-event")
        assert str(hidden.value) == str(unknown.value)


def test_teams_belong_to_their_event(scene):
    Story.begin(scene.app, slug="spring")

    assert [team.slug for team in teams_of(scene.event)] == ["cinder", "neutron", "nova", "tc"]
    assert team_of(scene.event, "nova").event_id == scene.event.id
    for slug in ("glance", "no\0va"):
        with pytest.raises(NotFound, match="no such team"):
            team_of(scene.event, slug)


def test_the_journal_names_people_by_role(scene):
    event, nova = scene.event, scene.team("nova")

    assert web_actor(scene.user("lena"), event, nova).label == "lead:nova"
    assert web_actor(scene.user("olga"), event, nova).label == "organizer"
    assert web_actor(scene.user("olga"), event).label == "organizer"
    actor = web_actor(scene.user("ada"), event, nova)
    assert (actor.label, actor.source, actor.user_id) == (
        "organizer",
        "web",
        scene.user("ada").id,
    )
