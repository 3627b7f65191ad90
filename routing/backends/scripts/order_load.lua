-- Returns for each realm the name of its version; if it is not the known one, also the orders.
-- KEYS: orders of each realm
-- ARGV: the known version of each
local found = {}
for place, key in ipairs(KEYS) do
  local version = redis.call('HGET', key, 'version') or ''
  local orders = version ~= ARGV[place] and redis.call('HGETALL', key)
  found[place] = {version, orders}
end
return found
