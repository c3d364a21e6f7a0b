from __future__ import annotations

import pytest
from fastapi import Request

from read_api.tickets.questions import LONGEST_REMEMBERED, REMEMBERED, ListQuestion, Questions
from runtime.search.filters import Filters

OPEN = ListQuestion(Filters({"status": ["open"]}), "number", 5)


def request(query: str) -> Request:
    return Request({"type": "http", "query_string": query.encode(), "headers": []})


def test_the_question_is_known_again_whatever_the_cursor() -> None:
    questions: Questions[ListQuestion] = Questions()
    assert questions.known(request("status=open&limit=5")) is None
    questions.remember(request("status=open&cursor=AbC-_1&limit=5"), OPEN, "AbC-_1")
    assert questions.known(request("status=open&limit=5")) == (OPEN, None)
    assert questions.known(request("status=open&limit=5&cursor=xyz")) == (OPEN, "xyz")
    assert questions.known(request("status=open&limit=6")) is None


@pytest.mark.parametrize(
    "query, cursor",
    [
        ("c%75rsor=AbC", "AbC"),
        ("c%75rsor=AbC&cursor=def", "def"),
        ("cursor=AbC&cursor=def", "def"),
        ("cursor=A%62C", "AbC"),
        ("tag=" + "x" * LONGEST_REMEMBERED, None),
    ],
)
def test_what_is_spelled_strangely_is_left_to_the_framework(query: str, cursor: str | None) -> None:
    questions: Questions[ListQuestion] = Questions()
    questions.remember(request(query), OPEN, cursor)
    assert questions.known(request(query)) is None
    assert questions.known(request("")) is None


def test_a_cursor_in_no_order_is_left_to_the_framework() -> None:
    questions: Questions[ListQuestion] = Questions()
    questions.remember(request("limit=5"), OPEN, None)
    for cursor in ("", "a&cursor=b", "a" * 8193, "a%20"):
        assert questions.known(request(f"limit=5&cursor={cursor}")) is None


def test_only_so_many_are_remembered() -> None:
    questions: Questions[ListQuestion] = Questions()
    for number in range(REMEMBERED + 1):
        questions.remember(request(f"tag={number}"), OPEN, None)
    assert questions.known(request("tag=0")) is None
    assert questions.known(request(f"tag={REMEMBERED}")) == (OPEN, None)
