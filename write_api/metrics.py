from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter

from runtime.store_metrics import StoreMetrics


class Metrics:
    """Beside those of every API."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.stores = StoreMetrics(registry)
        self.conflicts = Counter(
            "tidedesk_command_conflicts_total",
            "Commands that met another change of the same records",
            ["result"],
            registry=registry,
        )

    def conflicted(self, *, gave_up: bool) -> None:
        self.conflicts.labels("gave_up" if gave_up else "tried_again").inc()
