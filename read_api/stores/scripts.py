"""Lua that saves round trips."""

# KEYS: marker of the revoked session, labels of users, labels of organizations. ARGV: user id.
PRINCIPAL = """
local user = redis.call('HGET', KEYS[2], ARGV[1])
local organization = false
if user then
  local id = cjson.decode(user)['organization_id']
  if type(id) == 'string' then organization = redis.call('HGET', KEYS[3], id) end
end
return {redis.call('EXISTS', KEYS[1]), user, organization}
"""

# KEYS: the document, then the labels of users, groups, organizations and categories.
# Ids are found by pattern, because decoding a thread of messages just for them would hold up the server. Text of
# callers cannot look like one: in JSON its quotes are escaped.
DOCUMENT_WITH_LABELS = """
local document = redis.call('GET', KEYS[1])
local found = {document}
if not document then return found end
local places = {requester_id = 2, assignee_id = 2, author_id = 2, group_id = 3, organization_id = 4, category_id = 5}
local kinds = {'', 'user', 'group', 'organization', 'category'}
local seen = {}
for name, id in string.gmatch(document, '"([a-z]+_id)" ?: ?"([0-9a-f%-]+)"') do
  local place = places[name]
  if place and not seen[place .. id] then
    seen[place .. id] = true
    local label = redis.call('HGET', KEYS[place], id)
    if label then
      found[#found + 1] = kinds[place]
      found[#found + 1] = id
      found[#found + 1] = label
    end
  end
end
return found
"""
