"""Composes an API, so that both look and behave the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import ORJSONResponse
from fastapi.routing import APIRoute
from prometheus_client import CollectorRegistry

from runtime import docs_page, error_handlers
from runtime.api_tokens import KnownApiTokens
from runtime.bearer import principal_of
from runtime.error_handlers import ErrorTable
from runtime.guards.install import install_guards, nobody
from runtime.guards.rate_limit import AlsoAsk, ask_nothing_else
from runtime.health import Check, health_router
from runtime.json_body import StrictJSONRoute
from runtime.lane import Lane
from runtime.metrics import metrics_router, new_registry
from runtime.openapi import SuccessHeaders, install_openapi, operation_id
from runtime.rate_limit import RateLimiter
from runtime.redis_line import RedisLine
from runtime.settings import Settings
from runtime.tokens import AccessTokens
from runtime.tracing.spans import Tracing

VERSION = "1.0.0"

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[Any]]


def build_api(
    title: str,
    settings: Settings,
    lifespan: Lifespan,
    routers: Sequence[APIRouter],
    error_table: ErrorTable,
    checks: Sequence[Check],
    *,
    description: str = "",
    redis: RedisLine | None = None,
    audience: str | None = None,
    api_tokens: KnownApiTokens | None = None,
    lane: Lane | None = None,
    also_ask: AlsoAsk = ask_nothing_else,
    registry: CollectorRegistry | None = None,
    success_headers: SuccessHeaders | None = None,
    uploads: Mapping[str, int] | None = None,
    tracing: Tracing | None = None,
) -> FastAPI:
    """With `redis` requests are limited, and with `audience` those of signed-in callers count by user.

    What `lane` answers does not pass through the framework; it takes part where requests are limited. `uploads`: paths
    whose bodies are files, with the most bytes each may have. Everywhere else bodies are JSON.
    """
    app = FastAPI(
        title=title,
        version=VERSION,
        description=description,
        lifespan=lifespan,
        default_response_class=ORJSONResponse,
        generate_unique_id_function=operation_id,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
    )
    registry = registry if registry is not None else new_registry()
    app.state.registry = registry
    for router in (*routers, health_router(checks), metrics_router(registry), docs_page.router):
        app.include_router(router)
    _require_strict_bodies(app)
    error_handlers.install(app, error_table)
    install_guards(
        app,
        settings,
        registry,
        rate_limiter=None if redis is None else RateLimiter(redis, settings.namespace),
        identify=(
            nobody
            if audience is None
            else principal_of(AccessTokens(settings), api_tokens or KnownApiTokens(), audience)
        ),
        lane=lane,
        also_ask=also_ask,
        uploads=uploads or {},
        tracing=tracing,
    )
    install_openapi(app, success_headers or {}, settings.public_path)
    return app


def _require_strict_bodies(app: FastAPI) -> None:
    for route in app.routes:
        if isinstance(route, APIRoute) and route.body_field is not None and not isinstance(route, StrictJSONRoute):
            raise ValueError(f"{route.path} takes a body: make its router with route_class=StrictJSONRoute")
