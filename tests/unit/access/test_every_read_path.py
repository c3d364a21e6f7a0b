"""100,000 generated questions "may this person see that?", answered by every read path, the policies and an oracle."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import orjson
import pytest

from domain.knowledge import policies as document_policies
from domain.tickets import policies as ticket_policies
from domain.tickets.messages import Visibility
from read_api.context import Caller
from read_api.events.shown import told, told_presence
from read_api.identity.visibility import sees_person
from read_api.knowledge.queries import locales_body
from read_api.knowledge.visibility import documents_seen_by, drafts_seen_by, sees_document, sees_draft
from read_api.search.both import search_body, sees_either
from read_api.tickets import queries as ticket_queries
from read_api.tickets.visibility import DECIDING, sees_event, sees_message, sees_presence, sees_ticket, tickets_seen_by
from read_models.events import INTERNAL, PUBLIC, Change
from runtime.presence import PresenceChange
from runtime.search.fields import Names
from runtime.search.filters import Filters
from tests.unit.access import oracle
from tests.unit.access.cases import GROUPS, PEOPLE, THREAD, Case, Source, actor_of, caller_of, cases, people
from tests.unit.access.elasticsearch import compiled, fields_of
from tests.unit.access.oracle import Person
from tests.unit.access.paths import document_bodies, draft_bodies, matching, people_bodies, ticket_bodies

SEED = int(os.environ.get("TIDEDESK_TEST_ACCESS_SEED", "20261126"))
CALLERS, CASES_EACH = 1_000, 100
# Of each kind so many answers have to be yes, and so many no: or the cases would prove little.
FEWEST = 5_000

Answers = dict[str, bool]


def of_tickets(person: Person, caller: Caller, each: list[Case]) -> Iterator[tuple[str, bool, Answers]]:
    paths = matching(ticket_bodies(caller))
    messages = compiled(ticket_queries.messages_body(THREAD, caller)["query"])
    events = compiled(ticket_queries.history_body(THREAD, caller)["query"])
    for case in each:
        source = case.ticket
        answers = {name: found(source) for name, found in paths.items()}
        answers["by id"] = sees_ticket(caller, source)
        answers["re-checked hit"] = sees_either(caller, source)
        answers["stream"] = hears_of_ticket(caller, source, PUBLIC) == ["ticket.changed"]
        yield "ticket", oracle.ticket(person, source), answers
        # Both are asked for only within a ticket that was found.
        seen = sees_ticket(caller, source)
        shown = {
            "list": seen and messages(case.message),
            "in the ticket": seen and sees_message(caller, case.message),
            "stream": "message.added" in hears_of_ticket(caller, source, INTERNAL, case.message["visibility"]),
        }
        yield "message", oracle.message(person, source, case.message), shown
        present = {"on the ticket": sees_presence(caller, source), "stream": hears_of_presence(caller, source)}
        yield "presence", oracle.presence(person, source), present
        told = {
            "list": seen and events(case.event),
            "re-checked hit": seen and sees_event(caller, case.event),
            "stream": hears_of_ticket(caller, source, case.event["audience"]) == ["ticket.changed"],
        }
        yield "event", oracle.event(person, source, case.event), told


def of_documents(person: Person, caller: Caller, each: list[Case]) -> Iterator[tuple[str, bool, Answers]]:
    published, drafts = matching(document_bodies(caller)), matching(draft_bodies(caller))
    for case in each:
        source = case.document
        answers = {name: found(source) for name, found in published.items()}
        answers |= {"by id": sees_document(caller, source), "re-checked hit": sees_either(caller, source)}
        # Strangers have no stream.
        answers["stream"] = hears_of_document(caller, source, "shown", PUBLIC)
        yield "document", oracle.document(person, source), answers
        answers = {name: found(source) for name, found in drafts.items()}
        answers["stream"] = hears_of_document(caller, source, "draft", INTERNAL)
        yield "draft", oracle.draft(person, source), {**answers, "re-checked hit": sees_draft(caller, source)}


def hears_of_ticket(caller: Caller, ticket: Source, audience: str, message: str | None = None) -> list[str]:
    messages = () if message is None else ((THREAD, message),)
    change = Change("ticket", ticket["id"], 1, "shown", audience, messages, {name: ticket[name] for name in DECIDING})
    return [name for name, _ in told(caller, change, change.deciding)]


def hears_of_presence(caller: Caller, ticket: Source) -> bool:
    change = PresenceChange(ticket["id"], frozenset(), {name: ticket[name] for name in DECIDING})
    return bool(told_presence(caller, change, None))


def hears_of_document(caller: Caller, document: Source, state: Any, audience: str) -> bool:
    deciding = {**{name: document[name] for name in ("visibility", "group_ids")}, "was_published": state == "shown"}
    return bool(told(caller, Change("document", document["id"], 1, state, audience, (), deciding), deciding))


def of_people(person: Person, caller: Caller, each: list[Case]) -> Iterator[tuple[str, bool, Answers]]:
    paths = {kind: matching(people_bodies(caller, kind)) for kind in ("user", "group", "organization")}
    for case in each:
        answers = {name: found(case.somebody) for name, found in paths[case.somebody["kind"]].items()}
        answers["by id"] = sees_person(caller, case.somebody)
        yield "somebody", oracle.somebody(person, case.somebody), answers


def of_policies(person: Person, _: Caller, each: list[Case]) -> Iterator[tuple[str, bool, Answers]]:
    actor = actor_of(person)
    for case in each:
        facts, text = case.ticket_facts, Visibility(case.message["visibility"])
        if actor is not None:
            yield "ticket", oracle.ticket(person, case.ticket), {
                "policy": ticket_policies.may_read_ticket(actor, facts)
            }
            may_show = ticket_policies.may_show_presence(actor, facts)
            yield "presence", oracle.presence(person, case.ticket), {"policy": may_show}
            may_read = ticket_policies.may_read_message(actor, facts, text)
            yield "message", oracle.message(person, case.ticket, case.message), {"policy": may_read}
        of_document = case.document_facts
        may_read = document_policies.may_read_published(actor, of_document)
        yield "document", oracle.document(person, case.document), {"policy": may_read}
        drafts = {
            "read": document_policies.may_read_draft(actor, of_document),
            "write": document_policies.may_write_document(actor, of_document),
        }
        yield "draft", oracle.draft(person, case.document), drafts


@pytest.mark.parametrize("asked", [of_tickets, of_documents, of_people, of_policies])
def test_every_answer_is_that_of_the_oracle(asked: Any) -> None:
    chance = Random(SEED)
    pool, seen = cases(chance, 2_000), Counter[tuple[str, bool]]()
    wrong: list[str] = []
    for person in people(chance, CALLERS):
        for what, right, answers in asked(person, caller_of(person), chance.sample(pool, CASES_EACH)):
            seen[what, right] += 1
            if any(answer is not right for answer in answers.values()):
                wrong.append(f"{person} {what}: {right}, but {answers}")
    assert not wrong, f"{len(wrong)} wrong answers with seed {SEED}, the first: {wrong[0]}"
    assert sum(seen.values()) >= 90_000
    for what in {what for what, _ in seen}:
        assert min(seen[what, True], seen[what, False]) >= FEWEST, seen


def test_one_document_is_asked_for_within_what_is_seen() -> None:
    """By number, id or slug: whatever is named besides."""
    chance = Random(SEED)
    pool = cases(chance, 200)
    for person in people(chance, 200):
        caller = caller_of(person)
        for case in chance.sample(pool, 20):
            ticket, document = case.ticket, case.document
            by_number = compiled(ticket_queries.by_number_body(ticket["number"], caller)["query"])
            assert by_number(ticket) is oracle.ticket(person, ticket)
            for name in (document["id"], document["slug"]):
                assert compiled(locales_body(name, caller)["query"])(document) is oracle.document(person, document)
                drafts = compiled(locales_body(name, caller, drafts=True)["query"])
                assert drafts(document) is oracle.draft(person, document)


def test_no_filter_finds_more_than_is_seen() -> None:
    chance = Random(SEED)
    pool = cases(chance, 500)
    for person in people(chance, 200):
        caller = caller_of(person)
        filters = Filters(
            {"group": [chance.choice(GROUPS), "none"], "assignee": ["none", pool[0].ticket["requester_id"]]}
        )
        found = compiled(ticket_queries.list_body(filters, Names(caller.user_id), caller)["query"])
        assert all(oracle.ticket(person, case.ticket) for case in pool if found(case.ticket))


def test_no_body_looks_beyond_its_query_or_at_notes_that_are_not_seen() -> None:
    for person in people(Random(SEED), 300):
        caller = caller_of(person)
        bodies = [*ticket_bodies(caller).values(), *document_bodies(caller).values(), *draft_bodies(caller).values()]
        search = ticket_queries.TicketSearch(Filters(), highlight=True)
        for body in (*bodies, search_body(search, None, caller)):
            text = orjson.dumps(body)
            assert b'"global"' not in text and b"min_doc_count" not in text and b"post_filter" not in text
            named = {path for path in fields_of(body) if path.startswith("internal") or path == "message_count"}
            assert not named or person.works_here, (person, named)


def test_a_role_or_a_limit_that_nobody_knows_opens_nothing() -> None:
    """As a newer release may write them."""
    pool = cases(Random(SEED), 500)
    owner = Caller(user_id=PEOPLE[0], role="owner", group_ids=tuple(GROUPS))
    limited = Caller(user_id=PEOPLE[0], role="agent", ticket_access="teams")
    customer = Person(PEOPLE[0], "customer", False, frozenset(), None, False)
    scoped = Person(PEOPLE[0], "agent", True, frozenset(), None, False)
    for caller, person in ((owner, customer), (limited, scoped)):
        seen = compiled(ticket_queries.list_body(Filters(), Names(caller.user_id), caller)["query"])
        for case in pool:
            assert seen(case.ticket) is sees_ticket(caller, case.ticket) is oracle.ticket(person, case.ticket)
            assert sees_document(caller, case.document) is oracle.document(person, case.document)
            assert sees_draft(caller, case.document) is oracle.draft(person, case.document)


def test_a_cursor_is_bound_to_all_that_decides_what_is_seen() -> None:
    by_key: dict[str, tuple[Any, ...]] = {}
    for person in people(Random(SEED), 3_000):
        caller = caller_of(person)
        filters = (tickets_seen_by(caller), documents_seen_by(caller), drafts_seen_by(caller))
        assert by_key.setdefault(caller.key, filters) == filters
