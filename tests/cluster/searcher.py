from __future__ import annotations

import httpx

from tests.faults.reader import Reader

# None of them says that a store is away: that is what the copies are for.
EXPECTED = frozenset({200, 404, 410})
PATHS = (
    "/v1/search?q=about",
    "/v1/search/tickets?q=about&facets=status",
    "/v1/tickets?sort=-updated_at",
    "/v1/tickets?sort=-created_at",
    "/v1/users?limit=10",
)


class Searcher(Reader):
    """Asks what only Elasticsearch can answer, and takes no half an answer."""

    def _path(self) -> str:
        return self._chance.choice(PATHS)

    def _is_foreseen(self, answer: httpx.Response) -> bool:
        return answer.status_code in EXPECTED and answer.json().get("complete", True)
