from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import BaseSettings, Field, SecretStr, root_validator, validator

SERVER = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")


class ProjectorSettings(BaseSettings):
    """Of the settings those for projectors, and for how changes reach them."""

    projector_workers: int = Field(default=3, ge=1, le=16, description="Drain workers per projector process")
    projector_batch_rows: int = Field(default=1_000, ge=1, le=10_000, description="Outbox rows claimed at once")
    projector_poll_ms: int = Field(default=250, ge=10, le=60_000, description="Longest wait for a wake-up, ms")
    projector_host: str = Field(
        default="127.0.0.1", min_length=1, description="Address of the projector's own HTTP port"
    )
    projector_port: int = Field(
        default=0, ge=0, le=65_535, description="Port of the projector's /livez, /readyz and /metrics; 0: none"
    )
    # The projector refreshes when there is something new: indices that did so too would do it all twice in a backlog.
    projector_refresh_ms: int = Field(
        default=10_000,
        ge=50,
        le=60_000,
        description="After so many ms Elasticsearch refreshes by itself, should the projector not have done so",
    )
    projector_sentinel_s: int = Field(
        default=15,
        ge=0,
        le=3_600,
        description="A sentinel is written and looked for every s, to measure how soon a write can be found; 0: none",
    )

    transport: Literal["postgres", "kafka"] = Field(
        default="postgres", description="How changes reach the projectors: from the outbox itself, or through Kafka"
    )
    kafka_servers: tuple[str, ...] = Field(
        default=("127.0.0.1:8015",), description="Brokers to begin with, as host:port; the others are found there"
    )
    kafka_partitions: int = Field(
        default=16, ge=1, le=16, description="Partitions of a topic that is made; as many can be projected at a time"
    )
    kafka_replication: int = Field(
        default=1, ge=1, le=10, description="Copies of a topic that is made; with 3 or more, two must have each record"
    )
    kafka_consumers: int = Field(default=2, ge=1, le=16, description="Members of the group per projector process")
    kafka_timeout_ms: int = Field(
        default=5_000, ge=500, le=10_000, description="Longest wait for Kafka to answer or acknowledge, ms"
    )
    kafka_session_ms: int = Field(
        default=10_000,
        ge=1_000,
        le=300_000,
        description="A projector that is silent for so long loses its partitions to others, ms",
    )
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="How connections to Kafka are protected"
    )
    kafka_ca_file: str = Field(
        default="", description="File with the certificates of authorities to trust; empty: those of the system"
    )
    kafka_sasl: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512", description="How we sign in to Kafka, where kafka_security begins with SASL"
    )
    kafka_username: str = Field(default="", max_length=255, description="Account at Kafka")
    kafka_password: SecretStr = Field(default="", description="Password of that account")

    @validator("kafka_servers")
    def _some_server(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or any(not SERVER.fullmatch(server) for server in value):
            raise ValueError("must be host:port, or several of them: kafka-1.example.com:9092,kafka-2.example.com:9092")
        return value

    @root_validator(skip_on_failure=True)
    def _signs_in(cls, values: dict[str, Any]) -> dict[str, Any]:
        asked = values["kafka_security"].startswith("SASL")
        if asked and not (values["kafka_username"] and values["kafka_password"].get_secret_value()):
            raise ValueError(f"kafka_security={values['kafka_security']} needs kafka_username and kafka_password")
        return values
