"""How busy the connections to the stores are. Looked up when somebody asks: nothing is counted on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from runtime.redis_line import RedisLine


@dataclass(frozen=True)
class PoolUse:
    """Connections of a pool to Postgres, and who waits for one."""

    idle: int
    used: int
    most: int
    waiting: int


class StoreMetrics(Collector):
    """Of pools and lines that are opened, and closed, after the registry was made."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._pools: dict[str, Callable[[], PoolUse]] = {}
        self._lines: list[RedisLine] = []
        registry.register(self)

    def watch_pool(self, name: str, use: Callable[[], PoolUse]) -> None:
        self._pools[name] = use

    def watch_line(self, line: RedisLine) -> None:
        self._lines.append(line)

    def collect(self) -> Iterator[Metric]:
        connections = GaugeMetricFamily(
            "tidedesk_postgres_connections", "Open connections to Postgres", labels=("pool", "state")
        )
        most = GaugeMetricFamily(
            "tidedesk_postgres_connections_max", "Connections that the pool may open", labels=("pool",)
        )
        waiting = GaugeMetricFamily(
            "tidedesk_postgres_waiting", "Whoever waits for a connection to Postgres", labels=("pool",)
        )
        for name, look in self._pools.items():
            use = look()
            connections.add_metric((name, "used"), use.used)
            connections.add_metric((name, "idle"), use.idle)
            most.add_metric((name,), use.most)
            waiting.add_metric((name,), use.waiting)
        yield from (connections, most, waiting, *self._redis())

    def _redis(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "tidedesk_redis_unanswered",
            "Questions to Redis that wait for their answers",
            sum(line.unanswered for line in self._lines),
        )
        yield CounterMetricFamily(
            "tidedesk_redis_connects",
            "Connections made to Redis for the shared lines",
            value=sum(line.connects for line in self._lines),
        )
