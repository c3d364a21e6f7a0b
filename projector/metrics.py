from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge, Histogram

from runtime.metrics import new_registry

if TYPE_CHECKING:
    from projector.relay.drain import BatchResult


class Metrics:
    def __init__(self) -> None:
        self.registry = new_registry()
        self.batch_seconds = Histogram(
            "tidedesk_projector_batch_seconds",
            "Time of one drain batch",
            buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
            registry=self.registry,
        )
        self.rows = Counter(
            "tidedesk_projector_rows_total", "Outbox rows by what became of them", ["result"], registry=self.registry
        )
        self.pauses = Counter(
            "tidedesk_projector_pauses_total", "Pauses because a store was away", ["store"], registry=self.registry
        )
        self.pending = Gauge(
            "tidedesk_outbox_pending", "Changes not projected yet", ["projection"], registry=self.registry
        )
        self.dead = Gauge("tidedesk_outbox_dead", "Dead letters", ["projection"], registry=self.registry)
        self.lag_seconds = Gauge(
            "tidedesk_projection_lag_seconds",
            "Everything committed longer ago than this can be searched",
            registry=self.registry,
        )

    def count(self, result: BatchResult) -> None:
        self.rows.labels("done").inc(result.done)
        self.rows.labels("retried").inc(result.retried)
        self.rows.labels("dead").inc(result.dead)
