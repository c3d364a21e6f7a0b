"""Every metric of the three processes, from their registries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prometheus_client import CollectorRegistry

import read_api.bootstrap
import write_api.bootstrap
from documentation.markdown import code, prose, table
from documentation.metric_meanings import MEANINGS
from projector.metrics import Metrics
from runtime.settings import Settings

INTRODUCTION = """# Metrics

`GET /metrics` of each process, in the Prometheus text format. It asks for no sign-in: keep it behind the proxy.
The projector listens where `TIDEDESK_PROJECTOR_PORT` says; without that it has no port.

`route` is the template of a route, never a path that somebody sent.
"""
PROCESS_OWN = ("python_", "process_")


def page() -> str:
    parts = [INTRODUCTION]
    for process, registry in registries().items():
        rows = [
            (code(shown_name(metric)), metric.type, ", ".join(map(code, labels)), prose(meaning(metric)))
            for metric, labels in metrics(registry)
            if not metric.name.startswith(PROCESS_OWN)
        ]
        parts.append(f"## {process}\n\n{table(('metric', 'type', 'labels', 'what it means'), rows)}")
    own = [(code(shown_name(metric)), metric.type, prose(metric.documentation)) for metric in _of_every_process()]
    parts.append(f"## Of every process\n\n{table(('metric', 'type', 'what it means'), own)}")
    return "\n".join(parts)


def registries() -> dict[str, CollectorRegistry]:
    settings = Settings(environment="test")
    return {
        "write_api": write_api.bootstrap.create_app(settings).state.registry,
        "read_api": read_api.bootstrap.create_app(settings).state.registry,
        "projector": Metrics().registry,
    }


def metrics(registry: CollectorRegistry) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """With their labels, which a metric without samples does not show anywhere else."""
    for collector in list(registry._collector_to_names):
        for metric in collector.collect():
            yield metric, tuple(getattr(collector, "_labelnames", ()) or getattr(metric, "_labelnames", ()))


def shown_name(metric: Any) -> str:
    """As /metrics spells it."""
    return f"{metric.name}_total" if metric.type == "counter" else str(metric.name)


def meaning(metric: Any) -> str:
    return f"{metric.documentation}. {MEANINGS[metric.name]}"


def _of_every_process() -> list[Any]:
    found = [metric for metric, _ in metrics(registries()["projector"]) if metric.name.startswith(PROCESS_OWN)]
    return sorted(found, key=lambda metric: str(metric.name))
