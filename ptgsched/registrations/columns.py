"""Which column of a file is which field: by the headings other systems use, or as one says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ptgsched.errors import Invalid

Columns = Mapping[str, int]
"""The index of each field's column."""

# Beside our own names, in the order of preference; Eventbrite's among them.
HEADINGS: dict[str, tuple[str, ...]] = {
    "email": (
        "attendee email",
        "attendee e mail",
        "e mail",
        "email address",
        "e mail address",
        "mail",
        "buyer email",
    ),
    "name": ("full name", "attendee name", "attendee", "participant", "buyer name"),
    "first_name": (
        "first name",
        "attendee first name",
        "firstname",
        "given name",
        "vorname",
        "buyer first name",
    ),
    "last_name": (
        "last name",
        "attendee last name",
        "attendee surname",
        "lastname",
        "surname",
        "family name",
        "nachname",
        "buyer last name",
        "buyer surname",
    ),
    "affiliation": (
        "company",
        "organization",
        "organisation",
        "company organization",
        "employer",
        "firma",
        "institution",
    ),
    "country": (
        "home country",
        "country region",
        "work country",
        "country of residence",
        "land",
        "billing country",
        "shipping country",
    ),
    "timezone": ("time zone", "tz", "your time zone"),
    "projects": ("project", "projects of interest"),
    "teams": ("team", "teams of interest"),
    "role": ("your role", "primary role", "job title"),
    "status": ("attendee status", "registration status"),
    "registered_at": (
        "registered",
        "registration date",
        "order date",
        "created at",
        "date created",
    ),
    "chat_nick": ("nick", "irc nick", "irc", "chat nick"),
}
FIELDS = tuple(HEADINGS)
_PAIR = re.compile(rf"(?:^|,)\s*({'|'.join(FIELDS)})\s*=", re.IGNORECASE)


class BadMap(Invalid):
    """A mapping of columns that says nothing sensible."""

    code = "bad_map"


def parse_map(text: str) -> dict[str, str]:
    """``email=E-Mail,country=Land``: the heading for each field; headings may hold commas.

    Raises BadMap.
    """
    if not text.strip():
        return {}
    pairs = list(_PAIR.finditer(text))
    if not pairs or text[: pairs[0].start()].strip():
        raise BadMap(
            f"Write the mapping as field=Heading,field=Heading; fields are {', '.join(FIELDS)}."
        )
    ends = [*(pair.start() for pair in pairs[1:]), len(text)]
    named: dict[str, str] = {}
    for pair, end in zip(pairs, ends, strict=True):
        field, heading = pair[1].lower(), text[pair.end() : end].strip()
        stray = re.search(r",\s*(\w+)\s*=", heading)
        if stray:
            raise BadMap(f"There is no field {stray[1]!r}; fields are {', '.join(FIELDS)}.")
        if field in named or not heading:
            raise BadMap(f"Name one column for {field}.")
        named[field] = heading
    return named


def columns_of(headings: Sequence[str], named: Mapping[str, str] | None = None) -> dict[str, int]:
    """Where each field stands: as `named` says, else by the headings that are known.

    A field named with an empty heading is left out.  Raises BadMap for a heading that there is
    not, and when there is no column of e-mail addresses.
    """
    plain = [_plain(heading) for heading in headings]
    found: dict[str, int] = {}
    for field, known in HEADINGS.items():
        if named is not None and field in named:
            if named[field]:
                found[field] = _index(headings, plain, field, named[field])
            continue
        candidates = (_plain(field), *known)
        at = next((plain.index(each) for each in candidates if each in plain), None)
        if at is not None:
            found[field] = at
    if "email" not in found:
        raise BadMap(
            "No column holds the e-mail addresses; say which one does: email=HEADING. "
            f"There are: {', '.join(heading for heading in headings if heading)}.",
            headings=list(headings),
        )
    return found


def _index(headings: Sequence[str], plain: Sequence[str], field: str, wanted: str) -> int:
    if wanted in headings:
        return list(headings).index(wanted)
    if _plain(wanted) in plain:
        return plain.index(_plain(wanted))
    raise BadMap(
        f"There is no column {wanted!r} for {field}. "
        f"There are: {', '.join(heading for heading in headings if heading)}.",
        headings=list(headings),
    )


def _plain(heading: str) -> str:
    return re.sub(r"[\W_]+", " ", heading.casefold()).strip()
