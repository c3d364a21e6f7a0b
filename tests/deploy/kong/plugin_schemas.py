"""The settings of the plugins that are used, with their types and bounds.

Facts of the schemas that Kong publishes for release 3.9, in schemas/<plugin>/3.9.x.json of its docs-plugin-toolkit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Union


@dataclass(frozen=True)
class Field:
    kind: Union[type, tuple[type, ...]]
    one_of: tuple[Any, ...] = ()
    above: float = float("-inf")
    least: float = float("-inf")
    most: float = float("inf")

    def fault(self, value: Any) -> str | None:
        # True is an int in Python, and none in a schema.
        if not isinstance(value, self.kind) or (isinstance(value, bool) and self.kind is not bool):
            return "has the wrong type"
        if self.one_of and value not in self.one_of:
            return f"is none of {self.one_of}"
        if isinstance(value, (int, float)) and not (self.above < value and self.least <= value <= self.most):
            return "is out of bounds"
        return None


NUMBER = (int, float)
PERIODS = frozenset(("second", "minute", "hour", "day", "month", "year"))

SCHEMAS: Mapping[str, Mapping[str, Field]] = {
    "rate-limiting": {
        **{period: Field(NUMBER, above=0) for period in PERIODS},
        "limit_by": Field(str, one_of=("consumer", "credential", "ip", "service", "header", "path", "consumer-group")),
        "header_name": Field(str),
        "path": Field(str),
        "policy": Field(str, one_of=("local", "cluster", "redis")),
        "fault_tolerant": Field(bool),
        "redis": Field(dict),
        "hide_client_headers": Field(bool),
        "error_code": Field(NUMBER, above=0),
        "error_message": Field(str),
        "sync_rate": Field(NUMBER),
    },
    "request-size-limiting": {
        "allowed_payload_size": Field(int),
        "size_unit": Field(str, one_of=("megabytes", "kilobytes", "bytes")),
        "require_content_length": Field(bool),
    },
    "correlation-id": {
        "header_name": Field(str),
        "generator": Field(str, one_of=("uuid", "uuid#counter", "tracker")),
        "echo_downstream": Field(bool),
    },
    "prometheus": {
        "per_consumer": Field(bool),
        "status_code_metrics": Field(bool),
        "ai_metrics": Field(bool),
        "latency_metrics": Field(bool),
        "bandwidth_metrics": Field(bool),
        "upstream_health_metrics": Field(bool),
    },
    "request-termination": {
        "status_code": Field(int, least=100, most=599),
        "message": Field(str),
        "content_type": Field(str),
        "body": Field(str),
        "echo": Field(bool),
        "trigger": Field(str),
    },
}


def faults(plugin: Mapping[str, Any]) -> list[str]:
    """What Kong would refuse when it reads the configuration."""
    name, config = plugin["name"], plugin.get("config", {})
    schema = SCHEMAS.get(name)
    if schema is None:
        return [f"there is no plugin {name}"]
    found = [f"{name} has no setting {setting}" for setting in config if setting not in schema]
    for setting, value in config.items():
        fault = schema[setting].fault(value) if setting in schema else None
        if fault is not None:
            found.append(f"{name}.{setting} {fault}")
    if name == "rate-limiting" and PERIODS.isdisjoint(config):
        found.append("rate-limiting needs a limit")
    if name == "request-termination" and {"message", "body"} <= set(config):
        found.append("request-termination takes a message or a body")
    return found
