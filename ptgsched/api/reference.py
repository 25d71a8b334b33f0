"""The OpenAPI document as people read it: operations by group, their fields, requests to copy."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

Node = Mapping[str, Any]

UID = "5f0c3d52-6b0e-4f3f-9a51-0a4f9a0c7a11"  # for what has no example of its own
METHODS = ("get", "post", "put", "patch", "delete")
STREAM = "text/event-stream"
_NAME = re.compile(r"\{(\w+)\}")
_BOUNDS = (
    ("minimum", "from {}"),
    ("maximum", "to {}"),
    ("maxLength", "up to {} characters"),
    ("maxItems", "up to {} items"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a member of a shape; `ref` names the shape that its kind links to."""

    name: str
    kind: str
    ref: str | None
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What may come back; failures have no shape of their own."""

    status: int
    phrase: str
    about: str
    shape: str | None
    example: str | None
    headers: Sequence[str]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    id: str
    method: str
    path: str
    summary: str
    about: str
    scopes: Sequence[str]
    parameters: Sequence[tuple[str, Field]]  # with where it stands: path, query, header
    body: Sequence[Field]
    sample: str
    successes: Sequence[Answer]
    failures: Sequence[int]


@dataclass(frozen=True, slots=True)
class Group:
    """Operations that belong together."""

    name: str
    about: str
    operations: Sequence[Operation]


@dataclass(frozen=True, slots=True)
class Shape:
    """What goes in or comes out, by name."""

    name: str
    fields: Sequence[Field]


@dataclass(frozen=True, slots=True)
class Reference:
    """The whole document."""

    about: str
    groups: Sequence[Group]
    failures: Sequence[Answer]  # the same for all operations
    shapes: Sequence[Shape]


def reference(document: Node) -> Reference:
    """What the document says, in its own order."""
    base = document["servers"][0]["url"]
    operations = list(_operations(document, base))
    groups = [
        Group(tag["name"], tag["description"], [o for name, o in operations if name == tag["name"]])
        for tag in document["tags"]
    ]
    shapes = document["components"]["schemas"]
    return Reference(
        about=document["info"]["description"],
        groups=[group for group in groups if group.operations],
        failures=_failures(document),
        shapes=[Shape(name, _fields(shapes[name])) for name in sorted(shapes)],
    )


def _operations(document: Node, base: str) -> Iterator[tuple[str, Operation]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                parameters = [*item.get("parameters", ()), *item[method].get("parameters", ())]
                made = _operation(document, base, path, method, item[method], parameters)
                yield item[method]["tags"][0], made


def _operation(
    document: Node, base: str, path: str, method: str, said: Node, parameters: Sequence[Node]
) -> Operation:
    _media, content = _content(said.get("requestBody", {}))
    answers = [
        _answer(int(status), _resolved(document, answer))
        for status, answer in sorted(said["responses"].items())
        if status.isdigit()
    ]
    return Operation(
        id=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said["summary"],
        about=said.get("description", ""),
        scopes=[scope for one in said["security"] for scope in one.get("token", ())]
        if {} not in said["security"]
        else [],
        parameters=[(one["in"], _parameter(one)) for one in parameters],
        body=_fields(_resolved(document, content["schema"])) if content else [],
        sample=_sample(base + path, method, said, parameters, content.get("example")),
        successes=[answer for answer in answers if answer.status < 300],
        failures=[answer.status for answer in answers if answer.status >= 300],
    )


def _failures(document: Node) -> list[Answer]:
    """What every operation says alike, by status."""
    found = {
        int(status): _answer(int(status), _resolved(document, answer))
        for item in document["paths"].values()
        for method in METHODS
        for status, answer in item.get(method, {}).get("responses", {}).items()
        if status.isdigit() and int(status) >= 300
    }
    return [found[status] for status in sorted(found)]


def _parameter(said: Node) -> Field:
    kind, ref = _kind(said["schema"])
    required = bool(said.get("required"))
    return Field(said["name"], kind, ref, required, said.get("description", ""))


def _fields(schema: Node) -> list[Field]:
    required = schema.get("required", ())
    found = []
    for name, said in schema.get("properties", {}).items():
        kind, ref = _kind(said)
        found.append(Field(name, kind, ref, name in required, said.get("description", "")))
    return found


def _kind(schema: Node) -> tuple[str, str | None]:
    """What a value is, in words, and the shape that it is or is made of."""
    if "$ref" in schema:
        name = _last(schema["$ref"])
        return name, name
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            kinds = [_kind(one) for one in schema[several]]
            ref = next((ref for _, ref in kinds if ref), None)
            return " or ".join(kind for kind, _ in kinds), ref
    if "enum" in schema:
        words = [json.dumps(one) if one is None else str(one) for one in schema["enum"]]
        return f"one of {', '.join(words)}", None
    types = schema.get("type", "any")
    if isinstance(types, list):
        kinds = [_kind({**schema, "type": one}) for one in types if one != "null"]
        return f"{kinds[0][0]}{' or null' if 'null' in types else ''}", kinds[0][1]
    if types == "array":
        inner, ref = _kind(schema.get("items", {}))
        return f"list of {inner}{_bounds(schema)}", ref
    return f"{schema.get('format', types)}{_bounds(schema)}", None


def _bounds(schema: Node) -> str:
    said = [words.format(schema[name]) for name, words in _BOUNDS if name in schema]
    return f", {' '.join(said)}" if said else ""


def _answer(status: int, said: Node) -> Answer:
    media, content = _content(said)
    example = content.get("example")
    return Answer(
        status=status,
        phrase=HTTPStatus(status).phrase,
        about=said.get("description", ""),
        shape=_kind(content["schema"])[1] if content else None,
        example=example if media == STREAM or example is None else _json(example),
        headers=sorted(said.get("headers", ())),
    )


def _sample(
    address: str, method: str, said: Node, parameters: Sequence[Node], body: Any | None
) -> str:
    """The request for a shell."""
    known = {one["name"]: one.get("example", UID) for one in parameters if one["in"] == "path"}
    words = ["curl"]
    if any(STREAM in answer.get("content", ()) for answer in said["responses"].values()):
        words.append("-N")
    if method != "get":
        words += ["-X", method.upper()]
    lines = [" ".join([*words, _NAME.sub(lambda found: str(known[found[1]]), address)])]
    if {} not in said["security"]:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    if body is not None:
        lines += ['-H "Content-Type: application/json"', f"-d {shlex.quote(_json(body))}"]
    return " \\\n  ".join(lines)


def _content(said: Node) -> tuple[str, Node]:
    """The one media type that something has, and what is said of it."""
    found: Mapping[str, Node] = said.get("content", {})
    return next(iter(found.items()), ("", {}))


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _resolved(document: Node, node: Node) -> Node:
    while "$ref" in node:
        *_, kind, name = node["$ref"].split("/")
        node = document["components"][kind][name]
    return node


def _last(ref: str) -> str:
    return ref.rpartition("/")[2]
