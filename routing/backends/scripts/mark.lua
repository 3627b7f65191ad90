-- Remembers the last message of a place that was taken in; forgets the places longest silent.
-- KEYS: marks, order
-- ARGV: place, message id, when in ms, places kept, seconds kept
local before = redis.call('HGET', KEYS[1], ARGV[1])
-- Ids are numbers without leading zeros, too long for a double.
local is_later = not before or #ARGV[2] > #before or (#ARGV[2] == #before and ARGV[2] > before)
if not is_later then
  return
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
for _, place in ipairs(oldest_beyond(ARGV[4], KEYS[2])) do
  redis.call('HDEL', KEYS[1], place)
end
for _, key in ipairs(KEYS) do
  redis.call('EXPIRE', key, ARGV[5])
end
