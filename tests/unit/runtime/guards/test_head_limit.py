from __future__ import annotations

import httpx
import pytest

from runtime.guards.head_limit import MAX_HEAD_BYTES


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/v1/things", {"X-Padding": "x" * 65_536}),
        ("/v1/things", {f"X-Padding-{number}": "x" * 1_000 for number in range(40)}),
        ("/v1/things", {"Authorization": "Bearer " + "x" * MAX_HEAD_BYTES}),
        ("/v1/things?q=" + "x" * MAX_HEAD_BYTES, {}),
        ("/v1/" + "x" * MAX_HEAD_BYTES, {}),
    ],
    ids=["one header", "many headers", "a token", "a query", "a path"],
)
async def test_a_head_that_is_too_large_is_refused(
    client: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    answer = await client.get(path, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (431, "head.too_large")
    assert answer.json()["limit_bytes"] == MAX_HEAD_BYTES
    assert answer.headers["x-request-id"] == answer.json()["request_id"]


async def test_a_cursor_and_a_token_of_the_largest_size_fit(client: httpx.AsyncClient) -> None:
    headers = {"X-Padding": "x" * 4_096, "User-Agent": "x" * 1_000}
    assert (await client.get("/v1/things?q=" + "x" * 8_192, headers=headers)).status_code == 200
