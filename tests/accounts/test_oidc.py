"""Signing in with a provider of OpenID Connect, which runs in a process of its own."""

from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ptgsched.accounts.models import AuditEntry, Identity, User
from ptgsched.config import BadSetting, Settings
from ptgsched.db import db
from tests.support.provider import Provider, running_provider
from tests.support.server import free_port
from tests.support.story import Story

BEGIN = "/login/oidc?next=/events/oct/?day%3D2026-10-27"
WANTED = "/events/oct/?day=2026-10-27"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """A provider that knows Lena, and Nils, who is new to us."""
    with running_provider() as running:
        yield running


@pytest.fixture(autouse=True)
def people(provider: Provider) -> None:
    """What it says of them before each test."""
    provider.enrol("l-1", email="Lena@Example.org", email_verified=True, name="Lena at work")
    provider.enrol("n-1", email="nils@example.org", email_verified=True, name="Nils\x07 N.")


@pytest.fixture
def story(make_app: Callable[..., Flask], database_url: str, provider: Provider) -> Story:
    """Our people, at a service that knows the provider."""
    settings = {
        "oidc_issuer": provider.issuer,
        "oidc_client_id": "ptgsched",
        "oidc_client_secret": "s",
    }
    return Story.begin(make_app(database_url, **settings))


def begin(client: FlaskClient, address: str = BEGIN) -> str:
    answer = client.get(address)
    assert answer.status_code == 303, answer.text
    return answer.location


def sign_in(client: FlaskClient, provider: Provider, subject: str = "l-1"):
    return client.get(provider.consent(begin(client), subject))


def signed_in_as(client: FlaskClient) -> str | None:
    page = client.get("/account")
    return (
        page.text.split('<p class="text-body-secondary">')[1].split("<")[0].split(" ")[0]
        if (page.status_code == 200)
        else None
    )


def changed(address: str, **values: str) -> str:
    """The address with other values in its query."""
    parts = urlsplit(address)
    query = {name: said[0] for name, said in parse_qs(parts.query).items()} | values
    return parts._replace(query=urlencode(query)).geturl()


def test_the_first_sign_in_finds_the_account_by_its_verified_address(
    story: Story, provider: Provider
):
    visitor = story.client()

    answer = sign_in(visitor, provider)

    assert (answer.status_code, answer.location) == (303, WANTED)
    assert signed_in_as(visitor) == "lena@example.org"
    assert f"You sign in with <strong>{provider.issuer}" in visitor.get("/account").text
    with story.app.app_context():
        identity = db.session.scalars(select(Identity)).one()
        assert (identity.subject, identity.user_id) == ("l-1", story.user("lena").id)
        assert story.user("lena").name == "Lena"  # what she calls herself here stays
        assert [e.action for e in db.session.scalars(select(AuditEntry))] == ["account.linked"]


def test_later_the_subject_counts_and_no_address(story: Story, provider: Provider):
    sign_in(story.client(), provider)
    provider.enrol("l-1", email="vic@example.org", email_verified=False)
    again = story.client()

    sign_in(again, provider)

    assert signed_in_as(again) == "lena@example.org"


def test_somebody_new_gets_an_account_without_any_role(story: Story, provider: Provider):
    nils = story.client()

    answer = sign_in(nils, provider, "n-1")

    assert answer.status_code == 303
    assert signed_in_as(nils) == "nils@example.org"
    with story.app.app_context():
        user = story.user("nils")
        assert (user.name, user.is_admin, user.password_hash) == ("Nils N.", False, None)
    assert nils.get("/events/oct/manage/").status_code == 403


@pytest.mark.parametrize("verified", [False, "false", None])
def test_an_address_that_is_not_verified_opens_nothing(
    story: Story, provider: Provider, verified: object
):
    """Anybody could type in Olga's."""
    provider.enrol("m-1", email="olga@example.org", email_verified=verified)
    mallory = story.client()

    answer = sign_in(mallory, provider, "m-1")

    assert answer.status_code == 403
    assert "has not verified your e-mail address" in answer.text
    assert signed_in_as(mallory) is None
    with story.app.app_context():
        assert db.session.scalars(select(Identity)).all() == []


def test_a_closed_account_stays_closed(story: Story, provider: Provider):
    with story.app.app_context():
        story.user("lena").is_active = False
        db.session.commit()
    lena = story.client()

    answer = sign_in(lena, provider)

    assert answer.status_code == 403
    assert "This account is closed." in answer.text
    assert signed_in_as(lena) is None


def test_what_is_asked_for_is_fresh_each_time(story: Story):
    one, two = (parse_qs(urlsplit(begin(story.client())).query) for _ in range(2))

    assert one["code_challenge_method"] == ["S256"]
    assert one["scope"] == ["openid email profile"]
    assert one["redirect_uri"] == ["http://localhost/login/oidc/return"]
    for secret in ("state", "nonce", "code_challenge"):
        assert len(one[secret][0]) >= 20
        assert one[secret] != two[secret]


@pytest.mark.parametrize("name", ["nonce", "code_challenge"])
def test_an_answer_to_another_question_is_refused(story: Story, provider: Provider, name: str):
    """A code or token that was stolen elsewhere and is slipped in here."""
    visitor = story.client()
    address = changed(begin(visitor), **{name: "x" * 43})

    answer = visitor.get(provider.consent(address, "l-1"))

    assert answer.status_code == 403
    assert "does not fit" in answer.text
    assert signed_in_as(visitor) is None


