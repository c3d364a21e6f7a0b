from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, cast
from uuid import UUID

from projector.bootstrap import Projector
from projector.targets import current_targets
from projector.verify.repair import repair
from projector.verify.verify import open_verifier
from tests.integration.projector.office import Office, differences, found


async def index_of(projector: Projector, model: str) -> str:
    (name,) = [t.index_name for t in await current_targets(projector.pool) if t.projection == model]
    return name


async def put(projector: Projector, index: str, document_id: str, body: dict[str, Any]) -> None:
    """Past the projector, as somebody would with a console."""
    await projector.elasticsearch.call("PUT", f"/{index}/_doc/{document_id}?refresh=true", body)


async def test_finds_and_repairs_what_somebody_did_to_elasticsearch(
    fresh_projector: Projector, desk: dict[str, str]
) -> None:
    tickets, documents = await index_of(fresh_projector, "tickets"), await index_of(fresh_projector, "documents")
    changed = (await fresh_projector.elasticsearch.call("GET", f"/{tickets}/_doc/{desk['first']}"))["_source"]
    # The digest that it names is left as it was: the content itself has to be looked at.
    await put(fresh_projector, tickets, desk["first"], {**changed, "subject": "Forged"})
    await fresh_projector.elasticsearch.call("DELETE", f"/{documents}/_doc/{desk['document']}?refresh=true")
    stranger = "00000000-0000-7000-8000-000000000001"
    await put(fresh_projector, tickets, stranger, {"id": stranger, "subject": "Nobody's"})

    seen = await differences(fresh_projector)
    assert {(d.projection, d.kind, d.document_id) for d in seen} == {
        ("tickets", "different", desk["first"]),
        ("documents", "missing", desk["document"]),
        ("tickets", "extra", stranger),
    }
    assert await repair(fresh_projector, seen) == []
    assert await differences(fresh_projector) == []
    await fresh_projector.drain_all()
    assert set(await found(fresh_projector, "tickets", {"match_all": {}})) == {desk["first"], desk["second"]}


async def test_finds_and_removes_documents_that_no_id_leads_to(
    fresh_projector: Projector, desk: dict[str, str]
) -> None:
    tickets = await index_of(fresh_projector, "tickets")
    twin = (await fresh_projector.elasticsearch.call("GET", f"/{tickets}/_doc/{desk['first']}"))["_source"]
    await put(fresh_projector, tickets, "twin", twin)
    await put(fresh_projector, tickets, "00000000-0000-7000-8000-000000000003", {"subject": "Without an id"})
    seen = await differences(fresh_projector)
    assert {(d.projection, d.kind, d.document_id) for d in seen} == {
        ("tickets", "extra", "twin"),
        ("tickets", "extra", "00000000-0000-7000-8000-000000000003"),
    }
    assert await repair(fresh_projector, seen) == []
    assert await differences(fresh_projector) == []


async def test_finds_and_repairs_what_somebody_did_to_redis(fresh_projector: Projector, desk: dict[str, str]) -> None:
    redis, keys = fresh_projector.redis.redis, fresh_projector.redis.keys
    stranger = "00000000-0000-7000-8000-000000000002"
    await redis.set(keys.document("tickets", desk["first"]), b"{}")
    await cast("Awaitable[int]", redis.hdel(keys.labels("user"), desk["agent"]))
    await cast("Awaitable[int]", redis.hset(keys.labels("group"), stranger, "{}"))
    await cast("Awaitable[int]", redis.hset(keys.applied("ticket"), desk["second"], "9|9|closed,none,none"))
    await cast("Awaitable[int]", redis.hincrby(keys.counters, "all:-:solved", 7))

    seen = await differences(fresh_projector)
    assert {(d.projection, d.kind, d.document_id) for d in seen if d.projection != "counters"} == {
        ("tickets", "different", desk["first"]),
        ("labels", "missing", desk["agent"]),
        ("labels", "extra", stranger),
        ("guards", "different", desk["second"]),
    }
    assert {d.document_id for d in seen if d.projection == "counters"} == {"all:-:solved"}
    assert await repair(fresh_projector, seen) == []
    assert await differences(fresh_projector) == []


async def test_a_version_ahead_of_the_sequence_is_caught_up_with(
    fresh_projector: Projector, desk: dict[str, str]
) -> None:
    """As after Postgres was restored from a backup: the stores know higher versions than it will draw."""
    tickets = await index_of(fresh_projector, "tickets")
    path = f"/{tickets}/_doc/{desk['first']}?version=100000&version_type=external&refresh=true"
    await fresh_projector.elasticsearch.call("PUT", path, {"id": desk["first"], "subject": "From the future"})
    seen = await differences(fresh_projector)
    assert [(d.kind, d.version) for d in seen] == [("different", 100_000)]
    assert await repair(fresh_projector, seen) == []
    assert await differences(fresh_projector) == []


async def test_a_change_on_its_way_is_no_difference(
    fresh_projector: Projector, office: Office, desk: dict[str, str]
) -> None:
    """It arrives after verify has looked for the first time, and before it looks again."""
    await office.open_ticket(UUID(desk["agent"]))

    def arrive(what: str, checked: int) -> None:
        if what == "tickets":
            arriving.append(asyncio.ensure_future(fresh_projector.drain_all()))

    arriving: list[asyncio.Future[int]] = []
    verification = await (await open_verifier(fresh_projector, arrive)).run()
    assert verification.differences == []
    assert sum(await asyncio.gather(*arriving)) > 0
