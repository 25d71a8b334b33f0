"""Olga brings the people who signed up at Eventbrite; whoever is known is updated, nobody lost."""

import codecs
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from ptgsched.accounts.models import AuditEntry
from ptgsched.db import db
from ptgsched.registrations import queries
from ptgsched.registrations.columns import BadMap, columns_of, parse_map
from ptgsched.registrations.countries import country_code
from ptgsched.registrations.details import details
from ptgsched.registrations.imports import Report, Taken, import_rows, read_rows
from ptgsched.registrations.models import Registration, Status
from ptgsched.registrations.operations import cancel, register
from ptgsched.registrations.rows import instant_of
from ptgsched.registrations.tables import UnreadableTable, read_table
from tests.support.story import ORGANIZER, SIGN_UP, Story

EVENTBRITE = """\
Order no.;Order date;First Name;Surname;E-Mail;Ticket Type;Attendee Status;Company;Land;Projects
1;2026-09-02 10:00:00;Björn;Öst;Bjorn@Example.org;Free;Attending;"Öst
& Söner";Schweden;openstack
2;2026-09-01 10:00:00;Chiyo;田中;chiyo@example.org;Free;Attending;NEC;日本;"OpenStack, Zuul"
3;2026-09-03 10:00:00;Ana;Brito;ana@example.org;Free;Not Attending;;Brasil;
4;2026-09-04 10:00:00;Björn;Öst;bjorn@example.org;Free;Attending;Öst AB;Sweden;
5;2026-09-05 10:00:00;;;nobody@example.org;Free;Attending;;;
6;2026-09-05 10:00:00;Eve;Li;eve at example.org;Free;Attending;;Atlantis;
"""
ENCODINGS = {
    "utf-8": EVENTBRITE.encode(),
    "utf-8 with a mark": codecs.BOM_UTF8 + EVENTBRITE.encode(),
    "utf-16": EVENTBRITE.encode("utf-16"),
    "utf-16 big endian": codecs.BOM_UTF16_BE + EVENTBRITE.encode("utf-16-be"),
    "tabs": EVENTBRITE.replace(";", "\t").encode(),
    "commas": EVENTBRITE.replace('"OpenStack, Zuul"', "OpenStack|Zuul").replace(";", ",").encode(),
    "excel": b"sep=;\r\n" + EVENTBRITE.replace("\n", "\r\n").encode(),
}


def taken(scene: Story, content: bytes, named: str = "", at: datetime = SIGN_UP) -> Report:
    table = read_table(content)
    columns = columns_of(table.headings, parse_map(named))
    rows = read_rows(table, columns, scene.event, at=at)
    report = import_rows(scene.event, rows, actor=ORGANIZER, at=at)
    db.session.commit()
    return report


def people(scene: Story) -> dict[str, Registration]:
    found = select(Registration).where(Registration.event_id == scene.event.id)
    return {str(each.email): each for each in db.session.scalars(found)}


@pytest.mark.parametrize("content", ENCODINGS.values(), ids=ENCODINGS)
def test_an_order_export_is_taken_however_it_was_saved(sqlite_story: Story, content: bytes):
    with sqlite_story.app.app_context():
        report = taken(sqlite_story, content)
        assert report.figures() == {
            "rows": 6,
            "created": 2,
            "updated": 0,
            "unchanged": 0,
            "duplicate": 1,
            "cancelled": 1,
            "refused": 2,
            "waitlisted": 0,
        }
        bjorn = people(sqlite_story)["bjorn@example.org"]
        assert (bjorn.name, bjorn.affiliation, bjorn.country) == ("Björn Öst", "Öst AB", "SE")
        assert [each.slug for each in bjorn.projects] == ["openstack"]
        assert bjorn.registered_at == datetime(2026, 9, 2, 10, tzinfo=UTC)


def test_the_report_names_each_row_that_needs_a_look(scene: Story):
    report = taken(scene, EVENTBRITE.encode())
    told = {row.number: (row.taken, row.remarks) for row in report.remarkable}
    assert told[4] == (Taken.CREATED, ["there is no project 'Zuul' here"])
    assert told[6] == (Taken.DUPLICATE, ["line 3 has the same address; both became one"])
    assert told[7] == (Taken.REFUSED, ["It has no name."])
    assert told[8][0] == Taken.REFUSED
    assert "Not an e-mail address" in told[8][1][0]
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "registrations.imported")
    ).one()
    assert entry.facts == report.figures()
    assert "example.org" not in str(entry.facts)


def test_a_second_import_changes_nothing_and_a_newer_file_updates(scene: Story):
    taken(scene, EVENTBRITE.encode())
    again = taken(scene, EVENTBRITE.encode())
    assert (again.count(Taken.UNCHANGED), again.count(Taken.CREATED)) == (3, 0)
    newer = "E-mail,Company,Teams\nCHIYO@example.org,Fujitsu,Nova;cinder\n"
    report = taken(scene, newer.encode())
    assert [row.taken for row in report.rows] == [Taken.UPDATED]
    chiyo = people(scene)["chiyo@example.org"]
    assert (chiyo.name, chiyo.affiliation, chiyo.country) == ("Chiyo 田中", "Fujitsu", "JP")
    assert [team.slug for team in chiyo.teams] == ["cinder", "nova"]


