"""Signing in and out, and one's own account: what works, and what a stranger tries."""

import io
import re

import pytest

from ptgsched.accounts.passwords import authenticate, set_password
from ptgsched.db import db
from tests.support.story import Story

PASSWORD = "correct horse battery"
WRONG = "do not belong together"


@pytest.fixture
def story(app):
    """Our people; Lena has a password."""
    story = Story.begin(app)
    with app.app_context():
        set_password(story.user("lena"), PASSWORD)
        db.session.commit()
    return story


def token(client, place: str = "/login") -> str:
    """The CSRF token of a page's first form that has one."""
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get(place).text)[1]


def sign_in(client, email="lena@example.org", password=PASSWORD, **more):
    form = {"csrf_token": token(client), "email": email, "password": password, **more}
    return client.post("/login", data=form)


def signed_in(client) -> bool:
    return client.get("/account").status_code == 200


class TestSigningIn:
    def test_the_right_password_leads_to_where_one_wanted_to_go(self, story):
        visitor = story.client()

        answer = sign_in(visitor, "  Lena@Example.ORG ", next="/events/oct/?tz=Asia/Tokyo")

        assert (answer.status_code, answer.location) == (303, "/events/oct/?tz=Asia/Tokyo")
        assert signed_in(visitor)

    def test_what_no_page_sends_is_nothing(self, sqlite_story):
        visitor = sqlite_story.client()
        for sent in (
            {"data": {"email": "lena@example.org", "password": (io.BytesIO(b"x"), "x.txt")}},
            {"data": {name: (io.BytesIO(b"x"), "x.txt") for name in ("email", "password")}},
            {"json": {"email": "lena@example.org", "password": "guess"}},
            {"json": [1]},
        ):
            answer = visitor.post("/login", headers={"X-CSRFToken": token(visitor)}, **sent)
            assert (answer.status_code, "Enter your password" in answer.text) == (422, True)

    def test_nobody_is_sent_to_another_site(self, story):
        for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
            assert sign_in(story.client(), next=elsewhere).location == "/"

    @pytest.mark.parametrize(
        ("email", "password"),
        [
            ("lena@example.org", "not her password"),
            ("nobody@example.org", PASSWORD),
            ("vic@example.org", PASSWORD),  # has no password at all
            ("not an address", PASSWORD),
        ],
    )
    def test_whatever_is_wrong_is_told_alike_and_the_address_stays(self, story, email, password):
        visitor = story.client()

        answer = sign_in(visitor, email, password)

        assert answer.status_code == 422
        assert WRONG in answer.text
        assert f'value="{email}"' in answer.text
        assert password not in answer.text
        assert not signed_in(visitor)

    def test_what_is_missing_is_said_beside_its_field(self, story):
        answer = sign_in(story.client(), "lena@example.org", "")

        assert answer.status_code == 422
        assert "Enter your password." in answer.text
        assert 'aria-describedby="password-errors"' in answer.text

    def test_a_deactivated_account_is_out_at_once_and_stays_out(self, story, app):
        lena = story.client()
        sign_in(lena)
        with app.app_context():
            story.user("lena").is_active = False
            db.session.commit()

        assert not signed_in(lena)
        assert sign_in(story.client()).status_code == 422

    def test_the_session_begins_anew(self, story):
        """Somebody who planted a session in this browser gains nothing from it."""
        visitor = story.client()
        planted = token(visitor)
        with visitor.session_transaction() as session:
            session["planted"] = "by a stranger"

        sign_in(visitor)

        with visitor.session_transaction() as session:
            assert "planted" not in session
            assert session.permanent
        stale = visitor.post("/account", data={"csrf_token": planted, "name": "Mallory"})
        assert stale.status_code == 400

    def test_who_is_signed_in_is_sent_on(self, story):
        lena = story.client("lena")

        assert lena.get("/login?next=/events/oct/").location == "/events/oct/"


def test_too_many_attempts_from_one_address(make_app, sqlite_url):
    app = make_app(sqlite_url, rate_signins="3")
    story = Story.begin(app)
    for _ in range(3):
        assert sign_in(story.client(), password="guess").status_code == 422

    answer = sign_in(story.client(), password="guess")

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert 'value="lena@example.org"' in answer.text
    assert "Too many attempts" in answer.text
    elsewhere = {"environ_base": {"REMOTE_ADDR": "198.51.100.7"}}
    visitor = story.client()
    form = {"csrf_token": token(visitor), "email": "lena@example.org", "password": "guess"}
    assert visitor.post("/login", data=form, **elsewhere).status_code == 422


