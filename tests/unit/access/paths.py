"""Every way to read, as the searches it sends for one caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from read_api.context import Caller
from read_api.identity.queries import PeopleSearch, named_body, named_in_text_body, people_body
from read_api.knowledge import queries as documents
from read_api.search import both
from read_api.search.reach import Reach
from read_api.tickets import queries as tickets
from read_api.tickets.fields import FACETS
from runtime.search.fields import Names
from runtime.search.filters import Filters
from runtime.search.grammar import parse
from tests.unit.access.elasticsearch import Matches, compiled

Bodies = dict[str, dict[str, Any]]
QUERY = parse('printer "paper jam"')


def ticket_bodies(caller: Caller) -> Bodies:
    search = tickets.TicketSearch(Filters(), QUERY, facets=tuple(FACETS), highlight=True)
    relaxed = tickets.TicketSearch(Filters(), QUERY, reach=Reach.SOME, people={"printer": ["somebody"]})
    exported = replace(search, facets=(), highlight=False)
    return {
        "list": tickets.list_body(Filters(), Names(caller.user_id), caller),
        "search": tickets.search_body(search, caller),
        "relaxed search": tickets.search_body(relaxed, caller),
        "search without words": tickets.search_body(tickets.TicketSearch(Filters()), caller),
        "search of everything": both.search_body(search, None, caller),
        "export": tickets.search_body(exported, caller),
        "export of most words": tickets.search_body(replace(exported, reach=Reach.SOME), caller),
        "export without words": tickets.search_body(tickets.TicketSearch(Filters()), caller),
        "counts": tickets.counts_body(caller),
        "suggest": tickets.suggest_body("pri", caller, 5),
    }


def document_bodies(caller: Caller) -> Bodies:
    search = documents.DocumentSearch(Filters(), QUERY, facets=("locale", "tags"), highlight=True)
    exported = replace(search, facets=(), highlight=False)
    return {
        "list": documents.list_body(search, caller),
        "search": documents.search_body(search, caller),
        "export": documents.search_body(exported, caller),
        "export without words": documents.search_body(documents.DocumentSearch(Filters()), caller),
        "search of everything": both.search_body(None, search, caller),
        "suggest": documents.suggest_body("pri", caller, 5, ("en",)),
    }


def draft_bodies(caller: Caller) -> Bodies:
    search = documents.DocumentSearch(Filters(), QUERY, highlight=True, drafts=True)
    return {
        "list": documents.list_body(search, caller),
        "search": documents.search_body(search, caller),
        "export": documents.search_body(replace(search, highlight=False), caller),
    }


def people_bodies(caller: Caller, kind: str) -> Bodies:
    bodies = {
        "list": people_body(PeopleSearch(kind, Filters(), "ada"), caller),
        "named": named_body(kind, "ada", caller),
    }
    return {**bodies, "named in a text": named_in_text_body(["ada"], caller)} if kind == "user" else bodies


def matching(bodies: Mapping[str, Mapping[str, Any]]) -> dict[str, Matches]:
    return {name: compiled(body["query"]) for name, body in bodies.items()}
