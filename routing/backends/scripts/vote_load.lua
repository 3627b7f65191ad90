-- Returns the name of the state; if it is not the known one, also the votes, oldest first.
-- KEYS: votes, order, state
-- ARGV: the known state
local state = redis.call('GET', KEYS[3]) or ''
if state == ARGV[1] then
  return {state}
end
local found = {}
for _, name in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  found[#found + 1] = redis.call('HGET', KEYS[1], name)
end
return {state, found}
