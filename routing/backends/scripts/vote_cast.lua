-- Keeps a vote in place of the same person's on the same reply; forgets the oldest beyond the limit.
-- KEYS: votes, order, state
-- ARGV: name, vote, when it was cast, votes kept, seconds kept, name of the new state, 1 for a vote that
--   takes no other's place
if ARGV[7] == '1' and redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then
  return
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
for _, name in ipairs(oldest_beyond(ARGV[4], KEYS[2])) do
  redis.call('HDEL', KEYS[1], name)
end
redis.call('SET', KEYS[3], ARGV[6])
for _, key in ipairs(KEYS) do
  redis.call('EXPIRE', key, ARGV[5])
end
