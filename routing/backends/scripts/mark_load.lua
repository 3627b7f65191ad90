-- Returns the places where something was taken in since a moment, each with its last message's id.
-- KEYS: marks, order
-- ARGV: moment in ms, how many at most
local places = redis.call('ZREVRANGEBYSCORE', KEYS[2], '+inf', ARGV[1], 'LIMIT', 0, ARGV[2])
local found = {}
for i, place in ipairs(places) do
  found[2 * i - 1], found[2 * i] = place, redis.call('HGET', KEYS[1], place) or ''
end
return found
