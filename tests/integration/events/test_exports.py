from __future__ import annotations

import csv
import io
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch
from starlette.types import ASGIApp

from projector.bootstrap import Projector
from read_api.bootstrap import create_app
from read_api.exports import walk
from read_api.exports.formats import cell
from read_api.stores.es import SearchStore
from tests.support.asgi import client_for, running
from tests.support.desk import Caller, Desk, expect, open_ticket, problem, publish_document
from tests.support.pieces import in_pieces
from tests.support.words import word
from tests.support.world import World

Drain = Callable[[], Awaitable[int]]
PATH = "/v1/tickets/export"


async def exported(caller: Caller, path: str = PATH, **params: str) -> list[dict[str, Any]]:
    answer = await caller.read.get(path, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    *items, last = lines(answer.text)
    assert last == {"complete": True, "count": len(items)}
    return items


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


async def tickets(caller: Caller, count: int, tag: str, **fields: Any) -> list[str]:
    return [(await open_ticket(caller, tags=[tag], **fields))["id"] for _ in range(count)]


async def refreshed(world: World, drain: Drain) -> None:
    await drain()
    elasticsearch: AsyncElasticsearch = world.elasticsearch
    await elasticsearch.indices.refresh(index=f"{world.namespace}-*")


async def test_it_has_what_the_list_has_on_all_its_pages(
    world: World, agent: Caller, customer: Caller, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "MAX_LIMIT", 7)
    tag = word()
    theirs = await tickets(agent, 10, tag, requester_id=customer.id)
    ours = await tickets(agent, 11, tag)
    await refreshed(world, drain)
    for caller, ids in ((agent, [*theirs, *ours]), (customer, theirs)):
        listed = expect(await caller.read.get("/v1/tickets", params={"tag": tag, "limit": "100"}))["items"]
        items = await exported(caller, tag=tag)
        assert items == listed and sorted(item["id"] for item in items) == sorted(ids)
    backwards = await exported(agent, tag=tag, sort="created_at")
    assert [item["id"] for item in backwards] == [*theirs, *ours]


async def test_a_query_finds_what_the_search_finds(world: World, agent: Caller, drain: Drain) -> None:
    first, second = word(), word()
    found = await open_ticket(agent, subject=f"{first} {second}")
    await open_ticket(agent, subject=first)
    await refreshed(world, drain)
    assert [item["id"] for item in await exported(agent, q=f"{first} {second}")] == [found["id"]]
    # No ticket has all of these words, or even most of them.
    for q in (f"{first} {second} {first} {word()}", f"{first} {word()} {word()}"):
        params = {"q": q, "sort": "-created_at"}
        searched = expect(await agent.read.get("/v1/search/tickets", params=params))["items"]
        assert [item["id"] for item in await exported(agent, q=q)] == [item["id"] for item in searched]
    assert await exported(agent, q=word()) == []


async def test_a_spreadsheet_runs_nothing(world: World, agent: Caller, drain: Drain) -> None:
    tag, formula = word(), '=HYPERLINK("http://example.com","x")'
    await open_ticket(agent, subject=formula, tags=[tag])
    await refreshed(world, drain)
    answer = await agent.read.get(PATH, params={"tag": tag, "format": "csv"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    head, row, last = csv.reader(io.StringIO(answer.text))
    assert last == ["#complete", "1"]
    cells = dict(zip(head, row, strict=True))
    assert cells["subject"] == f"'{formula}"
    assert (cells["requester_id"], cells["requester"]) == (agent.id, agent.name)
    assert json.loads(cells["tags"]) == [tag] and cells["group"] == ""


@pytest.mark.parametrize(
    "text", ["a;=1+1", "a\t=1+1", "a\n=1+1", 'a;"=1+1"', "a;;@SUM(1)", "a;\t-1", ["a;+1"], {"k": "x;=1"}]
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_is_a_formula_whatever_separates_them(text: object, separator: str) -> None:
    written = io.StringIO(newline="")
    csv.writer(written).writerow(["an id", cell(text), "open"])
    # Some programs take a quote for one only at the beginning of a cell, some not at all.
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        rows = csv.reader(io.StringIO(written.getvalue(), newline=""), delimiter=separator, quoting=quoting)
        shown = [one.strip('"') for row in rows for one in row]
        assert [one for one in shown if one.startswith(("=", "+", "-", "@"))] == []


@pytest.mark.parametrize("text", ["a - b", "a; b", "a=b", "5,- EUR", "x;y", "two\r\nlines", ""])
def test_other_text_is_left_as_it_is(text: str) -> None:
    assert cell(text) == text


async def test_documents_as_lists_show_them(
    world: World, agent: Caller, reviewer: Caller, customer: Caller, anonymous: Caller, drain: Drain
) -> None:
    tag = word()
    for visibility in ("public", "customers", "agents"):
        await publish_document(agent, reviewer, visibility=visibility, tags=[tag])
    await refreshed(world, drain)
    path = "/v1/documents/export"
    for caller, count in ((anonymous, 1), (customer, 2), (agent, 3)):
        items = await exported(caller, path, tag=tag)
        listed = expect(await caller.read.get("/v1/documents", params={"tag": tag}))["items"]
        assert items == listed and len(items) == count
    answer = await agent.read.get(path, params={"tag": tag, "format": "csv"})
    head, *rows, last = csv.reader(io.StringIO(answer.text))
    assert len(rows) == 3 and {len(row) for row in rows} == {len(head)} and last == ["#complete", "3"]
    problem(await customer.read.get(path, params={"state": "draft"}), 403, "document.drafts_forbidden")


async def test_it_is_saved_and_not_shown(agent: Caller, anonymous: Caller) -> None:
    answer = await agent.read.get(PATH, params={"tag": word()})
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="tickets-')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store" and "Freshness" in answer.headers
    problem(await anonymous.read.get(PATH), 401, "authentication.required")
    problem(await agent.read.get(PATH, params={"format": "xlsx"}), 422, "request.invalid")


@pytest.mark.parametrize(("format_name", "mark"), [("jsonl", '{"complete":false'), ("csv", "#broken-off,")])
@pytest.mark.parametrize(
    ("change", "code"), [({"role": "customer"}, "rights.changed"), ({"active": False}, "token.invalid")]
)
async def test_it_breaks_off_with_the_rights_of_its_caller(
    world: World,
    desk: Desk,
    admin: Caller,
    read_app: ASGIApp,
    drain: Drain,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any],
    code: str,
    format_name: str,
    mark: str,
) -> None:
    monkeypatch.setattr(walk, "LOOK_EVERY_S", 0)
    monkeypatch.setattr(walk, "PIECE", 2)
    caller, tag = await desk.register(admin, "agent"), word()
    ids = await tickets(admin, 12, tag)
    await refreshed(world, drain)
    async with in_pieces(read_app, caller, f"{PATH}?tag={tag}&format={format_name}") as pieces:
        assert await pieces.next()
        expect(await admin.write.patch(f"/v1/users/{caller.id}", json=change, headers={"If-Match": "*"}))
        rest = await pieces.rest()
    *_, last = rest.splitlines()
    assert last.startswith(mark) and code in last
    # What was on its way by then.
    assert sum(id_ in rest for id_ in ids) <= 6


async def test_a_lost_point_in_time_is_no_end(
    world: World, agent: Caller, read_app: ASGIApp, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "MAX_LIMIT", 2)
    tag = word()
    await tickets(agent, 12, tag)
    await refreshed(world, drain)
    opened: list[str] = []
    open_snapshot = SearchStore.open_snapshot

    async def noted(store: SearchStore, model: str, keep_alive: str) -> str:
        opened.append(await open_snapshot(store, model, keep_alive))
        return opened[-1]

    monkeypatch.setattr(SearchStore, "open_snapshot", noted)
    async with in_pieces(read_app, agent, f"{PATH}?tag={tag}") as pieces:
        assert await pieces.next()
        await world.elasticsearch.close_point_in_time(id=opened[-1])
        rest = lines(await pieces.rest())
    assert rest[-1]["complete"] is False and rest[-1]["code"] == "store.unavailable"


async def test_one_caller_has_only_so_many(
    world: World, projector: Projector, agent: Caller, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "PIECE", 1)
    tag = word()
    await tickets(agent, 5, tag)
    await refreshed(world, drain)
    settings = world.settings.copy(update={"exports_per_caller": 1})
    async with running(create_app(settings)) as app, client_for(app, agent.headers) as client:
        async with in_pieces(app, agent, f"{PATH}?tag={tag}") as pieces:
            assert await pieces.next()
            problem(await client.get(PATH), 429, "export.too_many")
            await pieces.rest()
        # What is refused takes no place.
        problem(await client.get(PATH, params={"q": "secret:1"}), 422, "query.unknown_field")
        for _ in range(3):
            assert (await client.get(PATH, params={"tag": tag})).status_code == 200
