"""Lua that changes what Redis holds of many aggregates in one go, each only if nothing newer is there."""

from __future__ import annotations

# Shared by both scripts: moves a ticket from one counter bucket (`status,assignee,group`) to another.
_COUNT = """
local function add(bucket, amount)
  local status, assignee, group = string.match(bucket, '^([^,]*),([^,]*),([^,]*)$')
  if not status then return end
  for _, dimension in ipairs({'all:-', 'assignee:' .. assignee, 'group:' .. group}) do
    local field = dimension .. ':' .. status
    if redis.call('HINCRBY', KEYS[2], field, amount) == 0 then redis.call('HDEL', KEYS[2], field) end
  end
end
local function recount(before, after)
  if before ~= after then
    add(before, -1)
    add(after, 1)
  end
end
local function relabel(id, label, change)
  if (redis.call('HGET', KEYS[3], id) or '') == label then return end
  if label == '' then redis.call('HDEL', KEYS[3], id) else redis.call('HSET', KEYS[3], id, label) end
  redis.call('SET', KEYS[4], change)
end
"""

# KEYS: applied hash, counters hash, labels hash, what names their last change, stream of events, then the keys of all
# documents in the order of the items. ARGV: projection version, 1 if the type has labels, a new name for a change of
# them, seconds to keep documents, how many events to keep, then per aggregate: id, aggregate version, held versions,
# bucket, label, what subscribers are told ('' nothing), what decides whom, number of documents, each document's JSON
# ('' removes it). Answers how many were applied.
# Subscribers are told last, and also where something newer is there: whoever hears of it finds at least this state.
APPLY_SCRIPT = _COUNT + """
local version, labelled, ttl_s, kept = tonumber(ARGV[1]), ARGV[2] == '1', ARGV[4], ARGV[5]
local argument, key, applied = 6, 6, 0
while argument <= #ARGV do
  local id, aggregate_version, held = ARGV[argument], ARGV[argument + 1], ARGV[argument + 2]
  local bucket, label, documents = ARGV[argument + 3], ARGV[argument + 4], tonumber(ARGV[argument + 7])
  local guard = redis.call('HGET', KEYS[1], id)
  local seen_version, seen_aggregate_version, seen_bucket = '-1', '0', ''
  if guard then
    seen_version, seen_aggregate_version, seen_bucket = string.match(guard, '^(%d+)|(%d+)|([^|]*)')
  end
  if version > tonumber(seen_version) then
    if tonumber(seen_aggregate_version) > tonumber(aggregate_version) then
      aggregate_version = seen_aggregate_version
    end
    redis.call('HSET', KEYS[1], id, ARGV[1] .. '|' .. aggregate_version .. '|' .. bucket .. '|' .. held)
    recount(seen_bucket, bucket)
    if labelled then relabel(id, label, ARGV[3]) end
    for offset = 0, documents - 1 do
      local body = ARGV[argument + 8 + offset]
      if body == '' then
        redis.call('DEL', KEYS[key + offset])
      else
        redis.call('SET', KEYS[key + offset], body, 'EX', ttl_s)
      end
    end
    applied = applied + 1
  end
  local change, deciding = ARGV[argument + 5], ARGV[argument + 6]
  if change ~= '' then
    redis.call(
      'XADD', KEYS[5], 'MAXLEN', '~', kept, '*', 'change', change, 'deciding', deciding, 'before', seen_bucket
    )
  end
  argument = argument + 8 + documents
  key = key + documents
end
return applied
"""

# KEYS: applied hash, counters hash, labels hash, what names their last change, the key that names the fill. ARGV: 1 if
# the type has labels, a new name for a change of them, 1 if a guard that a fill put there may be replaced, the name of
# this fill, then per aggregate: id, aggregate version, held versions, bucket, label. What is missing is put there: a
# guard of another projection version was written by a newer live change. Answers -1 where Redis was emptied since the
# fill began: what it read before may be deleted by now.
FILL_SCRIPT = _COUNT + """
if redis.call('GET', KEYS[5]) ~= ARGV[4] then return -1 end
local labelled, again, filled = ARGV[1] == '1', ARGV[3] == '1', 0
for argument = 5, #ARGV, 5 do
  local id, bucket = ARGV[argument], ARGV[argument + 3]
  local guard = redis.call('HGET', KEYS[1], id)
  local seen_version, seen_bucket = nil, ''
  if guard then
    seen_version, seen_bucket = string.match(guard, '^(%d+)|%d+|([^|]*)')
  end
  if not guard or again and seen_version == '0' then
    redis.call('HSET', KEYS[1], id, '0|' .. ARGV[argument + 1] .. '|' .. bucket .. '|' .. ARGV[argument + 2])
    recount(seen_bucket, bucket)
    if labelled then relabel(id, ARGV[argument + 4], ARGV[2]) end
    filled = filled + 1
  end
end
return filled
"""

# KEYS: the mark that Redis is whole, the key that names the fill. ARGV: the name of the fill that is done.
FINISH_SCRIPT = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], '1')
redis.call('DEL', KEYS[2])
return 1
"""
