"""How far the continuous verification is: in Redis, so that whichever projector is next goes on from there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from projector.sinks.redis import RedisSink, within
from projector.verify.changes import Unproven
from projector.verify.pace import Pace


@dataclass
class Rotation:
    """One way of going through everything, again and again."""

    # None: the next pass begins anew.
    place: str | None = None
    began_at: datetime | None = None
    # When the last whole pass began and ended, and what it looked at.
    passed_from: datetime | None = None
    passed_at: datetime | None = None
    checked: int = 0
    checked_by_pass: int = 0

    def begin(self, at: datetime) -> None:
        self.began_at, self.checked = at, 0

    def go_on(self, place: str | None, checked: int, at: datetime) -> None:
        self.place = place
        self.checked += checked
        if place is None:
            self.passed_from, self.passed_at, self.checked_by_pass = self.began_at, at, self.checked


@dataclass
class State:
    rotations: dict[str, Rotation] = field(default_factory=dict)
    # Beside the rotations and not in them: projectors of an older release refuse a rotation that has more to say.
    paces: dict[str, Pace] = field(default_factory=dict)
    # By the key of a shard.
    unproven: dict[str, Unproven] = field(default_factory=dict)
    drift_found: int = 0
    drift_found_at: datetime | None = None


async def load(redis: RedisSink) -> State:
    value = await within(redis.redis.get(redis.keys.verify))
    if value is None:
        return State()
    saved = orjson.loads(value)
    return State(
        rotations={name: _rotation(rotation) for name, rotation in saved["rotations"].items()},
        paces={name: Pace(**pace) for name, pace in saved.get("paces", {}).items()},
        unproven={
            index: Unproven(unproven["seen"], [(after, last) for after, last in unproven["intervals"]])
            for index, unproven in saved["unproven"].items()
        },
        drift_found=saved["drift_found"],
        drift_found_at=_time(saved["drift_found_at"]),
    )


async def save(redis: RedisSink, state: State) -> None:
    await within(redis.redis.set(redis.keys.verify, orjson.dumps(state)))


def _rotation(saved: dict[str, Any]) -> Rotation:
    times = {name: _time(saved[name]) for name in ("began_at", "passed_from", "passed_at")}
    return Rotation(**{**saved, **times})


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
