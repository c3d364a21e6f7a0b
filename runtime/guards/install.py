from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Scope

from runtime import request_id
from runtime.cookies import CSRF_HEADER
from runtime.guards.body_limit import BodyLimit
from runtime.guards.content_type import ContentTypeGuard
from runtime.guards.cookie_origin import CookieOrigin
from runtime.guards.crash import CrashGuard
from runtime.guards.edge import Edge
from runtime.guards.host import AllowedHosts
from runtime.guards.lane import LimitedLane
from runtime.guards.proxies import TrustedProxies
from runtime.guards.rate_limit import AlsoAsk, Identify, RateLimit, ask_nothing_else, reading_policy
from runtime.lane import Lane
from runtime.metrics import RequestMetrics
from runtime.origins import OwnOrigins
from runtime.principal import Principal
from runtime.public_path import PublicPath
from runtime.rate_limit import RateLimiter
from runtime.settings import Settings
from runtime.tracing.context import HEADER as TRACE_HEADER
from runtime.tracing.requests import RequestTraces
from runtime.tracing.spans import Tracing

REQUEST_HEADERS = (
    *("Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", CSRF_HEADER),
    *("Consistency-Token", "Prefer", request_id.HEADER, TRACE_HEADER),
    *("Range", "If-Range", "Last-Event-ID"),
)
EXPOSED_HEADERS = (
    *("Consistency-Token", "ETag", "Freshness", "Idempotency-Replayed", "Link", "Location", "Preference-Applied"),
    *("RateLimit", "RateLimit-Policy", "Retry-After", request_id.HEADER),
    *("Content-Disposition", "Content-Range", "Accept-Ranges"),
)
NO_UPLOADS: Mapping[str, int] = MappingProxyType({})


def nobody(_: Scope) -> Principal | None:
    return None


def install_guards(
    app: FastAPI,
    settings: Settings,
    registry: CollectorRegistry,
    *,
    rate_limiter: RateLimiter | None = None,
    identify: Identify = nobody,
    lane: Lane | None = None,
    also_ask: AlsoAsk = ask_nothing_else,
    uploads: Mapping[str, int] = NO_UPLOADS,
    tracing: Tracing | None = None,
) -> None:
    """Innermost first, as each one added goes around those before it."""
    limited: LimitedLane | None = None
    app.add_middleware(ContentTypeGuard, uploads=uploads)
    app.add_middleware(BodyLimit, limit_bytes=settings.body_limit_bytes, uploads=uploads)
    app.add_middleware(CookieOrigin, origins=OwnOrigins(settings))
    if rate_limiter is not None and settings.rate_limit_enabled:
        app.add_middleware(RateLimit, limiter=rate_limiter, identify=identify, settings=settings, also_ask=also_ask)
        if lane is not None:
            limited = LimitedLane(lane, rate_limiter, identify, reading_policy(settings))
    app.add_middleware(CrashGuard)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            # Cookies, which their pages may act with: none of the origins is a pattern.
            allow_credentials=True,
            allow_methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
            allow_headers=REQUEST_HEADERS,
            expose_headers=EXPOSED_HEADERS,
        )
    app.add_middleware(
        Edge,
        hosts=AllowedHosts(settings.allowed_hosts),
        https_only=settings.public_url.startswith("https://"),
        metrics=RequestMetrics(registry),
        lane=limited,
        proxies=TrustedProxies(settings.trusted_proxies) if settings.trusted_proxies else None,
        public_path=PublicPath(settings.public_path) if settings.public_path else None,
        traces=None if tracing is None else RequestTraces(tracing),
    )
