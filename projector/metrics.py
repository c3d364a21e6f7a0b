from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from prometheus_client import Counter, Gauge, Histogram

from runtime.metrics import new_registry
from runtime.store_metrics import StoreMetrics

if TYPE_CHECKING:
    from projector.relay.batch import BatchResult


class Metrics:
    def __init__(self) -> None:
        self.registry = new_registry()
        self.stores = StoreMetrics(self.registry)
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
        self.oldest_pending_seconds = Gauge(
            "tidedesk_outbox_oldest_pending_seconds",
            "Age of the oldest change not projected yet, 0 if there is none",
            ["projection"],
            registry=self.registry,
        )
        self.dead = Gauge("tidedesk_outbox_dead", "Dead letters", ["projection"], registry=self.registry)
        self.rebuilding = Gauge(
            "tidedesk_rebuild_running", "1 while an index is rebuilt", ["projection"], registry=self.registry
        )
        self.rebuild_progress = Gauge(
            "tidedesk_rebuild_progress_ratio",
            "Share of the documents that the rebuild under way has copied, 0 if there is none",
            ["projection"],
            registry=self.registry,
        )
        self.rebuild_rate = Gauge(
            "tidedesk_rebuild_documents_per_second",
            "Documents that the rebuild under way copies, 0 while it stands still",
            ["projection"],
            registry=self.registry,
        )
        self.bulk_items = Counter(
            "tidedesk_bulk_items_total",
            "Documents sent to Elasticsearch by what it answered",
            ["result"],
            registry=self.registry,
        )
        self.commit_to_visible = Histogram(
            "tidedesk_commit_to_visible_seconds",
            "Time from the commit of a sentinel until a search finds it",
            buckets=(0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 30),
            registry=self.registry,
        )
        self.lag_seconds = Gauge(
            "tidedesk_projection_lag_seconds",
            "Everything committed longer ago than this can be searched",
            registry=self.registry,
        )
        self.drift = Counter(
            "tidedesk_projector_drift_total",
            "Documents and Redis entries that were not what Postgres holds",
            ["store", "projection", "kind"],
            registry=self.registry,
        )
        self.unrepaired = Gauge(
            "tidedesk_projector_drift_unrepaired",
            "Differences that the last repair could not put right",
            registry=self.registry,
        )
        self.verified = Counter(
            "tidedesk_projector_verified_documents_total",
            "Documents that the continuous verification looked at",
            ["by"],
            registry=self.registry,
        )
        self.verify_seconds = Counter(
            "tidedesk_projector_verify_seconds_total",
            "Time that the continuous verification took",
            registry=self.registry,
        )
        self.verified_at = Gauge(
            "tidedesk_projector_verified_timestamp_seconds",
            "When the last whole pass of the continuous verification ended",
            ["by"],
            registry=self.registry,
        )
        self.kafka_reachable = Gauge(
            "tidedesk_kafka_reachable", "1 while Kafka answers, where it is the transport", registry=self.registry
        )
        self.kafka_lag = Gauge(
            "tidedesk_kafka_lag_records",
            "Records that the group of the topic has still before it",
            ["topic"],
            registry=self.registry,
        )
        self.versions_raised = Counter(
            "tidedesk_projector_versions_raised_total",
            "How often versions in a store were ahead of those that Postgres draws",
            registry=self.registry,
        )

    def count_bulk(self, result: str, documents: int) -> None:
        self.bulk_items.labels(result).inc(documents)

    def note_rebuild(self, projection: str, rebuild: Mapping[str, Any] | None) -> None:
        self.rebuilding.labels(projection).set(rebuild is not None)
        done, total = (0, 0) if rebuild is None else (rebuild["done"], rebuild["total"])
        self.rebuild_progress.labels(projection).set(min(1.0, done / total) if total else 0.0)
        self.rebuild_rate.labels(projection).set(0.0 if rebuild is None else rebuild["rate_per_s"] or 0.0)

    def count(self, result: BatchResult) -> None:
        self.rows.labels("done").inc(result.done)
        self.rows.labels("published").inc(result.published)
        self.rows.labels("retried").inc(result.retried)
        self.rows.labels("dead").inc(result.dead)
