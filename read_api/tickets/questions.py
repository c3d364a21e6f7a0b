"""What the query string of a list or a search means is worked out once: the framework takes longer than the list.

A query string whose parameters were in order is remembered with what they mean; the cursor is no part of that.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from fastapi import Request

from runtime.search.filters import Filters
from runtime.search.grammar import Query

REMEMBERED = 1_024
LONGEST_REMEMBERED = 512
_CURSOR = re.compile(rb"cursor=[A-Za-z0-9_-]{1,8192}")


@dataclass(frozen=True)
class ListQuestion:
    filters: Filters
    sort: str
    limit: int


@dataclass(frozen=True)
class SearchQuestion:
    filters: Filters
    # As it was typed, and what it means.
    text: str
    query: Query
    facets: Sequence[str]
    sort: str
    limit: int


Question = TypeVar("Question")


class Questions(Generic[Question]):
    """By query string without the cursor. They depend on nothing else."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, Question] = OrderedDict()

    def known(self, request: Request) -> tuple[Question, str | None] | None:
        rest, cursor = _without_cursor(request.scope["query_string"])
        question = self._known.get(rest)
        return None if question is None else (question, cursor)

    def remember(self, request: Request, question: Question, cursor: str | None) -> None:
        rest, plain = _without_cursor(request.scope["query_string"])
        # A cursor can also be spelled in other ways, and more than one can be sent.
        if cursor != plain or len(request.query_params.getlist("cursor")) > 1 or len(rest) > LONGEST_REMEMBERED:
            return
        self._known[rest] = question
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def _without_cursor(query: bytes) -> tuple[bytes, str | None]:
    if b"cursor=" not in query:
        return query, None
    parts = query.split(b"&")
    cursors = [part for part in parts if _CURSOR.fullmatch(part)]
    if len(cursors) != 1:
        return query, None
    parts.remove(cursors[0])
    return b"&".join(parts), cursors[0][len(b"cursor=") :].decode()
