"""Who is on a ticket: said in Redis by the command API, read there by the query API, and over by itself.

Nothing of it is anywhere else, and nothing depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

Activity = Literal["viewing", "typing"]
VIEWING: Activity = "viewing"
TYPING: Activity = "typing"

# Pages say it again every 12 s, so that two of these may get lost.
PRESENT_FOR_S = 30
# Said again with what is typed: whoever falls silent is soon somebody who only looks.
TYPING_FOR_S = 10
# Of one person on one ticket, where a further one takes the place of that which would be over first.
MAX_TABS = 5
# On one ticket, likewise: up to 128 short fields Redis keeps in one piece.
MAX_PLACES = 100
# Told to whoever listens at that moment; nobody asks for those before.
CHANGES_KEPT = 1_000
CHANGES_KEPT_FOR_S = 60

# Says where somebody is, or (for 0 ms) no longer is, and tells of it if that changes what others see of this person.
# KEYS: the places on the ticket, the changes. ARGV: user id, tab, for how many ms present and typing, the most tabs of
# a person and places on a ticket, the ticket's id and what decides who sees it, how many changes are kept and for how
# many s.
SAY = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local own, present_ms, typing_ms = ARGV[1] .. '|', tonumber(ARGV[3]), tonumber(ARGV[4])
local place = own .. ARGV[2]
local places = {}

local function is_of(field, beginning) return string.sub(field, 1, #beginning) == beginning end
local function forget(field)
  places[field] = nil
  redis.call('HDEL', KEYS[1], field)
end
local function activity()
  local found = 'none'
  for field, it in pairs(places) do
    if is_of(field, own) then
      if it.typing > now then return 'typing' end
      found = 'viewing'
    end
  end
  return found
end
local function make_room(beginning, limit)
  local count, first = 0, nil
  for field, it in pairs(places) do
    if field ~= place and is_of(field, beginning) then
      count = count + 1
      if not first or it.present < places[first].present then first = field end
    end
  end
  if count >= tonumber(limit) then forget(first) end
end

local held = redis.call('HGETALL', KEYS[1])
for index = 1, #held, 2 do
  local present, typing = string.match(held[index + 1], '^(%d+):(%d+)$')
  places[held[index]] = {present = tonumber(present), typing = tonumber(typing)}
  if tonumber(present) <= now then forget(held[index]) end
end

local before = activity()
if present_ms == 0 then
  forget(place)
else
  make_room(own, ARGV[5])
  make_room('', ARGV[6])
  places[place] = {present = now + present_ms, typing = typing_ms > 0 and now + typing_ms or 0}
  redis.call('HSET', KEYS[1], place, string.format('%.0f:%.0f', places[place].present, places[place].typing))
  redis.call('PEXPIRE', KEYS[1], present_ms)
end
if activity() == before then return 0 end

local people, seen = {}, {}
for field in pairs(places) do
  local person = string.match(field, '^[^|]+')
  if not seen[person] then
    seen[person] = true
    people[#people + 1] = person
  end
end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[9], '*',
  'ticket', ARGV[7], 'deciding', ARGV[8], 'people', table.concat(people, ','))
redis.call('EXPIRE', KEYS[2], ARGV[10])
return 1
"""


class PresenceKeys:
    def __init__(self, namespace: str) -> None:
        self._prefix = f"{namespace}:presence"
        # Stream: on which ticket something changed. Bounded, and gone when nothing changes.
        self.changes = f"{self._prefix}:changes"

    def places(self, ticket_id: str) -> str:
        """Hash `user id|tab` -> until when (ms) somebody is present there, and typing: `1767225600000:0`."""
        return f"{self._prefix}:{ticket_id}"


@dataclass(frozen=True)
class Present:
    """One person on a ticket, in however many tabs."""

    user_id: str
    activity: Activity
    # Until then this holds without being said again.
    for_ms: int


@dataclass(frozen=True)
class PresenceChange:
    ticket_id: str
    # Who is there now.
    people: frozenset[str]
    # What the visibility of the ticket asks for, as of when it was said.
    deciding: Mapping[str, Any]


def people_in(places: Mapping[bytes, bytes], now_ms: int) -> list[Present]:
    """Whoever types comes first."""
    tabs: dict[str, list[tuple[int, int]]] = {}
    for field, content in places.items():
        present, _, typing = content.partition(b":")
        if int(present) > now_ms:
            tabs.setdefault(field.decode().partition("|")[0], []).append((int(present), int(typing)))
    found = [_present(user_id, of_user, now_ms) for user_id, of_user in tabs.items()]
    return sorted(found, key=lambda person: (person.activity != TYPING, person.user_id))


def parse_presence_change(fields: Mapping[bytes, bytes]) -> PresenceChange:
    people = frozenset(filter(None, fields[b"people"].decode().split(",")))
    return PresenceChange(fields[b"ticket"].decode(), people, orjson.loads(fields[b"deciding"]))


def _present(user_id: str, tabs: Sequence[tuple[int, int]], now_ms: int) -> Present:
    typing_until = max(typing for _, typing in tabs)
    if typing_until > now_ms:
        return Present(user_id, TYPING, typing_until - now_ms)
    return Present(user_id, VIEWING, max(present for present, _ in tabs) - now_ms)
