"""Lua that saves round trips."""

from __future__ import annotations

from runtime.rate_limit import TAKE

# Answers `what is said of the session:who vouches for it:seal` (runtime/credential_keys.py, runtime/access.py), and the
# access records of the user and the organization. This is where a session is looked at.
# The organization is found by pattern, as parsing a record costs more than all the rest.
_SIGNED_IN = """
local function checked(said, vouched_for, seal)
  return said .. ':' .. (redis.call('GET', vouched_for) or '') .. ':' .. (redis.call('GET', seal) or '')
end
local function person(users, organizations, user_id)
  local user = redis.call('HGET', users, user_id)
  local organization = false
  if user then
    local id = string.match(user, '"organization_id" ?: ?"([0-9a-f%-]+)"')
    if id then organization = redis.call('HGET', organizations, id) end
  end
  return user, organization
end
local function signed_in(session, vouched_for, seal, users, organizations, user_id)
  return checked(redis.call('GET', session) or '', vouched_for, seal), person(users, organizations, user_id)
end
"""

# Adds a document and the labels of all that it mentions to `found`. `labels`: keys by kind.
# Ids are found by pattern, because decoding a thread of messages just for them would hold up the server. Text of
# callers cannot look like one: in JSON its quotes are escaped.
_WITH_LABELS = """
local kinds = {
  requester_id = 'user', assignee_id = 'user', author_id = 'user', group_id = 'group',
  organization_id = 'organization', category_id = 'category',
}
local function with_labels(found, key, labels)
  local document = redis.call('GET', key)
  found[#found + 1] = document
  if not document then return found end
  local seen = {}
  for name, id in string.gmatch(document, '"([a-z]+_id)" ?: ?"([0-9a-f%-]+)"') do
    local kind = kinds[name]
    if kind and not seen[kind .. id] then
      seen[kind .. id] = true
      local label = redis.call('HGET', labels[kind], id)
      if label then
        found[#found + 1] = kind
        found[#found + 1] = id
        found[#found + 1] = label
      end
    end
  end
  return found
end
"""

# KEYS: the session, who vouches for it, the seal of access records, those of users and of organizations. ARGV: user id.
PRINCIPAL = _SIGNED_IN + "return {signed_in(KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], ARGV[1])}"

# The same for an API token: what is said of it is its grant. KEYS: the grants, then as before. ARGV: its digest.
API_TOKEN_PRINCIPAL = _SIGNED_IN + """
local grant = redis.call('HGET', KEYS[1], ARGV[1]) or ''
local user_id = string.match(grant, '"user_id": ?"([0-9a-f%-]+)"') or ''
return {checked(grant, KEYS[2], KEYS[3]), person(KEYS[4], KEYS[5], user_id)}
"""

_LABELS = "{user = KEYS[2], group = KEYS[3], organization = KEYS[4], category = KEYS[5]}"

# KEYS: the document, then the labels of users, groups, organizations and categories.
DOCUMENT_WITH_LABELS = _WITH_LABELS + f"return with_labels({{}}, KEYS[1], {_LABELS})"

# Counts the request, asks who it is of, and for a document if it is not as the caller remembers it.
# KEYS: as of DOCUMENT_WITH_LABELS, then those of PRINCIPAL, the bucket that counts, and the guards of what the document
# shows. ARGV: interval and capacity of the bucket, user id, id of what the document shows, the state that the caller
# remembers ('' if none) and the labels it is made of (`kind:id,kind:id`).
# The state is a digest of: the beginning of the document (its own digest), the guard and all labels that it mentions.
# Answers allowed, ahead; if allowed also what PRINCIPAL answers; and unless the state is the remembered one also the
# state and the document with its labels.
COUNTED_DOCUMENT_UNLESS_KNOWN = (
    TAKE
    + _SIGNED_IN
    + _WITH_LABELS
    + """
local allowed, ahead = take(KEYS[11], ARGV[1], ARGV[2])
if allowed == 0 then return {allowed, ahead} end
local labels = """
    + _LABELS
    + """
local found = {allowed, ahead, signed_in(KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], ARGV[3])}
local beginning, guard = redis.call('GETRANGE', KEYS[1], 0, 43), redis.call('HGET', KEYS[12], ARGV[4]) or ''
if ARGV[5] ~= '' then
  local parts = {beginning, guard}
  for kind, id in string.gmatch(ARGV[6], '(%l+):([0-9a-f%-]+)') do
    parts[#parts + 1] = redis.call('HGET', labels[kind], id) or ''
  end
  if redis.sha1hex(table.concat(parts, ' ')) == ARGV[5] then return found end
end
found[6] = false
found = with_labels(found, KEYS[1], labels)
local parts = {beginning, guard}
for label = 10, #found, 3 do parts[#parts + 1] = found[label] end
found[6] = redis.sha1hex(table.concat(parts, ' '))
return found
"""
)
