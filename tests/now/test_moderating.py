"""Moderators say what is on, from the web, by the same door as from chat; others cannot."""

import time
from concurrent.futures import ThreadPoolExecutor

from ptgsched.clock import utcnow
from ptgsched.db import begin_write, db
from ptgsched.live import operations, queries
from ptgsched.live.models import Notice
from ptgsched.live.queries import Live
from ptgsched.schedule.journal import lock
from ptgsched.setup.teams import remove_team
from tests.now.conftest import say
from tests.schedule.pages import text_of, value_of
from tests.support.story import LEAD, ORGANIZER, SIGN_UP, Story

NOW = "/events/oct/now"


def board(story: Story) -> Live:
    with story.app.app_context():
        return queries.live(story.event, utcnow())


def texts(story: Story, team: str = "nova") -> tuple[str | None, list[str]]:
    """What is on at a team, and what comes next."""
    on = board(story)
    now = on.now.get(team)
    return now and now.text, [said.text for said in on.next.get(team, ())]


def test_a_lead_sets_adds_starts_and_cleans(both):
    lena = both.client("lena")

    def post(do: str, text: str = "") -> str:
        answer = lena.post(NOW, data={"team": "nova", "do": do, "text": text})
        assert (answer.status_code, answer.location) == (303, f"{NOW}?team=nova#post")
        return text_of(lena.get(answer.location))

    assert "Now at Nova: Placement" in post("now", "Placement")
    assert texts(both) == ("Placement", [])
    assert board(both).now["nova"].by == "lead:nova"
    assert board(both).places["nova"] == "Bexar"
    post("next", "Cells")
    post("next", "Flavors")
    post("next", "Lunch")
    assert texts(both) == ("Placement", ["Cells", "Flavors", "Lunch"])
    post("start", "Flavors")
    assert texts(both) == ("Flavors", ["Cells", "Lunch"])
    post("clear")
    assert texts(both) == ("Flavors", [])
    post("clean")
    assert texts(both) == (None, [])


def test_what_was_replaced_or_dropped_comes_back(both):
    lena = both.client("lena")
    say(both, "#nova now Placement", "#nova next Cells", "#nova next Flavors")

    for do in ("now", "clean", "next", "clear"):
        lena.post(NOW, data={"team": "nova", "do": do, "text": "A mistake"})
        assert texts(both) != ("Placement", ["Cells", "Flavors"])
        with both.app.app_context():
            cursor = both.event.cursor
        answer = lena.post(f"{NOW}/undo?cursor={cursor}")
        assert answer.status_code == 303
        assert texts(both) == ("Placement", ["Cells", "Flavors"])

    # Not over what somebody else posted since, nor a change of another kind, nor by others.
    lena.post(NOW, data={"team": "nova", "do": "clean"})
    with both.app.app_context():
        cursor = both.event.cursor
    assert both.client("omar").post(f"{NOW}/undo?cursor={cursor}").status_code == 403
    say(both, "#nova now Something new")
    assert lena.post(f"{NOW}/undo?cursor={cursor}").status_code == 409
    assert lena.post(f"{NOW}/undo?cursor=1").status_code == 404
    assert lena.post(f"{NOW}/undo?cursor=x").status_code == 404
    assert texts(both) == ("Something new", [])


def test_only_leads_of_the_team_and_organizers_post(monday):
    facts = {"team": "nova", "do": "now", "text": "Placement"}

    assert monday.client("omar").post(NOW, data=facts).status_code == 403
    assert monday.client("vic").post(NOW, data=facts).status_code == 403
    assert texts(monday) == (None, [])
    assert monday.client("olga").post(NOW, data=facts).status_code == 303
    assert texts(monday) == ("Placement", [])
    for name in (None, "vic"):
        assert "Say what is on" not in monday.client(name).get(NOW).text
    assert 'value="cinder"' not in monday.client("lena").get(NOW).text
    assert ">Cinder</option>" in monday.client("olga").get(NOW).text
    nobody = monday.client("olga").post(NOW, data=facts | {"team": "nobody"})
    assert nobody.status_code == 404


