-- Offers a code, in place of the one its asker offered before.
-- KEYS: the code, what its asker offers
-- ARGV: asker, for how many seconds
local before = redis.call('GET', KEYS[2])
if before then
  redis.call('DEL', before)
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'asker', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('SET', KEYS[2], KEYS[1], 'EX', ARGV[2])
