"""The entry that guards what Redis holds of one aggregate: nothing older may replace it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Versions = tuple[int, int]

# Beyond this many ranges they are kept as one that covers them all: later than necessary is allowed, early is not.
MOST_RANGES = 16


@dataclass(frozen=True)
class Guard:
    # 0: put there by a fill, so that any live change wins.
    projection_version: int
    # Everything of the aggregate up to this version is in Elasticsearch and Redis, but for what is held.
    aggregate_version: int
    # `status,assignee,group` the ticket is counted under; empty where nothing is counted.
    bucket: str
    # Versions, each from and to, of which something is pending, backs off or is a dead letter.
    held: tuple[Versions, ...] = ()

    @classmethod
    def parse(cls, value: bytes | str) -> Guard:
        text = value.decode() if isinstance(value, bytes) else value
        projection_version, aggregate_version, bucket, *held = text.split("|", 3)
        return cls(int(projection_version), int(aggregate_version), bucket, _parse_held(held[0] if held else ""))

    def covers(self, version: int) -> bool:
        """Whether all that was written with this version of the aggregate is projected, or something newer of it."""
        return self.aggregate_version >= version and not any(first <= version <= last for first, last in self.held)


def held_text(ranges: Iterable[Versions], up_to: int) -> str:
    """`first-last,first-last`: those that a guard at version `up_to` has to name."""
    merged: list[Versions] = []
    for first, last in sorted(ranges):
        if first > up_to:
            break
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    if len(merged) > MOST_RANGES:
        merged = [(merged[0][0], merged[-1][1])]
    return ",".join(f"{first}-{last}" for first, last in merged)


def _parse_held(text: str) -> tuple[Versions, ...]:
    pairs = (part.split("-") for part in text.split(",") if part)
    return tuple((int(first), int(last)) for first, last in pairs)


# For a reader that found a document missing in Redis and got it by id from Elasticsearch: puts it back, unless the
# projector applied a newer version of the aggregate meanwhile.
# KEYS: Keys.applied(type), Keys.document(model, document_id). ARGV: aggregate id, `version` of the document, its JSON
# without index-only fields, seconds to keep it. Answers 1 if it was stored.
REFILL_SCRIPT = """
local guard = redis.call('HGET', KEYS[1], ARGV[1])
if guard and tonumber(string.match(guard, '^%d+|(%d+)|')) > tonumber(ARGV[2]) then
  return 0
end
redis.call('SET', KEYS[2], ARGV[3], 'EX', ARGV[4])
return 1
"""
