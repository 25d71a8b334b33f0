"""A stranger who has only read the document sends what it allows, and much that it does not.

No answer may be an error of ours, or one that the document does not name, in status, headers or
shape; and what the document forbids has to be refused.
"""

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.case import Case
from schemathesis.specs.openapi import checks

from ptgsched.accounts.actor import OPERATOR
from ptgsched.accounts.tokens import create_token
from ptgsched.api.base import EVENT_STREAM
from ptgsched.db import db
from ptgsched.webhooks import operations as webhooks
from tests.api.conftest import ROOT
from tests.support.story import SIGN_UP, Story

EXAMPLES = 8  # of each operation in each mode: half a minute for all; 120 found nothing more
STREAMS = 2  # of a stream: each takes its time to begin


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_documented(
    make_app: Callable[..., Flask], sqlite_url: str, tmp_path: Path, mode: GenerationMode
):
    app = make_app(sqlite_url)
    there, secret = begin(app)
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    kept = shutil.copy(file, tmp_path / "kept.sqlite")
    operations = [result.ok() for result in strict_schema(app).get_all_operations()]

    for operation in operations:
        with app.app_context():
            db.engine.dispose()
        shutil.copy(kept, file)
        explore(operation, mode, there, secret)

    assert len(operations) > 30


def begin(app: Flask) -> tuple[dict[str, str], str]:
    """A small event; what there is in it by the names of the document, and a token for all."""
    story = Story.begin(app)
    with app.app_context():
        uid = story.book("nova", "bexar", "MonA1").uid
        webhooks.add(story.event, "https://site.example/", [], actor=OPERATOR, at=SIGN_UP)
        _, secret = create_token("stranger", ["manage"], at=SIGN_UP)
        db.session.commit()
        db.engine.dispose()
    names = {"event": "oct", "team": "nova", "room": "bexar", "project": "openstack"}
    return {**names, "window": "MonA", "uid": uid, "number": "1"}, secret


def strict_schema(app: Flask) -> Any:
    """The document without its `default`, which would allow every answer."""
    document = app.test_client().get(f"{ROOT}/openapi.json").get_json()
    for operations in document["paths"].values():
        for operation in operations.values():
            if isinstance(operation, dict):
                operation["responses"].pop("default")
    schema = schemathesis.openapi.from_dict(document)
    schema.app = app
    schema.location = f"{ROOT}/openapi.json"
    return schema


def explore(operation: Any, mode: GenerationMode, there: dict[str, str], secret: str) -> None:
    """Call one operation in many ways; raises what schemathesis finds wrong with an answer."""
    streams = EVENT_STREAM in str(operation.definition.raw)

    @given(
        case=operation.as_strategy(generation_mode=mode),
        is_there=st.sampled_from([True, True, True, False]),
        is_trusted=st.sampled_from([True, True, True, True, True, False]),
    )
    @settings(
        max_examples=STREAMS if streams else EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def call(case: Case, is_there: bool, is_trusted: bool) -> None:
        if is_there and case.path_parameters:
            known = {name: there[name] for name in case.path_parameters if name in there}
            case.path_parameters.update(known)
        headers = {"Accept-Encoding": "identity"}  # nobody here would unpack it
        if is_trusted:
            headers["Authorization"] = f"Bearer {secret}"
        case.call_and_validate(headers=headers, excluded_checks=out_of_place(case, streams=streams))

    with contextlib.suppress(Unsatisfiable):  # nothing of it can be wrong
        call()


def out_of_place(case: Case, *, streams: bool) -> list[Any]:
    """The checks that would blame an answer for what it is right about."""
    # What the document allows may break a rule of the event: 412 and 422 say so.
    unfit = [checks.positive_data_acceptance]
    meant = case.meta.components.items() if case.meta else ()
    negated = {place for place, part in meant if part.mode is GenerationMode.NEGATIVE}
    # Names in the path and tokens were put right above; unknown query parameters are ignored.
    if negated - {ParameterLocation.BODY}:
        unfit.append(checks.negative_data_rejection)
    if streams:  # OpenAPI 3.1 cannot say what each event of a stream looks like
        unfit.append(checks.response_schema_conformance)
    return unfit