def test_beyond_the_capacity_people_wait_in_the_order_they_came(scene: Story):
    scene.set(registration_capacity=2)
    rows = "".join(f"P{n},p{n}@example.org,2026-09-{n:02}T09:00:00Z\n" for n in (4, 1, 3, 2))
    report = taken(scene, f"name,email,registered_at\n{rows}".encode())
    assert report.waitlisted == 2
    standing = {email: each.status for email, each in people(scene).items()}
    assert standing == {
        "p1@example.org": Status.CONFIRMED,
        "p2@example.org": Status.CONFIRMED,
        "p3@example.org": Status.WAITLISTED,
        "p4@example.org": Status.WAITLISTED,
    }
    assert [each.email for each in queries.waitlist(scene.event)] == [
        "p3@example.org",
        "p4@example.org",
    ]


def test_an_address_is_nobody_elses(sqlite_story: Story):
    """Straße is not Strasse: in a domain that is another one, and somebody else's."""
    rows = b"Max,MAX@stra\xc3\x9fe.example\nMoritz,max@strasse.example\n"
    with sqlite_story.app.app_context():
        assert taken(sqlite_story, b"name,email\n" + rows).count(Taken.CREATED) == 2
        assert set(people(sqlite_story)) == {"max@straße.example", "max@strasse.example"}
        assert queries.by_email(sqlite_story.event, "Max@Straße.example").name == "Max"


def test_who_cancelled_here_stays_so_unless_they_came_again_later(scene: Story):
    for name in ("gone", "back"):
        made, _ = register(
            scene.event,
            f"{name}@example.org",
            details({"name": name.title()}),
            at=datetime(2026, 9, 1, tzinfo=UTC),
            letters=None,
        )
        cancel(made, at=datetime(2026, 9, 10, tzinfo=UTC), letters=None)
    report = taken(
        scene,
        b"name,email,registered_at\n"
        b"Gone,gone@example.org,2026-09-01\nBack,back@example.org,2026-09-20\n",
    )
    assert [(row.taken, row.status) for row in report.rows] == [
        (Taken.UNCHANGED, Status.CANCELLED),
        (Taken.CREATED, Status.CONFIRMED),
    ]


def test_columns_are_found_by_the_headings_or_as_one_says():
    headings = ["Buyer Email", "Attendee Email", "First name", "Wohnort, Land"]
    found = columns_of(headings, parse_map("country=Wohnort, Land, name=first NAME"))
    assert found == {"email": 1, "name": 2, "country": 3, "first_name": 2}
    with pytest.raises(BadMap, match="There is no column 'Mail' for email"):
        columns_of(headings, parse_map("email=Mail"))
    with pytest.raises(BadMap, match="No column holds the e-mail addresses"):
        columns_of(["Name", "Land"])
    for wrong in ("email", "mail=E-Mail", "email=A,mail=B", "email=A,email=B"):
        with pytest.raises(BadMap):
            parse_map(wrong)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (codecs.BOM_UTF16_LE + b"a\0b", "breaks off"),
        (b"PK\x03\x04\x14\0\x06\0 people.xlsx", "save it as CSV"),
        (b'email\n"' + b"x" * 30_000 + b'"\n', "cannot be read"),
    ],
)
def test_what_is_no_table_is_refused_in_words(content: bytes, said: str):
    with pytest.raises(UnreadableTable, match=said):
        read_table(content)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Germany", "DE"),
        ("de", "DE"),
        ("United States of America", "US"),
        ("Korea, Republic of", "KR"),
        ("Côte d'Ivoire", "CI"),
        ("The Netherlands", "NL"),
        ("TÜRKİYE", "TR"),
        ("Bosnia & Herzegovina", "BA"),
        ("中国", "CN"),
        ("Atlantis", None),
    ],
)
def test_countries_are_known_by_many_names(name: str, code: str | None):
    assert country_code(name) == code


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-05-26T14:05:00Z", datetime(2026, 5, 26, 14, 5, tzinfo=UTC)),
        ("2026-05-26 14:05:00", datetime(2026, 5, 26, 12, 5, tzinfo=UTC)),
        ("26.5.2026 14:05", datetime(2026, 5, 26, 12, 5, tzinfo=UTC)),
        ("5/26/26 2:05 PM", datetime(2026, 5, 26, 12, 5, tzinfo=UTC)),
        ("26/5/2026 14:05", datetime(2026, 5, 26, 12, 5, tzinfo=UTC)),
        ("2026-03-29 02:30", None),
        ("2026-10-25 02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # the first of the two
        ("0026-05-26", None),
        ("31.2.2026", None),
        ("soon", None),
    ],
)
def test_dates_are_those_of_the_event_s_zone(text: str, instant: datetime | None):
    assert instant_of(text, "Europe/Berlin") == instant
