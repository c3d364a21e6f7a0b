"""What has to be true when a fault is over and nobody writes any more."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import httpx

from projector.bootstrap import Projector
from projector.locks import Connection
from projector.verify.verify import open_verifier
from runtime.errors import StoreUnavailable
from tests.faults.arena import Arena, Staff
from tests.faults.ledger import TABLES, Ledger
from tests.support.desk import expect
from tests.support.eventually import eventually

QUIET_S = 60.0
SHOWN = 10
PAGE = 100
# Of documents: what is worked on, whatever readers see of it.
ANY_STATE: dict[str, Any] = {"state": ["draft", "in_review", "approved", "scheduled", "archived", "published"]}


async def acknowledged_is_kept(connection: Connection, ledger: Ledger) -> list[str]:
    """Nothing that was acknowledged is missing in Postgres, and nothing was done twice."""
    wrong: list[str] = []
    for kind, table in TABLES.items():
        rows = await connection.fetch(f"SELECT id, version FROM {table} WHERE id = ANY ($1)", ledger.ids(kind))
        kept = {row["id"]: row["version"] for row in rows}
        for (its_kind, id_), version in ledger.versions.items():
            if its_kind != kind or (id_ not in kept and id_ in ledger.deletes_sent):
                continue
            if kept.get(id_, 0) < version:
                wrong.append(f"{kind} {id_} was acknowledged at version {version} and is at {kept.get(id_)}")
    rows = await connection.fetch("SELECT id FROM tickets WHERE id = ANY ($1)", list(ledger.deleted))
    wrong += [f"ticket {row['id']} was deleted and is there" for row in rows]
    wrong += await _lost_events(connection, ledger)
    wrong += await _lost_messages(connection, ledger)
    return wrong + await _done_twice(connection)


async def _lost_events(connection: Connection, ledger: Ledger) -> list[str]:
    saves = list(ledger.saves)
    rows = await connection.fetch(
        "SELECT id, version FROM unnest($1::uuid[], $2::bigint[]) AS saved (id, version) WHERE NOT EXISTS"
        " (SELECT 1 FROM domain_events AS e WHERE e.aggregate_id = saved.id AND e.version = saved.version)",
        [id_ for id_, _ in saves],
        [version for _, version in saves],
    )
    return [f"{row['id']} has no event of its acknowledged version {row['version']}" for row in rows]


async def _lost_messages(connection: Connection, ledger: Ledger) -> list[str]:
    rows = await connection.fetch("SELECT id FROM messages WHERE id = ANY ($1)", list(ledger.messages))
    kept = {row["id"] for row in rows}
    return [
        f"message {id_} of ticket {ticket_id} was acknowledged and is not there"
        for id_, ticket_id in ledger.messages.items()
        if id_ not in kept and ticket_id not in ledger.deletes_sent
    ]


async def _done_twice(connection: Connection) -> list[str]:
    """Each ticket and each message of the writer has a word of its own."""
    tickets = await connection.fetch(
        "SELECT tag FROM tickets, unnest(tags[2:]) AS tag GROUP BY tag HAVING count(*) > 1 AND tag LIKE 'q%'"
    )
    messages = await connection.fetch(
        "SELECT body FROM messages WHERE body LIKE 'Message q%' GROUP BY body HAVING count(*) > 1"
    )
    return [f"a ticket was opened twice: {row['tag']}" for row in tickets] + [
        f"a message was added twice: {row['body']}" for row in messages
    ]


async def converges(arena: Arena, quiet_since: float) -> float:
    """Within a minute of quiet the outbox is empty and both stores equal Postgres; answers how long it took, s."""
    async with arena.projector() as projector:

        async def is_drained() -> bool:
            waiting = await projector.pool.fetch(
                "SELECT aggregate_type, event_type, attempts, next_at FROM pending_changes ORDER BY id LIMIT 5"
            )
            assert not waiting, f"the outbox still holds {[dict(row) for row in waiting]}"
            return True

        await eventually(is_drained, quiet_since + QUIET_S - time.monotonic(), interval_s=0.1)
        await eventually(lambda: _equals(projector), quiet_since + QUIET_S - time.monotonic())
        took_s = time.monotonic() - quiet_since
        dead = await projector.pool.fetch("SELECT projection, document_id, reason FROM outbox_dead LIMIT 5")
        assert not dead, f"dead letters: {[dict(row) for row in dead]}"
        assert took_s <= QUIET_S, f"equal only after {took_s:.0f} s of quiet"
        return took_s


async def _equals(projector: Projector) -> bool:
    try:
        differences = (await (await open_verifier(projector)).run()).differences
    except StoreUnavailable as error:
        # Some are still full of what they have been through; they have the same minute.
        raise AssertionError(str(error)) from error
    kinds = Counter((one.store, one.projection, one.kind) for one in differences)
    assert not differences, f"{dict(kinds)}, such as {[one.describe() for one in differences[:SHOWN]]}"
    return True


async def callers_are_answered(staff: Staff, quiet_since: float) -> None:
    """Within the same minute: for a second after Redis has failed it, the query API asks it nothing."""
    await eventually(staff.are_answered, quiet_since + QUIET_S - time.monotonic(), interval_s=0.1)


async def everything_is_found(arena: Arena, staff: Staff, tag: str) -> list[str]:
    """Callers of the query API see exactly what Postgres holds of this fault."""
    wrong = []
    async with arena.postgres() as connection:
        tickets = await connection.fetch("SELECT id, version FROM tickets WHERE $1 = ANY (tags)", tag)
        documents = await connection.fetch("SELECT id, version FROM documents WHERE $1 = ANY (tags)", tag)
    for path, rows, filters in (("/v1/tickets", tickets, {}), ("/v1/documents", documents, ANY_STATE)):
        wanted = {str(row["id"]): row["version"] for row in rows}
        seen = {item["id"]: item["version"] for item in await _list(staff.admin.read, path, {"tag": tag, **filters})}
        wrong += [f"{path} does not show {id_}" for id_ in wanted.keys() - seen.keys()]
        wrong += [f"{path} shows {id_}, which is not there" for id_ in seen.keys() - wanted.keys()]
        wrong += [
            f"{path} shows version {seen[id_]} of {id_}, not {version}"
            for id_, version in wanted.items()
            if id_ in seen and seen[id_] != version
        ]
    return wrong


async def _list(client: httpx.AsyncClient, path: str, filters: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    parameters = {**filters, "limit": PAGE}
    while True:
        page = expect(await client.get(path, params=parameters))
        items += page["items"]
        if page["next"] is None:
            return items
        parameters["cursor"] = page["next"]


async def deleted_stay_deleted(arena: Arena, staff: Staff, ids: Iterable[UUID]) -> list[str]:
    """In Elasticsearch, whatever id or filter is used, in Redis, and for callers."""
    names = [str(id_) for id_ in ids]
    wrong: list[str] = []
    if not names:
        return wrong
    async with arena.projector() as projector:
        tickets = f"/{projector.namespace}-tickets"
        found = await projector.elasticsearch.call("POST", f"{tickets}/_mget", {"ids": names})
        wrong += [
            f"{one['_id']} is in Elasticsearch"
            for one in found["docs"]
            if one.get("found") and not one["_source"].get("deleted")
        ]
        query = {"query": {"ids": {"values": names}}, "size": 0}
        count = (await projector.elasticsearch.call("POST", f"{tickets}/_search", query))["hits"]["total"]["value"]
        wrong += [f"{count} deleted tickets are found"] if count else []
        held = await projector.redis.redis.mget([projector.redis.keys.document("tickets", name) for name in names])
        wrong += [f"{name} is in Redis" for name, body in zip(names, held) if body]
    for name in names[:SHOWN]:
        answer = await staff.agent.read.get(f"/v1/tickets/{name}")
        if answer.status_code not in (404, 410):
            wrong.append(f"the query API shows {name}: {answer}")
    return wrong