def test_nobody_is_signed_in_by_a_link_that_somebody_else_began(story: Story, provider: Provider):
    mallory, lena = story.client(), story.client()
    back = provider.consent(begin(mallory), "n-1")

    answer = lena.get(back)

    assert answer.status_code == 403
    assert "begun in another browser" in answer.text
    assert signed_in_as(lena) is None


def test_an_answer_counts_once(story: Story, provider: Provider):
    visitor = story.client()
    back = provider.consent(begin(visitor), "l-1")
    visitor.get(back)
    story_again = visitor.get(back)

    assert story_again.status_code == 403


def test_who_says_no_there_is_told_so_here(story: Story, provider: Provider):
    visitor = story.client()
    state = parse_qs(urlsplit(address := begin(visitor)).query)["state"][0]

    answer = visitor.get(changed(provider.deny(address), state=state))

    assert answer.status_code == 403
    assert "You did not sign in with the provider." in answer.text


def test_afterwards_nobody_is_sent_to_another_site(story: Story, provider: Provider):
    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        visitor = story.client()
        address = begin(visitor, f"/login/oidc?{urlencode({'next': elsewhere})}")

        assert visitor.get(provider.consent(address, "l-1")).location == "/"


def test_beginning_again_and_again_does_not_swell_the_cookie(story: Story, provider: Provider):
    visitor = story.client()
    for _ in range(10):
        address = begin(visitor)

    with visitor.session_transaction() as session:
        assert sum(name.startswith("_state_") for name in session) == 3
    assert visitor.get(provider.consent(address, "l-1")).location == WANTED


def test_the_button_stands_beside_the_form_or_instead_of_it(
    make_app: Callable[..., Flask], sqlite_url: str, provider: Provider
):
    known = {"oidc_issuer": provider.issuer, "oidc_client_id": "ptgsched", "oidc_name": "Infra ID"}
    both = make_app(sqlite_url, **known).test_client()
    only = make_app(sqlite_url, **known, passwords="off")
    story = Story.begin(only)
    visitor = story.client()

    assert "Continue with Infra ID" in both.get("/login").text
    assert 'type="password"' in both.get("/login").text
    page = visitor.get("/login?next=/events/oct/").text
    assert 'href="/login/oidc?next=/events/oct/"' in page
    assert 'type="password"' not in page
    token = page.split('name="csrf_token" value="')
    assert len(token) == 1  # there is no form left to send
    only.config["WTF_CSRF_ENABLED"] = False
    guess = visitor.post("/login", data={"email": "lena@example.org", "password": "whatever"})
    assert guess.status_code == 403
    assert "Passwords are switched off here. Continue with Infra ID." in guess.text
    lena = story.client("lena")
    assert 'type="password"' not in lena.get("/account").text
    assert lena.post("/account/password", data={}).status_code == 403


def test_a_provider_that_is_down_is_told_and_passwords_still_open(
    make_app: Callable[..., Flask], sqlite_url: str
):
    issuer = f"http://127.0.0.1:{free_port()}"
    visitor = make_app(sqlite_url, oidc_issuer=issuer, oidc_client_id="x").test_client()

    answer = visitor.get("/login/oidc?next=/account")

    assert answer.status_code == 503
    assert "The sign-in provider does not answer." in answer.text
    assert 'name="next" value="/account"' in answer.text


def test_a_provider_that_says_it_is_another_is_not_believed(
    make_app: Callable[..., Flask], sqlite_url: str, provider: Provider
):
    issuer = provider.issuer.replace("127.0.0.1", "localhost") + "/"
    alias = provider.issuer + "/tenant"
    right = make_app(sqlite_url, oidc_issuer=issuer, oidc_client_id="x").test_client()
    wrong = make_app(sqlite_url, oidc_issuer=alias, oidc_client_id="x").test_client()

    assert right.get("/login/oidc").status_code == 303
    assert wrong.get("/login/oidc").status_code == 503


def test_without_a_provider_there_is_nothing(sqlite_client: FlaskClient):
    for address in ("/login/oidc", "/login/oidc/return?state=x&code=y"):
        assert sqlite_client.get(address).status_code == 404
    assert "Continue with" not in sqlite_client.get("/login").text


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"oidc_issuer": "http://id.example.org", "oidc_client_id": "x"}, "OIDC_ISSUER"),
        ({"oidc_issuer": "id.example.org", "oidc_client_id": "x"}, "OIDC_ISSUER"),
        ({"oidc_issuer": "https://id.example.org"}, "OIDC_CLIENT_ID"),
        ({"passwords": "off"}, "PASSWORDS"),
        ({"passwords": "maybe"}, "PASSWORDS"),
    ],
)
def test_settings_that_would_lock_people_out_stop_the_start(settings: dict[str, str], named: str):
    with pytest.raises(BadSetting, match=named):
        Settings(**settings)


def test_no_two_people_are_behind_one_subject(story: Story, provider: Provider):
    sign_in(story.client(), provider)
    provider.enrol("l-2", email="lena@example.org", email_verified=True)

    sign_in(second := story.client(), provider, "l-2")

    assert signed_in_as(second) == "lena@example.org"  # another account of hers at the provider
    with story.app.app_context():
        assert len(db.session.scalars(select(User)).all()) == 5
