from __future__ import annotations

import asyncio
from typing import Any

from fastapi import FastAPI, Request

from runtime.health import Check, health_router
from tests.unit.runtime.api import client_of, make_app


async def _fine(_: Request) -> str:
    return "anything"


async def _broken(_: Request) -> None:
    raise ConnectionRefusedError("postgres at 10.0.0.7 as desk")


async def _silent(_: Request) -> None:
    await asyncio.Event().wait()


async def _ready(*checks: Check) -> tuple[int, dict[str, Any]]:
    async with client_of(make_app(checks=checks)) as client:
        answer = await client.get("/readyz")
        assert "10.0.0.7" not in answer.text
        return answer.status_code, answer.json()


async def test_all_fine() -> None:
    status, body = await _ready(Check("postgres", _fine), Check("redis", _fine, required=False))
    assert (status, body["status"]) == (200, "ok")
    assert body["checks"]["redis"] == {"status": "ok", "required": False}


async def test_without_something_optional_the_process_is_degraded_but_ready() -> None:
    status, body = await _ready(Check("postgres", _fine), Check("redis", _broken, required=False))
    assert (status, body["status"], body["checks"]["redis"]["status"]) == (200, "degraded", "failed")


async def test_without_something_required_the_process_is_not_ready() -> None:
    status, body = await _ready(Check("postgres", _broken), Check("redis", _broken, required=False))
    assert (status, body["status"]) == (503, "unavailable")


async def test_a_check_that_does_not_end_has_failed() -> None:
    app = FastAPI()
    app.include_router(health_router([Check("silent", _silent)], timeout_s=0.01))
    async with client_of(app) as client:
        assert (await client.get("/readyz")).status_code == 503


async def test_the_process_lives_whatever_its_stores_do() -> None:
    async with client_of(make_app(checks=[Check("postgres", _broken)])) as client:
        assert (await client.get("/livez")).json() == {"status": "ok"}


async def test_checks_see_the_state_of_the_application() -> None:
    seen: list[object] = []

    async def look(request: Request) -> None:
        seen.append(request.app.state.registry)

    app = make_app(checks=[Check("state", look)])
    async with client_of(app) as own:
        await own.get("/readyz")
    assert seen == [app.state.registry]