def test_too_many_wrong_attempts_at_one_account(make_app, sqlite_url):
    """From however many addresses, known or not; its owner's browser still gets in."""
    app = make_app(sqlite_url, rate_signins="2")
    story = Story.begin(app)
    with app.app_context():
        set_password(story.user("lena"), PASSWORD)
        db.session.commit()
    number = iter(range(1, 100))

    def attempt(email, password, browser=None):
        browser = browser or story.client()
        form = {"csrf_token": token(browser), "email": email, "password": password}
        elsewhere = {"REMOTE_ADDR": f"198.51.100.{next(number)}"}
        return browser.post("/login", data=form, environ_base=elsewhere)

    own = story.client()
    assert attempt("lena@example.org", PASSWORD, own).status_code == 303
    with own.session_transaction() as session:
        session.clear()
    said = set()
    for email in ("lena@example.org", "nobody@example.org"):
        for typed in (email, email.upper(), f" {email} ", email):
            assert attempt(typed, "guess").status_code == 422
        refused = attempt(email, PASSWORD)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) < 620
        said.add(re.search(r"Too many attempts [^.]+\.", refused.text)[0])
    assert said == {"Too many attempts with this e-mail address."}
    assert attempt("nobody@example.org", "guess", own).status_code == 429
    assert attempt("lena@example.org", "slip", own).status_code == 422
    assert attempt("lena@example.org", PASSWORD, own).status_code == 303


class TestSigningOut:
    def test_a_link_asks_first(self, story):
        lena = story.client("lena")

        assert "Sign out" in lena.get("/logout").text
        assert signed_in(lena)

    def test_the_form_ends_the_session(self, story):
        lena = story.client("lena")

        answer = lena.post("/logout", data={"csrf_token": token(lena, "/logout")})

        assert (answer.status_code, answer.location) == (303, "/")
        assert not signed_in(lena)
        assert "You are signed out." in lena.get("/").text

    def test_another_site_cannot_do_it(self, story):
        lena = story.client("lena")

        assert lena.post("/logout").status_code == 400
        assert signed_in(lena)


class TestTheAccount:
    def save(self, client, **form):
        return client.post("/account", data={"csrf_token": token(client, "/account"), **form})

    def test_name_and_zone_are_kept(self, story, app):
        lena = story.client("lena")
        lena.get("/?tz=Europe/Berlin")

        answer = self.save(lena, name="  Lena \x07 L. ", timezone="Asia/Calcutta")

        assert answer.status_code == 303
        with app.app_context():
            user = story.user("lena")
            assert (user.name, user.timezone) == ("Lena L.", "Asia/Calcutta")
        # The zone just chosen holds, although another had been chosen on a page.
        assert "Times in <strong>Asia/Kolkata" in lena.get("/").text
        assert "<option selected" in lena.get("/account").text

    def test_the_zone_can_be_left_to_the_events(self, story, app):
        lena = story.client("lena")
        self.save(lena, name="Lena", timezone="Asia/Tokyo")

        self.save(lena, name="Lena", timezone="")

        with app.app_context():
            assert story.user("lena").timezone is None

    def test_a_zone_that_is_none_is_refused_and_nothing_is_saved(self, story, app):
        answer = self.save(story.client("lena"), name="Changed", timezone="Asia/Tokio")

        assert answer.status_code == 422
        assert "Asia/Tokyo" in answer.text
        assert 'value="Changed"' in answer.text
        with app.app_context():
            assert story.user("lena").name == "Lena"

    def test_a_page_is_not_kept_by_any_cache(self, story):
        assert story.client("lena").get("/account").headers["Cache-Control"] == "no-store"


class TestThePassword:
    NEW = "a better one for sure"

    def change(self, client, old=PASSWORD, new=NEW):
        form = {"csrf_token": token(client, "/account"), "old": old, "password": new}
        return client.post("/account/password", data=form)

    def test_it_changes_and_ends_every_other_session(self, story, app):
        here, elsewhere = story.client(), story.client()
        sign_in(here)
        sign_in(elsewhere)

        answer = self.change(here)

        assert answer.status_code == 303
        assert signed_in(here)
        assert not signed_in(elsewhere)
        with app.app_context():
            assert authenticate("lena@example.org", self.NEW) is not None
            assert authenticate("lena@example.org", PASSWORD) is None

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("not it", NEW, "This is not your current password."),
            (PASSWORD, "short", "at least 10"),
            (PASSWORD, "x" * 257, "at most 256"),
            (PASSWORD, "", "Enter a new password."),
            ("", NEW, "Enter your current password."),
        ],
    )
    def test_it_stays_when_something_is_wrong(self, story, app, old, new, said):
        lena = story.client("lena")

        answer = self.change(lena, old, new)

        assert answer.status_code == 422
        assert said in answer.text
        assert 'value="Lena"' in answer.text  # the other form keeps what the account says
        with app.app_context():
            assert authenticate("lena@example.org", PASSWORD) is not None

    def test_guessing_the_old_one_is_limited_for_the_person(self, make_app, sqlite_url):
        story = Story.begin(make_app(sqlite_url, rate_signins="2"))
        lena, vic = story.client("lena"), story.client("vic")
        answers = [self.change(lena, "guess").status_code for _ in range(3)]

        assert answers == [422, 422, 429]
        assert self.change(vic, "guess").status_code == 422
