from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from read_api.audit.visibility import entries_seen_by, sees_entry
from read_api.context import Caller
from read_api.identity.visibility import people_seen_by, sees_person
from read_api.knowledge.visibility import documents_seen_by, sees_document
from read_api.tickets.visibility import (
    history_seen_by,
    messages_seen_by,
    sees_event,
    sees_message,
    sees_ticket,
    text_seen_by,
    tickets_seen_by,
)

IDS = ["a", "b", "c"]
callers = st.one_of(
    st.just(Caller()),
    st.builds(
        Caller,
        user_id=st.sampled_from(IDS),
        role=st.sampled_from(["customer", "agent", "admin", "unheard-of"]),
        organization_id=st.sampled_from([None, *IDS]),
        organization_shares=st.booleans(),
    ),
)
sources = st.fixed_dictionaries(
    {
        "id": st.sampled_from(IDS),
        "requester_id": st.sampled_from(IDS),
        "organization_id": st.sampled_from([None, *IDS]),
        "visibility": st.sampled_from(["public", "customers", "agents", "internal"]),
    }
)


def matches(clauses: list[dict[str, Any]], source: dict[str, Any]) -> bool:
    """What Elasticsearch would say of the few clauses that visibility is made of."""
    return all(_matches(clause, source) for clause in clauses)


def _matches(clause: dict[str, Any], source: dict[str, Any]) -> bool:
    ((kind, body),) = clause.items()
    if kind == "match_none":
        return False
    if kind == "bool":
        return any(_matches(child, source) for child in body["should"])
    ((path, value),) = body.items()
    return source[path] in (value if kind == "terms" else [value])


@given(callers, sources)
def test_what_is_read_by_id_and_what_is_found_is_the_same(caller: Caller, source: dict[str, Any]) -> None:
    assert sees_ticket(caller, source) == matches(tickets_seen_by(caller), source)
    assert sees_message(caller, source) == matches(messages_seen_by(caller), source)
    assert sees_entry(caller, source) == matches(entries_seen_by(caller), source) == (caller.role == "admin")
    assert sees_event(caller, {"audience": source["visibility"]}) == matches(
        history_seen_by(caller), {"audience": source["visibility"]}
    )
    assert sees_document(caller, source) == matches(documents_seen_by(caller), source)
    assert sees_person(caller, source) == matches(people_seen_by(caller), source)


@given(callers, sources)
def test_who_is_not_staff_sees_own_tickets_or_those_an_organization_shares(
    caller: Caller, source: dict[str, Any]
) -> None:
    own = caller.user_id is not None and source["requester_id"] == caller.user_id
    shared = (
        caller.user_id is not None
        and caller.organization_shares
        and caller.organization_id is not None
        and source["organization_id"] == caller.organization_id
    )
    assert sees_ticket(caller, source) == (caller.role in ("agent", "admin") or own or shared)


@given(callers)
def test_only_staff_search_internal_notes(caller: Caller) -> None:
    text = text_seen_by(caller)
    named = "".join((*text.folded, *text.stemmed))
    assert ("internal" in named) == (caller.role in ("agent", "admin"))


@given(callers, callers)
def test_cursors_are_bound_to_all_that_decides_what_is_seen(one: Caller, other: Caller) -> None:
    if one.key == other.key:
        assert tickets_seen_by(one) == tickets_seen_by(other)
        assert documents_seen_by(one) == documents_seen_by(other)
        assert (
            people_seen_by(one) == people_seen_by(other) or one.is_staff or one.organization_id != other.organization_id
        )
