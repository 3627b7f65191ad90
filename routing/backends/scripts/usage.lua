-- Returns the fields and amounts of every counter hash, in the order of the keys.
-- KEYS: counters, ...
local found = {}
for i, key in ipairs(KEYS) do
  found[i] = redis.call('HGETALL', key)
end
return found
