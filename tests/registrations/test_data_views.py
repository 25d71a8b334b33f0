"""Olga's pages of people's data, and one's own; everybody else is sent away."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from ptgsched.accounts.models import AuditEntry
from ptgsched.db import db
from ptgsched.outbox.models import OutgoingMail
from ptgsched.registrations import tokens
from ptgsched.registrations.details import details
from ptgsched.registrations.keeping import Upload
from ptgsched.registrations.models import Registration
from ptgsched.registrations.operations import register
from tests.schedule.pages import text_of
from tests.support.story import FRIDAY, SIGN_UP, Story

PATH = "/events/oct/manage/registrations"
FILE = "Mail;Vorname;Nachname;Land\nbo@example.org;Bo;Öst;Sweden\nno;;;\n".encode("utf-16")


@pytest.fixture
def cast(story: Story):
    story.app.config["WTF_CSRF_ENABLED"] = False
    with time_machine.travel(SIGN_UP, tick=False):
        yield story


def enrol(story: Story) -> str:
    """Kenji's personal token."""
    with story.app.app_context():
        said = details({"name": "Kenji\uffff", "affiliation": "=evil()"})
        made, _ = register(story.event, "kenji@example.org", said, at=SIGN_UP, letters=None)
        token = tokens.ensured(made, "link", str(story.app.config["SECRET_KEY"]))
        db.session.commit()
    return token


def held(story: Story, model=Registration) -> int:
    with story.app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def actions(story: Story) -> list[str]:
    with story.app.app_context():
        return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def uploaded(client, content: bytes = FILE):
    # Written out here: werkzeug's client leaves its copy of a large file to the collector.
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="orders.csv"\r\n\r\n'
    body = head + content + b"\r\n--x--\r\n"
    return client.post(f"{PATH}/import", data=body, content_type="multipart/form-data; boundary=x")


def test_a_file_is_looked_at_rehearsed_and_taken_in(cast: Story):
    olga = cast.client("olga")
    page = uploaded(olga).location
    look = olga.get(page)
    assert "bo@example.org Bo Öst SE" in text_of(look)
    assert "orders.csv : 2 rows" in text_of(look)
    form = {"email": "0", "first_name": "1", "last_name": "2", "country": "3"}
    rehearsed = olga.post(page, data={**form, "step": "rehearse"})
    assert "Nothing was changed yet." in text_of(rehearsed)
    assert held(cast) == 0
    missing = olga.post(page, data={**form, "email": "", "step": "import"})
    assert (missing.status_code, held(cast)) == (422, 0)
    assert "Choose the column of the e-mail addresses" in missing.text or (
        "Which column holds the e-mail addresses" in missing.text
    )
    nameless = {**form, "first_name": "", "last_name": "", "country": "2", "step": "rehearse"}
    assert "It has no name; &#39;Öst&#39; is no country" in olga.post(page, data=nameless).text
    done = olga.post(page, data={**form, "mail": "y", "step": "import"})
    assert "Done: 2 rows" in text_of(done)
    assert (
        "no refused Not an e-mail address" in text_of(done) or "Not an e-mail address" in done.text
    )
    assert (held(cast), held(cast, Upload), held(cast, OutgoingMail)) == (1, 0, 0)
    with cast.app.app_context():
        assert db.session.scalars(select(Registration.owed)).one() == "registered"
    assert olga.get(page).status_code == 404
    assert actions(cast) == ["registrations.imported"]


def test_a_waiting_file_is_its_uploaders_alone_and_can_be_dropped(cast: Story):
    olga = cast.client("olga")
    page = uploaded(olga).location
    assert cast.client("ada").get(page).status_code == 404
    assert cast.client("lena").get(page).status_code == 403
    assert olga.post(f"{page}/discard").status_code == 303
    assert (held(cast), held(cast, Upload)) == (0, 0)


def test_files_may_be_larger_than_other_requests_and_not_without_end(cast: Story):
    olga = cast.client("olga")
    rows = "".join(f"{'x' * 60}{n}@example.org,Person {n}\n" for n in range(30_000))
    assert uploaded(olga, f"email,name\n{rows}".encode()).status_code == 303
    refused = uploaded(olga, b"email,name\n" + b"x" * 6_000_000)
    assert (refused.status_code, "at most 5 MB" in refused.text) == (413, True)
    assert olga.post(f"{PATH}/privacy", data={"days": "9" * 2_000_000}).status_code == 413
    assert uploaded(olga, b"").status_code == 422


def test_the_list_goes_out_and_that_is_on_record(cast: Story):
    enrol(cast)
    olga = cast.client("olga")
    table = olga.get(f"{PATH}.csv")
    assert table.mimetype == "text/csv"
    assert "Kenji,kenji@example.org,'=evil()" in table.text
    assert table.headers["Cache-Control"] == "no-store"
    assert olga.get(f"{PATH}.xlsx").data.startswith(b"PK")
    assert actions(cast) == ["registrations.exported"] * 2
    assert cast.client("lena").get(f"{PATH}.csv").status_code == 403
    assert cast.client().get(f"{PATH}.csv").location.startswith("/login")


def test_organizers_say_how_long_data_are_kept(cast: Story):
    enrol(cast)
    olga = cast.client("olga")
    assert 'value="365"' in olga.get(f"{PATH}/privacy").text
    assert olga.post(f"{PATH}/privacy", data={"days": "30"}).status_code == 303
    assert 'value="30"' in olga.get(f"{PATH}/privacy").text
    assert olga.post(f"{PATH}/privacy", data={"days": "-3"}).status_code == 422
    early = olga.post(f"{PATH}/anonymise", data={"name": "October PTG"})
    assert "The event is not over" in early.text


def test_after_the_event_they_become_anonymous_for_who_types_its_name(cast: Story):
    enrol(cast)
    with time_machine.travel(SIGN_UP + timedelta(days=60), tick=False):
        assert SIGN_UP.date() + timedelta(days=60) > FRIDAY
        olga = cast.client("olga")
        assert olga.post(f"{PATH}/anonymise", data={"name": "oct"}).status_code == 422
        done = olga.post(f"{PATH}/anonymise", data={"name": "October PTG"})
        assert "1 registrations are anonymous now" in text_of(olga.get(done.location))
    with cast.app.app_context():
        assert db.session.scalars(select(Registration.email)).all() == [None]


def test_one_sees_takes_and_erases_ones_own(cast: Story):
    token = enrol(cast)
    visitor = cast.client()
    page = f"/registrations/{token}"
    assert "Erase my data" in visitor.get(page).text
    data = visitor.get(f"{page}/data.json")
    assert data.json["email"] == "kenji@example.org"
    assert data.headers["Cache-Control"] == "no-store"
    assert "Your place at October PTG goes too" in text_of(visitor.get(f"{page}/erase"))
    assert visitor.post(f"{page}/erase").status_code == 303
    assert visitor.get(page).status_code == 404
    assert visitor.get("/registrations/x/data.json").status_code == 404
    with cast.app.app_context():
        assert db.session.scalars(select(Registration.email)).all() == [None]
    assert actions(cast) == ["registrations.erased"]
