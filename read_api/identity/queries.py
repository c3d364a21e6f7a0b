"""Parameters -> Elasticsearch bodies for users, groups and organizations. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from read_api.context import Caller
from read_api.identity.visibility import people_seen_by
from read_api.search.text import typed_match
from read_models.people import PEOPLE
from runtime.search.fields import Choice, Clause, Field, Names, Reference
from runtime.search.filters import Filters, filter_clauses
from runtime.search.sorting import RELEVANCE

FIELDS: dict[str, Field] = {
    "role": Choice("role", ("admin", "agent", "customer")),
    "organization": Reference("organization_id", "organization"),
    "group": Reference("group_ids", "group"),
    "active": Choice("active", ("true", "false")),
}
SORTS = {"created_at": "created_at", "updated_at": "updated_at", RELEVANCE: "_score"}
SOURCE = {"excludes": ["digest", *PEOPLE.index_only]}
# Enough for every namesake worth looking at: a query that fits more people is not about one of them.
PEOPLE_PER_QUERY = 50


@dataclass(frozen=True)
class PeopleSearch:
    kind: str
    filters: Filters
    # A name, or the beginning of one, or of an email.
    text: str = ""


def people_body(search: PeopleSearch, caller: Caller) -> dict[str, Any]:
    clauses: list[Clause] = [
        {"term": {"kind": search.kind}},
        *people_seen_by(caller),
        *filter_clauses(search.filters, FIELDS, Names(caller.user_id)),
    ]
    must = [_called(search.text)] if search.text else []
    return {
        "query": {"bool": {"filter": clauses, "must": must}},
        "_source": SOURCE,
        "track_total_hits": False,
    }


def named_in_text_body(words: Sequence[str], caller: Caller) -> dict[str, Any]:
    """Users whose name or email is in a query; who fits best comes first. `matched_queries` says by which words.

    Each clause has a name of its own: of two with one name only the last would be told.
    """
    ways: list[Clause] = []
    for place, word in enumerate(words):
        ways.append({"match": {"name": {"query": word, "operator": "and", "_name": f"{place}:name"}}})
        ways.append({"term": {"email": {"value": word.lower(), "boost": 20, "_name": f"{place}:email"}}})
    return {
        "query": {
            "bool": {
                "filter": [{"term": {"kind": "user"}}, *people_seen_by(caller)],
                "should": ways,
                "minimum_should_match": 1,
            }
        },
        "_source": ["id"],
        "size": PEOPLE_PER_QUERY,
        "track_total_hits": False,
    }


def named_body(kind: str, text: str, caller: Caller) -> dict[str, Any]:
    """Who or what `assignee:"Jane Doe"` means: all words of the text, or the whole email."""
    ways: list[Clause] = [
        {"match": {"name": {"query": text, "operator": "and"}}},
        {"term": {"email": text.lower()}},
    ]
    return {
        "query": {
            "bool": {
                "filter": [{"term": {"kind": kind}}, *people_seen_by(caller)],
                "should": ways,
                "minimum_should_match": 1,
            }
        },
        "_source": ["id"],
        "size": PEOPLE_PER_QUERY,
        "track_total_hits": False,
    }


def _called(text: str) -> Clause:
    return {
        "bool": {
            "should": [
                typed_match("name", text),
                {"match": {"name": {"query": text, "operator": "and", "fuzziness": "AUTO", "prefix_length": 1}}},
                {"match": {"email.words": {"query": text, "operator": "and", "boost": 0.5}}},
                {"prefix": {"email": {"value": text.lower(), "boost": 2}}},
            ],
            "minimum_should_match": 1,
        }
    }
