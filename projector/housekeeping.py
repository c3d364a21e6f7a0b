"""What has to be thrown away from time to time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import orjson

from projector.locks import Pool
from projector.sinks.bulk import BULK_TIMEOUT_S
from projector.sinks.elasticsearch import NDJSON, Elasticsearch, refusal
from projector.targets import current_targets

# Long after every write that was under way when a document was deleted.
TOMBSTONE_LIFE = timedelta(hours=24)
PAGE = 1_000


async def reap_tombstones(pool: Pool, elasticsearch: Elasticsearch, older_than: timedelta = TOMBSTONE_LIFE) -> int:
    before = datetime.now(timezone.utc) - older_than
    targets = [target for target in await current_targets(pool) if target.state != "retired"]
    return sum([await _reap(elasticsearch, target.index_name, before) for target in targets])


async def _reap(elasticsearch: Elasticsearch, index: str, before: datetime) -> int:
    old = [{"term": {"deleted": True}}, {"range": {"deleted_at": {"lt": before.isoformat()}}}]
    search: dict[str, Any] = {
        "size": PAGE,
        "_source": False,
        "seq_no_primary_term": True,
        "query": {"bool": {"filter": old}},
    }
    reaped = 0
    while True:
        answer = await elasticsearch.call("POST", f"/{index}/_search", search)
        hits = answer["hits"]["hits"]
        if not hits:
            return reaped
        deleted = await _delete_unchanged(elasticsearch, index, hits)
        await elasticsearch.call("POST", f"/{index}/_refresh")
        reaped += deleted
        if not deleted:
            # All of them were written again meanwhile: they are not tombstones any more, or young ones.
            return reaped


async def _delete_unchanged(elasticsearch: Elasticsearch, index: str, hits: list[dict[str, Any]]) -> int:
    actions = b"".join(
        orjson.dumps(
            {
                "delete": {
                    "_id": hit["_id"],
                    "if_seq_no": hit["_seq_no"],
                    "if_primary_term": hit["_primary_term"],
                }
            }
        )
        + b"\n"
        for hit in hits
    )
    path = f"/{index}/_bulk?filter_path=items.*.status"
    status, answer = await elasticsearch.send("POST", path, actions, headers=NDJSON, timeout_s=BULK_TIMEOUT_S)
    if status != 200:
        raise refusal(status, answer)
    return sum(item["delete"]["status"] == 200 for item in orjson.loads(answer)["items"])
