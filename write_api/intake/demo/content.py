from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

_FOLDER = Path(__file__).parent


class DemoContent:
    """The same seed gives the same people, texts and ids; times count back from `now`."""

    def __init__(self, seed: int, now: datetime) -> None:
        self.seed = seed
        self.now = now.replace(minute=0, second=0, microsecond=0)

    @cached_property
    def world(self) -> dict[str, Any]:
        world: dict[str, Any] = _read("world.json")
        return world

    @cached_property
    def ticket_scenarios(self) -> list[dict[str, Any]]:
        scenarios: list[dict[str, Any]] = _read("tickets.json")
        return scenarios

    @cached_property
    def document_scenarios(self) -> list[dict[str, Any]]:
        scenarios: list[dict[str, Any]] = _read("documents.json")
        return scenarios

    def id(self, kind: str, name: object) -> UUID:
        """A UUIDv7 in shape: made from the seed, so that seeding twice finds what it made."""
        digest = bytearray(sha256(f"{self.seed}:{kind}:{name}".encode()).digest()[:16])
        made_at_ms = 1_767_225_600_000
        digest[:6] = made_at_ms.to_bytes(6, "big")
        digest[6] = 0x70 | digest[6] & 0x0F
        digest[8] = 0x80 | digest[8] & 0x3F
        return UUID(bytes=bytes(digest))

    def dice(self, kind: str, index: int) -> random.Random:
        return random.Random(f"{self.seed}:{kind}:{index}")

    def moment(self, dice: random.Random) -> datetime:
        """Within the last 60 days, recent ones more often."""
        return self.now - timedelta(minutes=int(60 * 24 * 60 * dice.random() ** 2) + 180)

    def fill(self, template: str, values: dict[str, str]) -> str:
        for name, value in values.items():
            template = template.replace("{" + name + "}", value)
        return template

    def placeholders(self, dice: random.Random, at: datetime) -> dict[str, str]:
        day = at - timedelta(days=dice.randint(1, 6))
        return {
            "serial": f"{dice.choice('KRTV')}{dice.choice('ABCDEF')}-{dice.randint(1000, 9999)}",
            "date": f"{day.day} {day:%B}",
            "n": str(dice.randint(2, 39)),
            "order": f"{dice.randint(100, 999)}-{dice.randint(10000, 99999)}",
            "city": dice.choice(self.world["cities"]),
            "month": dice.choice(self.world["months"]),
            "person": dice.choice(self.world["customers"]),
        }


def _read(name: str) -> Any:
    return json.loads((_FOLDER / name).read_text(encoding="utf-8"))
