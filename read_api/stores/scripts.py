"""Lua that saves round trips."""

# Answers whether the session was ended, and what is known of the user. This is where a session is looked at.
_SIGNED_IN = """
local function signed_in(session, users, organizations, user_id)
  local user = redis.call('HGET', users, user_id)
  local organization = false
  if user then
    local id = cjson.decode(user)['organization_id']
    if type(id) == 'string' then organization = redis.call('HGET', organizations, id) end
  end
  return redis.call('EXISTS', session), user, organization
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

# KEYS: marker of the revoked session, labels of users, labels of organizations. ARGV: user id.
PRINCIPAL = _SIGNED_IN + "return {signed_in(KEYS[1], KEYS[2], KEYS[3], ARGV[1])}"

_LABELS = "{user = KEYS[2], group = KEYS[3], organization = KEYS[4], category = KEYS[5]}"

# KEYS: the document, then the labels of users, groups, organizations and categories.
DOCUMENT_WITH_LABELS = _WITH_LABELS + f"return with_labels({{}}, KEYS[1], {_LABELS})"

# Both in one. KEYS: as of DOCUMENT_WITH_LABELS, then the marker of the revoked session. ARGV: user id.
PRINCIPAL_AND_DOCUMENT = (
    _SIGNED_IN
    + _WITH_LABELS
    + f"return with_labels({{signed_in(KEYS[6], KEYS[2], KEYS[4], ARGV[1])}}, KEYS[1], {_LABELS})"
)
