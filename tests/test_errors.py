"""Errors carry a sentence, a code and their facts, and survive a trip between processes."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from ptgsched.errors import Conflict, Forbidden, Invalid, NotFound, PtgschedError, Stale


class RoomTaken(Conflict):
    """A case as features write them: built from its facts, not from a sentence."""

    code = "room_taken"

    def __init__(self, *, room: str, team: str) -> None:
        super().__init__(f"{room} is booked by {team}. Choose another room.", room=room, team=team)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (PtgschedError, "error"),
        (NotFound, "not_found"),
        (Forbidden, "forbidden"),
        (Conflict, "conflict"),
        (Invalid, "invalid"),
        (Stale, "stale"),
    ],
)
def test_each_family_has_its_code_unless_told_otherwise(
    kind: type[PtgschedError], code: str
) -> None:
    assert kind("No.").code == code
    assert kind("No.", code="quota").code == "quota"
    assert kind.code == code, "one error's code must not leak into its family"


def test_the_message_is_what_a_person_reads() -> None:
    error = NotFound("No team is called nova.", team="nova")
    assert error.message == str(error) == "No team is called nova."
    assert error.facts == {"team": "nova"}


def test_facts_may_carry_any_name_a_sentence_needs() -> None:
    assert Conflict("Full.", message="m", self="s").facts == {"message": "m", "self": "s"}


def test_two_errors_share_no_facts_and_no_fields() -> None:
    first, second = Invalid("One."), Invalid("Two.")
    first.facts["room"] = "Bexar"
    first.fields["title"] = ["Too long."]
    assert second.facts == {}
    assert second.fields == {}


def test_invalid_says_what_is_wrong_with_which_input() -> None:
    error = Invalid("Two things to correct.", fields={"title": ("Too long.",)}, limit=80)
    assert error.fields == {"title": ["Too long."]}
    assert error.facts == {"limit": 80}, "fields are not facts"
    assert json.loads(json.dumps(error.fields)) == error.fields


def test_a_case_is_caught_by_its_family_and_by_the_root() -> None:
    with pytest.raises(Conflict) as caught:
        raise RoomTaken(room="Bexar", team="nova")
    assert caught.value.code == "room_taken"
    assert isinstance(caught.value, PtgschedError)
    assert not isinstance(caught.value, Invalid)


@pytest.mark.parametrize("travel", [copy.copy, lambda e: pickle.loads(pickle.dumps(e))])
def test_an_error_built_from_facts_survives_a_trip_between_processes(travel) -> None:  # type: ignore[no-untyped-def]
    sent = RoomTaken(room="Bexar", team="nova")
    got = travel(sent)
    assert type(got) is RoomTaken
    assert (got.message, got.code, got.facts) == (sent.message, sent.code, sent.facts)


def test_fields_and_an_own_code_survive_the_trip_as_well() -> None:
    got = pickle.loads(pickle.dumps(Invalid("No.", code="quota", fields={"hours": ["16 left."]})))
    assert (got.code, got.fields) == ("quota", {"hours": ["16 left."]})
