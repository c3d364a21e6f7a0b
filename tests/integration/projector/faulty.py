"""A real Elasticsearch that does not take some documents."""

from __future__ import annotations

import aiohttp
import orjson

from projector.sinks.elasticsearch import Elasticsearch

ERRORS = {429: "es_rejected_execution_exception", 500: "illegal_state_exception", 400: "mapper_parsing_exception"}


class FaultyElasticsearch(Elasticsearch):
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        super().__init__(session, url)
        # Document id -> the status it gets.
        self.poison: dict[str, int] = {}
        # Ids of the documents of each `_bulk` request.
        self.bulks: list[list[str]] = []

    async def send(
        self, method: str, path: str, body: bytes = b"", *, headers: dict[str, str] | None = None, timeout_s: float
    ) -> tuple[int, bytes]:
        more = {} if headers is None else {"headers": headers}
        if not path.startswith("/_bulk"):
            return await super().send(method, path, body, timeout_s=timeout_s, **more)
        lines = body.splitlines()
        ids = [orjson.loads(action)["index"]["_id"] for action in lines[::2]]
        self.bulks.append(ids)
        taken = [part for id_, *pair in zip(ids, lines[::2], lines[1::2]) if id_ not in self.poison for part in pair]
        items = []
        if taken:
            # All items, so that each is found again at its place.
            status, answer = await super().send(
                method, "/_bulk", b"\n".join(taken) + b"\n", timeout_s=timeout_s, **more
            )
            if status >= 300:
                return status, answer
            items = orjson.loads(answer)["items"]
        results = iter(items)
        merged = [_refused(self.poison[id_]) if id_ in self.poison else next(results) for id_ in ids]
        return 200, orjson.dumps({"errors": True, "items": merged})


def _refused(status: int) -> dict[str, object]:
    return {"index": {"status": status, "error": {"type": ERRORS[status], "reason": "poison"}}}
