from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from read_api.context import ANONYMOUS, Caller
from read_api.knowledge import queries as documents
from read_api.knowledge.fields import FACETS as DOCUMENT_FACETS
from read_api.search.reach import Reach
from read_api.tickets import queries as tickets
from read_api.tickets.fields import FACETS as TICKET_FACETS
from read_models.analysis import LANGUAGES
from read_models.documents import DOCUMENTS
from read_models.tickets import COLUMNS, TICKETS
from runtime.search.fields import Names
from runtime.search.filters import Filters
from runtime.search.grammar import InvalidQuery, parse

ME = "5a1f0000-0000-4000-8000-000000000001"
AGENT = Caller(user_id=ME, role="agent")
CUSTOMER = Caller(user_id=ME, role="customer")
LEAVES = ("term", "terms", "range", "match", "match_phrase", "prefix")
# All that a query is made of; none of them reads syntax out of text.
CLAUSES = {*LEAVES, "bool", "dis_max", "multi_match", "match_all", "match_none", "exists"}
PUBLIC = {*COLUMNS, "id", "subject_stemmed", "public_text", "public_all"}


def clauses(node: Any) -> Iterator[tuple[str, Any]]:
    """(kind, body) of every clause in a query."""
    kind, body = next(iter(node.items()))
    assert len(node) == 1
    yield kind, body
    children: list[Any] = []
    if kind == "bool":
        children = [child for name in ("filter", "must", "should", "must_not") for child in body.get(name, [])]
    elif kind == "dis_max":
        children = body["queries"]
    for child in children:
        yield from clauses(child)


def paths(body: dict[str, Any]) -> set[str]:
    """The index fields that a search names, without boosts, languages and keys of custom fields."""
    named: list[str] = []
    for kind, inner in clauses(body["query"]):
        if kind in LEAVES:
            named += [name for name in inner if name != "boost"]
        elif kind == "multi_match":
            named += inner["fields"]
        elif kind == "exists":
            named.append(inner["field"])
    named += body.get("highlight", {}).get("fields", {})
    named += [aggregation["terms"]["field"] for aggregation in body.get("aggs", {}).values()]
    return {name.partition("^")[0].partition(".")[0] for name in named}


fields = st.sampled_from(
    ["status", "priority", "tag", "custom.a", "subject", "assignee", "created", "number", "x", "id"]
)
values = st.one_of(st.sampled_from(["open", "high", "me", "none", "2026-01-01", "7"]), st.text(max_size=12))
terms = st.one_of(
    st.text(max_size=12),
    st.builds(lambda text: f'"{text}', st.text(max_size=12)),
    st.builds(lambda name, sign, value: f"{name}{sign}{value}", fields, st.sampled_from([":", ">", "<="]), values),
)
texts = st.builds(
    " ".join, st.lists(st.builds(lambda sign, term: sign + term, st.sampled_from(["", "-"]), terms), max_size=8)
)


@given(text=texts, reach=st.sampled_from(Reach), staff=st.booleans())
def test_whatever_is_typed_becomes_clauses_over_allowed_fields(text: str, reach: Reach, staff: bool) -> None:
    caller = AGENT if staff else CUSTOMER
    try:
        search = tickets.TicketSearch(
            Filters(), parse(text), Names(ME), {}, ("en",), ("status", "tags"), highlight=True, reach=reach
        )
        body = tickets.search_body(search, caller)
    except InvalidQuery as refused:
        assert refused.code in ("query_too_long", "unknown_field", "invalid_value")
        return
    orjson.dumps(body)
    assert {kind for kind, _ in clauses(body["query"])} <= CLAUSES
    allowed = {*PUBLIC, "internal_text", "internal_all"} if staff else PUBLIC
    assert paths(body) <= allowed
    if not staff:
        assert {"term": {"requester_id": ME}} in body["query"]["bool"]["filter"]


@pytest.mark.parametrize(("languages", "q"), [((), "a"), (("de", "xx"), "a b c d e f g")])
def test_every_field_of_a_query_is_mapped(languages: tuple[str, ...], q: str) -> None:
    search = tickets.TicketSearch(Filters(), parse(q), languages=languages, facets=tuple(TICKET_FACETS))
    body = tickets.search_body(search, AGENT)
    assert paths(body) <= set(TICKETS.fields)
    of_documents = documents.DocumentSearch(Filters(), parse(q), languages=languages, facets=tuple(DOCUMENT_FACETS))
    assert paths(documents.search_body(of_documents, AGENT)) <= set(DOCUMENTS.fields)
    named = [path for kind, inner in clauses(body["query"]) if kind == "multi_match" for path in inner["fields"]]
    stemmed = {path.partition("^")[0].rpartition(".")[2] for path in named if "." in path.partition("^")[0]}
    assert stemmed == ({"*"} if len(q) == 1 else {"de", "en", "und"})
    assert stemmed - {"*"} <= set(LANGUAGES)


def test_all_words_are_required_or_most_of_them() -> None:
    query = parse('printer jam toner "on fire" -scanner')
    must = tickets.search_body(tickets.TicketSearch(Filters(), query), AGENT)["query"]["bool"]["must"]
    assert len(must) == 4
    relaxed = tickets.search_body(tickets.TicketSearch(Filters(), query, reach=Reach.SOME), AGENT)["query"]["bool"][
        "must"
    ]
    assert len(relaxed) == 2
    assert relaxed[0]["bool"]["minimum_should_match"]
    assert len(relaxed[0]["bool"]["should"]) == 3


def test_stopwords_are_not_required_unless_there_is_nothing_else() -> None:
    def required(text: str) -> int:
        search = tickets.TicketSearch(Filters(), parse(text), languages=("en",))
        return len(tickets.search_body(search, AGENT)["query"]["bool"]["must"])

    assert required("how do I print") == 1
    assert required("to be or not") == 4


def test_people_and_numbers_are_other_ways_to_match_a_word() -> None:
    search = tickets.TicketSearch(Filters(), parse("jane #42 99999999999999999999"), people={"jane": [ME]})
    body = orjson.dumps(tickets.search_body(search, AGENT))
    assert b'{"terms":{"requester_id":["' + ME.encode() in body
    assert b'{"terms":{"assignee_id":["' + ME.encode() in body
    assert b'{"term":{"number":{"value":42' in body
    assert body.count(b'"term":{"number"') == 1


def test_a_query_of_punctuation_finds_nothing() -> None:
    body = tickets.search_body(tickets.TicketSearch(Filters(), parse("!!!")), AGENT)
    assert body["query"]["bool"]["must"] == [{"match_none": {}}]


def test_strangers_find_public_documents_only() -> None:
    for caller, seen in ((ANONYMOUS, ["public"]), (CUSTOMER, ["public", "customers"])):
        search = documents.DocumentSearch(Filters())
        for body in (documents.search_body(search, caller), documents.list_body(search, caller)):
            assert {"terms": {"visibility": seen}} in body["query"]["bool"]["filter"]
        for bodies in (documents.suggest_body("a", caller, 5, ()), documents.locales_body("a", caller)):
            assert {"terms": {"visibility": seen}} in bodies["query"]["bool"]["filter"]
        drafts = documents.search_body(documents.DocumentSearch(Filters(), drafts=True), caller)
        assert {"match_none": {}} in drafts["query"]["bool"]["filter"]
