"""The subscribe page in a browser: find a team, copy its address; and without scripts."""

from axe_playwright_python.sync_playwright import Axe

from tests.support.story import Story


def test_a_reader_finds_a_team_and_copies_its_address(make_app, serve, sqlite_url, readers):
    Story.begin(make_app(sqlite_url))
    url = serve(sqlite_url)
    page = readers.open(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{url}/events/oct/subscribe")

    page.get_by_label("Find a team").fill("tech comm")
    assert page.get_by_text("1 of 4").is_visible()
    assert not page.get_by_text("Nova", exact=True).is_visible()
    page.get_by_text("Technical Committee", exact=True).click()
    page.get_by_role("button", name="Copy the address of Technical Committee").click()
    page.get_by_text("Address copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{url}/events/oct/teams/tc.ics"
    assert page.request.get(copied).status == 200

    serious = [
        violation["id"]
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in {"serious", "critical"}
    ]
    assert serious == []


def test_without_scripts_every_address_can_be_read(make_app, serve, sqlite_url, readers):
    Story.begin(make_app(sqlite_url))
    url = serve(sqlite_url)
    page = readers.open(java_script_enabled=False, width=390)
    page.goto(f"{url}/events/oct/subscribe")
    page.get_by_text("Nova", exact=True).click()
    field = page.get_by_label("Address of the calendar “Nova”")
    assert field.is_visible()
    assert field.input_value() == f"{url}/events/oct/teams/nova.ics"
    assert not page.get_by_label("Find a team").is_visible()
    assert not page.get_by_role("button", name="Copy").first.is_visible()
