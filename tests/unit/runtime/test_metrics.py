from __future__ import annotations

import httpx

from tests.unit.runtime.api import client_of, make_app

ID = "01901639-6ff2-7d6c-9a1d-2b1f3c1c9f11"


async def _lines(client: httpx.AsyncClient) -> list[str]:
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    return answer.text.splitlines()


async def test_requests_are_counted_by_route_template() -> None:
    async with client_of(make_app()) as client:
        await client.patch(f"/v1/things/{ID}", json={})
        await client.patch(f"/v1/things/{ID}", json={"x": 1})
        await client.get("/v1/things/fail/now")
        lines = await _lines(client)
    template = 'method="PATCH",route="/v1/things/{thing_id}"'
    assert f'http_requests_total{{{template},status="200"}} 1.0' in lines
    assert f'http_requests_total{{{template},status="422"}} 1.0' in lines
    assert f"http_request_duration_seconds_count{{{template}}} 2.0" in lines
    assert 'http_requests_total{method="GET",route="/v1/things/fail/{how}",status="500"} 1.0' in lines
    assert not any(ID in line for line in lines)


async def test_strangers_cannot_make_up_labels() -> None:
    async with client_of(make_app()) as client:
        for number in range(5):
            await client.request(f"INVENTED{number}", f"/nothing/{number}")
        lines = await _lines(client)
    assert 'http_requests_total{method="other",route="unmatched",status="404"} 5.0' in lines
    assert not any("INVENTED" in line or "/nothing" in line for line in lines)


async def test_two_applications_in_one_process_count_apart() -> None:
    async with client_of(make_app()) as one, client_of(make_app()) as other:
        await one.get("/v1/things")
        assert not any('route="/v1/things"' in line for line in await _lines(other))


async def test_nothing_is_in_flight_but_the_question_itself() -> None:
    async with client_of(make_app()) as client:
        await client.get("/v1/things/fail/now")
        assert "http_requests_in_flight 1.0" in await _lines(client)
