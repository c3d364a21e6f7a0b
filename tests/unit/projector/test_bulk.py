from __future__ import annotations

from typing import cast
from uuid import UUID

import orjson
import pytest
from aiohttp import ClientSession

from projector.relay.project import tombstone, wanted_documents
from projector.sinks.bulk import Chunk, Fate, classify, send_bulk
from projector.sinks.elasticsearch import Elasticsearch, refusal
from tests.unit.projector.rows import claimed

TICKET, EVENT, LATER = (UUID(int=number) for number in range(1, 4))


class Scripted(Elasticsearch):
    """Answers as it was told to, in turn."""

    def __init__(self, *answers: tuple[int, bytes]) -> None:
        self.counted: dict[str, int] = {}
        super().__init__(cast(ClientSession, None), "", self.count)
        self.answers = list(answers)
        self.sent: list[bytes] = []

    def count(self, result: str, documents: int) -> None:
        self.counted[result] = self.counted.get(result, 0) + documents

    async def send(self, method: str, path: str, body: bytes = b"", **_: object) -> tuple[int, bytes]:
        self.sent.append(body)
        return self.answers.pop(0)


def chunk(*names: str) -> Chunk[str]:
    made = Chunk[str]()
    for name in names:
        made.add(name, "index", name, 7, b'{"id": 1}')
    return made


def test_a_chunk_is_newline_delimited_json_with_external_versions() -> None:
    lines = b"".join(chunk("a", "b").parts).split(b"\n")
    assert orjson.loads(lines[0]) == {
        "index": {"_index": "index", "_id": "a", "version": 7, "version_type": "external"}
    }
    assert lines[1] == b'{"id": 1}'
    assert len(lines) == 5 and lines[-1] == b""
    assert chunk("a", "b").size_bytes == len(b"".join(chunk("a", "b").parts))


async def test_items_are_looked_at_only_when_something_failed() -> None:
    assert await send_bulk(Scripted((200, b'{"errors":false,"items":[broken')), chunk("a")) == []


async def test_a_version_conflict_is_no_failure() -> None:
    items = [
        {"index": {"status": 201}},
        {"index": {"status": 409, "error": {"type": "version_conflict_engine_exception", "reason": "newer"}}},
        {"index": {"status": 400, "error": {"type": "mapper_parsing_exception", "reason": "bad " + "x" * 5_000}}},
    ]
    answer = orjson.dumps({"errors": True, "items": items})
    elasticsearch = Scripted((200, answer))
    ((key, failure),) = await send_bulk(elasticsearch, chunk("a", "b", "c"))
    assert (key, failure.fate) == ("c", Fate.REFUSED)
    assert elasticsearch.counted == {"ok": 1, "conflict": 1, "dead": 1}
    assert failure.reason.startswith("400 mapper_parsing_exception: bad")
    assert len(failure.reason) < 1_000


async def test_too_much_at_once_is_sent_in_halves_until_one_document_is_too_large() -> None:
    elasticsearch = Scripted((413, b""), (413, b""), (200, b'{"errors":false}'))
    ((key, failure),) = await send_bulk(elasticsearch, chunk("a", "b", "c"))
    assert (key, failure.fate) == ("a", Fate.REFUSED)
    assert "bytes" in failure.reason
    assert elasticsearch.sent[1] + elasticsearch.sent[2] == elasticsearch.sent[0]
    assert elasticsearch.counted == {"ok": 2, "dead": 1}


FULL: dict[str, object] = {
    "index": {"status": 429, "error": {"type": "es_rejected_execution_exception", "reason": "queue"}}
}
TAKEN: dict[str, object] = {"index": {"status": 201}}


def refusing(*items: dict[str, object]) -> tuple[int, bytes]:
    return 200, orjson.dumps({"errors": True, "items": items})


async def test_what_found_no_place_in_the_queue_is_sent_again_alone() -> None:
    elasticsearch = Scripted(refusing(TAKEN, FULL, FULL), refusing(FULL, TAKEN), (200, b'{"errors":false}'))
    assert await send_bulk(elasticsearch, chunk("a", "b", "c")) == []
    assert elasticsearch.sent[1:] == [b"".join(chunk("b", "c").parts), b"".join(chunk("b").parts)]
    # Each document once, however often it was sent.
    assert elasticsearch.counted == {"ok": 3}


async def test_a_queue_that_takes_nothing_is_left_alone() -> None:
    elasticsearch = Scripted(refusing(FULL, FULL))
    failures = await send_bulk(elasticsearch, chunk("a", "b"))
    assert [(key, failure.fate) for key, failure in failures] == [("a", Fate.BUSY), ("b", Fate.BUSY)]
    assert elasticsearch.counted == {"retry": 2}


async def test_nothing_is_sent_for_nothing() -> None:
    assert await send_bulk(Scripted(), Chunk[str]()) == []


@pytest.mark.parametrize(
    ("status", "kind", "fate"),
    [
        (429, "es_rejected_execution_exception", Fate.BUSY),
        (503, "unavailable_shards_exception", Fate.BUSY),
        (403, "cluster_block_exception", Fate.BUSY),
        (404, "index_not_found_exception", Fate.BUSY),
        (400, "index_closed_exception", Fate.BUSY),
        (500, "node_closed_exception", Fate.BUSY),
        (400, "strict_dynamic_mapping_exception", Fate.REFUSED),
        (413, "unknown", Fate.REFUSED),
        (500, "illegal_state_exception", Fate.FAILED),
        (403, "security_exception", Fate.FAILED),
    ],
)
def test_what_an_items_status_means(status: int, kind: str, fate: Fate) -> None:
    assert classify(status, kind) is fate


def test_a_refusal_that_is_no_json_is_shown_as_it_is() -> None:
    assert str(refusal(502, b"<html>")) == "502 unknown: <html>"


def test_many_events_of_a_ticket_want_its_document_once_and_each_line_of_history() -> None:
    wanted = wanted_documents(
        claimed(
            ("ticket", TICKET, 1, EVENT, None),
            ("ticket", TICKET, 2, LATER, None),
            ("ticket", TICKET, 3, None, None),
            ("session", UUID(int=9), 4, None, None),
        )
    )
    assert {name: list(ids) for name, ids in wanted.ids.items()} == {"tickets": [TICKET], "history": [EVENT, LATER]}
    assert (wanted.types, wanted.added_roots) == ({TICKET: "ticket"}, frozenset())


def test_a_message_that_comes_by_itself_wants_its_ticket_too() -> None:
    wanted = wanted_documents(claimed(("message", EVENT, 1, None, TICKET)))
    assert {name: list(ids) for name, ids in wanted.ids.items()} == {"messages": [EVENT], "tickets": [TICKET]}
    assert (wanted.types, wanted.added_roots) == ({TICKET: "ticket"}, frozenset({TICKET}))


def test_a_tombstone_is_a_document_that_the_alias_hides() -> None:
    body = orjson.loads(tombstone(TICKET, 4))
    assert (body["id"], body["version"], body["deleted"]) == (str(TICKET), 4, True)
    assert set(body) == {"id", "version", "deleted", "deleted_at"}
