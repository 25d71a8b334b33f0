"""The document: valid, complete for what is served, and true."""

import re

from flask import Flask
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

from ptgsched.schedule.policy import ADVICE, RULES
from tests.api.conftest import ROOT

PARAMETER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")


def document(app: Flask) -> dict:
    return app.test_client().get(f"{ROOT}/openapi.json").get_json()


def test_it_is_a_valid_document(sqlite_app: Flask):
    spec = document(sqlite_app)
    assert spec["openapi"].startswith("3.1.")
    validate(spec)


def test_every_route_below_the_api_is_documented_and_no_other(sqlite_app: Flask):
    served = {
        (PARAMETER.sub(r"{\1}", rule.rule), method.lower())
        for rule in sqlite_app.url_map.iter_rules()
        for method in rule.methods or ()
        if rule.rule.startswith(f"{ROOT}/") and method not in {"HEAD", "OPTIONS"}
    }
    documented = {
        (path, method)
        for path, operations in document(sqlite_app)["paths"].items()
        for method in operations
        if method != "parameters"
    }
    assert documented == served - {(f"{ROOT}/{name}", "get") for name in ("openapi.json", "docs")}


def test_every_operation_says_all_that_a_caller_needs(sqlite_app: Flask):
    spec = document(sqlite_app)
    names = set()
    for path, operations in spec["paths"].items():
        parameters = operations.pop("parameters", [])
        assert {p["name"] for p in parameters} == set(re.findall(r"\{(\w+)\}", path))
        for method, operation in operations.items():
            names.add(operation["operationId"])
            assert operation["summary"]
            assert operation["tags"][0] in {tag["name"] for tag in spec["tags"]}
            statuses = operation["responses"].keys()
            assert "default" in statuses
            for status in statuses & {"200", "201"}:
                (content,) = operation["responses"][status]["content"].values()
                assert content["example"]
            if method == "get" and {} not in operation["security"]:
                scope = "manage" if operation["tags"] == ["Webhooks"] else "registrations:read"
                assert operation["security"] == [{"token": [scope]}]
                assert {"401", "403", "404", "429"} <= statuses
            elif method == "get":
                assert {} in operation["security"]
                answered = operation["responses"]["200"]
                if "text/event-stream" not in answered["content"]:
                    assert {"200", "304"} <= statuses
                    assert "ETag" in answered["headers"]
            else:
                assert {"401", "403", "404", "409", "413", "422", "429"} <= statuses
                about_now = "/live/" in path or path.endswith("/checkins")
                scope = "live:write" if about_now else "booking:write"
                scope = "manage" if operation["tags"][0] in {"Set-up", "Webhooks"} else scope
                scopes = ["live:write", "booking:write"] if "/attendance" in path else [scope]
                assert operation["security"] == [{"token": [each]} for each in scopes]
            if "requestBody" in operation:
                assert {"400", "413", "415"} <= statuses
    assert len(names) == sum(len(operations) for operations in spec["paths"].values())


def test_every_example_fits_its_schema(sqlite_app: Flask):
    spec = document(sqlite_app)
    checked = 0

    def walk(node: object) -> None:
        nonlocal checked
        if isinstance(node, dict):
            if "example" in node and "schema" in node and "in" not in node:
                schema = {**node["schema"], "components": spec["components"]}
                Draft202012Validator(schema, format_checker=FormatChecker()).validate(
                    node["example"]
                )
                checked += 1
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(spec["paths"])
    assert checked > 10


def test_it_names_every_rule(sqlite_app: Flask):
    known = document(sqlite_app)["components"]["schemas"]["Violation"]["properties"]["rule"]["enum"]
    assert {rule.__name__ for rule in RULES} <= set(known)
    assert len(known) == len(RULES) + len(ADVICE) - 1  # declared_conflict is in both
