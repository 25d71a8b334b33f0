"""What caches may keep, and what travels compressed."""

import gzip
import os
import re

from flask import url_for

from tests.support.story import Story

GZIP = {"Accept-Encoding": "gzip, br"}


def style_sheet(client) -> str:
    """The address of our own style sheet as pages name it."""
    return re.search(r'href="(/static/css/theme\.css\?v=[0-9a-f]{8})"', client.get("/").text)[1]


class TestCaching:
    def test_a_visitors_page_is_asked_for_anew_and_nobody_elses(self, sqlite_client):
        answer = sqlite_client.get("/")

        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "Set-Cookie" not in answer.headers

    def test_a_page_of_somebody_signed_in_is_not_kept_at_all(self, sqlite_app):
        lena = Story.begin(sqlite_app).client("lena")

        assert lena.get("/").headers["Cache-Control"] == "no-store"

    def test_a_file_named_by_its_state_is_kept_for_good(self, sqlite_client):
        answer = sqlite_client.get(style_sheet(sqlite_client))

        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in answer.headers
        answer.close()

    def test_pages_prolong_a_session_and_what_they_fetch_does_not(self, sqlite_story):
        """A late answer would bring back what was shown already; a file is everybody's."""
        lena, file = sqlite_story.client("lena"), "/static/css/theme.css"
        with lena.session_transaction() as session:
            session.permanent = True

        def sets_cookie(path, mode):
            with lena.get(path, headers={"Sec-Fetch-Mode": mode} if mode else {}) as answer:
                varies = "Cookie" in answer.headers.get("Vary", "")
                return ("Set-Cookie" in answer.headers, varies)

        assert {sets_cookie("/", mode) for mode in ("navigate", "")} == {(True, True)}
        assert sets_cookie("/", "cors") == (False, True)
        assert {sets_cookie(file, mode) for mode in ("no-cors", "")} == {(False, False)}

    def test_its_state_is_the_same_wherever_and_whenever_it_was_installed(
        self, sqlite_app, tmp_path, monkeypatch
    ):
        monkeypatch.setattr(sqlite_app, "static_folder", str(tmp_path))
        file = tmp_path / "a.css"

        def address(content: str, installed_at: int) -> str:
            file.write_text(content)
            os.utime(file, (installed_at, installed_at))
            with sqlite_app.test_request_context():
                return url_for("static", filename="a.css")

        assert address("a {}", 1) == address("a {}", 2)
        assert address("b {}", 3) != address("a {}", 4)

    def test_a_file_named_without_it_is_asked_for_anew(self, sqlite_client):
        with sqlite_client.get("/static/js/toast.js", headers=GZIP) as first:
            state = {"If-None-Match": first.headers["ETag"]}
        with sqlite_client.get("/static/js/toast.js", headers=GZIP | state) as again:
            assert again.status_code == 304

        assert first.headers["Cache-Control"] == "no-cache"

    def test_an_unknown_file_is_not_found(self, sqlite_client):
        assert sqlite_client.get("/static/no.css?v=1").status_code == 404


class TestCompression:
    def test_a_page_travels_compressed_to_whoever_takes_it(self, sqlite_client):
        plain = sqlite_client.get("/")
        packed = sqlite_client.get("/", headers=GZIP)

        assert packed.headers["Content-Encoding"] == "gzip"
        assert int(packed.headers["Content-Length"]) == len(packed.data)
        assert gzip.decompress(packed.data) == plain.data
        assert "Content-Encoding" not in plain.headers
        for answer in (plain, packed):
            assert "Accept-Encoding" in answer.vary

    def test_who_refuses_gets_it_plain(self, sqlite_client):
        answer = sqlite_client.get("/", headers={"Accept-Encoding": "gzip;q=0, identity"})

        assert "Content-Encoding" not in answer.headers

    def test_what_is_small_stays_as_it_is(self, sqlite_client):
        assert "Content-Encoding" not in sqlite_client.get("/healthz", headers=GZIP).headers

    def test_the_first_view_fits_into_its_budget(self, sqlite_client):
        """DESIGN: the first view of a page is under 150 KB compressed, all its files counted."""
        page = sqlite_client.get("/", headers=GZIP)
        text = gzip.decompress(page.data).decode()
        files = re.findall(r'(?:href|src)="(/[^"]+\?v=[0-9a-f]{8})"', text)
        modules = [f"/static/js/{name}.js" for name in ("switch", "toast", "zone")]
        total = len(page.data)
        for file in {*files, *modules}:
            with sqlite_client.get(file, headers=GZIP) as answer:
                assert answer.status_code == 200, file
                total += len(answer.data)

        assert len(files) >= 5
        assert total < 60_000


def test_a_condition_of_a_year_that_there_is_not_is_passed_over(sqlite_story: Story):
    never = "Mon, 19 Oct 20261019202610192026 09:30:00 GMT"
    client = sqlite_story.client()

    for path in ("/events/oct/teams.css", style_sheet(client)):
        with client.get(path, headers={"If-Modified-Since": never}) as answer:
            assert answer.status_code == 200
