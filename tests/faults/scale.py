"""How long and how often: everything that differs between a whole run and the selection inside `make test`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from tests.faults.doomed_projector import KAFKA_POINTS

VARIABLE = "TIDEDESK_FAULTS"


@dataclass(frozen=True)
class Scale:
    kills_per_point: int
    random_kills: int
    elasticsearch_away_s: float
    postgres_stops: int
    blocked_s: float
    blocks: tuple[str, ...]
    redis_paused_s: float
    # Longer than the 15 s after which Postgres ends the session of a paused projector.
    zombie_s: float
    paused_s: float
    held_s: float
    crowd_s: float
    # Of the three, one after the other.
    nodes_killed: int
    # Past the 60 s for which Elasticsearch remembers deleted versions by default.
    deleted_for_s: float
    broker_away_s: float
    # The time before it, in which members come and go, counts, too.
    kafka_zombie_s: float
    kafka_points: tuple[str, ...]
    clients: int = 4
    # Between two commands of one client.
    pause_s: float = 0.1


WHOLE = Scale(
    kills_per_point=15,
    random_kills=60,
    elasticsearch_away_s=60.0,
    postgres_stops=3,
    blocked_s=20.0,
    blocks=("write", "read_only", "read_only_allow_delete"),
    redis_paused_s=30.0,
    zombie_s=60.0,
    paused_s=60.0,
    held_s=120.0,
    crowd_s=20.0,
    nodes_killed=3,
    deleted_for_s=65.0,
    broker_away_s=60.0,
    kafka_zombie_s=60.0,
    kafka_points=KAFKA_POINTS,
)
SELECTION = Scale(
    kills_per_point=1,
    random_kills=8,
    elasticsearch_away_s=5.0,
    postgres_stops=1,
    blocked_s=3.0,
    blocks=("read_only",),
    redis_paused_s=5.0,
    zombie_s=17.0,
    paused_s=5.0,
    held_s=6.0,
    crowd_s=4.0,
    nodes_killed=1,
    deleted_for_s=0.0,
    broker_away_s=5.0,
    kafka_zombie_s=10.0,
    # Sent twice, projected twice, read twice.
    kafka_points=("acked", "bulk", "commit"),
)


def wanted_scale(environment: Mapping[str, str] = os.environ) -> Scale:
    return WHOLE if environment.get(VARIABLE) == "whole" else SELECTION
