from __future__ import annotations

from typing import Any

import pytest

from read_api.context import Caller
from read_api.tickets.fields import fields_for
from runtime.search.fields import MATCH_NONE, Fields, Names, typed_names
from runtime.search.filters import Filters, InvalidParameter, comparison_clauses, filter_clauses
from runtime.search.grammar import InvalidQuery, parse
from runtime.search.ticket_fields import ALL_COUNT

AGENT = Caller(user_id="5a1f0000-0000-4000-8000-000000000001", role="agent")
JANE = "5a1f0000-0000-4000-8000-00000000000a"
FIELDS: Fields = fields_for(AGENT)


def clauses(text: str, names: Names = Names(AGENT.user_id)) -> tuple[list[Any], list[Any]]:
    return comparison_clauses(parse(text).comparisons, FIELDS, names, ALL_COUNT)


def only(text: str, names: Names = Names(AGENT.user_id)) -> Any:
    (clause,), unwanted = clauses(text, names)
    assert unwanted == []
    return clause


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("status:open", {"terms": {"status": ["open"]}}),
        ("status:open,pending", {"terms": {"status": ["open", "pending"]}}),
        ("status:OPEN", {"terms": {"status": ["open"]}}),
        ("priority>=high", {"terms": {"priority": ["high", "urgent"]}}),
        ("priority<high", {"terms": {"priority": ["low", "normal"]}}),
        ("priority>urgent", {"terms": {"priority": []}}),
        ("tag:paper", {"terms": {"tags": ["paper"]}}),
        ("number:42", {"term": {"number": 42}}),
        ("number>#41", {"range": {"number": {"gt": 41}}}),
        ("messages>=5", {"range": {"message_count": {"gte": 5}}}),
        ("assignee:me", {"term": {"assignee_id": AGENT.user_id}}),
        ("assignee:none", {"bool": {"must_not": [{"exists": {"field": "assignee_id"}}]}}),
        (f"requester:{JANE}", {"term": {"requester_id": JANE}}),
        ("custom.serial:42", {"terms": {"custom_fields.serial": ["42"]}}),
        (
            "subject:jam",
            {"multi_match": {"query": "jam", "fields": ["subject", "subject_stemmed.*"], "operator": "and"}},
        ),
        (
            'subject:"paper jam"',
            {"multi_match": {"query": "paper jam", "fields": ["subject", "subject_stemmed.*"], "type": "phrase"}},
        ),
    ],
)
def test_comparisons(text: str, clause: Any) -> None:
    assert only(text) == clause


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("created:2026-01-31", {"gte": "2026-01-31T00:00:00.000Z", "lt": "2026-02-01T00:00:00.000Z"}),
        ("created:2026-12", {"gte": "2026-12-01T00:00:00.000Z", "lt": "2027-01-01T00:00:00.000Z"}),
        ("created:2026", {"gte": "2026-01-01T00:00:00.000Z", "lt": "2027-01-01T00:00:00.000Z"}),
        ("created>2026-01-31", {"gte": "2026-02-01T00:00:00.000Z"}),
        ("created>=2026-01-31", {"gte": "2026-01-31T00:00:00.000Z"}),
        ("created<2026-01-31", {"lt": "2026-01-31T00:00:00.000Z"}),
        ("created<=2026-01-31", {"lt": "2026-02-01T00:00:00.000Z"}),
        ("created>=2026-01-31T12:00:00+02:00", {"gte": "2026-01-31T10:00:00.000Z"}),
        ("created>=2026-01-31T12:00:00.12345Z", {"gte": "2026-01-31T12:00:00.123Z"}),
    ],
)
def test_dates_are_periods(text: str, bounds: Any) -> None:
    assert only(text) == {"range": {"created_at": bounds}}


@pytest.mark.parametrize(
    "text",
    [
        "status:lost",
        "status>open",
        "priority>low,high",
        "tag>a",
        "assignee>me",
        "subject>a",
        "number:many",
        "number:9223372036854775808",
        "number:²",
        "created:yesterday",
        "created:2026-13",
        "created:0000",
        "created>9999",
    ],
)
def test_values_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(InvalidQuery) as refused:
        clauses(text)
    assert refused.value.code == "invalid_value"


@pytest.mark.parametrize("text", ["secret:1", "internal_all:x", "custom:1", "custom.:1", "_id:1", "status.x:1"])
def test_unknown_fields_are_refused_and_the_allowed_ones_named(text: str) -> None:
    if not parse(text).comparisons:
        return
    with pytest.raises(InvalidQuery) as refused:
        clauses(text)
    assert refused.value.code == "unknown_field"
    assert "status" in refused.value.detail


def test_customers_may_not_count_internal_notes() -> None:
    customer = fields_for(Caller(user_id=JANE, role="customer"))
    with pytest.raises(InvalidQuery):
        comparison_clauses(parse("messages>1").comparisons, customer, Names())


def test_names_stand_for_the_ids_that_were_found() -> None:
    query = parse('assignee:"Jane Doe" group:printers requester:me -requester:none')
    assert typed_names(query, FIELDS) == {("user", "Jane Doe"), ("group", "printers")}
    names = Names(AGENT.user_id, {("user", "Jane Doe"): (JANE,)})
    assert only('assignee:"Jane Doe"', names) == {"terms": {"assignee_id": [JANE]}}
    assert only("assignee:nobody", names) == MATCH_NONE


def test_repeated_fields_mean_any_but_tags_mean_all() -> None:
    any_status, unwanted = clauses("status:open status:new -status:closed")
    assert any_status == [
        {
            "bool": {
                "should": [{"terms": {"status": ["open"]}}, {"terms": {"status": ["new"]}}],
                "minimum_should_match": 1,
            }
        }
    ]
    assert unwanted == [{"terms": {"status": ["closed"]}}]
    both_tags, _ = clauses("tag:a tag:b created>2025 created<2026")
    assert len(both_tags) == 4


def test_filters_of_requests() -> None:
    filters = Filters(
        {"status": ["open", "new"], "assignee": ["me", "none"], "tag": ["a,b"]},
        {"created_after": "2026-01-31T00:00:00Z", "created_before": None},
    )
    found = filter_clauses(filters, FIELDS, Names(AGENT.user_id))
    assert len(found) == 4
    assert found[2] == {"terms": {"tags": ["a,b"]}}
    assert found[3] == {"range": {"created_at": {"gte": "2026-01-31T00:00:00.001Z"}}}
    assert filters.asked() == {
        "status": ["new", "open"],
        "assignee": ["me", "none"],
        "tag": ["a,b"],
        "created_after": ["2026-01-31T00:00:00Z"],
    }


@pytest.mark.parametrize(
    ("filters", "parameter"),
    [
        (Filters({"assignee": ["Jane"]}), "assignee"),
        (Filters({"status": ["lost"]}), "status"),
        (Filters({}, {"updated_before": "soon"}), "updated_before"),
    ],
)
def test_a_bad_filter_says_which(filters: Filters, parameter: str) -> None:
    with pytest.raises(InvalidParameter) as refused:
        filter_clauses(filters, FIELDS, Names())
    assert refused.value.parameter == parameter
