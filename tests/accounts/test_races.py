"""Two who do the same at once: one account, and a refusal in words for the other at most."""

from sqlalchemy import func, select

from ptgsched.accounts.identities import Claims, person_of
from ptgsched.accounts.models import Identity, User
from ptgsched.accounts.passwords import create_user
from ptgsched.db import begin_write, db
from tests.schedule.test_races import race
from tests.support.story import SIGN_UP, Story

NINA = "nina@example.org"


def test_of_two_first_sign_ins_at_once_one_makes_the_account(story: Story):
    claims = Claims("https://id.example.org", "nina", NINA, "Nina")

    def sign_in() -> None:
        begin_write()
        person_of(claims, at=SIGN_UP)
        db.session.commit()

    assert set(race(story, *[sign_in] * 4)) <= {"done", "AtOnce"}
    with story.app.app_context():
        assert db.session.scalar(select(func.count()).where(User.email == NINA)) == 1
        assert db.session.scalar(select(func.count(Identity.id))) == 1


def test_of_two_accounts_of_one_address_at_once_one_is_made(story: Story):
    def create() -> None:
        begin_write()
        create_user(NINA, None, at=SIGN_UP)
        db.session.commit()

    assert sorted(race(story, *[create] * 4)) == ["Conflict"] * 3 + ["done"]
