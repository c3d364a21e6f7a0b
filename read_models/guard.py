"""The entry that guards what Redis holds of one aggregate: nothing older may replace it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Guard:
    # 0: put there by a fill, so that any live change wins.
    projection_version: int
    # Everything of the aggregate up to this version is in Elasticsearch and Redis.
    aggregate_version: int
    # `status,assignee,group` the ticket is counted under; empty where nothing is counted.
    bucket: str

    @classmethod
    def parse(cls, value: bytes | str) -> Guard:
        text = value.decode() if isinstance(value, bytes) else value
        projection_version, aggregate_version, bucket = text.split("|", 2)
        return cls(int(projection_version), int(aggregate_version), bucket)


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
