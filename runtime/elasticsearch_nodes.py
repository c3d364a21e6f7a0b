"""The nodes of one Elasticsearch cluster, any of which answers for all of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

# A node that was killed is usually started again; until then the others are asked first.
REST_S = 5.0
TOO_MANY_REQUESTS = 429
# Types of error by which Elasticsearch says that the node which had to do it is gone, or going.
LOST_NODE = frozenset(
    {
        "no_shard_available_action_exception",
        "node_disconnected_exception",
        "node_not_connected_exception",
        "node_closed_exception",
    }
)


def is_unavailable(status: int) -> bool:
    """The same request may succeed shortly. 500, too: so Elasticsearch 8.7 answers where a node died meanwhile."""
    return status == TOO_MANY_REQUESTS or status >= 500


def node_addresses(urls: str) -> list[str]:
    """Of `http://one:9200,http://two:9200`."""
    return [url.strip().rstrip("/") for url in urls.split(",") if url.strip()]


class Nodes:
    """They take turns. One that has failed comes last for a while."""

    def __init__(self, urls: list[str], now: Callable[[], float] = time.monotonic) -> None:
        self._urls = urls
        self._now = now
        self._next = 0
        self._failed_at: dict[str, float] = {}

    def in_turn(self) -> Iterator[str]:
        """Each once, beginning with the one whose turn it is."""
        start, self._next = self._next, (self._next + 1) % len(self._urls)
        turn = self._urls[start:] + self._urls[:start]
        rested_at = self._now() - REST_S
        resting = {url: failed_at for url, failed_at in self._failed_at.items() if failed_at > rested_at}
        yield from (url for url in turn if url not in resting)
        yield from sorted((url for url in turn if url in resting), key=resting.__getitem__)

    def failed(self, url: str) -> None:
        self._failed_at[url] = self._now()
