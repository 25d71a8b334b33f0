"""The page that people read about the API."""

import json
import re
import shlex

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from jsonschema import Draft202012Validator

from tests.api.conftest import ROOT
from tests.support.browser import Readers
from tests.web.test_accessibility import RULES

PAGE = f"{ROOT}/docs"


def test_every_operation_is_told_with_its_request_answers_and_powers(sqlite_app: Flask):
    client = sqlite_app.test_client()
    document = client.get(f"{ROOT}/openapi.json").get_json()
    answer = client.get(PAGE)
    page = answer.text

    assert answer.content_type == "text/html; charset=utf-8"
    articles = re.findall(r'<article class="operation".*?</article>', page, re.DOTALL)
    told = {re.search(r'aria-labelledby="(\w+)"', article)[1]: article for article in articles}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            article = told.pop(operation["operationId"])
            assert f'<span class="doc-path">{path}</span>' in article
            for one in (*operations.get("parameters", ()), *operation.get("parameters", ())):
                assert f"<code>{one['name']}</code>" in article
            for status in operation["responses"].keys() - {"default"}:
                assert status in article
            for one in operation["security"]:
                for scope in one.get("token", ()) if {} not in operation["security"] else ():
                    assert f"<code>{scope}</code>" in article
            assert "Example" in article
    assert told == {}


def test_every_link_leads_to_something_on_the_page(sqlite_app: Flask):
    page = sqlite_app.test_client().get(PAGE).text
    ids = re.findall(r' id="([^"]+)"', page)

    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_every_request_can_be_copied_into_a_shell(sqlite_app: Flask):
    page = sqlite_app.test_client().get(PAGE).text
    found = re.findall(r'aria-label="Request"><code>(.*?)</code>', page, re.DOTALL)

    assert len(found) > 30
    for text in found:
        plain = text.replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&")
        words = shlex.split(plain.replace("\\\n", " "))
        assert words[0] == "curl"
        (address,) = [word for word in words if word.startswith("http://localhost/api/v1/")]
        method = words[words.index("-X") + 1] if "-X" in words else "GET"
        adapter = sqlite_app.url_map.bind("localhost")
        assert adapter.match(address.removeprefix("http://localhost"), method)
        if "-d" in words:
            assert json.loads(words[words.index("-d") + 1])


def test_failures_have_examples_that_fit(sqlite_app: Flask):
    document = sqlite_app.test_client().get(f"{ROOT}/openapi.json").get_json()
    schema = {
        **document["components"]["schemas"]["Problem"],
        "components": document["components"],
    }

    for name, response in document["components"]["responses"].items():
        for content in response.get("content", {}).values():
            if name != "DEFAULT_ERROR":
                Draft202012Validator(schema).validate(content["example"])


@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_read_without_scripts_or_another_site(live_server: str, readers: Readers, width: int):
    reader = readers.open(width=width)
    asked = []
    reader.on("request", lambda request: asked.append(request.url))

    reader.goto(f"{live_server}{PAGE}")
    reader.get_by_role("link", name="POST /events/{event}/bookings", exact=True).click()

    assert reader.url.endswith("#book")
    # The page is long and of few parts: one operation and one shape stand for all.
    parts = {"include": [["[aria-labelledby=book]"], ["[aria-labelledby=shape-Slot]"]]}
    assert Axe().run(reader, context=parts, options=RULES).response["violations"] == []
    assert {url for url in asked if not url.startswith(live_server)} == set()
    assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth")
