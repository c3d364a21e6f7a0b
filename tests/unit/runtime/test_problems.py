from __future__ import annotations

from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from runtime.problem_schema import Problem
from runtime.validation import MAX_ERRORS

ID = "01901639-6ff2-7d6c-9a1d-2b1f3c1c9f11"


def _problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    Problem.parse_obj(body)
    assert body["status"] == status and body["code"] == code and body["type"] == f"urn:tidedesk:problem:{code}"
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["instance"] == answer.request.url.path
    return body


async def test_each_fault_of_a_body_has_its_pointer(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/things", json={"name": "", "size": "5", "a/b": 1})
    body = _problem(answer, 422, "request.invalid")
    assert body["detail"].startswith("3 values")
    assert {error["pointer"]: error["code"] for error in body["errors"]} == {
        "/name": "value.too_short",
        "/size": "value.wrong_type",
        "/a~1b": "field.unknown",
    }


async def test_a_missing_field_points_to_where_it_belongs(client: httpx.AsyncClient) -> None:
    body = _problem(await client.post("/v1/things", json={}), 422, "request.invalid")
    assert body["errors"] == [{"pointer": "/name", "code": "field.required", "detail": "This is required."}]


@pytest.mark.parametrize(
    ("query", "code"),
    [("limit=0", "value.out_of_range"), ("limit=1000000000", "value.out_of_range"), ("limit=x", "value.wrong_type")],
)
async def test_a_wrong_query_names_its_parameter(client: httpx.AsyncClient, query: str, code: str) -> None:
    body = _problem(await client.get(f"/v1/things?{query}"), 422, "request.invalid")
    (error,) = body["errors"]
    assert error["parameter"] == "limit" and error["code"] == code and "pointer" not in error


async def test_a_nul_in_the_query_is_refused(client: httpx.AsyncClient) -> None:
    body = _problem(await client.get("/v1/things?q=a%00b"), 422, "request.invalid")
    assert body["errors"][0]["code"] == "value.not_text"


async def test_a_repeated_or_hostile_name_does_not_come_back_as_a_crash(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/things", json={f"field{number}": 1 for number in range(500)})
    assert len(_problem(answer, 422, "request.invalid")["errors"]) == MAX_ERRORS


async def test_an_id_that_cannot_exist_is_not_found(client: httpx.AsyncClient) -> None:
    _problem(await client.patch("/v1/things/seven", json={}), 404, "not_found")


@pytest.mark.parametrize(
    "path", ["/", "/v1/nothing", "/v1/things/", "//evil.example/v1/things", "/v1/things/../../etc"]
)
async def test_an_unknown_address_is_a_problem_and_never_a_redirect(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.request(
        "OPTIONS" if path.endswith("things/") else "GET", httpx.URL("http://testserver", path=path)
    )
    assert answer.status_code in (404, 405) and answer.json()["code"] in ("route.not_found", "method.not_allowed")


async def test_a_wrong_method_names_all_that_are_right(client: httpx.AsyncClient) -> None:
    for path, allowed in (("/v1/things", "GET, POST"), (f"/v1/things/{ID}", "DELETE, PATCH")):
        answer = await client.put(path)
        assert _problem(answer, 405, "method.not_allowed")["detail"].endswith(f"It takes {allowed}.")
        assert answer.headers["allow"] == allowed


async def test_a_lost_store_is_named_but_not_where_it_is(client: httpx.AsyncClient) -> None:
    with capture_logs() as logs:
        answer = await client.get("/v1/things/fail/store")
    assert _problem(answer, 503, "store.unavailable")["store"] == "redis"
    assert answer.headers["retry-after"] == "7"
    assert "10.0.0.7" not in answer.text and "10.0.0.7 refused" in str(logs)


async def test_a_raised_problem_is_the_answer(client: httpx.AsyncClient) -> None:
    body = _problem(await client.get("/v1/things/fail/problem"), 409, "thing.broken")
    assert body["allowed"] == ["mend"] and body["title"] == "Conflict"
    assert body["errors"] == [{"pointer": "/name", "code": "a.fault", "detail": "Half ? a pair."}]


async def test_the_caller_says_what_its_own_errors_mean(client: httpx.AsyncClient) -> None:
    body = _problem(await client.get("/v1/things/fail/domain"), 409, "thing.broken")
    assert body["detail"] == "It broke in two."


async def test_a_crash_says_nothing_but_where_to_look_it_up(client: httpx.AsyncClient) -> None:
    with capture_logs() as logs:
        answer = await client.get("/v1/things/fail/now", headers={"X-Request-ID": "from-the-caller-1"})
    body = _problem(answer, 500, "internal_error")
    assert body["request_id"] == "from-the-caller-1" and "hunter2" not in answer.text
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["unexpected_error"]


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("token", 401, "token.invalid"),
        ("cursor", 422, "cursor.invalid"),
        ("consistency", 400, "consistency_token.invalid"),
        ("teapot", 418, "http.418"),
        ("gateway", 500, "internal_error"),
    ],
)
async def test_the_errors_of_the_runtime_itself(client: httpx.AsyncClient, how: str, status: int, code: str) -> None:
    answer = await client.get(f"/v1/things/fail/{how}")
    assert answer.status_code == status
    body = answer.json()
    assert code in (body["code"], *(error["code"] for error in body.get("errors", [])))
    assert "wrong iss" not in answer.text and "10.0.0.7" not in answer.text
