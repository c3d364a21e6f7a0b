from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
DURATION_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def new_registry() -> CollectorRegistry:
    """One per application, so that two in one process do not meet."""
    registry = CollectorRegistry(auto_describe=True)
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry


class RequestMetrics(Collector):
    """Rate, errors and duration per route template.

    Counted in plain numbers by the one thread that serves, and put into the library's form when somebody looks: its own
    counters take a lock each.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._in_flight = 0
        self._answered: dict[tuple[str, str, int], int] = {}
        # Per method and route: how many took up to each bucket's bound and no less, and seconds in all.
        self._durations: dict[tuple[str, str], tuple[list[int], list[float]]] = {}
        registry.register(self)

    def begin(self) -> None:
        self._in_flight += 1

    def end(self, method: str, route: str, status: int, duration_s: float) -> None:
        # A caller may invent methods, but not labels.
        known = method if method in METHODS else "other"
        self._in_flight -= 1
        key = (known, route, status)
        self._answered[key] = self._answered.get(key, 0) + 1
        durations = self._durations.get((known, route))
        if durations is None:
            durations = self._durations[known, route] = ([0] * (len(DURATION_BUCKETS_S) + 1), [0.0])
        durations[0][bisect_left(DURATION_BUCKETS_S, duration_s)] += 1
        durations[1][0] += duration_s

    def collect(self) -> Iterator[Metric]:
        requests = CounterMetricFamily("http_requests", "Requests answered", labels=("method", "route", "status"))
        for (method, route, status), count in self._answered.items():
            requests.add_metric((method, route, str(status)), count)
        durations = HistogramMetricFamily(
            "http_request_duration_seconds", "Time until the whole answer was sent", labels=("method", "route")
        )
        bounds = [*(str(bound) for bound in DURATION_BUCKETS_S), "+Inf"]
        for labels, (counts, (total_s,)) in self._durations.items():
            durations.add_metric(labels, list(zip(bounds, accumulate(counts), strict=True)), total_s)
        in_flight = GaugeMetricFamily("http_requests_in_flight", "Requests being answered", self._in_flight)
        yield from (requests, durations, in_flight)


def metrics_router(registry: CollectorRegistry) -> APIRouter:
    router = APIRouter(tags=["operations"])

    @router.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router
