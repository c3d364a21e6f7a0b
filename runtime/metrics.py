from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
DURATION_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def new_registry() -> CollectorRegistry:
    """One per application, so that two in one process do not meet."""
    registry = CollectorRegistry(auto_describe=True)
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry


class RequestMetrics:
    """Rate, errors and duration per route template."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ("method", "route", "status")
        self._requests = Counter("http_requests_total", "Requests answered", labels, registry=registry)
        self._durations = Histogram(
            "http_request_duration_seconds",
            "Time until the whole answer was sent",
            ("method", "route"),
            buckets=DURATION_BUCKETS_S,
            registry=registry,
        )
        self._in_flight = Gauge("http_requests_in_flight", "Requests being answered", registry=registry)
        # As many as there are routes and what they answer; looking them up by their labels takes a lock each time.
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def begin(self) -> None:
        self._in_flight.inc()

    def end(self, method: str, route: str, status: int, duration_s: float) -> None:
        # A caller may invent methods, but not labels.
        known = method if method in METHODS else "other"
        self._in_flight.dec()
        key = (known, route, status)
        counted = self._known.get(key)
        if counted is None:
            counted = (self._requests.labels(known, route, str(status)), self._durations.labels(known, route))
            self._known[key] = counted
        counted[0].inc()
        counted[1].observe(duration_s)


def metrics_router(registry: CollectorRegistry) -> APIRouter:
    router = APIRouter(tags=["operations"])

    @router.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router
