"""What people may do, as whoever commits a change says it in Redis at once, and the query API asks it there.

A record is what was last committed about one user or organization; nothing older replaces it. The seal says that no
record is missing or behind: it names the run of the server that all of them were brought to, so an emptied Redis has
none, and one that came back from its file has that of an earlier run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

# The kinds, and what a request has to know of one.
FACTS = {
    "user": ("role", "ticket_access", "group_ids", "organization_id", "active", "locale"),
    "organization": ("shares_tickets",),
}
# One script call blocks Redis while it runs.
RECORDS_PER_CALL = 500

# KEYS: records of a kind. ARGV: id, version and text of each. One of the same version is written again, as another
# release may have put other facts into it.
PUT_RECORDS = """
for argument = 1, #ARGV, 3 do
  local known = redis.call('HGET', KEYS[1], ARGV[argument])
  if not known or tonumber(string.match(known, '^{"version":(%d+)')) <= tonumber(ARGV[argument + 1]) then
    redis.call('HSET', KEYS[1], ARGV[argument], ARGV[argument + 2])
  end
end
return 1
"""

# KEYS: marks of those who are bringing all records, the seal. ARGV: the own mark, and the run of the server by then.
# Without the mark Redis was emptied, or the seal was broken, meanwhile.
SEAL = """
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
return 1
"""


class AccessKeys:
    def __init__(self, namespace: str) -> None:
        self._prefix = f"{namespace}:access"
        self.seal = f"{self._prefix}:seal"
        self.bringing = f"{self._prefix}:bringing"
        self.users = self.records("user")
        self.organizations = self.records("organization")

    def records(self, kind: str) -> str:
        """Hash id -> record."""
        return f"{self._prefix}:{kind}"


class AccessRecord(NamedTuple):
    kind: str
    id: str
    version: int
    text: bytes


def access_record(kind: str, id: object, facts: Mapping[str, Any]) -> AccessRecord:
    """`facts` has the version and all FACTS of the kind, and may have more."""
    version: int = facts["version"]
    text = orjson.dumps({"version": version, **{name: facts[name] for name in FACTS[kind]}}, default=_plain)
    return AccessRecord(kind, str(id), version, text)


def put_calls(records: Iterable[AccessRecord]) -> Iterator[tuple[str, list[str | bytes | int]]]:
    """(kind, arguments) for PUT_RECORDS."""
    by_kind: dict[str, list[AccessRecord]] = {}
    for record in records:
        by_kind.setdefault(record.kind, []).append(record)
    for kind, of_kind in by_kind.items():
        for start in range(0, len(of_kind), RECORDS_PER_CALL):
            yield kind, _arguments(of_kind[start : start + RECORDS_PER_CALL])


def _arguments(records: Sequence[AccessRecord]) -> list[str | bytes | int]:
    return [argument for record in records for argument in (record.id, record.version, record.text)]


def _plain(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, frozenset) else str(value)
