from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import ORJSONResponse

CHECK_TIMEOUT_S = 2.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Check:
    """`run` raises when what it looks at does not work; the request gives it the application's state."""

    name: str
    run: Callable[[Request], Awaitable[object]]
    # Without it nothing can be answered; otherwise the process is only degraded.
    required: bool = True


def health_router(checks: Sequence[Check], timeout_s: float = CHECK_TIMEOUT_S) -> APIRouter:
    router = APIRouter(tags=["operations"])

    @router.get("/livez", include_in_schema=False)
    async def livez() -> ORJSONResponse:
        return ORJSONResponse({"status": "ok"})

    @router.get("/readyz", include_in_schema=False)
    async def readyz(request: Request) -> ORJSONResponse:
        works = await asyncio.gather(*(_works(check, request, timeout_s) for check in checks))
        results = dict(zip(checks, works))
        status = _overall(results)
        body: dict[str, Any] = {
            "status": status,
            "checks": {
                check.name: {"status": "ok" if fine else "failed", "required": check.required}
                for check, fine in results.items()
            },
        }
        return ORJSONResponse(body, status_code=503 if status == "unavailable" else 200)

    return router


def _overall(results: dict[Check, bool]) -> str:
    if all(results.values()):
        return "ok"
    broken_but_required = any(check.required and not fine for check, fine in results.items())
    return "unavailable" if broken_but_required else "degraded"


async def _works(check: Check, request: Request, timeout_s: float) -> bool:
    try:
        await asyncio.wait_for(check.run(request), timeout_s)
    except Exception as error:
        # The reason may name hosts and accounts: it is for the log only.
        log.warning("check_failed", check=check.name, error=repr(error))
        return False
    return True
