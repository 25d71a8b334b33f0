"""Subscriptions: whatever a stranger writes is judged at once and searched in no time."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptgsched.live.patterns import BadPattern, Search, require_pattern

EVIL = [
    "(a+)+$",
    "(a|a)*$",
    "(a|aa)+$",
    "(.*)*(.*)*(.*)*b",
    r"(\w+\s?)+!$",
    "(?:(?:(?:a?){100}){100}){100}b",
    "((a{1,1000}){1,1000}){1,1000}$",
    "(.{1,30}){1,30}x",
    "a?" * 60 + "a" * 60,
    "(" * 60 + "a" + ")*" * 60,
    "[" + "".join(map(chr, range(0x100, 0x180))) + "]{50}x",
]


def reason_for_not_taking(pattern: str) -> str | None:
    """Why `pattern` cannot be a subscription; None when it can."""
    try:
        require_pattern(pattern)
    except BadPattern as refused:
        return refused.facts["reason"]
    return None


@pytest.mark.parametrize("pattern", EVIL)
def test_no_pattern_takes_long_to_judge_or_to_search(pattern: str):
    began = time.process_time()
    if reason_for_not_taking(pattern) is None:
        Search("#nova now " + "a" * 500 + "!").finds(pattern)
    assert time.process_time() - began < 0.2


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("#NOVA", True),
        ("^#nova now", True),
        ("größe$", True),
        ("GRÖSSE", False),
        (r"\bnow\b.*\d{2}", True),
        ("(?i)NOVA|cinder", True),
        ("cinder", False),
    ],
)
def test_what_is_found(pattern: str, found: bool):
    require_pattern(pattern)
    assert Search("#nova now cells at 14 in GRÖẞE").finds(pattern) == found


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("***", "nothing to repeat at position 0"),
        ("[a", "unterminated character set at position 0"),
        ("a{2,1}", "min repeat greater than max repeat at position 2"),
        ("a" * 201, "longer than 200 characters"),
        ("a{99999999999999999999}", "the repetition number is too large"),
    ],
)
def test_reasons_are_in_the_words_of_re(pattern: str, reason: str):
    with pytest.raises(BadPattern) as refused:
        require_pattern(pattern)
    assert refused.value.facts["reason"] == reason
    assert refused.value.facts["aside"] is None


@pytest.mark.parametrize("pattern", ["(?=a)b", r"(a)\1", "(?x) a b"])
def test_what_only_re_can_search_is_refused_with_the_reason(pattern: str):
    re.compile(pattern)
    with pytest.raises(BadPattern) as refused:
        require_pattern(pattern)
    assert "not searched here" in refused.value.facts["aside"]


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=40),
        st.lists(st.sampled_from(list("ab.*+?{}[]()|^$\\0123,:=!<>P&&--~~")), max_size=24).map(
            "".join
        ),
    )
)
def test_any_text_is_a_pattern_or_has_a_reason(pattern: str):
    reason = reason_for_not_taking(pattern)
    assert reason != ""
    if reason is None:
        Search("#nova now anything").finds(pattern)