def test_what_was_typed_survives_a_sign_out_and_a_refusal(monday):
    typed = {"team": "nova", "do": "now", "text": "Placement & cells"}

    signed_out = monday.client().post(NOW, data=typed)
    assert signed_out.status_code == 303
    assert signed_out.location.startswith("/login?next=")
    again = monday.client("lena").get(f"{NOW}?team=nova&text=Placement+%26+cells&do=now")
    assert value_of(again.text, "text") == "Placement & cells"

    refused = monday.client("lena").post(NOW, data=typed | {"text": "x" * 513})
    assert refused.status_code == 422
    assert value_of(refused.text, "text") == "x" * 513
    assert "Give a text of 1 to 512 characters." in text_of(refused)
    gone = monday.client("lena").post(NOW, data=typed | {"do": "start"})
    assert gone.status_code == 422
    assert "Nova has no such topic next any more." in text_of(gone)


def test_subscribers_in_chat_hear_of_it(monday):
    say(monday, "#subscribe placement", nick="vic")

    monday.client("lena").post(NOW, data={"team": "nova", "do": "now", "text": "Placement"})

    with monday.app.app_context():
        told = db.session.query(Notice).one()
        assert (told.to, told.text) == ("vic", "now in #nova (Bexar): Placement")


def test_heads_are_counted_where_the_session_is_moderated(monday):
    page = monday.client("lena").get(NOW)

    assert "Count heads in 1 running session" in text_of(page)
    assert page.text.count('class="head-form"') == 1
    assert "head-form" not in monday.client("vic").get(NOW).text


def test_an_archived_event_is_not_posted_to(monday):
    with monday.app.app_context():
        monday.set(status="archived")

    lena = monday.client("lena")
    assert "Say what is on" not in lena.get(NOW).text
    assert lena.post(NOW, data={"team": "nova", "do": "now", "text": "x"}).status_code == 409


def test_a_form_that_is_posted_twice_posts_once(both):
    lena = both.client("lena")
    form = {"team": "nova", "do": "now", "text": "Placement"}
    form["once"] = value_of(lena.get(NOW).text, "once")
    assert lena.post(NOW, data=form).status_code == 303
    say(both, "#nova now Cells")

    again = lena.post(NOW, data=form)  # as a browser does that got no answer, or is reloaded
    assert again.status_code == 303
    assert "posted already" in text_of(lena.get(again.location))
    assert texts(both) == ("Cells", [])

    # Another text in a form that one came back to, and a form shown anew, are other posts.
    lena.post(NOW, data=form | {"text": "Flavors"})
    assert texts(both) == ("Flavors", [])
    lena.post(NOW, data=form | {"once": value_of(lena.get(NOW).text, "once")})
    assert texts(both) == ("Placement", [])


def test_nobody_is_offered_to_undo_what_others_did_meanwhile(both):
    """Olga cleans a team that is at nothing while Lena's post is under way."""
    olga = both.client("olga")
    with both.app.app_context():
        begin_write()
        lock(both.event)
        with ThreadPoolExecutor(1) as browser:
            form = {"team": "cinder", "do": "clean"}
            answer = browser.submit(olga.post, NOW, data=form)
            time.sleep(0.5)  # it is at the event's lock by then
            operations.set_now(both.event, both.team("nova"), "Cells", actor=LEAD, at=utcnow())
            db.session.commit()
            assert answer.result(20).status_code == 303

    page = olga.get(NOW)
    assert "Cinder is at nothing now" in text_of(page)
    assert "/now/undo" not in page.text


def test_a_team_that_is_deleted_at_this_moment_is_said_to_be_gone(both):
    olga = both.client("olga")
    say(both, "~add glance")
    with both.app.app_context():
        remove_team(both.event, both.team("glance"), actor=ORGANIZER, at=SIGN_UP)
        with ThreadPoolExecutor(1) as browser:
            answer = browser.submit(olga.post, NOW, data={"team": "glance", "text": "Cells"})
            time.sleep(0.5)  # it is at the event's lock by then
            db.session.commit()
            assert answer.result(20).status_code == 409
            assert "deleted at this very moment" in answer.result().text


def test_what_was_refused_may_be_posted_again(both):
    lena = both.client("lena")
    form = {"team": "nova", "do": "start", "text": "Cells", "once": "a form's own key"}
    assert lena.post(NOW, data=form).status_code == 422
    say(both, "#nova next Cells")
    assert lena.post(NOW, data=form).status_code == 303
    assert texts(both) == ("Cells", [])
