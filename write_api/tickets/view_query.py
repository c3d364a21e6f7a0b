"""What a view asks for, judged as the query API will judge it: by the same code."""

from __future__ import annotations

from collections.abc import Mapping

from domain.tickets.errors import ViewQueryInvalid
from runtime.search.fields import Names
from runtime.search.filters import InvalidParameter, comparison_clauses, filter_clauses, filters_of
from runtime.search.grammar import InvalidQuery, parse
from runtime.search.sorting import RELEVANCE, sort_keys
from runtime.search.ticket_fields import ALL_COUNT, SORTS, STAFF_FIELDS

# Whom a name stands for is asked when the view is shown.
_NOBODY = Names()


def refuse_meaningless(query: Mapping[str, object], sort: str) -> None:
    try:
        filter_clauses(filters_of(query), STAFF_FIELDS, _NOBODY)
        comparison_clauses(parse(str(query.get("q", ""))).comparisons, STAFF_FIELDS, _NOBODY, ALL_COUNT)
    except InvalidParameter as wrong:
        raise ViewQueryInvalid(wrong.problem.detail, pointer=f"/query/{wrong.parameter}") from wrong
    except InvalidQuery as wrong:
        raise ViewQueryInvalid(wrong.detail, pointer="/query/q") from wrong
    try:
        sort_keys(sort, {**SORTS, RELEVANCE: "_score"})
    except InvalidQuery as wrong:
        raise ViewQueryInvalid(wrong.detail, pointer="/sort") from wrong
