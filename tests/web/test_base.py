"""The frame of every page: its navigation, its messages, and what it does with scripts."""

import re

import pytest
from flask import flash
from playwright.sync_api import expect

from ptgsched.accounts.passwords import set_password
from ptgsched.db import db
from ptgsched.web.access import access
from tests.support.story import Story

PASSWORD = "correct horse battery"


def navigation(page: str) -> str:
    """The part of a page that offers the event's pages."""
    return re.search(r'<nav class="event-nav".*?</nav>', page, re.DOTALL)[0]


class TestTheHeader:
    def test_an_events_pages_are_offered_and_the_current_one_is_marked(self, sqlite_app):
        visitor = Story.begin(sqlite_app).client()

        nav = navigation(visitor.get("/events/oct/").text)

        assert nav.count("aria-current") == 1
        assert 'href="/events/oct/" aria-current="page">Schedule<' in nav
        assert ">Subscribe</a>" in nav

    def test_every_page_it_offers_is_there_and_marked_when_it_is_shown(self, sqlite_app):
        visitor = Story.begin(sqlite_app).client()
        offered = re.findall(r'href="([^"]+)"', navigation(visitor.get("/events/oct/").text))

        assert len(offered) >= 2
        for address in offered:
            answer = visitor.get(address)
            assert answer.status_code == 200, address
            assert f'href="{address}" aria-current="page"' in navigation(answer.text)

    def test_signing_in_leads_back_here(self, sqlite_client):
        page = sqlite_client.get("/?tz=Asia/Tokyo").text

        assert 'href="/login?next=/?tz%3DAsia%252FTokyo"' in page


class TestMessages:
    @pytest.fixture
    def client(self, sqlite_app):
        @access("public")
        def tell():
            flash("<i>Saved</i>", "info")
            flash({"text": "Nova is booked.", "undo": 7, "event": "oct"}, "success")
            return ""

        sqlite_app.add_url_rule("/tell", "tell", tell)
        client = Story.begin(sqlite_app).client("lena")
        client.get("/tell")
        return client

    def test_they_stand_in_the_page_once(self, client):
        page = client.get("/").text

        assert "&lt;i&gt;Saved&lt;/i&gt;" in page
        assert "Nova is booked." not in client.get("/").text

    def test_undo_is_a_form_that_comes_back_here(self, client):
        page = client.get("/?tz=UTC").text
        form = re.search(
            r'<form method="post" action="/events/oct/undo">.*?</form>', page, re.DOTALL
        )[0]

        assert 'name="csrf_token"' in form
        assert '<input type="hidden" name="cursor" value="7">' in form
        assert '<input type="hidden" name="next" value="/?tz=UTC">' in form


@pytest.fixture
def site(serve, make_app, sqlite_url):
    """The service with our people; Lena has a password."""
    app = make_app(sqlite_url)
    story = Story.begin(app)
    with app.app_context():
        set_password(story.user("lena"), PASSWORD)
        db.session.commit()
    return serve(sqlite_url)


class TestInABrowser:
    def test_the_browsers_zone_is_proposed_until_one_is_chosen(self, site, readers):
        reader = readers.open(timezone="Asia/Tokyo")
        reader.goto(f"{site}/?team=nova")
        expect(reader.locator(".zone-bar summary")).to_contain_text("Times in UTC")

        reader.get_by_role("link", name="use Asia/Tokyo").click()

        expect(reader.locator(".zone-bar summary")).to_contain_text("Asia/Tokyo (UTC+9)")
        assert "team=nova" in reader.url
        assert "tz=Asia%2FTokyo" in reader.url
        expect(reader.locator("[data-zone-offer]")).to_be_hidden()

    def test_the_proposal_is_in_sight_on_a_phone_and_uses_the_name_of_today(self, site, readers):
        """Chromium still says Asia/Calcutta; the page may speak a zone with a long name."""
        reader = readers.open(timezone="Asia/Kolkata", width=360)
        reader.goto(f"{site}/events/oct/")
        reader.evaluate(
            "document.querySelector('.zone-bar strong').textContent = 'America/Chicago (UTC-6)'"
        )

        offer = reader.get_by_role("link", name="use Asia/Kolkata")
        expect(offer).to_be_in_viewport(ratio=1)
        offer.click()
        expect(reader.locator(".zone-bar summary")).to_contain_text("Asia/Kolkata (UTC+5:30)")

    @pytest.mark.parametrize("zone", ["UTC", "Etc/UTC"])
    def test_nothing_is_proposed_to_whom_the_page_already_speaks(self, site, readers, zone):
        reader = readers.open(timezone=zone)
        reader.goto(site)
        expect(reader.get_by_role("button", name="Switch to")).to_be_visible()

        expect(reader.locator("[data-zone-offer]")).to_be_hidden()

    def test_a_zone_can_be_chosen_without_scripts(self, site, readers):
        reader = readers.open(java_script_enabled=False)
        reader.goto(f"{site}/?team=nova")

        reader.get_by_text("change", exact=True).click()
        reader.get_by_label("Show times in").select_option("Europe/Berlin")
        reader.get_by_role("button", name="Show").click()

        expect(reader.locator(".zone-bar summary")).to_contain_text("Europe/Berlin")
        assert "team=nova" in reader.url

    def test_the_theme_follows_the_system_until_it_is_switched(self, site, readers):
        reader = readers.open(color_scheme="dark")
        reader.goto(site)
        assert reader.locator("html").get_attribute("data-bs-theme") == "dark"

        reader.get_by_role("button", name="Switch to light colours").click()
        reader.reload()

        assert reader.locator("html").get_attribute("data-bs-theme") == "light"

    def test_without_scripts_the_system_decides(self, site, readers):
        grounds = set()
        for scheme in ("light", "dark"):
            reader = readers.open(color_scheme=scheme, java_script_enabled=False)
            reader.goto(site)
            grounds.add(reader.evaluate("getComputedStyle(document.body).backgroundColor"))

        assert len(grounds) == 2

    def test_keys_alone_lead_past_the_header_and_out_of_a_menu(self, site, page):
        page.goto(f"{site}/login")
        page.get_by_label("E-mail").fill("lena@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site}/")

        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        menu = page.get_by_text("Lena", exact=True)
        menu.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
        assert menu.evaluate("summary => summary === document.activeElement")

    def test_good_news_leaves_by_itself_but_not_while_it_is_held(self, site, page):
        page.clock.install()
        page.goto(site)
        page.evaluate(
            "async () => { const { toast } = await import('/static/js/toast.js');"
            " toast('Plain'); toast('Bad', {category: 'danger'});"
            " toast('With a way back', {action: {label: 'Undo', run: () => {}}}); }"
        )
        region = page.get_by_role("status")
        expect(region).to_contain_text("Plain")

        page.get_by_role("button", name="Undo").focus()
        page.clock.fast_forward(60_000)

        expect(region).not_to_contain_text("Plain")
        expect(region).to_contain_text("With a way back")
        expect(region).to_contain_text("Bad")
        page.get_by_role("button", name="Close").first.click()
        expect(region).not_to_contain_text("Bad")
